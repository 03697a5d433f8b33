#include "common/base/rng.h"

#include <Random123/philox.h>
#include <math.h>

#include "common/base/assert.h"

/* Counter words: [purpose 8 | slot 24] [round 32] [episode 16 | block 16] [step 24 | 0]. */
void glb_rng_start(struct glb_rng *rng, uint64_t seed, enum glb_stream purpose, struct glb_rng_at at) {
  GLB_ASSERT(at.slot < 1u << 24 && at.episode < 1u << 16 && at.step < 1u << 24);
  *rng = (struct glb_rng){0};
  rng->key[0] = (uint32_t)seed;
  rng->key[1] = (uint32_t)(seed >> 32);
  rng->counter[0] = (uint32_t)purpose << 24 | at.slot;
  rng->counter[1] = at.round;
  rng->counter[2] = at.episode << 16;
  rng->counter[3] = at.step << 8;
}

uint32_t glb_rng_u32(struct glb_rng *rng) {
  if (!rng->left) {
    philox4x32_ctr_t counter = {{rng->counter[0], rng->counter[1], rng->counter[2], rng->counter[3]}};
    philox4x32_key_t key = {{rng->key[0], rng->key[1]}};
    philox4x32_ctr_t block = philox4x32(counter, key);
    for (int i = 0; i < 4; i++) rng->block[i] = block.v[i];
    GLB_ASSERT(rng->counter[2] != UINT32_MAX);
    rng->counter[2]++;
    rng->left = 4;
  }
  return rng->block[4 - rng->left--];
}

double glb_rng_uniform(struct glb_rng *rng) {
  uint64_t high = glb_rng_u32(rng), low = glb_rng_u32(rng);
  return (double)((high << 32 | low) >> 11) * 0x1p-53;
}

double glb_rng_normal(struct glb_rng *rng) {
  if (rng->has_normal) {
    rng->has_normal = 0;
    return rng->normal;
  }
  double radius = sqrt(-2 * log(1 - glb_rng_uniform(rng)));
  double angle = 6.283185307179586477 * glb_rng_uniform(rng);
  rng->normal = radius * sin(angle);
  rng->has_normal = 1;
  return radius * cos(angle);
}

uint32_t glb_rng_below(struct glb_rng *rng, uint32_t n) {
  GLB_ASSERT(n > 0);
  // Lemire: multiply and reject the part that would make some values likelier
  uint64_t product = (uint64_t)glb_rng_u32(rng) * n;
  if ((uint32_t)product < n) {
    uint32_t floor = (uint32_t)(-n) % n;
    while ((uint32_t)product < floor) product = (uint64_t)glb_rng_u32(rng) * n;
  }
  return (uint32_t)(product >> 32);
}
