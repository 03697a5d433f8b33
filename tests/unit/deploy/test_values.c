// test_values.c: what options of several commands take, and what they say to the rest.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <string.h>
#include <unistd.h>

#include "common/base/error.h"
#include "deploy/cli/values.h"

static void expect_said(int code, const char *words) {
  assert_int_equal(code, GLB_ECONFIG);
  if (!strstr(glb_error_message(), words)) fail_msg("said \"%s\", not \"%s\"", glb_error_message(), words);
}

static void ranges(void **state) {
  (void)state;
  int64_t tasks = 7, seed = 8;
  int taken;
  const struct glb_value_range table[] = {{"tasks", &tasks, 1, 40}, {"seed", &seed, 0, 99}};
  assert_int_equal(glb_value_ranges(&taken, table, 2, "seed", "99"), GLB_OK);
  assert_true(taken && seed == 99 && tasks == 7);
  assert_int_equal(glb_value_ranges(&taken, table, 2, "see", "5"), GLB_OK);
  assert_false(taken);
  expect_said(glb_value_ranges(&taken, table, 2, "tasks", "41"),
              "--tasks takes a whole number from 1 to 40, not \"41\"");
  expect_said(glb_value_ranges(&taken, table, 2, "tasks", "0"), "not \"0\"");
  expect_said(glb_value_ranges(&taken, table, 2, "seed", "1.5"), "not \"1.5\"");
}

static void lists(void **state) {
  (void)state;
  static const char *const refused[] = {"",    "1,",  ",1",        "2,1",   "1,1",
                                        "0,1", "1,x", "1,2,3,4,5", "1,101", "1 2"};
  int out[4], count;
  assert_int_equal(glb_value_list(out, &count, 4, 100, "ranks", "1,5,20,100"), GLB_OK);
  assert_int_equal(count, 4);
  assert_memory_equal(out, ((const int[]){1, 5, 20, 100}), sizeof out);
  assert_int_equal(glb_value_list(out, &count, 4, 100, "ranks", "3"), GLB_OK);
  assert_true(count == 1 && out[0] == 3);
  for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
    expect_said(glb_value_list(out, &count, 4, 100, "ranks", refused[i]),
                "--ranks takes ascending whole numbers up to 100");
}

static void one_configuration(void **state) {
  (void)state;
  struct glb_config config, point;
  glb_config_init(&config);
  glb_config_init(&point);
  assert_int_equal(glb_config_preset(&point, "point"), GLB_OK);
  assert_int_equal(glb_value_config(&config, 0, "preset", "point"), GLB_OK);
  assert_string_equal(config.env_family, point.env_family);
  assert_int_equal(glb_value_config(&config, 0, NULL, "/no/such.ini"), GLB_EIO);
  expect_said(glb_value_config(&config, 1, "preset", "point"), "give one configuration");
}

static void this_program(void **state) {
  (void)state;
  char path[4096];
  assert_int_equal(glb_value_program(path, sizeof path), GLB_OK);
  assert_non_null(strstr(path, "values"));
  assert_int_equal(access(path, X_OK), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ranges),
      cmocka_unit_test(lists),
      cmocka_unit_test(one_configuration),
      cmocka_unit_test(this_program),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
