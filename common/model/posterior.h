/* posterior.h: exact posterior of the Bayesian linear model, its evidence, and the gradients of the evidence.
 *
 *   Y | W, Sigma ~ MN(Phi W, I_N, Sigma)   W | Sigma ~ MN(M0, Xi0^-1, Sigma)   Sigma ~ IW(Omega0, nu0)
 *
 * With diagonal noise Sigma is diagonal, every target d has its own Sigma_dd ~ IG(nu0/2, Omega0_d/2), and all
 * share Xi; nu0 and nu are then those of one target. N rows, K features, D targets; row-major doubles.
 * Equation numbers: docs/theory/linear-model.md.
 *
 * There are two ways to a posterior. From statistics the cost does not depend on N, but rounding errors grow
 * by glb_posterior_loss (how nearly the features are collinear, how much of Y the model explains); from rows
 * nothing is lost. */
#ifndef COMMON_MODEL_POSTERIOR_H
#define COMMON_MODEL_POSTERIOR_H

#include <stddef.h>

struct glb_stats;

enum glb_noise { GLB_NOISE_FULL, GLB_NOISE_DIAGONAL };

struct glb_prior {  // borrowed arrays
  int K, D;
  enum glb_noise noise;
  double nu0;            // degrees of freedom: > D - 1 (full), > 0 (diagonal)
  const double *M0;      // prior mean of the weights                          (K x D)
  const double *Xi0;     // prior row precision, SPD                           (K x K)
  const double *Omega0;  // prior scale, SPD (full) or its positive diagonal   (D x D) or (D)
};

struct glb_rows {     // borrowed rows of one task
  const double *Phi;  // features                                           (N x K)
  const double *Y;    // targets                                            (N x D)
  int N;
};

struct glb_posterior {
  int K, D;
  enum glb_noise noise;
  double N, nu;         // rows, degrees of freedom nu0 + N
  double *M;            // mean of the weights                                (K x D)
  double *dM;           // M - M0, without the rounding of M                  (K x D)
  double *Xi;           // row precision                                      (K x K)
  double *L;            // lower Cholesky factor of Xi                        (K x K)
  double *S;            // Xi^-1                                              (K x K)
  double *L0;           // lower Cholesky factor of Xi0                       (K x K)
  double *Omega;        // scale                                              (D x D) or (D)
  double *R, *R0;       // lower Cholesky factors of Omega and Omega0 (full)  (D x D)
  double *work;         // scratch
  double cancellation;  // max_d (sum of the terms that make Omega_dd) / Omega_dd from statistics; 1 from rows
};

/* Doubles that a posterior is mapped on. The block is kept, not owned. */
size_t glb_posterior_size(int K, int D);
void glb_posterior_map(struct glb_posterior *post, int K, int D, double *block);

/* Conditions prior on statistics (1)-(3). O(K^3 + K^2 D + K D^2 + D^3), no dependence on N.
 * GLB_EINVAL on unequal sizes or nu0 out of range; GLB_ENOTPD when Xi0, Omega0, Xi or Omega is not positive
 * definite (message names which); GLB_ENONFINITE on NaN or infinity in the statistics. post is undefined on
 * failure. */
int glb_posterior_solve(struct glb_posterior *post, const struct glb_prior *prior,
                        const struct glb_stats *stats);

/* The same from rows, to full precision: L and R from orthogonal transformations of [Xi0^1/2; Phi] and of the
 * residuals, M by iterative refinement (section 5). O(N (K^2 + K D + D^2)), several times slower than
 * statistics.
 *   residual  out  Y - Phi M                                                  (N x D) */
int glb_posterior_solve_rows(struct glb_posterior *post, double *residual, const struct glb_prior *prior,
                             struct glb_rows rows);

/* Factor by which rounding errors of statistics can grow in what follows from post: max of max_k Xi_kk
 * (Xi^-1)_kk and cancellation max_d Omega_dd (Omega^-1)_dd. 2^-53 of it estimates the relative error. */
double glb_posterior_loss(struct glb_posterior *post);

/* log p(Y | Phi) in nats of the rows behind post (4). Cannot fail on a solved post. */
double glb_posterior_evidence(const struct glb_posterior *post, const struct glb_prior *prior);

/* Adjoints of the evidence with respect to the statistics (7):
 *   d evidence / d Phi = 2 Phi G_FF + Y G_FY'
 *   G_FY = nu M Omega^-1                                   (K x D)
 *   G_FF = -D/2 Xi^-1 - nu/2 M Omega^-1 M'                 (K x K); may be NULL
 * With diagonal noise Omega is diag(Omega). */
void glb_posterior_adjoints(const struct glb_posterior *post, double *G_FF, double *G_FY);

/* Gradient of the evidence with respect to the prior (8); each output may be NULL. Symmetric matrices: plain
 * derivative, entries independent, symmetrised.
 *   dM0 (K x D)   dXi0 (K x K)   dOmega0 (D x D) or (D)   dnu0 (1) */
struct glb_prior_grad {
  double *dM0, *dXi0, *dOmega0, *dnu0;
};
void glb_posterior_prior_grad(struct glb_posterior *post, const struct glb_prior *prior,
                              struct glb_prior_grad out);

/* Log density in nats of one further row (f, y) given the rows behind post (10): Student t with nu - D + 1
 * degrees of freedom (full), a product of D univariate ones with nu degrees of freedom (diagonal). f (K), y
 * (D). */
double glb_posterior_log_predictive(struct glb_posterior *post, const double *f, const double *y);

#endif  // COMMON_MODEL_POSTERIOR_H
