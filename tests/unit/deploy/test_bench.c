#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "deploy/cli/bench.h"

enum { REPEATS = 7 };
static const double batch_seconds = 2e-4;

struct counts {
  int work, limit, turns;  // batches, and changes from one to the other
  int last;                // 'w' or 'l'
  int fail_after;          // batches of work that succeed; 0: all
};

static void spin(double seconds) {
  const double end = glb_clock_cpu() + seconds;
  while (glb_clock_cpu() < end) {
  }
}

static void note(struct counts *counts, int side) {
  counts->turns += counts->last != side;
  counts->last = side;
}

// half the rate of the limit
static double work(void *context) {
  struct counts *counts = context;
  note(counts, 'w');
  if (counts->fail_after && counts->work >= counts->fail_after) {
    return -glb_error_raise(GLB_EPHYSICS, __FILE__, __LINE__, "the simulator fell over");
  }
  counts->work++;
  spin(batch_seconds);
  return 1;
}

static double limit(void *context) {
  struct counts *counts = context;
  note(counts, 'l');
  counts->limit++;
  spin(batch_seconds);
  return 2;
}

static double idle(void *context) {
  (void)context;
  return 0;
}

static struct glb_bench *make_bench(FILE *table) {
  struct glb_bench *bench;
  assert_int_equal(glb_bench_create(&bench, REPEATS, 2e-3, table), GLB_OK);
  return bench;
}

static const struct glb_bench_machine machine = {
    .cpu = "A \"fast\" one", .cores = 2, .blas_kernel = "Haswell", .blas_config = "OpenBLAS"};

// the bench as JSON, until the next call
static const char *json_of(const struct glb_bench *bench) {
  static char text[8192];
  FILE *out = fmemopen(text, sizeof text, "w");
  glb_bench_write_json(bench, &machine, out);
  fclose(out);
  return text;
}

static double number_after(const char *text, const char *key) {
  const char *at = strstr(text, key);
  if (!at) fail_msg("no %s in %s", key, text);
  return strtod(at + strlen(key), NULL);
}

static void test_ratio_of_pairs(void **state) {
  (void)state;
  struct counts counts = {0};
  struct glb_bench *bench = make_bench(NULL);
  assert_int_equal(
      glb_bench_measure(bench, &(struct glb_bench_row){"a", "x/s", work, "twice", limit, &counts, 0.3}),
      GLB_OK);
  const char *json = json_of(bench);
  const double ratio = number_after(json, "\"ratio\": {\"median\": ");
  const double rate = number_after(json, "\"rate\": {\"median\": ");
  if (ratio < 0.4 || ratio > 0.6) fail_msg("ratio %g, expected 0.5", ratio);
  if (rate > 1 / batch_seconds || rate < 0.5 / batch_seconds)
    fail_msg("rate %g, expected %g", rate, 1 / batch_seconds);
  assert_non_null(strstr(json, "\"met\": true"));
  // warm-up 2 visits, then pairs whose order swaps: wl lw wl ... merges to REPEATS + 1 runs
  assert_int_equal(counts.turns, 2 + REPEATS + 1);
  glb_bench_destroy(bench);
}

static void test_missed_reach(void **state) {
  (void)state;
  struct counts counts = {0};
  char text[4096];
  FILE *table = fmemopen(text, sizeof text, "w");
  struct glb_bench *bench = make_bench(table);
  assert_int_equal(
      glb_bench_measure(bench, &(struct glb_bench_row){"slow", "x/s", work, "twice", limit, &counts, 0.9}),
      GLB_OK);
  assert_int_equal(
      glb_bench_measure(bench, &(struct glb_bench_row){"ok", "x/s", work, "twice", limit, &counts, 0.1}),
      GLB_OK);
  assert_int_equal(
      glb_bench_measure(bench, &(struct glb_bench_row){"alone", "x/s", work, NULL, NULL, &counts, 0}),
      GLB_OK);
  glb_bench_write_summary(bench, table);
  fclose(table);
  assert_non_null(strstr(text, "MISS"));
  assert_non_null(strstr(text, " met "));
  assert_non_null(strstr(text, "1 of 2 promised ratios met"));
  for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
    if (strcspn(line, "\n") > 100) fail_msg("a line of %zu columns", strcspn(line, "\n"));
  }
  glb_bench_destroy(bench);
}

static void test_json_members(void **state) {
  (void)state;
  struct counts counts = {0};
  setenv("OPENBLAS_TESTED", "a=b", 1);
  struct glb_bench *bench = make_bench(NULL);
  assert_int_equal(
      glb_bench_measure_wall(bench, &(struct glb_bench_row){"w", "x/s", work, NULL, NULL, &counts, 0}),
      GLB_OK);
  const char *json = json_of(bench);
  assert_non_null(strstr(json, "\"cpu\": \"A \\\"fast\\\" one\", \"cores\": 2"));
  assert_non_null(strstr(json, "\"OPENBLAS_TESTED\": \"a=b\""));
  assert_non_null(strstr(json, "\"clock\": \"wall\""));
  assert_null(strstr(json, "nan"));
  assert_null(strstr(json, "\"ratio\""));
  assert_int_equal(counts.limit, 0);
  glb_bench_destroy(bench);
  unsetenv("OPENBLAS_TESTED");
}

static void test_failures(void **state) {
  (void)state;
  struct counts counts = {.fail_after = 3};
  struct glb_bench *bench = make_bench(NULL);
  assert_int_equal(
      glb_bench_measure(bench, &(struct glb_bench_row){"f", "x/s", work, NULL, NULL, &counts, 0}),
      GLB_EPHYSICS);
  assert_string_equal(glb_error_message(), "the simulator fell over");
  assert_int_equal(glb_bench_measure(bench, &(struct glb_bench_row){"i", "x/s", idle, NULL, NULL, NULL, 0}),
                   GLB_EINVAL);
  assert_int_equal(glb_bench_measure(bench, &(struct glb_bench_row){"r", "x/s", work, NULL, NULL, NULL, 0.5}),
                   GLB_EINVAL);
  glb_bench_destroy(bench);
  assert_int_equal(glb_bench_create(&bench, GLB_BENCH_REPEATS - 1, 0.1, NULL), GLB_EINVAL);
  assert_null(bench);
  assert_int_equal(glb_bench_create(&bench, GLB_BENCH_REPEATS, 0, NULL), GLB_EINVAL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_ratio_of_pairs),
      cmocka_unit_test(test_missed_reach),
      cmocka_unit_test(test_json_members),
      cmocka_unit_test(test_failures),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
