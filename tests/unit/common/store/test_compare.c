// test_compare.c: the first round, metric, block and element that differ are found, and only what should
// count does.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/base/error.h"
#include "common/store/compare.h"

// ---- rows ----

enum { ROUNDS = 6 };

static double one[ROUNDS * GLB_METRICS], other[ROUNDS * GLB_METRICS];

// Rounds 0 to 5 of both, with something in every metric but critic_loss.
static int fill(void **state) {
  (void)state;
  for (int i = 0; i < ROUNDS * GLB_METRICS; i++) one[i] = sin(i);
  for (int round = 0; round < ROUNDS; round++) {
    one[round * GLB_METRICS + GLB_METRIC_round] = round;
    one[round * GLB_METRICS + GLB_METRIC_critic_loss] = NAN;
  }
  memcpy(other, one, sizeof one);
  return 0;
}

static double *at(double *rows, int round, enum glb_metric metric) {
  return rows + round * GLB_METRICS + metric;
}

// All rounds of one against those of other from round skip on.
static struct glb_rows_compared compare(int skip, int evaluations) {
  struct glb_rows_compared result;
  const struct glb_round_rows a = {one, ROUNDS}, b = {other + skip * GLB_METRICS, (size_t)(ROUNDS - skip)};
  glb_compare_rows(&result, &a, &b, evaluations);
  return result;
}

static void equal_rows(void **state) {
  (void)state;
  *at(other, 3, GLB_METRIC_critic_loss) = -NAN;
  struct glb_rows_compared r = compare(0, 1);
  assert_int_equal(r.rounds, ROUNDS);
  assert_int_equal(r.first, 0);
  assert_int_equal(r.last, ROUNDS - 1);
  assert_int_equal(r.differ, 0);
  r = compare(2, 1);
  assert_int_equal(r.rounds, ROUNDS - 2);
  assert_int_equal(r.first, 2);
  assert_int_equal(r.differ, 0);
}

static void the_first_metric_of_the_first_round(void **state) {
  (void)state;
  *at(other, 4, GLB_METRIC_steps) = 0;
  *at(other, 3, GLB_METRIC_entropy) = 7;
  *at(other, 3, GLB_METRIC_critic_loss) = 8;
  *at(other, 3, GLB_METRIC_seconds) = 9;
  struct glb_rows_compared r = compare(0, 1);
  assert_int_equal(r.round, 3);
  assert_int_equal(r.metric, GLB_METRIC_critic_loss);
  assert_true(isnan(r.a) && r.b == 8);
  assert_int_equal(r.differ, 2);
  assert_int_equal(r.rounds, ROUNDS);
}

static void zeros_have_signs(void **state) {
  (void)state;
  *at(one, 1, GLB_METRIC_entropy) = 0.0;
  *at(other, 1, GLB_METRIC_entropy) = -0.0;
  assert_int_equal(compare(0, 1).round, 1);
  assert_int_equal(compare(2, 1).differ, 0);
}

static void the_machine_does_not_count(void **state) {
  (void)state;
  int left_out = 0;
  for (int m = 0; m < GLB_METRICS; m++) {
    if (glb_metric_source((enum glb_metric)m) != GLB_SOURCE_MACHINE) continue;
    *at(other, 1, (enum glb_metric)m) = -1;
    left_out++;
  }
  assert_int_equal(compare(0, 1).differ, 0);
  assert_true(left_out > 0 && left_out < GLB_METRICS);
}

// Runs of one seed may be evaluated in other rounds and on another number of tasks.
static void evaluations(void **state) {
  (void)state;
  *at(other, 1, GLB_METRIC_eval_return_last) = NAN;
  assert_int_equal(compare(0, 1).differ, 0);
  *at(other, 2, GLB_METRIC_eval_return_last) = 5;
  assert_int_equal(compare(0, 1).round, 2);
  assert_int_equal(compare(0, 1).metric, GLB_METRIC_eval_return_last);
  assert_int_equal(compare(0, 0).differ, 0);
}

static void no_common_round(void **state) {
  (void)state;
  struct glb_rows_compared r;
  const struct glb_round_rows early = {one, 3}, late = {other + 3 * GLB_METRICS, 3}, none = {0};
  glb_compare_rows(&r, &early, &late, 1);
  assert_int_equal(r.rounds, 0);
  glb_compare_rows(&r, &early, &none, 1);
  assert_int_equal(r.rounds, 0);
}

// ---- blocks ----

struct contents {
  float weights[6];  // learned/agent/W                                    (2 x 3)
  double shift;      // learned/shift
  int64_t count[2];  // run/counters                                       (2)
  uint8_t flag;      // run/flag                                           (1)
  size_t rows;       // of weights
};

static const struct contents plain = {{1, 2, 3, 4, 5, 0.1f}, 0.1, {-7, INT64_MAX}, 200, 2};

