// test_follow.c: rows of a run that somebody else writes come one by one, and how it stands is read back.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <math.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/store/file.h"
#include "common/store/follow.h"
#include "common/store/status.h"
#include "tests/unit/common/store/temp.h"

static void add(struct glb_runlog *log, double round) {
  double row[GLB_METRICS];
  for (int m = 0; m < GLB_METRICS; m++) row[m] = round / 3;
  row[GLB_METRIC_round] = round;
  row[GLB_METRIC_entropy] = NAN;
  assert_int_equal(glb_runlog_add(log, row), GLB_OK);
}

// The next row is that of a round; -1: there is none.
static void expect(struct glb_follow *follow, double round) {
  double row[GLB_METRICS];
  const int got = glb_follow_next(follow, row);
  if (!got && round < 0) return;
  if (!got || row[GLB_METRIC_round] != round || row[GLB_METRIC_memory] != round / 3 ||
      !isnan(row[GLB_METRIC_entropy]))
    fail_msg("got %d, round %g; expected round %g", got, got ? row[GLB_METRIC_round] : -1, round);
}

static void rows_come_one_by_one(void **state) {
  (void)state;
  struct glb_follow follow;
  struct glb_runlog *log;
  assert_int_equal(glb_follow_init(&follow, at("run")), GLB_OK);
  expect(&follow, -1);
  assert_true(isnan(glb_follow_age(&follow)));
  assert_int_equal(glb_runlog_create(&log, at("run"), 0), GLB_OK);
  expect(&follow, -1);
  add(log, 1), add(log, 2);
  expect(&follow, 1), expect(&follow, 2), expect(&follow, -1);
  add(log, 3);
  expect(&follow, 3), expect(&follow, -1);
  assert_true(glb_follow_age(&follow) < 60);
  glb_runlog_destroy(log);

  // gone on from round 2
  assert_int_equal(glb_runlog_create(&log, at("run"), 2), GLB_OK);
  expect(&follow, 1), expect(&follow, 2), expect(&follow, -1);
  add(log, 3);
  expect(&follow, 3), expect(&follow, -1);
  glb_runlog_destroy(log);
  glb_follow_finish(&follow);
}

static void lines_that_are_not_whole(void **state) {
  (void)state;
  struct glb_follow follow;
  double row[GLB_METRICS];
  assert_int_equal(glb_file_folder(at("odd")), GLB_OK);
  FILE *out = fopen(at("odd/metrics.jsonl"), "w");
  assert_non_null(out);
  assert_int_equal(glb_follow_init(&follow, at("odd")), GLB_OK);
  fputs("{\"round\":7,\"ste", out), fflush(out);
  assert_int_equal(glb_follow_next(&follow, row), 0);
  fputs("ps\":8}", out), fflush(out);
  assert_int_equal(glb_follow_next(&follow, row), 0);
  fputs("\nbroken\n\n{\"round\":null}\n", out);
  for (int i = 0; i < 3 * GLB_RUNLOG_LINE; i++) putc('x', out);
  fputs("\n{\"round\":9}\n", out), fflush(out);
  assert_int_equal(glb_follow_next(&follow, row), 1);
  assert_true(row[GLB_METRIC_round] == 7 && row[GLB_METRIC_steps] == 8);
  assert_int_equal(glb_follow_next(&follow, row), 1);
  assert_true(row[GLB_METRIC_round] == 9 && isnan(row[GLB_METRIC_steps]));
  assert_int_equal(glb_follow_next(&follow, row), 0);
  glb_follow_finish(&follow);
  fclose(out);
}

static void of_a_long_file_the_end(void **state) {
  (void)state;
  struct glb_follow follow;
  struct glb_runlog *log;
  double row[GLB_METRICS];
  int count = 1;
  assert_int_equal(glb_runlog_create(&log, at("long"), 0), GLB_OK);
  for (int i = 1; i <= 1000; i++) add(log, i);
  glb_runlog_destroy(log);
  assert_int_equal(glb_follow_init(&follow, at("long")), GLB_OK);
  assert_int_equal(glb_follow_next(&follow, row), 1);
  const double first = row[GLB_METRIC_round];
  while (glb_follow_next(&follow, row)) count++;
  assert_true(first > 1 && row[GLB_METRIC_round] == 1000 && count == 1000 - first + 1);
  glb_follow_finish(&follow);
}

static void how_it_stands(void **state) {
  (void)state;
  struct glb_status_seen seen;
  const struct glb_status status = {.state = "failed",
                                    .exit = 1,
                                    .round = 12,
                                    .rounds = 40,
                                    .why = "\"x\": \\ \"process\": 3, \"exit\": 9"};
  assert_int_equal(glb_file_folder(at("status")), GLB_OK);
  assert_int_equal(glb_status_read(&seen, at("status")), GLB_OK);
  assert_string_equal(seen.state, "");
  assert_int_equal(seen.process, -1);
  assert_int_equal(glb_status_write(at("status"), &status), GLB_OK);
  assert_int_equal(glb_status_read(&seen, at("status")), GLB_OK);
  assert_string_equal(seen.state, "failed");
  assert_string_equal(seen.why, status.why);
  assert_int_equal(seen.exit, 1);
  assert_int_equal(seen.round, 12);
  assert_int_equal(seen.rounds, 40);
  assert_int_equal(seen.process, getpid());
  assert_true(seen.host[0]);
  assert_int_equal(glb_file_land(at("status/status.json"), "{\"state\": \"run", 14), GLB_OK);
  assert_int_equal(glb_status_read(&seen, at("status")), GLB_OK);
  assert_string_equal(seen.state, "run");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_come_one_by_one),
      cmocka_unit_test(lines_that_are_not_whole),
      cmocka_unit_test(of_a_long_file_the_end),
      cmocka_unit_test(how_it_stands),
  };
  return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
