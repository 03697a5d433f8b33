/* chol.h: Cholesky factors of symmetric positive definite double matrices, row-major, and what follows from them. */
#ifndef COMMON_LA_CHOL_H
#define COMMON_LA_CHOL_H

/* A (n x n, symmetric, in the lower triangle) = L L'; L replaces the lower triangle, the strict upper is set to zero.
 * GLB_ENOTPD names the pivot; A is then undefined. */
int glb_chol_factor(double *A, int n);

/* log |A| of the factored matrix. */
double glb_chol_logdet(const double *L, int n);

/* B (n x m, row-major, leading dimension m) = L^-1 B, L^-T B and A^-1 B. */
void glb_chol_solve_lower(double *B, const double *L, int n, int m);
void glb_chol_solve_upper(double *B, const double *L, int n, int m);
void glb_chol_solve(double *B, const double *L, int n, int m);

/* Ainv (n x n) = (L L')^-1, both triangles. */
void glb_chol_inverse(double *Ainv, const double *L, int n);

/* Condition number estimate of A in the 1-norm (LAPACK dpocon). A one-norm is computed from A = L L'. work: 4 n doubles. */
double glb_chol_condition(const double *L, int n, double *work);

#endif  // COMMON_LA_CHOL_H
