#include "common/la/gemm.h"

#include <math.h>
#include <stddef.h>

#include "common/la/blas.h"

#define PRODUCT(name, type, matrix, routine, transpose_a, transpose_b)                                   \
  void name(type *C, int ldc, type alpha, struct matrix A, struct matrix B, type beta, int m, int n,     \
            int k) {                                                                                     \
    routine(CblasRowMajor, transpose_a, transpose_b, m, n, k, alpha, A.data, A.stride, B.data, B.stride, \
            beta, C, ldc);                                                                               \
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

enum { STRIP = 64 };  // columns whose sums are carried at a time

void glb_dgemm_residual(double *R, const double *Y, const double *A, const double *B, int m, int n, int k) {
  double high[STRIP], low[STRIP];
  for (int i = 0; i < m; i++)
    for (int start = 0; start < n; start += STRIP) {
      const int width = n - start < STRIP ? n - start : STRIP;
      const double *y = Y + (size_t)i * n + start, *b = B + start;
      for (int j = 0; j < width; j++) high[j] = y[j], low[j] = 0;
      for (int p = 0; p < k; p++, b += n) {
        const double a = -A[(size_t)i * k + p];
        // high + low += a b: TwoProduct and TwoSum (Ogita, Rump and Oishi, SIAM J. Sci. Comput. 26, 2005)
        for (int j = 0; j < width; j++) {
          double product = a * b[j], rest = fma(a, b[j], -product);
          double sum = high[j] + product, shift = sum - high[j];
          low[j] += (high[j] - (sum - shift)) + (product - shift) + rest;
          high[j] = sum;
        }
      }
      for (int j = 0; j < width; j++) R[(size_t)i * n + start + j] = high[j] + low[j];
    }
}