static struct glb_h5 *file_of(const struct contents *c) {
  struct glb_h5 *file;
  const size_t weights[] = {c->rows, 6 / c->rows}, two = 2, single = 1;
  assert_int_equal(glb_h5_create(&file), GLB_OK);
  assert_int_equal(glb_h5_write(file, "learned/agent/W", GLB_H5_F32, 2, weights, c->weights, ""), GLB_OK);
  assert_int_equal(glb_h5_write(file, "learned/shift", GLB_H5_F64, 0, NULL, &c->shift, ""), GLB_OK);
  assert_int_equal(glb_h5_write(file, "run/counters", GLB_H5_I64, 1, &two, c->count, ""), GLB_OK);
  assert_int_equal(glb_h5_write(file, "run/flag", GLB_H5_U8, 1, &single, &c->flag, ""), GLB_OK);
  return file;
}

// Groups "learned" and "run" of two files, which are closed.
static struct glb_blocks_compared groups_of(struct glb_h5 *a, struct glb_h5 *b) {
  struct glb_blocks_compared result = {0};
  assert_int_equal(glb_compare_group(&result, a, b, "learned"), GLB_OK);
  assert_int_equal(glb_compare_group(&result, a, b, "run"), GLB_OK);
  assert_int_equal(glb_compare_group(&result, a, b, "replay"), GLB_OK);
  glb_h5_close(a);
  glb_h5_close(b);
  return result;
}

static void expect(const struct glb_blocks_compared *r, size_t differ, const char *block, const char *a,
                   const char *b) {
  assert_int_equal(r->differ, differ);
  assert_string_equal(r->block, block);
  assert_string_equal(r->a, a);
  assert_string_equal(r->b, b);
}

static void equal_blocks(void **state) {
  (void)state;
  const struct glb_blocks_compared r = groups_of(file_of(&plain), file_of(&plain));
  assert_int_equal(r.blocks, 4);
  assert_int_equal(r.differ, 0);
}

static void the_first_element(void **state) {
  (void)state;
  struct contents c = plain;
  c.weights[5] = nextafterf(0.1f, 1);
  c.weights[4] = NAN;
  c.shift = nextafter(0.1, 1);
  c.flag = 201;
  struct glb_blocks_compared r = groups_of(file_of(&plain), file_of(&c));
  expect(&r, 3, "learned/agent/W", "5", "nan");
  assert_int_equal(r.rank, 2);
  assert_int_equal(r.index[0], 1);
  assert_int_equal(r.index[1], 1);

  // in full precision
  c.weights[4] = 5;
  r = groups_of(file_of(&plain), file_of(&c));
  expect(&r, 3, "learned/agent/W", "0.100000001", "0.100000009");
  assert_int_equal(r.index[1], 2);
  c.weights[5] = 0.1f;
  r = groups_of(file_of(&plain), file_of(&c));
  expect(&r, 2, "learned/shift", "0.10000000000000001", "0.10000000000000002");
  assert_int_equal(r.rank, 0);
  c.shift = 0.1;
  r = groups_of(file_of(&plain), file_of(&c));
  expect(&r, 1, "run/flag", "200", "201");
  c.count[1] = 1;
  r = groups_of(file_of(&plain), file_of(&c));
  expect(&r, 2, "run/counters", "9223372036854775807", "1");
  assert_int_equal(r.index[0], 1);
}

static void shapes_and_absent_blocks(void **state) {
  (void)state;
  struct contents c = plain;
  c.rows = 3;
  struct glb_blocks_compared r = groups_of(file_of(&plain), file_of(&c));
  expect(&r, 1, "learned/agent/W", "float32 (2 x 3)", "float32 (3 x 2)");
  assert_int_equal(r.rank, -1);

  struct glb_h5 *more = file_of(&plain);
  const int32_t head = 1;
  assert_int_equal(glb_h5_write(more, "replay/head", GLB_H5_I32, 0, NULL, &head, ""), GLB_OK);
  r = groups_of(file_of(&plain), more);
  expect(&r, 1, "replay/head", "absent", "int32 ()");
  assert_int_equal(r.blocks, 5);
  more = file_of(&plain);
  assert_int_equal(glb_h5_write(more, "run/more", GLB_H5_I32, 0, NULL, &head, ""), GLB_OK);
  r = groups_of(more, file_of(&plain));
  expect(&r, 1, "run/more", "int32 ()", "absent");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup(equal_rows, fill),
      cmocka_unit_test_setup(the_first_metric_of_the_first_round, fill),
      cmocka_unit_test_setup(zeros_have_signs, fill),
      cmocka_unit_test_setup(the_machine_does_not_count, fill),
      cmocka_unit_test_setup(evaluations, fill),
      cmocka_unit_test_setup(no_common_round, fill),
      cmocka_unit_test(equal_blocks),
      cmocka_unit_test(the_first_element),
      cmocka_unit_test(shapes_and_absent_blocks),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
