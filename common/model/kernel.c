#include "common/model/kernel.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/la/chol.h"
#include "common/la/gemm.h"

static size_t product(int a, int b) {
  return (size_t)a * (size_t)b;
}

/* F (N x K) = Phi L0^-T, so that F F' = Phi Xi0^-1 Phi'; E (N x D) = Y - Phi M0. */
static void whiten(double *F, double *E, const double *L0, const struct glb_prior *prior,
                   struct glb_rows rows) {
  const int K = prior->K, D = prior->D, N = rows.N;
  memcpy(F, rows.Phi, sizeof(double) * product(N, K));
  glb_chol_whiten_rows(F, L0, K, N);
  memcpy(E, rows.Y, sizeof(double) * product(N, D));
  glb_dgemm_nn(E, D, -1, (struct glb_dmat){rows.Phi, K}, (struct glb_dmat){prior->M0, D}, 1, N, D, K);
}

/* Weight form: W (K x D) = L0'(M - M0) = (I + F'F)^-1 F'E. A (K x K) is scratch. */
static int weights(double *W, double *A, const double *F, const double *E, int N, int K, int D) {
  memset(A, 0, sizeof(double) * product(K, K));
  for (int k = 0; k < K; k++) A[k * K + k] = 1;
  glb_dsyrk_tn(A, K, 1, (struct glb_dmat){F, K}, 1, K, N);
  glb_dgemm_tn(W, D, 1, (struct glb_dmat){F, K}, (struct glb_dmat){E, D}, 0, K, D, N);
  GLB_TRY(glb_chol_factor(A, K));
  glb_chol_solve(W, A, K, D);
  return GLB_OK;
}

/* Dual form: alpha (N x D) = (F F' + I)^-1 E. A (N x N) is scratch. */
static int duals(double *alpha, double *A, const double *F, const double *E, int N, int K, int D) {
  glb_dgemm_nt(A, N, 1, (struct glb_dmat){F, K}, (struct glb_dmat){F, K}, 0, N, N, K);
  for (int n = 0; n < N; n++) A[product(n, N) + (size_t)n] += 1;
  memcpy(alpha, E, sizeof(double) * product(N, D));
  GLB_TRY(glb_chol_factor(A, N));
  glb_chol_solve(alpha, A, N, D);
  return GLB_OK;
}

/* tr(a'F G'b) for a (N x D), F (N x K), G (M x K), b (M x D): the kernel F G' is formed, as the identity
 * reads. A, B are scratch (N x M), (N x D). */
static double correspondence_term(const double *a, const double *F, int N, const double *b, const double *G,
                                  int M, int K, int D, double *A, double *B) {
  double sum = 0;
  glb_dgemm_nt(A, M, 1, (struct glb_dmat){F, K}, (struct glb_dmat){G, K}, 0, N, M, K);
  glb_dgemm_nn(B, D, 1, (struct glb_dmat){A, M}, (struct glb_dmat){b, D}, 0, N, D, M);
  for (size_t i = 0; i < product(N, D); i++) sum += a[i] * B[i];
  return sum;
}

struct side {  // one task
  double *F, *E, *W, *alpha;
  int N;
};

static int solve_side(struct side *side, double *A, const double *L0, const struct glb_prior *prior,
                      struct glb_rows rows) {
  side->N = rows.N;
  whiten(side->F, side->E, L0, prior, rows);
  GLB_TRY(weights(side->W, A, side->F, side->E, rows.N, prior->K, prior->D));
  GLB_TRY(duals(side->alpha, A, side->F, side->E, rows.N, prior->K, prior->D));
  return GLB_OK;
}

static double *take(double **block, size_t count) {
  double *piece = *block;
  *block += count;
  return piece;
}

static void lay_side(struct side *side, double **block, int N, int K, int D) {
  side->F = take(block, product(N, K));
  side->E = take(block, product(N, D));
  side->W = take(block, product(K, D));
  side->alpha = take(block, product(N, D));
}

static int identity(double *representation, double *correspondence, const struct glb_prior *prior,
                    struct glb_rows i, struct glb_rows j, double *block) {
  const int K = prior->K, D = prior->D, widest = i.N > j.N ? i.N : j.N, side = widest > K ? widest : K;
  struct side a, b;
  double *L0 = take(&block, product(K, K)), *A = take(&block, product(side, side)),
         *B = take(&block, product(side, D));
  lay_side(&a, &block, i.N, K, D);
  lay_side(&b, &block, j.N, K, D);
  memcpy(L0, prior->Xi0, sizeof(double) * product(K, K));
  GLB_TRY(glb_chol_factor(L0, K));
  GLB_TRY(solve_side(&a, A, L0, prior, i));
  GLB_TRY(solve_side(&b, A, L0, prior, j));

  *representation = 0;
  for (size_t n = 0; n < product(K, D); n++) *representation += (a.W[n] - b.W[n]) * (a.W[n] - b.W[n]);
  *correspondence = correspondence_term(a.alpha, a.F, a.N, a.alpha, a.F, a.N, K, D, A, B) +
                    correspondence_term(b.alpha, b.F, b.N, b.alpha, b.F, b.N, K, D, A, B) -
                    2 * correspondence_term(a.alpha, a.F, a.N, b.alpha, b.F, b.N, K, D, A, B);
  return GLB_OK;
}

int glb_kernel_identity(double *representation, double *correspondence, const struct glb_prior *prior,
                        struct glb_rows i, struct glb_rows j) {
  const int K = prior->K, D = prior->D, widest = i.N > j.N ? i.N : j.N, side = widest > K ? widest : K;
  const size_t size = product(K, K) + product(side, side) + product(side, D) + product(i.N + j.N, K + 2 * D) +
                      2 * product(K, D);
  double *block = malloc(size * sizeof *block);
  GLB_CHECK(block, GLB_ENOMEM, "no memory for the kernels of %d and %d rows", i.N, j.N);
  int code = identity(representation, correspondence, prior, i, j, block);
  free(block);
  GLB_TRY(code);
  return GLB_OK;
}
