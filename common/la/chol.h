/* chol.h: Cholesky factors of symmetric positive definite double matrices, row-major, and what follows from
 * them. */
#ifndef COMMON_LA_CHOL_H
#define COMMON_LA_CHOL_H

#include <stddef.h>

/* A (n x n, symmetric, in the lower triangle) = L L'; L replaces the lower triangle, the strict upper is set
 * to zero. GLB_ENOTPD names the pivot; A is then undefined. */
int glb_chol_factor(double *A, int n);

/* L becomes the factor of L L' + A'A for further rows A (N x n), by Householder reflections: the Gram matrix
 * is never formed, so its squared condition number never acts. work: glb_chol_append_size(n) doubles. O(N
 * n^2). */
size_t glb_chol_append_size(int n);
void glb_chol_append(double *L, const double *A, int n, int N, double *work);

/* log |A| of the factored matrix. */
double glb_chol_logdet(const double *L, int n);

/* B (n x m, row-major, leading dimension m) = L^-1 B, L^-T B and A^-1 B. */
void glb_chol_solve_lower(double *B, const double *L, int n, int m);
void glb_chol_solve_upper(double *B, const double *L, int n, int m);
void glb_chol_solve(double *B, const double *L, int n, int m);

/* Rows: B (m x n, row-major, leading dimension n) = B L^-T and B A^-1. */
void glb_chol_whiten_rows(double *B, const double *L, int n, int m);
void glb_chol_solve_rows(double *B, const double *L, int n, int m);

/* B (n x m) = L'B. */
void glb_chol_times_upper(double *B, const double *L, int n, int m);

/* Ainv (n x n) = (L L')^-1, both triangles. */
void glb_chol_inverse(double *Ainv, const double *L, int n);

/* max_i A_ii (A^-1)_ii >= 1, given Ainv: how much of the precision of A's entries its inverse can lose. It
 * does not change with the scale of rows and columns, as the error of a Cholesky factor does not. */
double glb_chol_inflation(const double *L, const double *Ainv, int n);

/* Condition number estimate of A in the 1-norm (LAPACK dpocon). work: 4 n doubles. */
double glb_chol_condition(const double *L, int n, double *work);

#endif  // COMMON_LA_CHOL_H
