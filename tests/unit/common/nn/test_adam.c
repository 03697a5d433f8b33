#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/nn/adam.h"
#include "tests/ref/nn_ref.h"

enum { N = 100, STEPS = 50 };

static void steps_agree_with_the_paper(void **state) {
  (void)state;
  const struct glb_adam adam = {3e-2};
  float theta[N], m[N] = {0}, v[N] = {0}, grad[N];
  double wide[N], wide_m[N] = {0}, wide_v[N] = {0}, wide_grad[N];
  ref_fill(theta, wide, N, 1, 1);
  for (int t = 1; t <= STEPS; t++) {
    ref_fill(grad, wide_grad, N, t % 7 ? 1e-3 : 2, (uint32_t)t);
    grad[5] = 0;
    for (int i = 0; i < N; i++) wide_grad[i] = 0.5 * grad[i];
    // in two ranges, as threads do it
    glb_adam_step(&adam, theta, m, v, grad, 0.5f, t, 0, 37);
    glb_adam_step(&adam, theta, m, v, grad, 0.5f, t, 37, N);
    ref_adam(wide, wide_m, wide_v, wide_grad, adam.rate, t, N);
  }
  for (size_t i = 0; i < N; i++) {
    ref_close(theta[i], wide[i], 2e-6, "theta", i);
    ref_close(m[i], wide_m[i], 1e-6, "m", i);
    ref_close(v[i], wide_v[i], 1e-6, "v", i);
  }
  double start[N];
  ref_fill(NULL, start, N, 1, 1);
  assert_true((double)theta[5] == start[5]);  // no gradient, no step
}

static void clip_scales_to_the_limit(void **state) {
  (void)state;
  const float grad[] = {3, 0, -4};
  double norm;
  ref_close(glb_adam_clip(grad, 3, 2.5, &norm), 0.5, 1e-7, "factor", 0);
  ref_close(norm, 5, 1e-12, "norm", 0);
  assert_true(glb_adam_clip(grad, 3, 6, NULL) == 1);
  assert_true(glb_adam_clip(grad, 3, 0, NULL) == 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(steps_agree_with_the_paper),
      cmocka_unit_test(clip_scales_to_the_limit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
