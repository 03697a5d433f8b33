// test_csv.c: cells of CSV files.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include "common/base/error.h"
#include "common/base/rng.h"
#include "common/store/file.h"
#include "deploy/cli/csv.h"
#include "tests/unit/common/store/temp.h"

// what put writes, until the next call
static const char *text_of(glb_csv_fn put, const void *context) {
  static char text[4096];
  memset(text, 0, sizeof text);
  FILE *out = fmemopen(text, sizeof text, "w");
  put(&(struct glb_csv){.out = out}, context);
  fclose(out);
  return text;
}

static void put_texts(struct glb_csv *csv, const void *context) {
  (void)context;
  glb_csv_names(csv, "a,b");
  glb_csv_names(csv, "c");
  glb_csv_end(csv);
  glb_csv_text(csv, "plain words");
  glb_csv_text(csv, "a,b");
  glb_csv_text(csv, "");
  glb_csv_text(csv, "say \"so\"");
  glb_csv_text(csv, "two\nlines");
  glb_csv_text(csv, "\r");
  glb_csv_integer(csv, -42);
  glb_csv_end(csv);
}

static void texts_are_quoted_where_they_must_be(void **state) {
  (void)state;
  assert_string_equal(text_of(put_texts, NULL),
                      "a,b,c\nplain words,\"a,b\",,\"say \"\"so\"\"\",\"two\nlines\",\"\r\",-42\n");
}

static void put_real(struct glb_csv *csv, const void *context) {
  glb_csv_real(csv, *(const double *)context);
}

static void what_is_not_finite_is_left_out(void **state) {
  (void)state;
  const double values[] = {NAN, INFINITY, -INFINITY};
  for (int i = 0; i < 3; i++) assert_string_equal(text_of(put_real, &values[i]), "");
}

static void short_numbers_stay_short(void **state) {
  (void)state;
  const double values[] = {0.1, -3, 1e22, 0};
  const char *const texts[] = {"0.1", "-3", "1e+22", "0"};
  for (int i = 0; i < 4; i++) assert_string_equal(text_of(put_real, &values[i]), texts[i]);
}

static void numbers_read_back_as_the_same_double(void **state) {
  (void)state;
  struct glb_rng rng;
  glb_rng_start(&rng, 5, GLB_STREAM_BOOTSTRAP, (struct glb_rng_at){0});
  for (int i = 0; i < 20000; i++) {
    const uint64_t high = glb_rng_u32(&rng), bits = high << 32 | glb_rng_u32(&rng);
    double value;
    memcpy(&value, &bits, sizeof value);
    if (!isfinite(value)) continue;
    const double back = strtod(text_of(put_real, &value), NULL);
    assert_memory_equal(&back, &value, sizeof value);
  }
}

static void a_folder_gets_its_tables(void **state) {
  (void)state;
  const double value = 2.5;
  const struct glb_csv_table tables[] = {
      {"one.csv", put_texts, 0}, {"two.csv", put_real, 1}, {"three.csv", put_real, 0}};
  char *text, path[PATH_MAX];
  const char *inner = at("tables/inner");
  assert_int_equal(glb_csv_folder(inner, tables, 3, &value), GLB_OK);
  assert_int_equal(glb_file_path(path, inner, "three.csv"), GLB_OK);
  assert_int_equal(glb_file_read(&text, NULL, path, 100), GLB_OK);
  assert_string_equal(text, "2.5");
  free(text);
  assert_int_equal(glb_file_path(path, inner, "two.csv"), GLB_OK);
  assert_false(glb_file_exists(path));

  // a file is no folder
  assert_int_equal(glb_file_path(path, inner, "one.csv"), GLB_OK);
  assert_int_equal(glb_csv_folder(path, tables, 1, &value), GLB_EIO);
  assert_non_null(strstr(glb_error_message(), "one.csv"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(texts_are_quoted_where_they_must_be),
      cmocka_unit_test(what_is_not_finite_is_left_out),
      cmocka_unit_test(short_numbers_stay_short),
      cmocka_unit_test(numbers_read_back_as_the_same_double),
      cmocka_unit_test(a_folder_gets_its_tables),
  };
  return cmocka_run_group_tests_name("csv", tests, make_folder, drop_folder);
}
