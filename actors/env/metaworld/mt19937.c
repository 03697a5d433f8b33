#include "actors/env/metaworld/mt19937.h"

enum { N = 624, M = 397 };

void glb_mt19937_seed(struct glb_mt19937 *mt, uint32_t seed) {
  mt->state[0] = seed;
  for (uint32_t i = 1; i < N; i++) {
    const uint32_t last = mt->state[i - 1];
    mt->state[i] = 1812433253u * (last ^ last >> 30) + i;
  }
  mt->used = N;
}

// x[i] = x[i + M] ^ A (high bit of x[i], low bits of x[i + 1]), indices modulo N
static void twist(uint32_t *x) {
  for (int i = 0; i < N; i++) {
    const uint32_t y = (x[i] & 0x80000000u) | (x[(i + 1) % N] & 0x7fffffffu);
    x[i] = x[(i + M) % N] ^ y >> 1 ^ (y & 1 ? 0x9908b0dfu : 0);
  }
}

static uint32_t next(struct glb_mt19937 *mt) {
  if (mt->used == N) {
    twist(mt->state);
    mt->used = 0;
  }
  uint32_t y = mt->state[mt->used++];
  y ^= y >> 11;
  y ^= y << 7 & 0x9d2c5680u;
  y ^= y << 15 & 0xefc60000u;
  return y ^ y >> 18;
}

double glb_mt19937_uniform(struct glb_mt19937 *mt) {
  const uint32_t high = next(mt) >> 5, low = next(mt) >> 6;  // 27 and 26 bits
  return (high * 67108864.0 + low) / 9007199254740992.0;
}
