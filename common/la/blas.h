/* blas.h: the only includer of cblas.h, and the few LAPACK prototypes (there is no lapacke.h in every
 * OpenBLAS). Private to common/la. */
#ifndef COMMON_LA_BLAS_H
#define COMMON_LA_BLAS_H

#include <cblas.h>

/* Column-major Fortran interfaces. A row-major lower triangle is their upper one. */
void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info);
void dpotri_(const char *uplo, const int *n, double *a, const int *lda, int *info);
void dpocon_(const char *uplo, const int *n, const double *a, const int *lda, const double *anorm,
             double *rcond, double *work, int *iwork, int *info);
void dgelqf_(const int *m, const int *n, double *a, const int *lda, double *tau, double *work,
             const int *lwork, int *info);

#endif  // COMMON_LA_BLAS_H
