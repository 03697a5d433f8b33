#include "common/la/setup.h"

#include <math.h>
#include <stdlib.h>

#include "common/base/error.h"
#include "common/la/blas.h"
#include "common/la/chol.h"
#include "common/la/gemm.h"

int glb_blas_setup(void) {
  openblas_set_num_threads(1);
  GLB_CHECK(
      openblas_get_num_threads() == 1, GLB_ESETUP,
      "OpenBLAS (%s) keeps %d threads when told to use one: set OPENBLAS_NUM_THREADS=1 and OMP_NUM_THREADS=1",
      openblas_get_config(), openblas_get_num_threads());
  return GLB_OK;
}

const char *glb_blas_kernel(void) {
  return openblas_get_corename();
}

const char *glb_blas_config(void) {
  return openblas_get_config();
}

enum { LARGEST = 65, BLOCK = LARGEST * LARGEST };

struct check {                // operands of one comparison
  double A[BLOCK], B[BLOCK];  // entries in [-1, 1)
  double C[BLOCK], expected[BLOCK];
  float Af[BLOCK], Bf[BLOCK], Cf[BLOCK];
  double work[5 * BLOCK];
};

// entries that need no generator: fractional parts of multiples of the golden ratio
static void fill(struct check *c) {
  for (int i = 0; i < BLOCK; i++) {
    c->A[i] = 2 * fmod(0.6180339887498949 * (i + 1), 1) - 1;
    c->B[i] = 2 * fmod(0.4142135623730951 * (i + 3), 1) - 1;
    c->Af[i] = (float)c->A[i];
    c->Bf[i] = (float)c->B[i];
  }
}

// expected = op(A) op(B), (m x k)(k x n)
static void product(struct check *c, int transpose_a, int transpose_b, int m, int n, int k) {
  for (int i = 0; i < m; i++)
    for (int j = 0; j < n; j++) {
      double sum = 0;
      for (int p = 0; p < k; p++)
        sum += c->A[transpose_a ? p * m + i : i * k + p] * c->B[transpose_b ? j * k + p : p * n + j];
      c->expected[i * n + j] = sum;
    }
}

// C and expected agree, entry by entry, within epsilon times the number of terms
static int compare(const struct check *c, const char *routine, int m, int n, int k, double epsilon) {
  double worst = 0;
  for (int i = 0; i < m * n; i++) worst = fmax(worst, fabs(c->C[i] - c->expected[i]));
  GLB_CHECK(worst <= 4 * k * epsilon, GLB_ESETUP,
            "%s of OpenBLAS kernel %s is wrong by %.2g at m=%d n=%d k=%d: set OPENBLAS_CORETYPE (Haswell "
            "suits every "
            "x86-64 processor with AVX2) or use another OpenBLAS",
            routine, glb_blas_kernel(), worst, m, n, k);
  return GLB_OK;
}

typedef void (*double_fn)(double *, int, double, struct glb_dmat, struct glb_dmat, double, int, int, int);
typedef void (*single_fn)(float *, int, float, struct glb_mat, struct glb_mat, float, int, int, int);

static const struct {
  const char *suffix;
  int transpose_a, transpose_b;
  double_fn in_double;
  single_fn in_single;
} products[] = {{"gemm (nn)", 0, 0, glb_dgemm_nn, glb_sgemm_nn},
                {"gemm (tn)", 1, 0, glb_dgemm_tn, glb_sgemm_tn},
                {"gemm (nt)", 0, 1, glb_dgemm_nt, glb_sgemm_nt}};

static int check_products(struct check *c, int m, int n, int k) {
  for (int p = 0; p < 3; p++) {
    const int lda = products[p].transpose_a ? m : k, ldb = products[p].transpose_b ? k : n;
    product(c, products[p].transpose_a, products[p].transpose_b, m, n, k);
    products[p].in_double(c->C, n, 1, (struct glb_dmat){c->A, lda}, (struct glb_dmat){c->B, ldb}, 0, m, n, k);
    GLB_TRY(compare(c, products[p].suffix, m, n, k, 0x1p-53));
    products[p].in_single(c->Cf, n, 1, (struct glb_mat){c->Af, lda}, (struct glb_mat){c->Bf, ldb}, 0, m, n,
                          k);
    for (int i = 0; i < m * n; i++) c->C[i] = c->Cf[i];
    GLB_TRY(compare(c, products[p].suffix, m, n, k, 0x1p-23));
  }
  return GLB_OK;
}

// G = A'A + n I by loops, by dsyrk, and again from its factor: L L' = G, and from A appended to sqrt(n) I
static int check_factors(struct check *c, int n, int N) {
  double *L = c->B;  // fill() restores B
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      double sum = i == j ? n : 0;
      for (int p = 0; p < N; p++) sum += c->A[p * n + i] * c->A[p * n + j];
      c->expected[i * n + j] = sum;
      c->C[i * n + j] = i == j ? n : 0;
    }
  glb_dsyrk_tn(c->C, n, 1, (struct glb_dmat){c->A, n}, 1, n, N);
  GLB_TRY(compare(c, "dsyrk", n, n, N + n, 0x1p-53));

  for (int i = 0; i < n * n; i++) L[i] = c->C[i];
  GLB_TRY(glb_chol_factor(L, n));
  for (int i = 0; i < n * n; i++) c->C[i] = i % (n + 1) ? 0 : 1;
  glb_chol_times_upper(c->C, L, n, n);
  glb_chol_solve_upper(c->C, L, n, n);
  for (int i = 0; i < n * n; i++) c->C[i] += c->expected[i] - (i % (n + 1) ? 0 : 1);
  GLB_TRY(compare(c, "dtrmm and dtrsm", n, n, 16 * n, 0x1p-53));
  glb_dgemm_nt(c->C, n, 1, (struct glb_dmat){L, n}, (struct glb_dmat){L, n}, 0, n, n, n);
  GLB_TRY(compare(c, "dpotrf", n, n, 16 * (N + n), 0x1p-53));

  for (int i = 0; i < n * n; i++) L[i] = i % (n + 1) ? 0 : sqrt(n);
  glb_chol_append(L, c->A, n, N, c->work);
  glb_dgemm_nt(c->C, n, 1, (struct glb_dmat){L, n}, (struct glb_dmat){L, n}, 0, n, n, n);
  return compare(c, "dgelqf", n, n, 16 * (N + n), 0x1p-53);
}

int glb_blas_check(void) {
  static const int sizes[] = {1, 3, 8, 16, 33, 64, LARGEST};
  enum { COUNT = sizeof sizes / sizeof *sizes };
  struct check *c = malloc(sizeof *c);
  GLB_CHECK(c, GLB_ENOMEM, "%zu bytes for the BLAS check", sizeof *c);
  int code = GLB_OK;
  for (int i = 0; i < COUNT && !code; i++) {
    fill(c);
    code = check_products(c, sizes[i], sizes[COUNT - 1 - i], sizes[(i + 2) % COUNT]);
    if (!code) code = check_factors(c, sizes[i], sizes[COUNT - 1 - i]);
  }
  free(c);
  return code;
}
