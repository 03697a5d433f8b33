#include "tests/harness/gen.h"

#include <math.h>

#include "common/base/arena.h"
#include "common/base/rng.h"

void gen_normal(double *x, int n, uint32_t seed, uint32_t what) {
  for (int i = 0; i < n; i++) {
    struct glb_rng rng;
    glb_rng_start(&rng, 11, GLB_STREAM_TEST, (struct glb_rng_at){seed, what, 0, (uint32_t)i});
    x[i] = glb_rng_normal(&rng);
  }
}

int gen_int(int low, int high, uint32_t seed, uint32_t what) {
  struct glb_rng rng;
  glb_rng_start(&rng, 12, GLB_STREAM_TEST, (struct glb_rng_at){.round = seed, .slot = what});
  return low + (int)glb_rng_below(&rng, (uint32_t)(high - low + 1));
}

void gen_spd(double *A, int n, uint32_t seed, uint32_t what) {
  double B[64 * 64];
  gen_normal(B, n * n, seed, what);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) {
      A[i * n + j] = i == j;
      for (int k = 0; k < n; k++) A[i * n + j] += 0.3 / n * B[i * n + k] * B[j * n + k];
    }
}

void gen_case(struct gen_case *c, struct glb_arena *arena, uint32_t seed, enum glb_noise noise, int N, int K,
              int D) {
  double W[64 * 64], E[64];
  *c = (struct gen_case){.N = N, .K = K, .D = D};
  c->M0 = GLB_TAKE(arena, double, K *D);
  c->Xi0 = GLB_TAKE(arena, double, K *K);
  c->Omega0 = GLB_TAKE(arena, double, D *D);
  c->Phi = GLB_TAKE(arena, double, N *K + 1);
  c->Y = GLB_TAKE(arena, double, N *D + 1);
  gen_normal(c->M0, K * D, seed, 1);
  gen_spd(c->Xi0, K, seed, 2);
  gen_spd(c->Omega0, D, seed, 3);
  if (noise == GLB_NOISE_DIAGONAL)
    for (int d = 0; d < D; d++) c->Omega0[d] = 0.5 + 0.1 * d;
  gen_normal(c->Phi, N * K, seed, 4);
  gen_normal(W, K * D, seed, 5);
  for (int n = 0; n < N; n++) {
    gen_normal(E, D, seed, 100 + (uint32_t)n);
    for (int d = 0; d < D; d++) {
      c->Y[n * D + d] = 0.3 * E[d];
      for (int k = 0; k < K; k++) c->Y[n * D + d] += c->Phi[n * K + k] * W[k * D + d];
    }
  }
  c->prior = (struct glb_prior){
      .K = K, .D = D, .noise = noise, .nu0 = D + 1.7, .M0 = c->M0, .Xi0 = c->Xi0, .Omega0 = c->Omega0};
}

double gen_error(const double *a, const double *b, int n) {
  double worst = 0, size = 1e-300;
  for (int i = 0; i < n; i++) {
    worst = fmax(worst, isnan(a[i]) || isnan(b[i]) ? INFINITY : fabs(a[i] - b[i]));
    size = fmax(size, fabs(b[i]));
  }
  return worst / size;
}
