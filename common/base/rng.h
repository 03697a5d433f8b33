/* rng.h: random numbers as a pure function of what they are for.
 *
 * Philox 4x32-10 (Salmon et al., SC 2011; Random123). The key is the seed, the counter holds (purpose, round,
 * slot, episode, step, index): never a rank, a thread or the order of calls. A stream is a small value: start
 * it where it is needed and throw it away. It has 2^18 32-bit numbers before it runs into that of the next
 * episode, and with purposes that know no episodes 2^34. */
#ifndef COMMON_BASE_RNG_H
#define COMMON_BASE_RNG_H

#include <stdint.h>

enum glb_stream {
#define X(name, text) GLB_STREAM_##name,
#include "common/base/streams.def"
#undef X
  GLB_STREAM_COUNT
};

struct glb_rng_at {  // where a stream stands; omitted members are 0
  uint32_t round;    // round or update number
  uint32_t slot;     // slot, task or shard                                   < 2^24
  uint32_t episode;  // episode within the trial                              < 2^16
  uint32_t step;     // step within the episode                               < 2^24
};

struct glb_rng {
  uint32_t key[2], counter[4], block[4];
  int left;        // numbers of block not yet handed out
  int has_normal;  // second normal of a Box-Muller pair
  double normal;
};

void glb_rng_start(struct glb_rng *rng, uint64_t seed, enum glb_stream purpose, struct glb_rng_at at);

uint32_t glb_rng_u32(struct glb_rng *rng);
double glb_rng_uniform(struct glb_rng *rng);              // [0, 1), 53 bits
double glb_rng_normal(struct glb_rng *rng);               // N(0, 1), Box-Muller
uint32_t glb_rng_below(struct glb_rng *rng, uint32_t n);  // 0 .. n - 1, unbiased; n > 0

#endif  // COMMON_BASE_RNG_H
