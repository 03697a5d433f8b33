#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/nn/dist.h"
#include "tests/ref/nn_ref.h"

/* Sizes at which rows are cut into one block, several, and blocks of one row. */
enum { MAX_A = 300, MAX = 4000 };
static const struct { int A, B; } sizes[] = {{1, 3}, {1, 1300}, {6, 256}, {17, 90}, {MAX_A, 5}};

static float H[2 * MAX], z[MAX], a[2 * MAX], log_prob[MAX], G[2 * MAX], dH[2 * MAX];
static double wide_H[2 * MAX], wide_z[MAX], wide_G[MAX];

struct row {
  struct glb_squashed dist;
  double *H, *z, *G, w;
};

static double loss(void *context) {
  struct row *row = context;
  double action[MAX_A], sum = row->w * ref_squashed(action, &row->dist, row->H, row->z);
  for (int j = 0; j < row->dist.A; j++) sum += row->G[j] * action[j];
  return sum;
}

// heads that are clipped on both sides (raw beyond -5, 2) and saturated (|u| up to 30) in places
static void fill(int A, int B) {
  ref_fill(H, wide_H, (size_t)2 * A * B, 3, 1);
  for (int i = 0; i < 2 * A * B; i++) {
    if (i / A % 2 && i % 5 == 0) H[i] -= 4;
    if (i / A % 2 == 0 && i % 7 == 0) H[i] *= 10;
    wide_H[i] = H[i];
  }
  ref_fill(z, wide_z, (size_t)A * B, 2, 2);
  ref_fill(NULL, wide_G, (size_t)A * B, 1, 3);
}

static void sample_agrees_with_the_formula(void **state) {
  (void)state;
  for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
    const int A = sizes[k].A, B = sizes[k].B, lda = A + 1;
    const struct glb_squashed dist = {.A = A, .low = -5, .high = 2};
    fill(A, B);
    glb_squashed_sample(&dist, a, lda, log_prob, H, z, B);
    for (int b = 0; b < B; b++) {
      double want[MAX_A], p = ref_squashed(want, &dist, wide_H + (size_t)b * 2 * A, wide_z + (size_t)b * A);
      ref_close(log_prob[b], p, 2e-6, "log_prob", (size_t)b);
      for (int j = 0; j < A; j++) ref_close(a[b * lda + j], want[j], 2e-6, "a", (size_t)(b * A + j));
    }
  }
}

static void mode_is_tanh_of_the_mean(void **state) {
  (void)state;
  const struct glb_squashed dist = {.A = 6, .low = -5, .high = 2};
  fill(6, 100);
  glb_squashed_sample(&dist, a, 6, NULL, H, NULL, 100);
  for (int i = 0; i < 600; i++) ref_close(a[i], tanh(wide_H[i / 6 * 12 + i % 6]), 4e-7, "mode", (size_t)i);
}

static void gradient_agrees_with_differences(void **state) {
  (void)state;
  for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
    const int A = sizes[k].A, B = sizes[k].B, ldg = A + 1;
    const struct glb_squashed dist = {.A = A, .low = -5, .high = 2};
    int clipped = 0;
    fill(A, B);
    for (int i = 0; i < A * B; i++) G[i / A * ldg + i % A] = (float)wide_G[i];
    glb_squashed_backward(&dist, dH, H, z, 0.3f, G, ldg, B);
    for (int b = 0; b < B; b += 1 + B / 50) {
      struct row row = {dist, wide_H + (size_t)b * 2 * A, wide_z + (size_t)b * A, wide_G + (size_t)b * A,
                        0.3f};
      for (int j = 0; j < 2 * A; j++) {
        float got = dH[(size_t)b * 2 * A + j];
        ref_close(got, ref_slope(loss, &row, &row.H[j]), 2e-5, "dH", (size_t)(b * 2 * A + j));
        if (j >= A && (row.H[j] < -5 || row.H[j] > 2)) {
          assert_true(got == 0);
          clipped++;
        }
      }
    }
    assert_true(clipped > 0 || B < 10);
  }
}

static void far_tails_stay_finite(void **state) {
  (void)state;
  const struct glb_squashed dist = {.A = 2, .low = -5, .high = 2};
  const float head[4] = {1e6f, -1e6f, 100, -100}, noise[2] = {1, -1}, g[2] = {1, 1};
  float action[2], p, slope[4];
  glb_squashed_sample(&dist, action, 2, &p, head, noise, 1);
  glb_squashed_backward(&dist, slope, head, noise, 1, g, 2, 1);
  assert_true(isfinite(p));
  ref_close(action[0], 1, 1e-7, "a", 0);
  ref_close(action[1], -1, 1e-7, "a", 1);
  for (int i = 0; i < 4; i++) assert_true(isfinite(slope[i]));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sample_agrees_with_the_formula),
      cmocka_unit_test(mode_is_tanh_of_the_mean),
      cmocka_unit_test(gradient_agrees_with_differences),
      cmocka_unit_test(far_tails_stay_finite),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
