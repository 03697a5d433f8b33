// test_bootstrap.c: intervals hold what they should, and repeated runs that differ among each other make them wide.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <math.h>

#include "common/base/bootstrap.h"
#include "common/base/error.h"
#include "common/base/rng.h"

enum { N = 40, STUDIES = 200 };

static double replicates[GLB_RESAMPLES];

static double width_of(const struct glb_bootstrap *what, double *low, double *high) {
  assert_int_equal(glb_bootstrap_run(replicates, what, glb_median, 1), GLB_OK);
  glb_bootstrap_interval(low, high, replicates);
  return *high - *low;
}

// Normal samples around 3: about 95 % of the intervals hold the median.
static void coverage(void **state) {
  double values[N], low, high;
  int held = 0;
  (void)state;
  for (uint32_t study = 0; study < STUDIES; study++) {
    struct glb_rng rng;
    glb_rng_start(&rng, 1, GLB_STREAM_TEST, (struct glb_rng_at){.round = study});
    for (int i = 0; i < N; i++) values[i] = 3 + glb_rng_normal(&rng);
    width_of(&(struct glb_bootstrap){.values = values, .n = N, .seed = study}, &low, &high);
    held += low <= 3 && 3 <= high;
  }
  if (held < 180 || held > 199)
    fail_msg("%d of %d intervals hold the median, expected about 190", held, STUDIES);
}

// Two runs with little noise each, far apart: strata know nothing of the distance, clusters do.
static void clusters(void **state) {
  double values[N], low, high;
  int run[N];
  (void)state;
  for (int i = 0; i < N; i++) run[i] = i % 2, values[i] = 10 * run[i] + 0.01 * i;
  const struct glb_bootstrap strata = {.values = values, .group = run, .n = N, .seed = 1};
  struct glb_bootstrap clustered = strata;
  clustered.clustered = 1;
  assert_true(width_of(&clustered, &low, &high) > 9);
  assert_true(low < 0.5 && high > 10);
  assert_true(width_of(&strata, &low, &high) <= 10.5);
}

static void median(void **state) {
  double odd[] = {3, 1, 2}, even[] = {4, 1, 3, 2}, m;
  (void)state;
  glb_median(&m, odd, 3);
  assert_true(m == 2);
  glb_median(&m, even, 4);
  assert_true(m == 2.5);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(coverage), cmocka_unit_test(clusters),
                                     cmocka_unit_test(median)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
