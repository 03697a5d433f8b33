#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/error.h"
#include "common/config/config.h"
#include "learner/evaluation.h"
#include "learner/schedule.h"

static void rounds_are_due_by_the_table(void **state) {
  (void)state;
  struct glb_config c;
  glb_config_init(&c);
  c.train_rounds = 25;
  assert_true(glb_schedule_random(&c, 3) && !glb_schedule_random(&c, 4));
  assert_int_equal(glb_schedule_agent_updates(&c, 3), 0);
  assert_int_equal(glb_schedule_agent_updates(&c, 4), c.agent_updates);
  assert_int_equal(glb_schedule_model_updates(&c, 5), 200);
  assert_int_equal(glb_schedule_model_updates(&c, 6), 20);
  assert_true(glb_schedule_refresh(&c, 4) && !glb_schedule_refresh(&c, 6) && glb_schedule_refresh(&c, 10));
  assert_true(glb_schedule_normalise(&c, 39) && !glb_schedule_normalise(&c, 40));
  assert_true(glb_schedule_evaluate(&c, 9) && !glb_schedule_evaluate(&c, 10) &&
              glb_schedule_evaluate(&c, 24));
  c.checkpoint_interval = 0;
  assert_true(!glb_schedule_checkpoint(&c, 9) && glb_schedule_checkpoint(&c, 24));
}

static void the_interquartile_mean_leaves_out_the_ends(void **state) {
  (void)state;
  double eight[] = {100, 1, 2, -50, 3, 4, 900, 0}, same[] = {7, 7, 7, 7, 7}, one[] = {3};
  struct glb_interval i;
  assert_int_equal(glb_evaluation_interval(&i, eight, NULL, 8, 1), GLB_OK);
  assert_true(fabs(i.iqm - 2.5) < 1e-12);  // of 1, 2, 3, 4
  assert_true(fabs(i.mean - 120) < 1e-12);
  assert_true(i.iqm_low <= i.iqm && i.iqm <= i.iqm_high && i.iqm_low < i.iqm_high);
  assert_int_equal(glb_evaluation_interval(&i, same, NULL, 5, 1), GLB_OK);
  assert_true(fabs(i.iqm - 7) < 1e-12 && fabs(i.iqm_low - 7) < 1e-12 && fabs(i.mean_high - 7) < 1e-12);
  assert_int_equal(glb_evaluation_interval(&i, one, NULL, 1, 1), GLB_OK);
  assert_true(i.iqm == 3 && i.iqm_low == 3 && i.iqm_high == 3);
}

static void borders_of_the_middle_half_count_in_part(void **state) {
  (void)state;
  double six[] = {0, 1, 2, 3, 4, 50};
  struct glb_interval i;
  assert_int_equal(glb_evaluation_interval(&i, six, NULL, 6, 1), GLB_OK);
  assert_true(fabs(i.iqm - (0.5 * 1 + 2 + 3 + 0.5 * 4) / 3) < 1e-12);
}

// Two tasks that are always 0 and always 10: resampling within a task changes nothing, resampling over both does.
static void strata_are_resampled_by_themselves(void **state) {
  (void)state;
  const double values[] = {0, 10, 0, 10, 0, 10, 0, 10};
  const int stratum[] = {0, 1, 0, 1, 0, 1, 0, 1};
  struct glb_interval within, over;
  assert_int_equal(glb_evaluation_interval(&within, values, stratum, 8, 1), GLB_OK);
  assert_int_equal(glb_evaluation_interval(&over, values, NULL, 8, 1), GLB_OK);
  assert_true(within.mean == 5 && within.mean_low == 5 && within.mean_high == 5);
  assert_true(over.mean == 5 && over.mean_low < 4 && over.mean_high > 6);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(rounds_are_due_by_the_table),
                                     cmocka_unit_test(the_interquartile_mean_leaves_out_the_ends),
                                     cmocka_unit_test(strata_are_resampled_by_themselves),
                                     cmocka_unit_test(borders_of_the_middle_half_count_in_part)};
  return cmocka_run_group_tests_name("schedule", tests, NULL, NULL);
}
