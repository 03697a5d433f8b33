/* noise.h: normal noise in bulk, by Box-Muller in single precision. */
#ifndef COMMON_NN_NOISE_H
#define COMMON_NN_NOISE_H

#include <stddef.h>

struct glb_rng;

/* z (n) standard normal, |z| < 7, from the next n (rounded up to even) 32-bit numbers of rng: the pair z[2i],
 * z[2i + 1] is r cos(angle), r sin(angle) with r = sqrt(-2 log u). */
void glb_noise_normals(float *z, size_t n, struct glb_rng *rng);

#endif  // COMMON_NN_NOISE_H
