/* adam.h: one Adam step over a flat buffer (Kingma and Ba, 2015, algorithm 1, with bias correction). */
#ifndef COMMON_NN_ADAM_H
#define COMMON_NN_ADAM_H

#include <stddef.h>
#include <stdint.h>

struct glb_adam {  // hyper-parameters; beta1 = 0.9, beta2 = 0.999, eps = 1e-8 are fixed
  double rate;     // step size                                                      >= 0
};

/* theta -= rate * m_hat / (sqrt(v_hat) + eps) for elements from .. to - 1.
 *   theta, m, v  in/out  (n); moments start at zero
 *   grad         in      (n), multiplied by scale first (gradient clipping, 1/B)
 *   t            in      number of this step, from 1 */
void glb_adam_step(const struct glb_adam *adam, float *theta, float *m, float *v, const float *grad,
                   float scale, int64_t t, size_t from, size_t to);

/* Factor min(1, limit / norm) of clipping by the global Euclidean norm, summed in double in index order;
 * limit <= 0: 1. norm (may be NULL) gets the norm before clipping. */
float glb_adam_clip(const float *grad, size_t n, double limit, double *norm);

#endif  // COMMON_NN_ADAM_H
