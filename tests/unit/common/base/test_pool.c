#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/pool.h"

enum { SHARDS = 7, RUNS = 2000 };

struct sums {
  long value[SHARDS];
  int fail_from;  // shards from this one on fail; SHARDS: none
};

static int add(void *context, int shard) {
  struct sums *sums = context;
  sums->value[shard] += shard + 1;
  GLB_CHECK(shard < sums->fail_from, GLB_ENONFINITE, "shard %d is bad", shard);
  return GLB_OK;
}

static void every_shard_runs_once(void **state) {
  (void)state;
  for (int threads = 1; threads <= 4; threads++) {
    struct glb_pool *pool;
    struct sums sums = {.fail_from = SHARDS};
    assert_int_equal(glb_pool_create(&pool, threads), GLB_OK);
    assert_int_equal(glb_pool_threads(pool), threads);
    for (int run = 0; run < RUNS; run++) assert_int_equal(glb_pool_run(pool, SHARDS, add, &sums), GLB_OK);
    for (int s = 0; s < SHARDS; s++) assert_int_equal(sums.value[s], (long)RUNS * (s + 1));
    glb_pool_destroy(pool);
  }
}

static void runs_after_a_pause_wake_the_sleepers(void **state) {
  (void)state;
  struct glb_pool *pool;
  struct sums sums = {.fail_from = SHARDS};
  assert_int_equal(glb_pool_create(&pool, 3), GLB_OK);
  double cpu = glb_clock_cpu();
  for (int run = 0; run < 20; run++) {
    glb_clock_sleep(2e-3);
    assert_int_equal(glb_pool_run(pool, SHARDS, add, &sums), GLB_OK);
  }
  cpu = glb_clock_cpu() - cpu;
  // two threads that never slept would burn 80 ms
  if (cpu > 0.02) fail_msg("20 runs with pauses took %g s of CPU time, expected below 0.02", cpu);
  for (int s = 0; s < SHARDS; s++) assert_int_equal(sums.value[s], 20 * (s + 1));
  glb_pool_destroy(pool);
}

static void the_lowest_failing_shard_is_reported(void **state) {
  (void)state;
  for (int threads = 0; threads <= 3; threads++) {
    struct glb_pool *pool = NULL;
    if (threads) assert_int_equal(glb_pool_create(&pool, threads), GLB_OK);
    for (int from = 0; from < SHARDS; from++) {
      struct sums sums = {.fail_from = from};
      char want[32];
      glb_error_clear();
      assert_int_equal(glb_pool_run(pool, SHARDS, add, &sums), GLB_ENONFINITE);
      snprintf(want, sizeof want, "shard %d is bad", from);
      if (!strstr(glb_error_message(), want))
        fail_msg("message \"%s\", expected \"%s\"", glb_error_message(), want);
      assert_non_null(strstr(glb_error_message(), "test_pool.c"));
      assert_non_null(strstr(glb_error_trace(), "pool.c"));
    }
    struct sums good = {.fail_from = SHARDS};
    assert_int_equal(glb_pool_run(pool, SHARDS, add, &good), GLB_OK);
    glb_pool_destroy(pool);
  }
}

static void no_pool_is_one_thread(void **state) {
  (void)state;
  struct sums sums = {.fail_from = SHARDS};
  assert_int_equal(glb_pool_threads(NULL), 1);
  assert_int_equal(glb_pool_run(NULL, SHARDS, add, &sums), GLB_OK);
  for (int s = 0; s < SHARDS; s++) assert_int_equal(sums.value[s], s + 1);
  glb_pool_destroy(NULL);
}

static void bad_sizes_are_refused(void **state) {
  (void)state;
  struct glb_pool *pool;
  assert_int_equal(glb_pool_create(&pool, 0), GLB_EINVAL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_shard_runs_once),
      cmocka_unit_test(runs_after_a_pause_wake_the_sleepers),
      cmocka_unit_test(the_lowest_failing_shard_is_reported),
      cmocka_unit_test(no_pool_is_one_thread),
      cmocka_unit_test(bad_sizes_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
