#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/nn/norm.h"
#include "tests/ref/nn_ref.h"

/* Columns far from zero beside narrow ones: sums of squares would lose all digits. */
enum { N = 3, T = 500, LD = 4 };

static const double centre[N] = {1000, -3, 0}, width[N] = {0.5, 2, 1e-3};
static float X[T * LD];

static void fill(void) {
  ref_fill(X, NULL, T * LD, 1, 1);
  for (int t = 0; t < T; t++)
    for (int j = 0; j < N; j++) X[t * LD + j] = (float)(centre[j] + width[j] * X[t * LD + j]);
}

static void check(const struct glb_moments *got) {
  for (int j = 0; j < N; j++) {
    double mean = 0, M2 = 0;
    for (int t = 0; t < T; t++) mean += (double)X[t * LD + j] / T;
    for (int t = 0; t < T; t++) M2 += pow(X[t * LD + j] - mean, 2);
    ref_close(*got->count, T, 0, "count", 0);
    ref_close(got->mean[j], mean, 1e-12, "mean", (size_t)j);
    ref_close(got->M2[j] / M2, 1, 1e-9, "M2 relative", (size_t)j);
  }
}

static void rows_and_merged_parts_agree_with_two_passes(void **state) {
  (void)state;
  struct glb_moments all, part[3], sum;
  double block[5][1 + 2 * N] = {0};
  assert_int_equal(glb_moments_size(N), 1 + 2 * N);
  fill();
  glb_moments_map(&all, N, block[0]);
  glb_moments_add(&all, X, LD, T);
  check(&all);

  // an empty part, one row, the rest, merged into nothing
  const int from[] = {0, 0, 1, T};
  glb_moments_map(&sum, N, block[1]);
  for (int k = 0; k < 3; k++) {
    glb_moments_map(&part[k], N, block[2 + k]);
    glb_moments_add(&part[k], X + from[k] * LD, LD, from[k + 1] - from[k]);
    glb_moments_merge(&sum, &part[k]);
  }
  check(&sum);
}

static void frozen_moments_standardise(void **state) {
  (void)state;
  struct glb_moments moments;
  double block[1 + 2 * N] = {0};
  float shift[N], scale[N], Y[T * N];
  fill();
  glb_moments_map(&moments, N, block);
  glb_moments_add(&moments, X, LD, 1);
  glb_moments_freeze(&moments, shift, scale, 1e-2);
  for (int j = 0; j < N; j++) assert_true(shift[j] == 0 && scale[j] == 1);

  glb_moments_add(&moments, X + LD, LD, T - 1);
  glb_moments_freeze(&moments, shift, scale, 1e-2);
  ref_close(scale[2], 100, 1e-6, "scale at the floor", 2);
  glb_norm_apply(Y, N, X, LD, shift, scale, 5, N, T);
  for (int j = 0; j < 2; j++) {
    double mean = 0, squares = 0;
    for (int t = 0; t < T; t++) {
      mean += (double)Y[t * N + j] / T;
      squares += (double)Y[t * N + j] * Y[t * N + j] / T;
    }
    ref_close(mean, 0, 1e-4, "mean", (size_t)j);
    ref_close(squares, 1, 1e-3, "variance", (size_t)j);
  }
}

static void values_are_clipped_and_nan_stays(void **state) {
  (void)state;
  const float x[3] = {100, -100, NAN}, shift[3] = {0}, scale[3] = {1, 1, 1};
  float y[3];
  glb_norm_apply(y, 3, x, 3, shift, scale, 5, 3, 1);
  assert_true(y[0] == 5 && y[1] == -5 && isnan(y[2]));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_and_merged_parts_agree_with_two_passes),
      cmocka_unit_test(frozen_moments_standardise),
      cmocka_unit_test(values_are_clipped_and_nan_stays),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
