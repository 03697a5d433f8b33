/* mt19937.h: the Mersenne Twister, seeded and drawn from as NumPy's RandomState does; only for task lists that
 * must be those of the package. Everything else draws from common/base/rng.h. */
#ifndef ACTORS_ENV_METAWORLD_MT19937_H
#define ACTORS_ENV_METAWORLD_MT19937_H

#include <stdint.h>

struct glb_mt19937 {
  uint32_t state[624];
  int used;  // words of state handed out
};

/* numpy.random.seed(seed) */
void glb_mt19937_seed(struct glb_mt19937 *mt, uint32_t seed);

/* numpy.random.random(): [0, 1), 53 bits */
double glb_mt19937_uniform(struct glb_mt19937 *mt);

#endif  // ACTORS_ENV_METAWORLD_MT19937_H
