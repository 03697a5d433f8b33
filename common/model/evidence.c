#include "common/model/evidence.h"

#include "common/base/error.h"
#include "common/la/chol.h"
#include "common/la/gemm.h"
#include "common/model/stats.h"

/* Growth of rounding errors up to which statistics serve: 1e4 x 2^-53 leaves eleven digits. */
static const double loss_limit = 1e4;

static size_t product(int a, int b) {
  return (size_t)a * (size_t)b;
}

size_t glb_evidence_work_size(int K, int D, int N) {
  const size_t statistics = glb_stats_size(K, D), adjoints = product(K, K) + product(K, D),
               residual = product(N, D);
  return (statistics > residual ? statistics : residual) + adjoints;
}

/* dPhi = 2 Phi G_FF + Y G_FY' (7). */
static void adjoint_gradient(const struct glb_posterior *post, double *dPhi, struct glb_rows rows,
                             double *work) {
  const int K = post->K, D = post->D, N = rows.N;
  double *G_FF = work, *G_FY = G_FF + product(K, K);
  glb_posterior_adjoints(post, G_FF, G_FY);
  glb_dgemm_nn(dPhi, K, 2, (struct glb_dmat){rows.Phi, K}, (struct glb_dmat){G_FF, K}, 0, N, K, K);
  glb_dgemm_nt(dPhi, K, 1, (struct glb_dmat){rows.Y, D}, (struct glb_dmat){G_FY, D}, 1, N, K, D);
}

/* dPhi = -D Phi Xi^-1 + (Y - Phi M) G_FY' (6), Phi Xi^-1 by triangular solves. */
static void row_gradient(const struct glb_posterior *post, double *dPhi, const double *residual,
                         struct glb_rows rows, double *G_FY) {
  const int K = post->K, D = post->D, N = rows.N;
  for (size_t i = 0; i < product(N, K); i++) dPhi[i] = -D * rows.Phi[i];
  glb_chol_solve_rows(dPhi, post->L, K, N);
  glb_posterior_adjoints(post, NULL, G_FY);
  glb_dgemm_nt(dPhi, K, 1, (struct glb_dmat){residual, D}, (struct glb_dmat){G_FY, D}, 1, N, K, D);
}

int glb_evidence_rows(struct glb_posterior *post, double *evidence, double *dPhi,
                      const struct glb_prior *prior, struct glb_rows rows, double *work) {
  const int K = prior->K, D = prior->D;
  double *adjoints = work, *rest = adjoints + product(K, K) + product(K, D);

  struct glb_stats stats;
  glb_stats_map(&stats, K, D, rest);
  glb_stats_zero(&stats);
  GLB_TRY(glb_stats_add(&stats, 1, rows.Phi, rows.Y, rows.N));
  const int solved = glb_posterior_solve(post, prior, &stats);
  // rounding can take definiteness from statistics that the rows still have
  if (solved && solved != GLB_ENOTPD) return glb_error_pass(solved, __FILE__, __LINE__);
  if (!solved && glb_posterior_loss(post) <= loss_limit) {
    if (dPhi) adjoint_gradient(post, dPhi, rows, adjoints);
  } else {
    double *residual = rest;
    GLB_TRY(glb_posterior_solve_rows(post, residual, prior, rows));
    if (dPhi) row_gradient(post, dPhi, residual, rows, adjoints + product(K, K));
  }
  *evidence = glb_posterior_evidence(post, prior);
  return GLB_OK;
}
