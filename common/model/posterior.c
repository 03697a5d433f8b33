#include "common/model/posterior.h"

#include <math.h>
#include <string.h>

#include "common/base/error.h"
#include "common/la/chol.h"
#include "common/la/gemm.h"
#include "common/model/special.h"
#include "common/model/stats.h"

static const double log_pi = 1.1447298858494001741;

enum { SOLVES = 3 };  // the first from M0, then refinements; contraction cond(L) 2^-53 each

static size_t product(int a, int b) {
  return (size_t)a * (size_t)b;
}

// ---- layout ----

static size_t scratch_size(int K, int D) {
  return glb_chol_append_size(K > D ? K : D) + 2 * product(K, D) + product(D, D);
}

size_t glb_posterior_size(int K, int D) {
  return 2 * product(K, D) + 4 * product(K, K) + 3 * product(D, D) + scratch_size(K, D);
}

static double *take(double **block, size_t count) {
  double *piece = *block;
  *block += count;
  return piece;
}

void glb_posterior_map(struct glb_posterior *post, int K, int D, double *block) {
  *post = (struct glb_posterior){.K = K, .D = D};
  post->M = take(&block, product(K, D));
  post->dM = take(&block, product(K, D));
  post->Xi = take(&block, product(K, K));
  post->L = take(&block, product(K, K));
  post->S = take(&block, product(K, K));
  post->L0 = take(&block, product(K, K));
  post->Omega = take(&block, product(D, D));
  post->R = take(&block, product(D, D));
  post->R0 = take(&block, product(D, D));
  post->work = block;
}

// ---- what both ways share ----

static int all_finite(const double *x, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (!isfinite(x[i])) return 0;
  return 1;
}

// L L' = A
static int factor(double *L, const double *A, int n, const char *name) {
  memcpy(L, A, sizeof(double) * product(n, n));
  GLB_CHECK(glb_chol_factor(L, n) == GLB_OK, GLB_ENOTPD, "%s (%d x %d) is not positive definite", name, n, n);
  return GLB_OK;
}

static int all_positive(const double *diagonal, int D, const char *name) {
  for (int d = 0; d < D; d++)
    GLB_CHECK(diagonal[d] > 0, GLB_ENOTPD, "%s[%d] = %g is not positive", name, d, diagonal[d]);
  return GLB_OK;
}

static size_t omega_size(const struct glb_prior *prior) {
  return prior->noise == GLB_NOISE_FULL ? product(prior->D, prior->D) : (size_t)prior->D;
}

// post takes the prior: sizes, nu = nu0 + N, L0, R0
static int take_prior(struct glb_posterior *post, const struct glb_prior *prior, double N) {
  const int K = post->K, D = post->D;
  GLB_CHECK(prior->K == K && prior->D == D, GLB_EINVAL, "prior of K=%d, D=%d for a posterior of K=%d, D=%d",
            prior->K, prior->D, K, D);
  const double least = prior->noise == GLB_NOISE_FULL ? D - 1 : 0;
  GLB_CHECK(prior->nu0 > least && isfinite(prior->nu0), GLB_EINVAL, "nu0 = %g: must be above %g with D = %d",
            prior->nu0, least, D);
  GLB_CHECK(all_finite(prior->M0, product(K, D)) && all_finite(prior->Xi0, product(K, K)) &&
                all_finite(prior->Omega0, omega_size(prior)),
            GLB_ENONFINITE, "prior with a NaN or infinity");
  post->noise = prior->noise;
  post->N = N;
  post->nu = prior->nu0 + N;
  GLB_TRY(factor(post->L0, prior->Xi0, K, "Xi0"));
  if (prior->noise == GLB_NOISE_FULL) return factor(post->R0, prior->Omega0, D, "Omega0");
  return all_positive(prior->Omega0, D, "Omega0");
}

// ---- from statistics ----

/* Omega from YY, P = FY + V and Z = L^-1 V with V = FY - FF M0 (3):
 *   Omega = Omega0 + (YY - 1/2 (M0'P + P'M0)) - Z'Z, the bracket being (Y - Phi M0)'(Y - Phi M0); symmetric
 * to the last bit */
static int omega_full(struct glb_posterior *post, const struct glb_prior *prior, const double *YY,
                      const double *P, const double *Z, double *A) {
  const int K = post->K, D = post->D;
  double *Omega = post->Omega;

  // A = M0'P / 2
  glb_dgemm_tn(A, D, 0.5, (struct glb_dmat){prior->M0, D}, (struct glb_dmat){P, D}, 0, D, D, K);
  for (int i = 0; i < D; i++)
    for (int j = 0; j < D; j++)
      Omega[i * D + j] = prior->Omega0[i * D + j] + (YY[i * D + j] - (A[i * D + j] + A[j * D + i]));
  glb_dsyrk_tn(Omega, D, -1, (struct glb_dmat){Z, D}, 1, D, K);

  post->cancellation = 1;
  for (int d = 0; d < D; d++) {
    const int dd = d * D + d;
    post->cancellation =
        fmax(post->cancellation, (prior->Omega0[dd] + YY[dd] + 2 * fabs(A[dd])) / fmax(Omega[dd], 0));
  }
  return factor(post->R, Omega, D, "Omega");
}

