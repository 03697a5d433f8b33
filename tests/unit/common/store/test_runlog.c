// test_runlog.c: rows come back from both files, a resumed log goes on where it was, broken lines are
// dropped.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/log.h"
#include "common/store/h5.h"
#include "common/store/runlog.h"
#include "tests/unit/common/store/temp.h"

static void fill(double *row, int round) {
  for (int m = 0; m < GLB_METRICS; m++) row[m] = m % 3 ? sin(100 * round + m) : NAN;
  row[GLB_METRIC_round] = round;
  row[GLB_METRIC_eval_success] = INFINITY;
}

static int same(double a, double b) {
  return a == b || (!isfinite(a) && isnan(b));
}

static void check_rows(const struct glb_runlog *log, int rounds) {
  const struct glb_round_rows all = glb_runlog_rows(log);
  const double *rows = all.row;
  assert_int_equal(all.count, rounds);
  for (int i = 0; i < rounds; i++) {
    double row[GLB_METRICS];
    fill(row, i + 1);
    for (int m = 0; m < GLB_METRICS; m++)
      if (!same(row[m], rows[i * GLB_METRICS + m]) && !same(row[m], row[m]))
        fail_msg("round %d, %s: %g, not %g", i + 1, glb_metric_name((enum glb_metric)m),
                 rows[i * GLB_METRICS + m], row[m]);
  }
}

static int lines_of(const char *path) {
  char *text;
  int lines = 0;
  assert_int_equal(glb_file_read(&text, NULL, path, 1 << 20), GLB_OK);
  for (const char *c = text; *c; c++) lines += *c == '\n';
  free(text);
  return lines;
}

static void resumes(void **state) {
  (void)state;
  struct glb_runlog *log;
  double row[GLB_METRICS];
  assert_int_equal(glb_runlog_create(&log, at("run"), 0), GLB_OK);
  for (int round = 1; round <= 100; round++) {
    fill(row, round);
    assert_int_equal(glb_runlog_add(log, row), GLB_OK);
  }
  glb_runlog_destroy(log);
  assert_int_equal(lines_of(at("run/metrics.jsonl")), 100);

  // a line cut by a crash, then resumed at round 60
  FILE *out = fopen(at("run/metrics.jsonl"), "a");
  fputs("{\"round\":101,\"steps\":12", out);
  fclose(out);
  glb_log_setup(0, 1, GLB_LOG_ERROR);
  assert_int_equal(glb_runlog_create(&log, at("run"), 60), GLB_OK);
  glb_log_setup(0, 1, GLB_LOG_INFO);
  check_rows(log, 60);
  fill(row, 61);
  assert_int_equal(glb_runlog_add(log, row), GLB_OK);
  check_rows(log, 61);
  assert_int_equal(lines_of(at("run/metrics.jsonl")), 61);
  const struct glb_round_rows rows = glb_runlog_rows(log);
  assert_int_equal(glb_runlog_land(at("run"), &rows), GLB_OK);
  glb_runlog_destroy(log);

  struct glb_h5 *file;
  double column[61];
  char text[256];
  assert_int_equal(glb_h5_open(&file, at("run/metrics.h5")), GLB_OK);
  for (int m = 0; m < GLB_METRICS; m++) {
    const char *name = glb_metric_name((enum glb_metric)m);
    assert_int_equal(glb_h5_read(file, name, GLB_H5_F64, 61, column), GLB_OK);
    assert_int_equal(glb_h5_read_text(file, name, "help", text, sizeof text), GLB_OK);
    assert_string_equal(text, glb_metric_help((enum glb_metric)m));
    for (int i = 0; i < 60; i++) {
      fill(row, i + 1);
      assert_true(same(row[m], column[i]));
    }
  }
  assert_int_equal(glb_h5_read_text(file, "seconds", "units", text, sizeof text), GLB_OK);
  assert_string_equal(text, glb_metric_unit(GLB_METRIC_seconds));
  glb_h5_close(file);
}

static void a_new_log_forgets(void **state) {
  (void)state;
  struct glb_runlog *log;
  double row[GLB_METRICS];
  for (int turn = 0; turn < 2; turn++) {
    assert_int_equal(glb_runlog_create(&log, at("new/deep"), 0), GLB_OK);
    fill(row, 1);
    assert_int_equal(glb_runlog_add(log, row), GLB_OK);
    glb_runlog_destroy(log);
  }
  assert_int_equal(lines_of(at("new/deep/metrics.jsonl")), 1);
  assert_int_equal(glb_runlog_create(&log, at("never"), 5), GLB_OK);
  check_rows(log, 0);
  const struct glb_round_rows none = glb_runlog_rows(log);
  assert_int_equal(glb_runlog_land(at("never"), &none), GLB_OK);
  glb_runlog_destroy(log);
}

