#include "common/nn/adam.h"

#include <math.h>

static const double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;

void glb_adam_step(const struct glb_adam *adam, float *restrict theta, float *restrict m, float *restrict v,
                   const float *restrict grad, float scale, int64_t t, size_t from, size_t to) {
  // m_hat / (sqrt(v_hat) + eps) = c m / (sqrt(v) + eps sqrt(1 - beta2^t)),  c = sqrt(1 - beta2^t) / (1 -
  // beta1^t)
  double root = sqrt(1 - pow(beta2, (double)t));
  const float rate = (float)(adam->rate * root / (1 - pow(beta1, (double)t))), eps = (float)(epsilon * root);
  const float keep1 = (float)beta1, take1 = (float)(1 - beta1), keep2 = (float)beta2,
              take2 = (float)(1 - beta2);
  for (size_t i = from; i < to; i++) {
    float g = scale * grad[i];
    m[i] = keep1 * m[i] + take1 * g;
    v[i] = keep2 * v[i] + take2 * g * g;
    theta[i] -= rate * m[i] / (sqrtf(v[i]) + eps);
  }
}

float glb_adam_clip(const float *grad, size_t n, double limit, double *norm) {
  double sum = 0;
  for (size_t i = 0; i < n; i++) sum += (double)grad[i] * grad[i];
  double length = sqrt(sum);
  if (norm) *norm = length;
  return limit > 0 && length > limit ? (float)(limit / length) : 1;
}
