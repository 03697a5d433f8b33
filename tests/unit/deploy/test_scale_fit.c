// test_scale_fit.c: the fit finds the coefficients that times were made with, never a negative one, and no better one exists nearby.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <math.h>

#include "common/base/rng.h"
#include "deploy/cli/scale.h"

enum { ROWS = 6, TERMS = GLB_SCALE_TERMS };

// the command's other half is not linked
int glb_scale_learners(const struct glb_config *config, int ranks) {
  (void)config;
  return ranks > 1;
}

static void exact(void **state) {
  const double ranks[ROWS] = {2, 3, 5, 9, 17, 33}, truth[TERMS] = {0.5, 8, 0.125};
  double a[ROWS * TERMS], b[ROWS], x[TERMS];
  (void)state;
  for (int i = 0; i < ROWS; i++) {
    const double row[TERMS] = {1, 1 / (ranks[i] - 1), log2(ranks[i])};
    b[i] = 0;
    for (int j = 0; j < TERMS; j++) a[i * TERMS + j] = row[j], b[i] += row[j] * truth[j];
  }
  glb_scale_nnls(x, a, b, ROWS, TERMS);
  for (int j = 0; j < TERMS; j++)
    if (fabs(x[j] - truth[j]) > 1e-9) fail_msg("coefficient %d is %.12g, not %.12g", j, x[j], truth[j]);
}

static double misfit(const double *a, const double *b, const double *x) {
  double sum = 0;
  for (int i = 0; i < ROWS; i++) {
    double d = -b[i];
    for (int j = 0; j < TERMS; j++) d += a[i * TERMS + j] * x[j];
    sum += d * d;
  }
  return sum;
}

// Random problems: no neighbour that is not negative fits better.
static void optimal(void **state) {
  (void)state;
  for (uint32_t round = 0; round < 300; round++) {
    double a[ROWS * TERMS], b[ROWS], x[TERMS];
    struct glb_rng rng;
    glb_rng_start(&rng, 1, GLB_STREAM_TEST, (struct glb_rng_at){.round = round});
    for (int i = 0; i < ROWS * TERMS; i++) a[i] = glb_rng_normal(&rng);
    for (int i = 0; i < ROWS; i++) b[i] = glb_rng_normal(&rng);
    glb_scale_nnls(x, a, b, ROWS, TERMS);
    const double least = misfit(a, b, x);
    for (int j = 0; j < TERMS; j++) {
      assert_true(x[j] >= 0);
      for (int up = 0; up < 2; up++) {
        const double kept = x[j];
        x[j] = fmax(0, kept + (up ? 1e-4 : -1e-4));
        if (misfit(a, b, x) < least - 1e-12) fail_msg("round %u: coefficient %d can be better", round, j);
        x[j] = kept;
      }
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(exact), cmocka_unit_test(optimal)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
