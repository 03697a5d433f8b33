// test_aggregate.c: statistics of runs on numbers that can be worked out by hand, and what resamples are drawn from.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <math.h>
#include <string.h>

#include "common/base/aggregate.h"
#include "common/base/error.h"

static void expect(const char *what, double found, double expected) {
  if (!(fabs(found - expected) < 1e-12)) fail_msg("%s: %.17g, not %.17g", what, found, expected);
}

static void by_hand(void **state) {
  double three[] = {1, 9, 2}, five[] = {100, 2, 3, -50, 4}, eight[] = {8, 1, 7, 2, 6, 3, 5, 40};
  const double x[] = {1, 2, 3}, y[] = {2, 0};
  (void)state;
  expect("IQM of three", glb_aggregate_iqm(three, 3), 4);
  expect("IQM of five", glb_aggregate_iqm(five, 5), 3);
  expect("IQM of eight", glb_aggregate_iqm(eight, 8), (3 + 5 + 6 + 7) / 4.0);
  expect("optimality gap", glb_aggregate_gap(x, 3, 2.5), 2.5 - (1 + 2 + 2.5) / 3);
  expect("above", glb_aggregate_above(x, 3, 2), 1 / 3.0);
  expect("improvement", glb_aggregate_improvement(x, 3, y, 2), (1 + 1.5 + 2) / 6);
  expect("improvement, turned round", glb_aggregate_improvement(y, 2, x, 3), 1 - 4.5 / 6);
}

static void strata_are_kept(void **state) {
  static int index[GLB_RESAMPLES * 7], again[GLB_RESAMPLES * 7];
  const int stratum[] = {0, 0, 0, 1, 1, 1, 1};
  int seen[7] = {0};
  (void)state;
  assert_int_equal(glb_aggregate_draw(index, stratum, 7, 5), GLB_OK);
  assert_int_equal(glb_aggregate_draw(again, stratum, 7, 5), GLB_OK);
  assert_memory_equal(index, again, sizeof index);
  for (int k = 0; k < GLB_RESAMPLES; k++)
    for (int i = 0; i < 7; i++) {
      assert_int_equal(stratum[index[k * 7 + i]], stratum[i]);
      seen[index[k * 7 + i]]++;
    }
  for (int i = 0; i < 7; i++)
    if (seen[i] < 0.9 * GLB_RESAMPLES || seen[i] > 1.1 * GLB_RESAMPLES)
      fail_msg("value %d is drawn %d times, not about %d", i, seen[i], GLB_RESAMPLES);
}

static void intervals(void **state) {
  static int index[GLB_RESAMPLES * 6];
  double work[6 + GLB_RESAMPLES];
  const double values[] = {5, 1, 4, 2, 6, 3}, equal[] = {2, 2, 2, 2, 2, 2};
  (void)state;
  assert_int_equal(glb_aggregate_draw(index, NULL, 6, 1), GLB_OK);
  struct glb_aggregate a = glb_aggregate_sum_up(values, index, 6, work);
  expect("IQM", a.iqm, 3.5);
  if (!(1 <= a.low && a.low < 2.6 && 4.4 < a.high && a.high <= 6))
    fail_msg("interval %g to %g", a.low, a.high);
  a = glb_aggregate_sum_up(equal, index, 6, work);
  expect("low of equal values", a.low, 2);
  expect("high of equal values", a.high, 2);
  a = glb_aggregate_sum_up(values, index, 1, work);
  expect("IQM of one", a.iqm, 5);
  assert_true(isnan(a.low) && isnan(a.high));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand), cmocka_unit_test(strata_are_kept),
                                     cmocka_unit_test(intervals)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
