#include "common/la/chol.h"

#include <math.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/base/error.h"
#include "common/la/blas.h"

/* LAPACK is column-major: a row-major lower factor L is its upper factor L', and a row-major matrix its
 * transpose. */

enum { LQ_BLOCK = 32 };  // columns per reflector block that dgelqf may use

int glb_chol_factor(double *A, int n) {
  int info;
  dpotrf_("U", &n, A, &n, &info);
  GLB_CHECK(info == 0, GLB_ENOTPD, "matrix of order %d is not positive definite: pivot %d", n, info);
  for (int i = 0; i < n; i++)
    for (int j = i + 1; j < n; j++) A[(size_t)i * n + j] = 0;
  return GLB_OK;
}

// rows that are taken at a time: enough that the factor on top of them costs little
static int append_rows(int n) {
  return 2 * n + 32;
}

size_t glb_chol_append_size(int n) {
  return (size_t)(n + append_rows(n)) * n + n + (size_t)LQ_BLOCK * n;
}

void glb_chol_append(double *L, const double *A, int n, int N, double *work) {
  double *stack = work, *tau = stack + (size_t)(n + append_rows(n)) * n, *scratch = tau + n;
  const int size = LQ_BLOCK * n;
  for (int done = 0; done < N;) {
    int rows = N - done < append_rows(n) ? N - done : append_rows(n), total = n + rows, info;

    // stack = [L'; A] = Q R
    for (int i = 0; i < n; i++)
      for (int j = 0; j < n; j++) stack[(size_t)i * n + j] = L[(size_t)j * n + i];
    memcpy(stack + (size_t)n * n, A + (size_t)done * n, sizeof(double) * rows * n);
    dgelqf_(&n, &total, stack, &n, tau, scratch, &size, &info);
    GLB_ASSERT(info == 0);

    // L = R' with a positive diagonal
    for (int i = 0; i < n; i++) {
      const double sign = stack[(size_t)i * n + i] < 0 ? -1 : 1;
      for (int j = i; j < n; j++) L[(size_t)j * n + i] = sign * stack[(size_t)i * n + j];
    }
    done += rows;
  }
}

double glb_chol_logdet(const double *L, int n) {
  double sum = 0;
  for (int i = 0; i < n; i++) sum += log(L[(size_t)i * n + i]);
  return 2 * sum;
}

void glb_chol_solve_lower(double *B, const double *L, int n, int m) {
  cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, n, m, 1, L, n, B, m);
}

void glb_chol_solve_upper(double *B, const double *L, int n, int m) {
  cblas_dtrsm(CblasRowMajor, CblasLeft, CblasLower, CblasTrans, CblasNonUnit, n, m, 1, L, n, B, m);
}

void glb_chol_solve(double *B, const double *L, int n, int m) {
  glb_chol_solve_lower(B, L, n, m);
  glb_chol_solve_upper(B, L, n, m);
}

void glb_chol_whiten_rows(double *B, const double *L, int n, int m) {
  cblas_dtrsm(CblasRowMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, m, n, 1, L, n, B, n);
}

void glb_chol_solve_rows(double *B, const double *L, int n, int m) {
  glb_chol_whiten_rows(B, L, n, m);
  cblas_dtrsm(CblasRowMajor, CblasRight, CblasLower, CblasNoTrans, CblasNonUnit, m, n, 1, L, n, B, n);
}

void glb_chol_times_upper(double *B, const double *L, int n, int m) {
  cblas_dtrmm(CblasRowMajor, CblasLeft, CblasLower, CblasTrans, CblasNonUnit, n, m, 1, L, n, B, m);
}

void glb_chol_inverse(double *Ainv, const double *L, int n) {
  int info;
  memcpy(Ainv, L, sizeof(double) * n * n);
  dpotri_("U", &n, Ainv, &n, &info);
  GLB_ASSERT(info == 0);
  for (int i = 0; i < n; i++)
    for (int j = i + 1; j < n; j++) Ainv[(size_t)i * n + j] = Ainv[(size_t)j * n + i];
}

double glb_chol_inflation(const double *L, const double *Ainv, int n) {
  double largest = 1;
  for (int i = 0; i < n; i++) {
    const double *row = L + (size_t)i * n;
    largest = fmax(largest, cblas_ddot(i + 1, row, 1, row, 1) * Ainv[(size_t)i * n + i]);
  }
  return largest;
}

// largest column sum of |L L'|
static double one_norm(const double *L, int n, double *sums) {
  memset(sums, 0, sizeof(double) * n);
  for (int i = 0; i < n; i++)
    for (int j = 0; j <= i; j++) {
      double entry = fabs(cblas_ddot(j + 1, L + (size_t)i * n, 1, L + (size_t)j * n, 1));
      sums[i] += entry;
      if (j < i) sums[j] += entry;
    }
  double largest = 0;
  for (int i = 0; i < n; i++) largest = fmax(largest, sums[i]);
  return largest;
}

double glb_chol_condition(const double *L, int n, double *work) {
  double norm = one_norm(L, n, work), reciprocal;
  int info;
  dpocon_("U", &n, L, &n, &norm, &reciprocal, work, (int *)(work + 3 * (size_t)n), &info);
  GLB_ASSERT(info == 0);
  return 1 / reciprocal;
}