// the diagonal of the same
static int omega_diagonal(struct glb_posterior *post, const struct glb_prior *prior, const double *YY,
                          const double *P, const double *Z) {
  const int K = post->K, D = post->D;
  post->cancellation = 1;
  for (int d = 0; d < D; d++) {
    double cross = 0, explained = 0;
    for (int k = 0; k < K; k++) {
      cross += prior->M0[k * D + d] * P[k * D + d];
      explained += Z[k * D + d] * Z[k * D + d];
    }
    const double yy = YY[d * D + d], omega = prior->Omega0[d] + (yy - cross) - explained;
    post->Omega[d] = omega;
    post->cancellation = fmax(post->cancellation, (prior->Omega0[d] + yy + fabs(cross)) / fmax(omega, 0));
  }
  return all_positive(post->Omega, D, "Omega");
}

int glb_posterior_solve(struct glb_posterior *post, const struct glb_prior *prior,
                        const struct glb_stats *stats) {
  const int K = post->K, D = post->D;

  // outputs
  double *Xi = post->Xi, *L = post->L, *M = post->M, *dM = post->dM;

  // inputs
  const double *FF = stats->FF, *FY = stats->FY, *YY = stats->YY;

  GLB_CHECK(stats->K == K && stats->D == D, GLB_EINVAL,
            "statistics of K=%d, D=%d for a posterior of K=%d, D=%d", stats->K, stats->D, K, D);
  GLB_CHECK(all_finite(stats->block, glb_stats_size(K, D)), GLB_ENONFINITE,
            "statistics with a NaN or infinity: features or targets overflow");
  GLB_TRY(take_prior(post, prior, *stats->n));

  // Xi = Xi0 + FF = L L'
  for (size_t i = 0; i < product(K, K); i++) Xi[i] = prior->Xi0[i] + FF[i];
  GLB_TRY(factor(L, Xi, K, "Xi"));
  glb_chol_inverse(post->S, L, K);

  // V = FY - FF M0 = Phi'(Y - Phi M0), P = FY + V
  double *V = dM, *P = post->work;
  memcpy(V, FY, sizeof(double) * product(K, D));
  glb_dgemm_nn(V, D, -1, (struct glb_dmat){FF, K}, (struct glb_dmat){prior->M0, D}, 1, K, D, K);
  for (size_t i = 0; i < product(K, D); i++) P[i] = FY[i] + V[i];

  // Z = L^-1 V, Omega
  double *Z = V;
  glb_chol_solve_lower(Z, L, K, D);
  if (prior->noise == GLB_NOISE_FULL)
    GLB_TRY(omega_full(post, prior, YY, P, Z, P + product(K, D)));
  else
    GLB_TRY(omega_diagonal(post, prior, YY, P, Z));

  // M = M0 + Xi^-1 V
  glb_chol_solve_upper(dM, L, K, D);
  for (size_t i = 0; i < product(K, D); i++) M[i] = prior->M0[i] + dM[i];
  return GLB_OK;
}

// ---- from rows ----

// Omega = Omega0 + r'r + H'H with H = L0'(M - M0), and R from [R0'; r; H]
static int omega_from_rows(struct glb_posterior *post, const struct glb_prior *prior, const double *residual,
                           int N) {
  const int K = post->K, D = post->D;
  double *H = post->work + glb_chol_append_size(K > D ? K : D);
  memcpy(H, post->dM, sizeof(double) * product(K, D));
  glb_chol_times_upper(H, post->L0, K, D);
  post->cancellation = 1;
  memcpy(post->Omega, prior->Omega0, sizeof(double) * omega_size(prior));
  if (prior->noise == GLB_NOISE_DIAGONAL) {
    for (int n = 0; n < N; n++)
      for (int d = 0; d < D; d++) post->Omega[d] += residual[product(n, D) + d] * residual[product(n, D) + d];
    for (int k = 0; k < K; k++)
      for (int d = 0; d < D; d++) post->Omega[d] += H[k * D + d] * H[k * D + d];
    return GLB_OK;
  }
  glb_dsyrk_tn(post->Omega, D, 1, (struct glb_dmat){residual, D}, 1, D, N);
  glb_dsyrk_tn(post->Omega, D, 1, (struct glb_dmat){H, D}, 1, D, K);
  memcpy(post->R, post->R0, sizeof(double) * product(D, D));
  glb_chol_append(post->R, residual, D, N, post->work);
  glb_chol_append(post->R, H, D, K, post->work);
  return GLB_OK;
}

