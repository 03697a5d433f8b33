/* posterior.h: exact posterior of the Bayesian linear model, its evidence, and the gradients of the evidence.
 *
 *   Y | W, Sigma ~ MN(Phi W, I_N, Sigma)   W | Sigma ~ MN(M0, Xi0^-1, Sigma)   Sigma ~ IW(Omega0, nu0)
 *
 * With diagonal noise Sigma is diagonal, every target d has its own Sigma_dd ~ IG(nu0/2, Omega0_d/2), and all share Xi; nu0 and nu are then
 * those of one target. N rows, K features, D targets; row-major doubles. Equations: docs/theory/linear-model.md.
 *
 * Omega is computed from statistics as Omega0 + YY + M0'Xi0 M0 - M'Xi M, which loses about log10(YY / Omega) digits, or
 * from the rows in residual form, which loses none. glb_posterior_refine does the second where the rows are at hand. */
#ifndef COMMON_MODEL_POSTERIOR_H
#define COMMON_MODEL_POSTERIOR_H

#include <stddef.h>

struct glb_stats;

enum glb_noise { GLB_NOISE_FULL, GLB_NOISE_DIAGONAL };

struct glb_prior {       // borrowed arrays
  int K, D;
  enum glb_noise noise;
  double nu0;            // degrees of freedom: > D - 1 (full), > 0 (diagonal)
  const double *M0;      // prior mean of the weights                          (K x D)
  const double *Xi0;     // prior row precision, SPD                           (K x K)
  const double *Omega0;  // prior scale, SPD (full) or its positive diagonal   (D x D) or (D)
};

struct glb_posterior {
  int K, D;
  enum glb_noise noise;
  double N, nu;          // rows, degrees of freedom nu0 + N
  double *M;             // mean of the weights                                (K x D)
  double *Xi;            // row precision                                      (K x K)
  double *L;             // lower Cholesky factor of Xi                        (K x K)
  double *Omega;         // scale                                              (D x D) or (D)
  double *R;             // lower Cholesky factor of Omega (full noise)        (D x D)
  double *work;          // scratch                                            (max(K, D) x (K + D))
  double logdet_Xi0, logdet_Omega0;  // of the prior it was solved with (diagonal noise: sum of logs)
  double cancellation;   // max_d YY~_dd / Omega_dd: digits the difference form lost; 1 after refine
};

/* Doubles that a posterior is mapped on. The block is kept, not owned. */
size_t glb_posterior_size(int K, int D);
void glb_posterior_map(struct glb_posterior *post, int K, int D, double *block);

/* Conditions prior on statistics. O(K^3 + K^2 D + K D^2), no dependence on N.
 * GLB_EINVAL on unequal sizes or nu0 out of range; GLB_ENOTPD when Xi0, Omega0, Xi or Omega is not positive definite (message names which);
 * GLB_ENONFINITE on NaN or infinity in the statistics. post is undefined on failure. */
int glb_posterior_solve(struct glb_posterior *post, const struct glb_prior *prior, const struct glb_stats *stats);

/* Recomputes Omega of a solved posterior from its rows in residual form: Omega0 + (Y - Phi M)'(Y - Phi M) + (M - M0)'Xi0 (M - M0), after one step of iterative
 * refinement of M (residuals r = Y - Phi M; M += Xi^-1 (Phi'r + Xi0 (M0 - M))).
 *   residual  out  Y - Phi M                                                  (N x D) */
int glb_posterior_refine(struct glb_posterior *post, const struct glb_prior *prior, double *residual,
                         const double *Phi, const double *Y, int N);

/* log p(Y | Phi) in nats of the rows behind post. Cannot fail on a solved post. */
double glb_posterior_evidence(const struct glb_posterior *post, const struct glb_prior *prior);

/* Adjoints of the evidence with respect to the statistics:
 *   d evidence / d Phi = 2 Phi G_FF + Y G_FY'
 *   G_FY = nu M Omega^-1                                   (K x D)
 *   G_FF = -D/2 Xi^-1 - nu/2 M Omega^-1 M'                 (K x K)
 * With diagonal noise Omega is diag(Omega). work comes from post. */
void glb_posterior_adjoints(struct glb_posterior *post, double *G_FF, double *G_FY);

/* Gradient of the evidence with respect to the prior; each output may be NULL. Symmetric matrices: plain derivative, entries independent, symmetrised.
 *   dM0 (K x D)   dXi0 (K x K)   dOmega0 (D x D) or (D)   dnu0 (1) */
struct glb_prior_grad {
  double *dM0, *dXi0, *dOmega0, *dnu0;
};
int glb_posterior_prior_grad(struct glb_posterior *post, const struct glb_prior *prior, struct glb_prior_grad out);

/* Log density in nats of one further row (f, y) given the rows behind post: Student t with nu - D + 1 degrees of freedom (full),
 * a product of D univariate ones with nu degrees of freedom (diagonal). f (K), y (D). */
double glb_posterior_log_predictive(struct glb_posterior *post, const double *f, const double *y);

#endif  // COMMON_MODEL_POSTERIOR_H
