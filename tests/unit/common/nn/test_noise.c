#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/rng.h"
#include "common/nn/noise.h"
#include "tests/ref/nn_ref.h"

enum { N = 100001 };

static float z[N];

static struct glb_rng stream(void) {
  struct glb_rng rng;
  glb_rng_start(&rng, 3, GLB_STREAM_TEST, (struct glb_rng_at){.round = 9});
  return rng;
}

static void pairs_are_box_muller_of_the_stream(void **state) {
  (void)state;
  struct glb_rng rng = stream(), same = rng;
  glb_noise_normals(z, N, &rng);
  for (int i = 0; i < N; i += 2) {
    // u as a float is 2^-25 off near 1, so r^2 is as close as numbers go and r is not: compare r z
    double u = (glb_rng_u32(&same) + 0.5) / 4294967296.0, r = sqrt(-2 * log(u));
    double angle = glb_rng_u32(&same) * (6.283185307179586477 / 4294967296.0);
    ref_close(r * z[i], r * r * cos(angle), 2e-6, "r z", (size_t)i);
    if (i + 1 < N) ref_close(r * z[i + 1], r * r * sin(angle), 2e-6, "r z", (size_t)i + 1);
  }
  assert_int_equal(glb_rng_u32(&rng), glb_rng_u32(&same));
}

static void moments_are_those_of_a_normal(void **state) {
  (void)state;
  struct glb_rng rng = stream();
  double m[5] = {0};
  glb_noise_normals(z, N, &rng);
  for (int i = 0; i < N; i++)
    for (int k = 1; k < 5; k++) m[k] += pow(z[i], k) / N;
  ref_close(m[1], 0, 4 / sqrt(N), "mean", 0);
  ref_close(m[2], 1, 3 * sqrt(2.0 / N), "variance", 0);
  ref_close(m[3], 0, 4 * sqrt(15.0 / N), "third moment", 0);
  ref_close(m[4], 3, 2 * sqrt(96.0 / N), "fourth moment", 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(pairs_are_box_muller_of_the_stream),
      cmocka_unit_test(moments_are_those_of_a_normal),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