/* M from M0 by M += Xi^-1 (Phi'(Y - Phi M) - Xi0 (M - M0)), the residual in twice the precision. The last step is taken from
 * residual and dM without the rounding of M, which a residual far below Y would feel. */
static void refine_mean(struct glb_posterior *post, double *residual, const struct glb_prior *prior,
                        struct glb_rows rows) {
  const int K = post->K, D = post->D, N = rows.N;
  const struct glb_dmat Phi = {rows.Phi, K}, Xi0 = {prior->Xi0, K};
  double *M = post->M, *dM = post->dM, *step = post->work;
  memcpy(M, prior->M0, sizeof(double) * product(K, D));
  for (int solve = 0; solve < SOLVES; solve++) {
    glb_dgemm_residual(residual, rows.Y, rows.Phi, M, N, D, K);
    for (size_t i = 0; i < product(K, D); i++) dM[i] = M[i] - prior->M0[i];
    glb_dgemm_nn(step, D, -1, Xi0, (struct glb_dmat){dM, D}, 0, K, D, K);
    glb_dgemm_tn(step, D, 1, Phi, (struct glb_dmat){residual, D}, 1, K, D, N);
    glb_chol_solve(step, post->L, K, D);
    for (size_t i = 0; i < product(K, D); i++) {
      dM[i] += step[i];
      M[i] += step[i];
    }
  }
  glb_dgemm_nn(residual, D, -1, Phi, (struct glb_dmat){step, D}, 1, N, D, K);
}

int glb_posterior_solve_rows(struct glb_posterior *post, double *residual, const struct glb_prior *prior,
                             struct glb_rows rows) {
  const int K = post->K, N = rows.N;

  // outputs
  double *Xi = post->Xi, *L = post->L;

  GLB_TRY(take_prior(post, prior, N));

  // Xi = Xi0 + Phi'Phi, but L from [L0'; Phi]
  memcpy(Xi, prior->Xi0, sizeof(double) * product(K, K));
  glb_dsyrk_tn(Xi, K, 1, (struct glb_dmat){rows.Phi, K}, 1, K, N);
  GLB_CHECK(all_finite(Xi, product(K, K)), GLB_ENONFINITE,
            "features with a NaN or infinity, or too large to square");
  memcpy(L, post->L0, sizeof(double) * product(K, K));
  glb_chol_append(L, rows.Phi, K, N, post->work);
  glb_chol_inverse(post->S, L, K);

  refine_mean(post, residual, prior, rows);
  return omega_from_rows(post, prior, residual, N);
}

// ---- what follows from a solved posterior ----

// B (K x D) = B Omega^-1
static void times_omega_inverse(const struct glb_posterior *post, double *B) {
  const int K = post->K, D = post->D;
  if (post->noise == GLB_NOISE_FULL) {
    glb_chol_solve_rows(B, post->R, D, K);
    return;
  }
  for (int k = 0; k < K; k++)
    for (int d = 0; d < D; d++) B[k * D + d] /= post->Omega[d];
}

static double sum_log(const double *x, int n) {
  double sum = 0;
  for (int i = 0; i < n; i++) sum += log(x[i]);
  return sum;
}

double glb_posterior_loss(struct glb_posterior *post) {
  const int D = post->D;
  double noise = 1;
  if (post->noise == GLB_NOISE_FULL) {
    glb_chol_inverse(post->work, post->R, D);
    noise = glb_chol_inflation(post->R, post->work, D);
  }
  return fmax(glb_chol_inflation(post->L, post->S, post->K), post->cancellation * noise);
}

double glb_posterior_evidence(const struct glb_posterior *post, const struct glb_prior *prior) {
  const int K = post->K, D = post->D, full = post->noise == GLB_NOISE_FULL;
  const double nu0 = prior->nu0, nu = post->nu;

  // D/2 (log|Xi0| - log|Xi|)
  const double weights = 0.5 * D * (glb_chol_logdet(post->L0, K) - glb_chol_logdet(post->L, K));

  // nu0/2 log|Omega0| - nu/2 log|Omega|
  const double scale0 = full ? glb_chol_logdet(post->R0, D) : sum_log(prior->Omega0, D);
  const double scale = full ? glb_chol_logdet(post->R, D) : sum_log(post->Omega, D);

  const double gammas = full ? glb_special_log_gamma(0.5 * nu, D) - glb_special_log_gamma(0.5 * nu0, D)
                             : D * (glb_special_log_gamma(0.5 * nu, 1) - glb_special_log_gamma(0.5 * nu0, 1));
  return weights + 0.5 * (nu0 * scale0 - nu * scale) + gammas - 0.5 * post->N * D * log_pi;
}

