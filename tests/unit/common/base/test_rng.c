#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/rng.h"

/* Philox 4x32-10: known answers that Random123 is distributed with (the third has a counter at which a stream
 * ends). */
static const struct {
  uint32_t counter[4], key[2], answer[4];
} known[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
     {0xa4093822, 0x299f31d0},
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};

static void known_answers(void **state) {
  (void)state;
  for (int k = 0; k < 2; k++) {
    struct glb_rng rng = {0};
    memcpy(rng.counter, known[k].counter, sizeof rng.counter);
    memcpy(rng.key, known[k].key, sizeof rng.key);
    for (int i = 0; i < 4; i++) assert_int_equal(glb_rng_u32(&rng), known[k].answer[i]);
  }
}

static void a_stream_stands_where_it_is_told(void **state) {
  (void)state;
  struct glb_rng rng;
  glb_rng_start(
      &rng, 0x299f31d0a4093822u, GLB_STREAM_TEST,
      (struct glb_rng_at){.round = 0x85a308d3, .slot = 0x3f6a88, .episode = 0x1319, .step = 0x037073});
  assert_int_equal(rng.key[0], 0xa4093822);
  assert_int_equal(rng.key[1], 0x299f31d0);
  assert_int_equal(rng.counter[0], (uint32_t)GLB_STREAM_TEST << 24 | 0x3f6a88);
  assert_int_equal(rng.counter[1], 0x85a308d3);
  assert_int_equal(rng.counter[2], 0x13190000);
  assert_int_equal(rng.counter[3], 0x03707300);
}

static void neighbours_differ(void **state) {
  (void)state;
  const struct glb_rng_at at[] = {{0}, {.round = 1}, {.slot = 1}, {.episode = 1}, {.step = 1}};
  uint64_t first[6];
  struct glb_rng rng;
  for (int i = 0; i < 6; i++) {
    glb_rng_start(&rng, 1, i < 5 ? GLB_STREAM_TEST : GLB_STREAM_ACTION, at[i % 5]);
    first[i] = (uint64_t)glb_rng_u32(&rng) << 32 | glb_rng_u32(&rng);
    for (int j = 0; j < i; j++) assert_true(first[i] != first[j]);
  }
}

static void below_is_in_range_and_even(void **state) {
  (void)state;
  enum { N = 30000, SIDES = 6 };
  int count[SIDES] = {0};
  struct glb_rng rng;
  glb_rng_start(&rng, 2, GLB_STREAM_TEST, (struct glb_rng_at){0});
  for (int i = 0; i < N; i++) {
    uint32_t side = glb_rng_below(&rng, SIDES);
    assert_true(side < SIDES);
    count[side]++;
  }
  for (int i = 0; i < SIDES; i++)
    if (abs(count[i] - N / SIDES) > 4 * sqrt(N / SIDES))
      fail_msg("side %d came %d times of %d", i, count[i], N);
  assert_int_equal(glb_rng_below(&rng, 1), 0);
}

static void uniform_and_normal_have_their_moments(void **state) {
  (void)state;
  enum { N = 40000 };
  double mean = 0, mean_normal = 0, squares = 0;
  struct glb_rng rng;
  glb_rng_start(&rng, 2, GLB_STREAM_TEST, (struct glb_rng_at){.round = 1});
  for (int i = 0; i < N; i++) {
    double u = glb_rng_uniform(&rng), z = glb_rng_normal(&rng);
    assert_true(u >= 0 && u < 1);
    mean += u / N;
    mean_normal += z / N;
    squares += z * z / N;
  }
  if (fabs(mean - 0.5) > 4 * sqrt(1.0 / 12 / N)) fail_msg("mean of uniform is %g, expected 0.5", mean);
  if (fabs(mean_normal) > 4 / sqrt(N)) fail_msg("mean of normal is %g, expected 0", mean_normal);
  if (fabs(squares - 1) > 4 * sqrt(2.0 / N)) fail_msg("variance of normal is %g, expected 1", squares);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_answers),
      cmocka_unit_test(a_stream_stands_where_it_is_told),
      cmocka_unit_test(neighbours_differ),
      cmocka_unit_test(below_is_in_range_and_even),
      cmocka_unit_test(uniform_and_normal_have_their_moments),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
