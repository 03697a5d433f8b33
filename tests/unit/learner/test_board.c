// test_board.c: how a run stands, as lines that fit whatever the terminal and the values.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "learner/board.h"

static struct glb_board board;

static void typical(double *row, double round) {
  for (int m = 0; m < GLB_METRICS; m++) row[m] = NAN;
  row[GLB_METRIC_round] = round, row[GLB_METRIC_steps] = 1234000, row[GLB_METRIC_seconds] = 10 * round;
  row[GLB_METRIC_steps_per_second] = 5117.4, row[GLB_METRIC_updates_per_second] = 81.2;
  row[GLB_METRIC_train_return_first] = -123.25, row[GLB_METRIC_train_return_last] = 1045.5;
  row[GLB_METRIC_train_success] = 0.125, row[GLB_METRIC_diverged] = 0;
  row[GLB_METRIC_evidence_reward] = 1.25, row[GLB_METRIC_evidence_transition] = -4.5;
  row[GLB_METRIC_log_rank_reward] = log(12.5), row[GLB_METRIC_log_rank_transition] = log(31);
  row[GLB_METRIC_entropy] = -3.5, row[GLB_METRIC_learner_busy] = 0.85, row[GLB_METRIC_actor_busy] = 0.6;
  row[GLB_METRIC_memory] = 512e6, row[GLB_METRIC_actor_memory] = 12.5e9;
  row[GLB_METRIC_actors] = 8, row[GLB_METRIC_actors_lost] = 1;
}

static struct glb_course course_of(const double *row, double first) {
  struct glb_course course;
  glb_course_init(&course, 500, 1, first);
  if (row) glb_course_add(&course, row);
  return course;
}

static void expect(const char *const *lines, int count) {
  assert_int_equal(board.lines, count);
  for (int i = 0; i < count; i++) assert_string_equal(board.line[i], lines[i]);
}

static struct glb_board_run run_of(const struct glb_course *course) {
  return (struct glb_board_run){.name = "runs/dir-1", .state = "running", .note = "", .course = course};
}

static void eighty_columns(void **state) {
  (void)state;
  static const char *const lines[] = {
      "runs/dir-1                                               running  round 120/500",
      "[#############............................................]   24%  1:03:20 left",
      "steps     1234000                5117 steps/s           81 updates/s",
      "return    -123.2 .. 1045.5       success 12%            diverged 3",
      "held-out  99.50                  success 100%           in round 110",
      "model     evidence 1.25/-4.50    rank 12.50/31.00       entropy -3.50",
      "busy      learner 85%            actors 60%             lag 1",
      "memory    learner 512 MB         actor 12.5 GB          actors 8, 1 lost"};
  double row[GLB_METRICS];
  typical(row, 110);
  row[GLB_METRIC_eval_return_first] = 99.5, row[GLB_METRIC_eval_return_last] = 99.5;
  row[GLB_METRIC_eval_success] = 1;
  struct glb_course course = course_of(row, 0);
  typical(row, 120);
  row[GLB_METRIC_diverged] = 3;
  glb_course_add(&course, row);
  const struct glb_board_run run = run_of(&course);
  glb_board_one(&board, &run, 80);
  expect(lines, sizeof lines / sizeof *lines);
}

static void nothing_measured(void **state) {
  (void)state;
  static const char *const lines[] = {
      "runs/dir-1                                                 running  round -/500",
      "[.......................................................................]    0%",
      "steps     -                      - steps/s              - updates/s",
      "return    -",
      "held-out  -",
      "model     evidence -             rank -                 entropy -",
      "busy      learner -              actors -               lag 1",
      "memory    learner -              actor -                actors -",
      "no round yet, on node-1"};
  const struct glb_course course = course_of(NULL, NAN);
  struct glb_board_run run = run_of(&course);
  run.note = "no round yet, on node-1";
  glb_board_one(&board, &run, 80);
  expect(lines, sizeof lines / sizeof *lines);
}

static void a_line_a_run(void **state) {
  (void)state;
  static const char *const lines[] = {
      "run                     state        round steps/s    return  held-out     left",
      "runs/dir-1            running      120/500    5117    1045.5         -  1:03:20",
      "...er/of/runs/dir-2    failed        -/500       -         -         -        -"};
  static const char *const wide[] = {
      "run                                       state        round steps/s               return             "
      "held-out     left",
      "runs/dir-1                              running      120/500    5117     -123.2 .. 1045.5             "
      "       -  1:03:20",
      "...ong/path/to/a/folder/of/runs/dir-2    failed        -/500       -                    -             "
      "       -        -"};
  double row[GLB_METRICS];
  typical(row, 120);
  const struct glb_course course = course_of(row, 0), none = course_of(NULL, NAN);
  struct glb_board_run runs[] = {run_of(&course), run_of(&none)};
  runs[1].name = "/a/very/long/path/to/a/folder/of/runs/dir-2", runs[1].state = "failed";
  glb_board_many(&board, runs, 2, 80);
  expect(lines, 3);
  glb_board_many(&board, runs, 2, 120);
  expect(wide, 3);
}

