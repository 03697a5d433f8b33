// test_targets.c: the transition head predicts what changes in an observation, and nothing else.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <stdio.h>
#include <stdlib.h>

#include "actors/env/env.h"
#include "actors/targets.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/config/config.h"
#include "common/policy/acting.h"

static struct glb_config config;

static void configure(const char *family) {
  char text[128];
  glb_config_init(&config);
  snprintf(text, sizeof text, "[env]\nfamily = %s\n[belief]\nheads = both\n", family);
  assert_int_equal(glb_config_parse(&config, text, "test"), GLB_OK);
}

static int measure(struct glb_targets *targets) {
  struct glb_env *warm;
  const int code = glb_targets_measure(targets, &warm, &config);
  glb_env_destroy(warm);
  return code;
}

static int has(const struct glb_targets *targets, int i) {
  for (int d = 0; d < targets->count; d++)
    if (targets->index[d] == i) return 1;
  return 0;
}

static void all_of_a_moving_body_changes(void **state) {
  (void)state;
  struct glb_targets targets;
  configure("cheetah-vel");
  assert_int_equal(measure(&targets), GLB_OK);
  assert_int_equal(targets.count, 17);
  for (int i = 0; i < 17; i++) assert_int_equal(targets.index[i], i);
}

// hand and fingers of the current frame; not the absent second object, nor the frame before, nor the hidden goal
static void copies_and_padding_are_left_out(void **state) {
  (void)state;
  struct glb_targets targets;
  configure("ml1-reach");
  assert_int_equal(measure(&targets), GLB_OK);
  for (int i = 0; i < 4; i++) assert_true(has(&targets, i));
  for (int i = 11; i < 39; i++) assert_false(has(&targets, i));
}

static void every_run_finds_the_same(void **state) {
  (void)state;
  struct glb_targets one, two;
  configure("ml1-door-open");
  assert_int_equal(measure(&one), GLB_OK);
  assert_int_equal(measure(&two), GLB_OK);
  assert_int_equal(one.count, two.count);
  assert_memory_equal(one.index, two.index, sizeof(int) * (size_t)one.count);
}

struct work {
  const struct glb_space *space;
  struct glb_rows_work rows;
};

static void lay_out(void *object, struct glb_arena *arena) {
  struct work *work = object;
  glb_rows_init(&work->rows, work->space, arena, 2);
}

// Y of the transition head has a column for each target, in order
static void rows_have_a_column_for_each_target(void **state) {
  (void)state;
  const struct glb_targets targets = {.count = 2, .index = {3, 1}};
  struct glb_space space;
  struct work work;
  struct glb_arena arena = {0};
  configure("cheetah-dir");
  assert_int_equal(glb_space_init(&space, &config, &targets), GLB_OK);
  assert_int_equal(space.model.head[GLB_HEAD_TRANSITION].D, 2);
  work.space = &space;
  assert_int_equal(glb_arena_lay(&arena, lay_out, &work), GLB_OK);
  const struct glb_rows_work rows = work.rows;

  float *theta = calloc(space.model.params.size, sizeof *theta);
  const float a[2 * 6] = {0};
  const double r[2] = {0};
  for (int i = 0; i < 2 * 17; i++) rows.s[i] = (float)i, rows.s2[i] = (float)(i * i);
  glb_rows_features(&work.rows, &space, theta, a, r, 2);
  const double expected[] = {3 * 3 - 3, 1 - 1, 20 * 20 - 20, 18 * 18 - 18};
  for (int i = 0; i < 4; i++) assert_true(rows.Y[GLB_HEAD_TRANSITION][i] == expected[i]);
  free(theta);
  glb_arena_finish(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(all_of_a_moving_body_changes), cmocka_unit_test(copies_and_padding_are_left_out),
      cmocka_unit_test(every_run_finds_the_same), cmocka_unit_test(rows_have_a_column_for_each_target)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
