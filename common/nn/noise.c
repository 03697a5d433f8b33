#include "common/nn/noise.h"

#include "common/base/rng.h"
#include "common/nn/approx.h"

enum { PAIRS = 128 };

void glb_noise_normals(float *z, size_t n, struct glb_rng *rng) {
  uint32_t size[PAIRS], turn[PAIRS];
  float x[PAIRS], y[PAIRS];
  for (size_t first = 0; first < n; first += 2 * PAIRS) {
    size_t numbers = n - first < 2 * PAIRS ? n - first : 2 * PAIRS, pairs = (numbers + 1) / 2;
    for (size_t i = 0; i < pairs; i++) {
      size[i] = glb_rng_u32(rng);
      turn[i] = glb_rng_u32(rng);
    }
    // r = sqrt(-2 log u), u in (0, 1]
    for (size_t i = 0; i < pairs; i++) {
      float u = ((float)size[i] + 0.5f) * 0x1p-32f, r = sqrtf(-2 * glb_approx_log(u)), sine, cosine;
      glb_approx_sincos(&sine, &cosine, turn[i]);
      x[i] = r * cosine;
      y[i] = r * sine;
    }
    for (size_t i = 0; i < numbers; i++) z[first + i] = i % 2 ? y[i / 2] : x[i / 2];
  }
}
