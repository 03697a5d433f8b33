#include "common/nn/dist.h"

#include <stddef.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/nn/approx.h"

/* Rows go through in blocks of elements that lie together, so that the loops over them vectorise however
 * small A is. */
enum { BLOCK = 512 };

static const float half_log_2pi = 0.91893853f, log_2 = 0.69314718f;

/* Means and raw log standard deviations of some rows, each (rows x A). */
static void split(float *mu, float *raw, const float *H, int A, int rows) {
  for (int b = 0; b < rows; b++) {
    const float *h = H + (size_t)b * 2 * A;
    for (int j = 0; j < A; j++) {
      mu[b * A + j] = h[j];
      raw[b * A + j] = h[A + j];
    }
  }
}

static int block_rows(int A, int left) {
  GLB_ASSERT(A > 0 && A <= BLOCK);
  return left < BLOCK / A ? left : BLOCK / A;
}

static void store_rows(float *a, int lda, const float *x, int A, int rows) {
  for (int b = 0; b < rows; b++)
    for (int j = 0; j < A; j++) a[(size_t)b * lda + j] = x[b * A + j];
}

void glb_squashed_sample(const struct glb_squashed *dist, float *a, int lda, float *log_prob, const float *H,
                         const float *z, int B) {
  const int A = dist->A;
  const float low = dist->low, high = dist->high;
  float u[BLOCK], raw[BLOCK], term[BLOCK];
  GLB_ASSERT(z || !log_prob);

  for (int first = 0, rows; first < B; first += rows) {
    rows = block_rows(A, B - first);
    const int n = rows * A;
    split(u, raw, H + (size_t)first * 2 * A, A, rows);
    if (z) {
      const float *noise = z + (size_t)first * A;
      for (int i = 0; i < n; i++) u[i] += glb_approx_exp(glb_approx_clip(raw[i], low, high)) * noise[i];

      // log 2 - u - softplus(-2 u) = log 2 - |u| - log(1 + exp(-2 |u|))
      for (int i = 0; log_prob && i < n; i++) {
        float size = fabsf(u[i]), jacobian = log_2 - size - glb_approx_log1p(glb_approx_exp(-2 * size));
        term[i] =
            -0.5f * noise[i] * noise[i] - glb_approx_clip(raw[i], low, high) - half_log_2pi - 2 * jacobian;
      }
    }
    for (int b = 0; log_prob && b < rows; b++) {
      float sum = 0;
      for (int j = 0; j < A; j++) sum += term[b * A + j];
      log_prob[first + b] = sum;
    }
    for (int i = 0; i < n; i++) u[i] = glb_approx_tanh(u[i]);
    store_rows(a + (size_t)first * lda, lda, u, A, rows);
  }
}

void glb_squashed_backward(const struct glb_squashed *dist, float *dH, const float *H, const float *z,
                           float w, const float *G, int ldg, int B) {
  const int A = dist->A;
  const float low = dist->low, high = dist->high;
  float mu[BLOCK], raw[BLOCK], g[BLOCK];

  for (int first = 0, rows; first < B; first += rows) {
    rows = block_rows(A, B - first);
    const int n = rows * A;
    const float *noise = z + (size_t)first * A;
    split(mu, raw, H + (size_t)first * 2 * A, A, rows);
    for (int b = 0; b < rows; b++) memcpy(g + b * A, G + (size_t)(first + b) * ldg, (size_t)A * sizeof *g);

    // d loss / d u = 2 w a + G (1 - a^2);  d u / d mu = 1;  d u / d s = exp(s) z;  d (w log p) / d s = ... -
    // w
    for (int i = 0; i < n; i++) {
      float scaled = glb_approx_exp(glb_approx_clip(raw[i], low, high)) * noise[i];
      float a = glb_approx_tanh(mu[i] + scaled), du = 2 * w * a + g[i] * (1 - a * a);
      mu[i] = du;
      raw[i] = raw[i] < low || raw[i] > high ? 0 : du * scaled - w;
    }
    for (int b = 0; b < rows; b++) {
      float *dh = dH + (size_t)(first + b) * 2 * A;
      memcpy(dh, mu + b * A, (size_t)A * sizeof *dh);
      memcpy(dh + A, raw + b * A, (size_t)A * sizeof *dh);
    }
  }
}
