#include "common/nn/norm.h"

#include <math.h>
#include <stddef.h>

int glb_moments_size(int n) {
  return 1 + 2 * n;
}

void glb_moments_map(struct glb_moments *moments, int n, double *block) {
  *moments = (struct glb_moments){.n = n, .count = block, .mean = block + 1, .M2 = block + 1 + n};
}

void glb_moments_add(struct glb_moments *moments, const float *X, int ldx, int T) {
  const int n = moments->n;
  double *restrict mean = moments->mean, *restrict M2 = moments->M2;
  for (int t = 0; t < T; t++) {
    const float *x = X + (size_t)t * ldx;
    double count = *moments->count += 1;
    for (int j = 0; j < n; j++) {
      double d = x[j] - mean[j];
      mean[j] += d / count;
      M2[j] += d * (x[j] - mean[j]);
    }
  }
}

void glb_moments_merge(struct glb_moments *a, const struct glb_moments *b) {
  // mean = mean_a + d n_b / n,  M2 = M2_a + M2_b + d^2 n_a n_b / n,  d = mean_b - mean_a
  const double na = *a->count, nb = *b->count, n = na + nb;
  if (nb == 0) return;
  for (int j = 0; j < a->n; j++) {
    double d = b->mean[j] - a->mean[j];
    a->mean[j] += d * nb / n;
    a->M2[j] += b->M2[j] + d * d * na * nb / n;
  }
  *a->count = n;
}

void glb_moments_freeze(const struct glb_moments *moments, float *shift, float *scale, double floor) {
  const double count = *moments->count;
  for (int j = 0; j < moments->n; j++) {
    shift[j] = count < 2 ? 0 : (float)moments->mean[j];
    scale[j] = count < 2 ? 1 : (float)(1 / fmax(sqrt(moments->M2[j] / count), floor));
  }
}

void glb_norm_apply(float *Y, int ldy, const float *X, int ldx, const float *shift, const float *scale,
                    float limit, int n, int T) {
  for (int t = 0; t < T; t++) {
    float *y = Y + (size_t)t * ldy;
    const float *x = X + (size_t)t * ldx;
    for (int j = 0; j < n; j++) {
      float z = (x[j] - shift[j]) * scale[j];
      z = z > limit ? limit : z;
      y[j] = z < -limit ? -limit : z;  // NaN stays NaN
    }
  }
}
