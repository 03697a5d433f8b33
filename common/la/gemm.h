/* gemm.h: row-major matrix products over OpenBLAS; the library's only door to CBLAS level 3.
 *
 * Leading dimensions are the row strides. C = alpha op(A) op(B) + beta C with op(A) (m x k), op(B) (k x n).
 */
#ifndef COMMON_LA_GEMM_H
#define COMMON_LA_GEMM_H

struct glb_mat {  // a borrowed float matrix: data and row stride
  const float *data;
  int stride;
};
struct glb_dmat {  // the same in double
  const double *data;
  int stride;
};

/* nn: A (m x k) B (k x n).  tn: A (k x m) transposed.  nt: B (n x k) transposed. */
void glb_sgemm_nn(float *C, int ldc, float alpha, struct glb_mat A, struct glb_mat B, float beta, int m,
                  int n, int k);
void glb_sgemm_tn(float *C, int ldc, float alpha, struct glb_mat A, struct glb_mat B, float beta, int m,
                  int n, int k);
void glb_sgemm_nt(float *C, int ldc, float alpha, struct glb_mat A, struct glb_mat B, float beta, int m,
                  int n, int k);

void glb_dgemm_nn(double *C, int ldc, double alpha, struct glb_dmat A, struct glb_dmat B, double beta, int m,
                  int n, int k);
void glb_dgemm_tn(double *C, int ldc, double alpha, struct glb_dmat A, struct glb_dmat B, double beta, int m,
                  int n, int k);
void glb_dgemm_nt(double *C, int ldc, double alpha, struct glb_dmat A, struct glb_dmat B, double beta, int m,
                  int n, int k);

/* C = alpha A'A + beta C, A (N x n), both triangles of C (n x n) written. */
void glb_dsyrk_tn(double *C, int ldc, double alpha, struct glb_dmat A, double beta, int n, int N);

/* R (m x n) = Y - A B, contiguous, A (m x k), B (k x n): every sum carried in twice the working precision and
 * rounded once, for the residuals of iterative refinement. R may be Y. Several times slower than
 * glb_dgemm_nn. */
void glb_dgemm_residual(double *R, const double *Y, const double *A, const double *B, int m, int n, int k);

#endif  // COMMON_LA_GEMM_H
