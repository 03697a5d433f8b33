#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/nn/act.h"
#include "common/nn/approx.h"
#include "tests/ref/nn_ref.h"

enum { N = 200001 };

static float x[N], y[N], z[N];

static void grid(double from, double to) {
  for (int i = 0; i < N; i++) x[i] = (float)(from + (to - from) * i / (N - 1));
}

static void tanh_is_close_odd_and_bounded(void **state) {
  (void)state;
  const double reach[] = {1e-3, 1, 10, 1e30};
  for (int k = 0; k < 4; k++) {
    grid(-reach[k], reach[k]);
    glb_act_tanh(y, x, N);
    double worst = 0;
    for (int i = 0; i < N; i++) {
      double error = fabs(y[i] - tanh((double)x[i]));
      worst = error > worst ? error : worst;
      assert_true(fabsf(y[i]) <= 1);
    }
    if (worst > 4e-7) fail_msg("worst error of tanh on +-%g is %g, expected 4e-7", reach[k], worst);

    for (int i = 0; i < N; i++) x[i] = -x[i];
    glb_act_tanh(z, x, N);
    for (int i = 0; i < N; i++) assert_true(z[i] == -y[i]);
  }
}

static void tanh_of_special_values(void **state) {
  (void)state;
  float special[] = {INFINITY, -INFINITY, NAN, 0, -0.0f};
  glb_act_tanh(special, special, 5);
  ref_close(special[0], 1, 1e-7, "tanh(inf)", 0);
  ref_close(special[1], -1, 1e-7, "tanh(-inf)", 0);
  assert_true(isnan(special[2]));
  assert_true(special[3] == 0 && !signbit(special[3]) && signbit(special[4]));
}

static void tanh_does_not_depend_on_place(void **state) {
  (void)state;
  grid(-3, 3);
  glb_act_tanh(y, x, N);
  for (int i = 0; i < 100; i++) {
    glb_act_tanh(z, x + i, 37);
    assert_memory_equal(z, y + i, 37 * sizeof *z);
  }
}

static void slopes_are_taken_from_the_output(void **state) {
  (void)state;
  grid(-2, 2);
  glb_act_tanh(y, x, N);
  glb_act_tanh_back(z, x, y, N);
  for (int i = 0; i < N; i++) ref_close(z[i], x[i] * (1 - tanh(x[i]) * tanh(x[i])), 2e-6, "tanh'", (size_t)i);

  glb_act_relu(y, x, N);
  glb_act_relu_back(z, x, y, N);
  for (int i = 0; i < N; i++) {
    assert_true(y[i] == (x[i] > 0 ? x[i] : 0));
    assert_true(z[i] == (x[i] > 0 ? x[i] : 0));
  }
}

static void relu_keeps_nan(void **state) {
  (void)state;
  float nan = NAN;
  glb_act_relu(&nan, &nan, 1);
  assert_true(isnan(nan));
}

static void exp_and_logarithms_are_close(void **state) {
  (void)state;
  grid(-87, 88);
  for (int i = 0; i < N; i++)
    ref_close(glb_approx_exp(x[i]) / exp((double)x[i]), 1, 1.5e-7, "exp relative", (size_t)i);
  assert_true(isnan(glb_approx_exp(NAN)) && glb_approx_exp(-1000) < 1e-37f && glb_approx_exp(1000) > 1e38f);

  grid(0, 1);
  for (int i = 0; i < N; i++)
    ref_close(glb_approx_log1p(x[i]), log1p((double)x[i]), 2e-7, "log1p", (size_t)i);

  for (int i = 0; i < N; i++) {
    float at = ldexpf(0.5f + (float)i / N, i % 60 - 40);
    ref_close(glb_approx_log(at), log((double)at), 2e-7, "log", (size_t)i);
  }
  assert_true(glb_approx_log(1) == 0);
}

static void sine_and_cosine_are_close(void **state) {
  (void)state;
  for (uint32_t i = 0; i < N; i++) {
    uint32_t turn = i * 21474u + i % 3;
    double angle = turn * (6.283185307179586477 / 4294967296.0);
    float sine, cosine;
    glb_approx_sincos(&sine, &cosine, turn);
    ref_close(sine, sin(angle), 2e-7, "sin", i);
    ref_close(cosine, cos(angle), 2e-7, "cos", i);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tanh_is_close_odd_and_bounded),
      cmocka_unit_test(tanh_of_special_values),
      cmocka_unit_test(tanh_does_not_depend_on_place),
      cmocka_unit_test(slopes_are_taken_from_the_output),
      cmocka_unit_test(relu_keeps_nan),
      cmocka_unit_test(exp_and_logarithms_are_close),
      cmocka_unit_test(sine_and_cosine_are_close),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
