#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/clock.h"
#include "common/base/errand.h"
#include "common/base/error.h"

struct job {
  double seconds;
  int done, bad;
};

static int work(void *context) {
  struct job *job = context;
  glb_clock_sleep(job->seconds);
  job->done++;
  GLB_CHECK(!job->bad, GLB_EIO, "job %d is bad", job->done);
  return GLB_OK;
}

static void the_caller_goes_on_meanwhile(void **state) {
  (void)state;
  struct glb_errand *errand;
  struct job job = {.seconds = 0.2};
  assert_int_equal(glb_errand_create(&errand), GLB_OK);
  assert_false(glb_errand_busy(errand));
  assert_int_equal(glb_errand_wait(errand), GLB_OK);
  assert_int_equal(glb_errand_send(errand, work, &job), GLB_OK);
  assert_true(glb_errand_busy(errand));
  assert_int_equal(glb_errand_send(errand, work, &job), GLB_EINVAL);
  assert_int_equal(glb_errand_wait(errand), GLB_OK);
  assert_int_equal(job.done, 1);
  assert_false(glb_errand_busy(errand));
  glb_errand_destroy(errand);
}

static void a_failure_comes_back_with_its_message_once(void **state) {
  (void)state;
  struct glb_errand *errand;
  struct job job = {.bad = 1};
  assert_int_equal(glb_errand_create(&errand), GLB_OK);
  for (int turn = 1; turn <= 2; turn++) {
    glb_error_clear();
    assert_int_equal(glb_errand_send(errand, work, &job), GLB_OK);
    assert_int_equal(glb_errand_wait(errand), GLB_EIO);
    assert_string_equal(glb_error_message(), turn == 1 ? "job 1 is bad" : "job 2 is bad");
    assert_non_null(strstr(glb_error_trace(), "test_errand.c"));
    assert_int_equal(glb_errand_wait(errand), GLB_OK);
  }
  glb_errand_destroy(errand);
}

static void an_end_waits_for_the_work(void **state) {
  (void)state;
  struct glb_errand *errand;
  struct job job = {.seconds = 0.05};
  assert_int_equal(glb_errand_create(&errand), GLB_OK);
  assert_int_equal(glb_errand_send(errand, work, &job), GLB_OK);
  glb_errand_destroy(errand);
  assert_int_equal(job.done, 1);
  glb_errand_destroy(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_caller_goes_on_meanwhile),
                                     cmocka_unit_test(a_failure_comes_back_with_its_message_once),
                                     cmocka_unit_test(an_end_waits_for_the_work)};
  return cmocka_run_group_tests_name("errand", tests, NULL, NULL);
}
