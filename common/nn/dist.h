/* dist.h: the squashed Gaussian of SAC (Haarnoja et al., 2018, appendix C).
 *
 *   u = mu + exp(s) z,  z ~ N(0, I),  a = tanh(u),  s = clip(raw, low, high)
 *   log p(a) = sum_j [ -z_j^2/2 - s_j - log(2 pi)/2 - 2 (log 2 - u_j - softplus(-2 u_j)) ]
 *
 * Head layout: H (B x 2A) = [mu | raw log standard deviation]. All arrays row-major floats. */
#ifndef COMMON_NN_DIST_H
#define COMMON_NN_DIST_H

struct glb_squashed {  // sizes and limits
  int A;
  float low, high;  // limits of the log standard deviation
};

/* a (B x A, leading dimension lda) and log_prob (B; NULL: not wanted) for noise z (B x A). z NULL: the mode
 * tanh(mu), log_prob must be NULL. */
void glb_squashed_sample(const struct glb_squashed *dist, float *a, int lda, float *log_prob, const float *H,
                         const float *z, int B);

/* Gradient of  loss = sum_b [ w log_prob_b + sum_j G_bj a_bj ]  with respect to H, for the same noise.
 *   dH  out  (B x 2A);  zero for a clipped raw value
 *   G   in   (B x A), leading dimension ldg: d loss / d a from the critics */
void glb_squashed_backward(const struct glb_squashed *dist, float *dH, const float *H, const float *z,
                           float w, const float *G, int ldg, int B);

#endif  // COMMON_NN_DIST_H