static void a_line_is_json(void **state) {
  (void)state;
  struct glb_runlog *log;
  double row[GLB_METRICS];
  char *text;
  fill(row, 7);
  row[GLB_METRIC_steps] = 22400;
  row[GLB_METRIC_seconds] = 0.1;
  row[GLB_METRIC_steps_per_second] = NAN;
  assert_int_equal(glb_runlog_create(&log, at("json"), 0), GLB_OK);
  assert_int_equal(glb_runlog_add(log, row), GLB_OK);
  glb_runlog_destroy(log);
  assert_int_equal(glb_file_read(&text, NULL, at("json/metrics.jsonl"), 1 << 20), GLB_OK);
  text[67] = '\0';
  assert_string_equal(text, "{\"round\":7,\"steps\":22400,\"seconds\":0.1,\"steps_per_second\":null,\"upd");
  free(text);
}

// What a killed run leaves: no arrays yet, and perhaps half a line. The file stays as it is.
static void rows_of_a_killed_run(void **state) {
  (void)state;
  struct glb_runlog *log;
  struct glb_round_rows rows;
  double row[GLB_METRICS];
  assert_int_equal(glb_runlog_read(&rows, at("killed")), GLB_OK);
  assert_int_equal(rows.count, 0);
  assert_null(rows.row);

  assert_int_equal(glb_runlog_create(&log, at("killed"), 0), GLB_OK);
  for (int round = 1; round <= 70; round++) {
    fill(row, round);
    assert_int_equal(glb_runlog_add(log, row), GLB_OK);
  }
  glb_runlog_destroy(log);
  FILE *out = fopen(at("killed/metrics.jsonl"), "a");
  fputs("{\"round\":71,\"steps\":12", out);
  fclose(out);

  glb_log_setup(0, 1, GLB_LOG_ERROR);
  assert_int_equal(glb_runlog_read(&rows, at("killed")), GLB_OK);
  glb_log_setup(0, 1, GLB_LOG_INFO);
  assert_int_equal(rows.count, 70);
  for (int i = 0; i < 70; i++) {
    fill(row, i + 1);
    for (int m = 0; m < GLB_METRICS; m++) assert_true(same(row[m], rows.row[i * GLB_METRICS + m]));
  }
  free(rows.row);
  assert_int_equal(lines_of(at("killed/metrics.jsonl")), 70);
  assert_int_equal(mkdir(at("odd"), 0777), 0);
  assert_int_equal(mkdir(at("odd/metrics.jsonl"), 0777), 0);
  assert_int_equal(glb_runlog_read(&rows, at("odd")), GLB_EIO);
  assert_null(rows.row);
}

static void a_deleted_log_is_written_anew(void **state) {
  (void)state;
  struct glb_runlog *log;
  double row[GLB_METRICS];
  assert_int_equal(glb_runlog_create(&log, at("deleted"), 0), GLB_OK);
  glb_log_setup(0, 1, GLB_LOG_ERROR);
  for (int round = 1; round <= 5; round++) {
    if (round == 3) assert_int_equal(unlink(at("deleted/metrics.jsonl")), 0);
    fill(row, round);
    assert_int_equal(glb_runlog_add(log, row), GLB_OK);
  }
  glb_log_setup(0, 1, GLB_LOG_INFO);
  assert_int_equal(lines_of(at("deleted/metrics.jsonl")), 5);
  check_rows(log, 5);
  glb_runlog_destroy(log);
}

static void where_it_cannot_be(void **state) {
  (void)state;
  struct glb_runlog *log;
  assert_int_equal(glb_file_land(at("plain"), "x", 1), GLB_OK);
  assert_int_equal(glb_runlog_create(&log, at("plain"), 0), GLB_EIO);
  assert_null(log);
  glb_runlog_destroy(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(resumes),
      cmocka_unit_test(a_new_log_forgets),
      cmocka_unit_test(a_line_is_json),
      cmocka_unit_test(rows_of_a_killed_run),
      cmocka_unit_test(a_deleted_log_is_written_anew),
      cmocka_unit_test(where_it_cannot_be),
  };
  return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
