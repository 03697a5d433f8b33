#include "common/la/gemm.h"

#include "common/la/blas.h"

#define PRODUCT(name, type, matrix, routine, transpose_a, transpose_b)                                       \
  void name(type *C, int ldc, type alpha, struct matrix A, struct matrix B, type beta, int m, int n, int k) { \
    routine(CblasRowMajor, transpose_a, transpose_b, m, n, k, alpha, A.data, A.stride, B.data, B.stride,      \
            beta, C, ldc);                                                                                    \
  }

PRODUCT(glb_sgemm_nn, float, glb_mat, cblas_sgemm, CblasNoTrans, CblasNoTrans)
PRODUCT(glb_sgemm_tn, float, glb_mat, cblas_sgemm, CblasTrans, CblasNoTrans)
PRODUCT(glb_sgemm_nt, float, glb_mat, cblas_sgemm, CblasNoTrans, CblasTrans)
PRODUCT(glb_dgemm_nn, double, glb_dmat, cblas_dgemm, CblasNoTrans, CblasNoTrans)
PRODUCT(glb_dgemm_tn, double, glb_dmat, cblas_dgemm, CblasTrans, CblasNoTrans)
PRODUCT(glb_dgemm_nt, double, glb_dmat, cblas_dgemm, CblasNoTrans, CblasTrans)

void glb_dsyrk_tn(double *C, int ldc, double alpha, struct glb_dmat A, double beta, int n, int N) {
  cblas_dsyrk(CblasRowMajor, CblasLower, CblasTrans, n, N, alpha, A.data, A.stride, beta, C, ldc);
  for (int i = 0; i < n; i++)
    for (int j = i + 1; j < n; j++) C[i * ldc + j] = C[j * ldc + i];
}
