/* belief.h: the exact posterior of one head kept up to date row by row, and the vector that the policy reads.
 *
 *   g = 1 + f'Xi^-1 f,  e = y - M'f,  k = Xi^-1 f / g:   M += k e',  Omega += e e'/g,  Xi^-1 -= g k k',  nu
 * += 1
 *
 * The vector of a head, in this order (docs/theory/linear-model.md, section 6):
 *   Xi0^1/2 (M - M0)  (K P) | 1/2 log diag Xi^-1  (K) | 1/2 log(diag Omega / nu)  (P) | log(1 + N)  (1)
 * Xi0 is diagonal here (the learned prior is). K features, D targets, P = D columns unless D is large, doubles. No allocation, O(K^2 + K D +
 * D^2) a row. */
#ifndef COMMON_MODEL_BELIEF_H
#define COMMON_MODEL_BELIEF_H

#include <stddef.h>

#include "common/model/posterior.h"

struct glb_belief {
  int K, D;
  enum glb_noise noise;
  double N, nu;   // rows seen, degrees of freedom
  double *M;      // mean of the weights                                (K x D)
  double *S;      // Xi^-1, both triangles                              (K x K)
  double *Omega;  // scale                                              (D x D) or (D)
  double *k;      // scratch: gain                                      (K)
  double *e, *w;  // scratch: error, and R^-1 of it                     (D)
  double *R;      // scratch: lower Cholesky factor of Omega            (D x D)
};

size_t glb_belief_size(int K, int D);  // doubles of the block
void glb_belief_map(struct glb_belief *belief, int K, int D, double *block);

/* The prior; Xi0 must be diagonal. */
void glb_belief_reset(struct glb_belief *belief, const struct glb_prior *prior);

/* One row: f (K), y (D). Returns the log predictive density of y before the update if wanted (log_predictive
 * not NULL). */
void glb_belief_observe(struct glb_belief *belief, const double *f, const double *y, double *log_predictive);

/* What is expected of a row f (K) before it is observed: the marginal Student t (10) of each target, with the degrees of freedom
 * returned, location (D) and scale (D). */
double glb_belief_predictive(const struct glb_belief *belief, const double *f, double *location,
                             double *scale);

/* Components of the vector with P columns: K P + K + P + 1. */
int glb_belief_dim(int K, int P);

/* The vector as floats (glb_belief_dim). sqrt_Xi0 (K): square roots of the diagonal of Xi0. Where there are more targets
 * than columns P, the columns of the mean are hashed onto P: target d is added to column d mod P with a sign of its own, which
 * keeps inner products in expectation (Weinberger et al. 2009); the noise of a column is the mean of its targets'. */
void glb_belief_vector(const struct glb_belief *belief, int P, float *vector, const double *M0,
                       const double *sqrt_Xi0);

#endif  // COMMON_MODEL_BELIEF_H
