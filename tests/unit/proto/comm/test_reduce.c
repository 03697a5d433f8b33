/* Order-independent sums: bits, error bound, special values. Ranks are played by separate reductions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/rng.h"
#include "proto/comm/reduce.h"

enum { N = 50, GROUPS = 16, MOST_RANKS = 7 };
__extension__ typedef __float128 quad;

static struct glb_world alone = {.size = 1, .learner = 1, .actors = 1};

// scans, agrees and adds rows of x (rows x N) in the given order on one rank
static int sum_rows(double *out, const double *x, const int *order, int rows, int G) {
  struct glb_reduce reduce;
  const size_t size = N;
  GLB_TRY(glb_reduce_init(&reduce, 1, &size, G));
  for (int i = 0; i < rows; i++) GLB_TRY(glb_reduce_scan(&reduce, 0, x + (size_t)order[i] * N, N));
  GLB_TRY(glb_reduce_agree(&reduce, &alone));
  for (int i = 0; i < rows; i++) glb_reduce_add(&reduce, 0, x + (size_t)order[i] * N, N);
  int code = glb_reduce_sum(&reduce, &alone, out);
  glb_reduce_finish(&reduce);
  return code;
}

// the same over ranks: row g belongs to rank owner[g]; what MPI_MAX and the tree do is done here
static int sum_rows_on_ranks(double *out, const double *x, const int *owner, int ranks) {
  struct glb_reduce reduce[MOST_RANKS];
  const size_t size = N;
  int32_t e = INT32_MIN;
  for (int r = 0; r < ranks; r++) GLB_TRY(glb_reduce_init(&reduce[r], 1, &size, GROUPS));
  for (int g = 0; g < GROUPS; g++) GLB_TRY(glb_reduce_scan(&reduce[owner[g]], 0, x + (size_t)g * N, N));
  for (int r = 0; r < ranks; r++) e = reduce[r].exponent[0] > e ? reduce[r].exponent[0] : e;
  for (int r = 0; r < ranks; r++) reduce[r].exponent[0] = e;
  for (int g = 0; g < GROUPS; g++) glb_reduce_add(&reduce[owner[g]], 0, x + (size_t)g * N, N);
  for (int r = 1; r < ranks; r++)
    for (int i = 0; i < N; i++) reduce[0].sum[i] += reduce[r].sum[i];
  int code = glb_reduce_sum(&reduce[0], &alone, out);
  for (int r = 0; r < ranks; r++) glb_reduce_finish(&reduce[r]);
  return code;
}

static void start(struct glb_rng *rng, int trial) {
  glb_rng_start(rng, 11, GLB_STREAM_TEST, (struct glb_rng_at){.round = (uint32_t)trial});
}

// values around 2^centre, up to 2^spread apart, of either sign
static void fill(double *x, size_t n, struct glb_rng *rng, int centre, int spread) {
  for (size_t i = 0; i < n; i++)
    x[i] = ldexp(glb_rng_normal(rng), centre + (int)glb_rng_below(rng, (uint32_t)spread + 1) - spread / 2);
}

static void shuffle(int *order, int n, struct glb_rng *rng) {
  for (int i = 0; i < n; i++) order[i] = i;
  for (int i = n - 1; i > 0; i--) {
    int j = (int)glb_rng_below(rng, (uint32_t)i + 1), kept = order[i];
    order[i] = order[j];
    order[j] = kept;
  }
}

static void expect_same_bits(const double *got, const double *want, const char *what, int trial) {
  for (int i = 0; i < N; i++)
    if (memcmp(&got[i], &want[i], sizeof *got))
      fail_msg("%s, trial %d: element %d is %a, not %a", what, trial, i, got[i], want[i]);
}

static void test_bits(void **state) {
  (void)state;
  static const int centres[] = {0, -1060, 1000, 300, -20};
  double x[GROUPS * N], want[N], got[N];
  int order[GROUPS], owner[GROUPS];
  for (int trial = 0; trial < 200; trial++) {
    struct glb_rng rng;
    start(&rng, trial);
    fill(x, GROUPS * N, &rng, centres[trial % 5], trial % 41);
    for (int g = 0; g < GROUPS; g++) order[g] = g;
    assert_int_equal(sum_rows(want, x, order, GROUPS, GROUPS), GLB_OK);
    shuffle(order, GROUPS, &rng);
    memset(got, 0xff, sizeof got);
    assert_int_equal(sum_rows(got, x, order, GROUPS, GROUPS), GLB_OK);
    expect_same_bits(got, want, "another order", trial);
    int ranks = 1 + (int)glb_rng_below(&rng, MOST_RANKS);
    for (int g = 0; g < GROUPS; g++) owner[g] = (int)glb_rng_below(&rng, (uint32_t)ranks);
    memset(got, 0xff, sizeof got);
    assert_int_equal(sum_rows_on_ranks(got, x, owner, ranks), GLB_OK);
    expect_same_bits(got, want, "another partition", trial);
  }
}

// |sum - true| <= G/2 2^(e - 62 + ceil(log2 G)) + half a unit of the result
static void test_error_bound(void **state) {
  (void)state;
  static const int groups[] = {1, 2, 3, 5, 16, 17, 64};
  static double x[64 * N];
  double out[N];
  int order[64];
  for (int trial = 0; trial < 70; trial++) {
    struct glb_rng rng;
    int G = groups[trial % 7], e = INT32_MIN, bits = (int)ceil(log2(G));
    start(&rng, 1000 + trial);
    fill(x, (size_t)G * N, &rng, 40 * (trial % 9) - 160, 30);
    shuffle(order, G, &rng);
    assert_int_equal(sum_rows(out, x, order, G, G), GLB_OK);
    for (int i = 0; i < G * N; i++) {
      int ei;
      frexp(x[i], &ei);
      e = ei > e ? ei : e;
    }
    for (int i = 0; i < N; i++) {
      quad sum = 0;
      for (int g = 0; g < G; g++) sum += (quad)x[g * N + i];
      double error = fabs((double)((quad)out[i] - sum));
      double bound = 0.5 * G * ldexp(1, e - 62 + bits) + 0.5 * DBL_EPSILON * fabs(out[i]);
      if (error > bound) fail_msg("G = %d, element %d: %.17g, error %g above %g", G, i, out[i], error, bound);
    }
  }
}

// sums of like magnitude are exact to the last bit where a sum of doubles is not
static void test_exact(void **state) {
  (void)state;
  double x[3 * N], out[N];
  const int order[] = {0, 1, 2};
  for (int i = 0; i < N; i++) {
    x[i] = 1;
    x[N + i] = ldexp(1, -53);
    x[2 * N + i] = -1;
  }
  assert_int_equal(sum_rows(out, x, order, 3, 4), GLB_OK);
  for (int i = 0; i < N; i++)
    if (out[i] != ldexp(1, -53)) fail_msg("%a, not %a", out[i], ldexp(1, -53));
}

static void expect_sum(double a, double b, int G, double want) {
  double x[2 * N] = {0}, out[N];
  const int order[] = {0, 1};
  x[3] = a;
  x[N + 3] = b;
  memset(out, 0xff, sizeof out);
  assert_int_equal(sum_rows(out, x, order, 2, G), GLB_OK);
  if (out[3] != want) fail_msg("%a + %a is %a, not %a", a, b, out[3], want);
  if (out[4] != 0 || signbit(out[4])) fail_msg("0 + 0 is %a", out[4]);
}

static void test_special_values(void **state) {
  (void)state;
  const double tiny = 0x1p-1074, least = DBL_MIN;
  expect_sum(0, 0, 2, 0);
  expect_sum(-0.0, -0.0, 2, 0);
  expect_sum(-3, 1, 2, -2);
  expect_sum(1.5, -1.5, 2, 0);
  expect_sum(tiny, tiny, 2, 2 * tiny);
  expect_sum(tiny, -3 * tiny, 1000, -2 * tiny);
  expect_sum(least, tiny, 16, least + tiny);
  expect_sum(DBL_MAX, -DBL_MAX, 2, 0);
  expect_sum(DBL_MAX, -DBL_MAX / 2, 2, DBL_MAX / 2);
  expect_sum(DBL_MAX / 2, DBL_MAX / 2, 4, DBL_MAX);
  expect_sum(DBL_MAX, tiny, 2, DBL_MAX);
  expect_sum(1, tiny, 2, 1);
}

// G summands of the largest magnitude stay within int64
static void test_full_range(void **state) {
  (void)state;
  static const int groups[] = {1, 2, 3, 16, 1000};
  static double x[1000 * N];
  double out[N];
  int order[1000];
  const double most = 1 - DBL_EPSILON / 2;
  for (int i = 0; i < 1000 * N; i++) x[i] = i % 2 ? -most : most;
  for (int i = 0; i < 1000; i++) order[i] = i;
  for (int k = 0; k < 5; k++) {
    int G = groups[k];
    assert_int_equal(sum_rows(out, x, order, G, G), GLB_OK);
    for (int i = 0; i < N; i++)
      if (fabs(out[i] - (i % 2 ? -most : most) * G) > 1e-15 * G) fail_msg("%d summands: %.17g", G, out[i]);
  }
}

static void test_blocks(void **state) {
  (void)state;
  const size_t sizes[] = {2, 0, 3};
  const double a[] = {1e300, -1}, c[] = {1e-300, 2e-300, -3e-300};
  double out[5];
  struct glb_reduce reduce;
  assert_int_equal(glb_reduce_init(&reduce, 3, sizes, 1), GLB_OK);
  for (int round = 0; round < 2; round++) {
    glb_reduce_begin(&reduce);
    assert_int_equal(glb_reduce_scan(&reduce, 0, a, 2), GLB_OK);
    assert_int_equal(glb_reduce_scan(&reduce, 1, a, 0), GLB_OK);
    assert_int_equal(glb_reduce_scan(&reduce, 2, c, 3), GLB_OK);
    assert_int_equal(glb_reduce_agree(&reduce, &alone), GLB_OK);
    glb_reduce_add(&reduce, 0, a, 2);
    glb_reduce_add(&reduce, 2, c, 3);
    assert_int_equal(glb_reduce_sum(&reduce, &alone, out), GLB_OK);
    if (out[0] != a[0] || out[1] != 0) fail_msg("block 0: %g, %g", out[0], out[1]);
    for (int i = 0; i < 3; i++)
      if (out[2 + i] != c[i]) fail_msg("block 2: %g, not %g", out[2 + i], c[i]);
  }
  glb_reduce_finish(&reduce);
  glb_reduce_finish(&reduce);
}

static void test_not_finite(void **state) {
  (void)state;
  static const double bad[] = {NAN, INFINITY, -INFINITY};
  const size_t sizes[] = {2, 3};
  struct glb_reduce reduce;
  assert_int_equal(glb_reduce_init(&reduce, 2, sizes, 4), GLB_OK);
  for (int i = 0; i < 3; i++) {
    double x[] = {1, 2, bad[i]};
    assert_int_equal(glb_reduce_scan(&reduce, 1, x, 3), GLB_ENONFINITE);
    if (!strstr(glb_error_message(), "element 2 of block 1")) fail_msg("%s", glb_error_message());
  }
  double x[] = {DBL_MAX, 1}, out[5];
  glb_reduce_begin(&reduce);
  for (int i = 0; i < 2; i++) assert_int_equal(glb_reduce_scan(&reduce, 0, x, 2), GLB_OK);
  for (int i = 0; i < 2; i++) glb_reduce_add(&reduce, 0, x, 2);
  assert_int_equal(glb_reduce_sum(&reduce, &alone, out), GLB_ENONFINITE);
  if (!strstr(glb_error_message(), "block 0")) fail_msg("%s", glb_error_message());
  glb_reduce_finish(&reduce);
  assert_int_equal(glb_reduce_init(&reduce, 0, sizes, 4), GLB_EINVAL);
  assert_int_equal(glb_reduce_init(&reduce, 1, sizes, 0), GLB_EINVAL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_bits),       cmocka_unit_test(test_error_bound),
      cmocka_unit_test(test_exact),      cmocka_unit_test(test_special_values),
      cmocka_unit_test(test_full_range), cmocka_unit_test(test_blocks),
      cmocka_unit_test(test_not_finite),
  };
  return cmocka_run_group_tests_name("reduce", tests, NULL, NULL);
}