static void a_note_breaks_at_blanks(void **state) {
  (void)state;
  char note[900] = "failed: ";
  for (int i = 0; i < 80; i++) strcat(note, i % 2 ? "word " : "\033[2Jx ");
  const struct glb_course course = course_of(NULL, NAN);
  struct glb_board_run run = run_of(&course);
  run.note = note;
  glb_board_one(&board, &run, 80);
  assert_int_equal(board.lines, 12);
  assert_memory_equal(board.line[8], "failed: ?[2Jx word ", 19);
  assert_string_equal(board.line[11] + strlen(board.line[11]) - 3, "...");
  for (int i = 0; i < board.lines; i++) assert_null(strchr(board.line[i], '\033'));
}

// Whatever the width and the values, a line stays within the terminal.
static void every_width(void **state) {
  (void)state;
  static const double values[] = {NAN, 0, -1e300, 1e300, INFINITY, -INFINITY, -99999.94, 1e-12, 123456789};
  for (int columns = 1; columns < 400; columns++)
    for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
      double row[GLB_METRICS];
      for (int m = 0; m < GLB_METRICS; m++) row[m] = m % 3 ? values[v] : -values[v];
      row[GLB_METRIC_round] = 1e12;
      const struct glb_course course = course_of(row, 0);
      struct glb_board_run runs[3] = {run_of(&course), run_of(&course), run_of(&course)};
      runs[0].note =
          "a note that says why it is so with some words, and then with yet more of them to fill lines";
      runs[1].name =
          "a/name/with/l\xc3\xa4tters/\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6";
      for (int many = 0; many < 2; many++) {
        if (many)
          glb_board_many(&board, runs, 3, columns);
        else
          glb_board_one(&board, runs, columns);
        for (int i = 0; i < board.lines; i++)
          if ((int)strlen(board.line[i]) >= (columns < 24 ? 24 : columns))
            fail_msg("%d columns, line %d has %zu: \"%s\"", columns, i, strlen(board.line[i]), board.line[i]);
      }
    }
}

static void the_course(void **state) {
  (void)state;
  double row[GLB_METRICS];
  typical(row, 10);
  struct glb_course course = course_of(row, NAN);
  assert_true(isnan(glb_course_pace(&course)) && isnan(glb_course_left(&course)));
  row[GLB_METRIC_round] = 12, row[GLB_METRIC_seconds] = 130, row[GLB_METRIC_eval_return_first] = 5;
  glb_course_add(&course, row);
  assert_true(glb_course_pace(&course) == 15 && glb_course_left(&course) == 488 * 15);
  // the process has been started again: its clock begins anew, the evaluation stays
  row[GLB_METRIC_round] = 13, row[GLB_METRIC_seconds] = 4, row[GLB_METRIC_eval_return_first] = NAN;
  glb_course_add(&course, row);
  assert_true(isnan(glb_course_pace(&course)));
  assert_true(course.evaluated == 12 && course.row[GLB_METRIC_eval_return_first] == 5);
  row[GLB_METRIC_round] = 14, row[GLB_METRIC_seconds] = 6;
  glb_course_add(&course, row);
  assert_true(glb_course_pace(&course) == 2);
  // from an earlier round: what came after it is gone
  row[GLB_METRIC_round] = 11, row[GLB_METRIC_seconds] = 1;
  glb_course_add(&course, row);
  assert_true(isnan(glb_course_pace(&course)) && isnan(course.evaluated));
  assert_true(isnan(course.row[GLB_METRIC_eval_return_first]));
}

// What is drawn again goes up by as many lines as stand there, and leaves nothing of them.
static void drawn_in_place(void **state) {
  (void)state;
  char said[8192] = "";
  const struct glb_course course = course_of(NULL, NAN);
  const struct glb_board_run run = run_of(&course);
  setenv("NO_COLOR", "1", 1);
  glb_board_init(&board);
  FILE *out = tmpfile();
  assert_non_null(out);
  assert_int_equal(glb_board_columns(out), 80);
  assert_false(glb_board_fits(out));
  glb_board_one(&board, &run, 80);
  glb_board_draw(&board, out);
  const long first = ftell(out);
  glb_board_draw(&board, out);
  glb_board_wipe(&board, out);
  glb_board_wipe(&board, out);
  rewind(out);
  said[fread(said, 1, sizeof said - 1, out)] = '\0';
  fclose(out);
  assert_memory_equal(said, "runs/dir-1 ", 11);
  assert_memory_equal(said + first, "\033[8A\rruns/dir-1 ", 16);
  assert_string_equal(said + 2 * first + 5, "\033[8A\r\033[J");
  assert_null(strstr(said, "\033[2m"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(eighty_columns), cmocka_unit_test(nothing_measured),
      cmocka_unit_test(a_line_a_run),   cmocka_unit_test(a_note_breaks_at_blanks),
      cmocka_unit_test(every_width),    cmocka_unit_test(the_course),
      cmocka_unit_test(drawn_in_place),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
