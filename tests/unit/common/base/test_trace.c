#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/clock.h"
#include "common/base/trace.h"
#include "tests/harness/mallocs.h"

// Sum of all phases at this moment.
static double sum_of(const struct glb_trace *trace, double *now) {
  double seconds[GLB_PHASES], sum = 0;
  *now = glb_trace_seconds(trace, seconds);
  for (int p = 0; p < GLB_PHASES; p++) sum += seconds[p];
  return sum;
}

static void seconds_of_all_phases_add_up_to_the_time(void **state) {
  (void)state;
  struct glb_trace trace;
  double seconds[GLB_PHASES];
  glb_trace_start(&trace);
  glb_clock_sleep(2e-3);
  glb_trace_begin(&trace, GLB_PHASE_model, 0);
  glb_clock_sleep(2e-3);
  glb_trace_begin(&trace, GLB_PHASE_reduce, -1);
  glb_clock_sleep(10e-3);
  glb_trace_end(&trace);
  glb_trace_end(&trace);
  glb_trace_begin(&trace, GLB_PHASE_idle, -1);  // still open
  glb_clock_sleep(4e-3);
  double now;
  const double before = glb_clock_wall() - trace.start, sum = sum_of(&trace, &now),
               after = glb_clock_wall() - trace.start;
  if (sum < before - 1e-9 || sum > after + 1e-9)
    fail_msg("all phases: %.9f s, %.9f to %.9f have passed", sum, before, after);
  if (!(fabs(sum - (now - trace.start)) < 1e-9))
    fail_msg("all phases: %.9f s, read at %.9f", sum, now - trace.start);

  // the inner phase's time is not the outer one's
  glb_trace_seconds(&trace, seconds);
  const struct {
    int phase;
    double least;
  } expected[] = {
      {GLB_PHASE_other, 2e-3}, {GLB_PHASE_model, 2e-3}, {GLB_PHASE_reduce, 10e-3}, {GLB_PHASE_idle, 4e-3}};
  for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
    if (seconds[expected[i].phase] < expected[i].least)
      fail_msg("%s: %g s, slept %g", glb_phase_name((enum glb_phase)expected[i].phase),
               seconds[expected[i].phase], expected[i].least);
  if (seconds[GLB_PHASE_model] > before - 16e-3)
    fail_msg("model: %g s of %g, of which 16 ms were slept elsewhere", seconds[GLB_PHASE_model], before);
  glb_trace_finish(&trace);
}

static void an_event_is_kept_for_each_stay(void **state) {
  (void)state;
  struct glb_trace trace;
  glb_trace_start(&trace);
  glb_trace_begin(&trace, GLB_PHASE_setup, -1);
  glb_trace_end(&trace);
  assert_int_equal(glb_trace_kept(&trace), 0);
  assert_int_equal(glb_trace_room(&trace, 8), GLB_OK);
  glb_trace_round(&trace, 7);
  glb_trace_begin(&trace, GLB_PHASE_model, 3);
  glb_trace_begin(&trace, GLB_PHASE_solve, -1);
  glb_trace_end(&trace);
  glb_trace_end(&trace);
  assert_int_equal(glb_trace_kept(&trace), 2);

  const struct glb_event *inner = glb_trace_event(&trace, 0), *outer = glb_trace_event(&trace, 1);
  assert_int_equal(inner->phase, GLB_PHASE_solve);
  assert_int_equal(outer->phase, GLB_PHASE_model);
  assert_int_equal(inner->number, 3);  // that of the phase around it
  assert_int_equal(outer->round, 7);
  assert_true(outer->begin <= inner->begin && inner->begin <= inner->end && inner->end <= outer->end);
  glb_trace_finish(&trace);
}

static void the_newest_events_are_kept(void **state) {
  (void)state;
  struct glb_trace trace;
  glb_trace_start(&trace);
  assert_int_equal(glb_trace_room(&trace, 5), GLB_OK);
  for (int i = 0; i < 12; i++) {
    glb_trace_begin(&trace, GLB_PHASE_pack, i);
    glb_trace_end(&trace);
    const size_t kept = glb_trace_kept(&trace);
    assert_int_equal(kept, i < 5 ? i + 1 : 5);
    for (size_t j = 0; j < kept; j++)
      assert_int_equal(glb_trace_event(&trace, j)->number, i - (int)kept + 1 + (int)j);
  }
  assert_int_equal(trace.count, 12);
  glb_trace_finish(&trace);
}

static int fails(void) {
  GLB_RAISE(GLB_EIO, "no luck");
}

static int try_in(struct glb_trace *trace) {
  GLB_TRY_IN(trace, GLB_PHASE_record, -1, fails());
  return GLB_OK;
}

static void a_failure_ends_its_phase(void **state) {
  (void)state;
  struct glb_trace trace;
  glb_trace_start(&trace);
  assert_int_equal(try_in(&trace), GLB_EIO);
  assert_int_equal(trace.depth, 0);
  glb_trace_begin(&trace, GLB_PHASE_model, 0);
  glb_trace_begin(&trace, GLB_PHASE_sync, 0);
  glb_trace_unwind(&trace);
  assert_int_equal(trace.depth, 0);
  glb_trace_finish(&trace);
}

static void nothing_is_recorded_without_a_trace(void **state) {
  (void)state;
  double seconds[GLB_PHASES];
  memset(seconds, 1, sizeof seconds);
  assert_int_equal(try_in(NULL), GLB_EIO);
  glb_trace_round(NULL, 1);
  glb_trace_unwind(NULL);
  glb_trace_seconds(NULL, seconds);
  for (int p = 0; p < GLB_PHASES; p++) assert_true(seconds[p] == 0);
}

static void marks_do_not_allocate(void **state) {
  (void)state;
  struct glb_trace trace;
  glb_trace_start(&trace);
  assert_int_equal(glb_trace_room(&trace, 100), GLB_OK);
  const int before = test_mallocs();
  for (int i = 0; i < 1000; i++) {
    glb_trace_begin(&trace, GLB_PHASE_rollout, i);
    glb_trace_end(&trace);
  }
  assert_int_equal(test_mallocs(), before);
  glb_trace_finish(&trace);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(seconds_of_all_phases_add_up_to_the_time),
      cmocka_unit_test(an_event_is_kept_for_each_stay),
      cmocka_unit_test(the_newest_events_are_kept),
      cmocka_unit_test(a_failure_ends_its_phase),
      cmocka_unit_test(nothing_is_recorded_without_a_trace),
      cmocka_unit_test(marks_do_not_allocate),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