void glb_posterior_adjoints(const struct glb_posterior *post, double *G_FF, double *G_FY) {
  const int K = post->K, D = post->D;

  // G_FY = nu M Omega^-1
  for (size_t i = 0; i < product(K, D); i++) G_FY[i] = post->nu * post->M[i];
  times_omega_inverse(post, G_FY);
  if (!G_FF) return;

  // G_FF = -D/2 Xi^-1 - 1/2 G_FY M'
  glb_dgemm_nt(G_FF, K, -0.5, (struct glb_dmat){G_FY, D}, (struct glb_dmat){post->M, D}, 0, K, K, D);
  for (size_t i = 0; i < product(K, K); i++) G_FF[i] -= 0.5 * D * post->S[i];
}

// dOmega0 = nu0/2 Omega0^-1 - nu/2 Omega^-1
static void omega_grad(struct glb_posterior *post, const struct glb_prior *prior, double *dOmega0) {
  const int D = post->D;
  const double nu0 = prior->nu0, nu = post->nu;
  if (post->noise == GLB_NOISE_DIAGONAL) {
    for (int d = 0; d < D; d++) dOmega0[d] = 0.5 * (nu0 / prior->Omega0[d] - nu / post->Omega[d]);
    return;
  }
  double *inverse = post->work;
  glb_chol_inverse(dOmega0, post->R0, D);
  glb_chol_inverse(inverse, post->R, D);
  for (size_t i = 0; i < product(D, D); i++) dOmega0[i] = 0.5 * (nu0 * dOmega0[i] - nu * inverse[i]);
}

static double degrees_grad(const struct glb_posterior *post, const struct glb_prior *prior) {
  const int D = post->D;
  const double nu0 = 0.5 * prior->nu0, nu = 0.5 * post->nu;
  if (post->noise == GLB_NOISE_DIAGONAL)
    return 0.5 * (sum_log(prior->Omega0, D) - sum_log(post->Omega, D) +
                  D * (glb_special_digamma(nu, 1) - glb_special_digamma(nu0, 1)));
  return 0.5 * (glb_chol_logdet(post->R0, D) - glb_chol_logdet(post->R, D) + glb_special_digamma(nu, D) -
                glb_special_digamma(nu0, D));
}

void glb_posterior_prior_grad(struct glb_posterior *post, const struct glb_prior *prior,
                              struct glb_prior_grad out) {
  const int K = post->K, D = post->D;
  double *scaled = post->work, *inverse = scaled + product(K, D);

  // scaled = nu (M - M0) Omega^-1
  for (size_t i = 0; i < product(K, D); i++) scaled[i] = post->nu * post->dM[i];
  times_omega_inverse(post, scaled);

  // dM0 = Xi0 scaled
  if (out.dM0)
    glb_dgemm_nn(out.dM0, D, 1, (struct glb_dmat){prior->Xi0, K}, (struct glb_dmat){scaled, D}, 0, K, D, K);

  // dXi0 = D/2 (Xi0^-1 - Xi^-1) - 1/2 scaled (M - M0)'
  if (out.dXi0) {
    glb_chol_inverse(inverse, post->L0, K);
    glb_dgemm_nt(out.dXi0, K, -0.5, (struct glb_dmat){scaled, D}, (struct glb_dmat){post->dM, D}, 0, K, K, D);
    for (size_t i = 0; i < product(K, K); i++) out.dXi0[i] += 0.5 * D * (inverse[i] - post->S[i]);
  }
  if (out.dOmega0) omega_grad(post, prior, out.dOmega0);
  if (out.dnu0) *out.dnu0 = degrees_grad(post, prior);
}

double glb_posterior_log_predictive(struct glb_posterior *post, const double *f, const double *y) {
  const int K = post->K, D = post->D;
  double *e = post->work, *w = e + D, g = 1;

  // g = 1 + |L^-1 f|^2, e = y - M'f
  memcpy(w, f, sizeof(double) * (size_t)K);
  glb_chol_solve_lower(w, post->L, K, 1);
  for (int k = 0; k < K; k++) g += w[k] * w[k];
  glb_dgemm_residual(e, y, f, post->M, 1, D, K);

  if (post->noise == GLB_NOISE_DIAGONAL) {
    double sum = 0;
    for (int d = 0; d < D; d++)
      sum += glb_special_student(post->nu, 1, log(post->Omega[d] * g), e[d] * e[d] / (post->Omega[d] * g));
    return sum;
  }

  // q = e'Omega^-1 e / g
  double q = 0;
  glb_chol_solve_lower(e, post->R, D, 1);
  for (int d = 0; d < D; d++) q += e[d] * e[d] / g;
  return glb_special_student(post->nu - D + 1, D, glb_chol_logdet(post->R, D) + D * log(g), q);
}
