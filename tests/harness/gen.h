/* gen.h: random data of the linear model as functions of a seed. */
#ifndef TESTS_HARNESS_GEN_H
#define TESTS_HARNESS_GEN_H

#include <stdint.h>

#include "common/model/posterior.h"

struct glb_arena;

/* n normals of stream TEST at (round seed, slot what). */
void gen_normal(double *x, int n, uint32_t seed, uint32_t what);

/* A whole number in low .. high of (seed, what). */
int gen_int(int low, int high, uint32_t seed, uint32_t what);

/* A (n x n) = I + 0.3 B B' / n: symmetric positive definite. */
void gen_spd(double *A, int n, uint32_t seed, uint32_t what);

/* A random case: prior and rows of N transitions, in an arena. Y = Phi W + noise. */
struct gen_case {
  struct glb_prior prior;
  double *M0, *Xi0, *Omega0;  // the prior's, writable
  double *Phi, *Y;
  int N, K, D;
};
void gen_case(struct gen_case *c, struct glb_arena *arena, uint32_t seed, enum glb_noise noise, int N, int K,
              int D);

/* max |a - b| / max(max |b|, tiny). */
double gen_error(const double *a, const double *b, int n);

#endif  // TESTS_HARNESS_GEN_H
