#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/pool.h"
#include "learner/agents/sac.h"
#include "tests/harness/mallocs.h"
#include "tests/ref/nn_ref.h"

enum { S = 5, B = 4, A = 2, E = 8, H = 32, BATCH = 48, SHARDS = 4 };

static const struct glb_sac_options options = {.shape = {.S = S, .B = B, .A = A, .E = E, .H = H},
                                               .batch = BATCH,
                                               .shards = SHARDS,
                                               .rate = 3e-3,
                                               .polyak = 0.01,
                                               .temperature = 0.2,
                                               .target_entropy = -A,
                                               .seed = 3};

static float s[BATCH * S], b[BATCH * B], a[BATCH * A], r[BATCH], s2[BATCH * S], b2[BATCH * B],
    discount[BATCH];
static const struct glb_batch batch = {s, b, a, r, s2, b2, discount};

static void fill(uint32_t key) {
  ref_fill(s, NULL, BATCH * S, 2, key);
  ref_fill(b, NULL, BATCH * B, 2, key + 1);
  ref_fill(a, NULL, BATCH * A, 1, key + 2);
  ref_fill(r, NULL, BATCH, 1, key + 3);
  ref_fill(s2, NULL, BATCH * S, 2, key + 4);
  ref_fill(b2, NULL, BATCH * B, 2, key + 5);
  for (int i = 0; i < BATCH; i++) discount[i] = i % 5 ? 0.99f : 0;
}

static void updates_allocate_nothing(void **state) {
  (void)state;
  if (!test_mallocs_counted()) return;
  struct glb_pool *pool;
  struct glb_sac *sac;
  struct glb_sac_report report;
  int before = test_mallocs();
  assert_int_equal(glb_pool_create(&pool, 2), GLB_OK);
  assert_int_equal(glb_sac_create(&sac, &options, pool, NULL), GLB_OK);
  assert_true(test_mallocs() > before);
  fill(1);
  before = test_mallocs();
  for (int i = 0; i < 20; i++) assert_int_equal(glb_sac_update(sac, &batch, &report), GLB_OK);
  assert_int_equal(test_mallocs(), before);
  glb_sac_destroy(sac);
  glb_pool_destroy(pool);
}

static struct glb_sac *trained(int threads, int updates) {
  struct glb_pool *pool = NULL;
  struct glb_sac *sac;
  struct glb_sac_report report;
  if (threads) assert_int_equal(glb_pool_create(&pool, threads), GLB_OK);
  assert_int_equal(glb_sac_create(&sac, &options, pool, NULL), GLB_OK);
  for (int i = 0; i < updates; i++) {
    fill((uint32_t)i * 10);
    assert_int_equal(glb_sac_update(sac, &batch, &report), GLB_OK);
  }
  glb_pool_destroy(pool);
  return sac;
}

static void threads_do_not_change_a_bit(void **state) {
  (void)state;
  struct glb_sac *alone = trained(0, 15);
  const size_t bytes = alone->params.size * sizeof(float);
  assert_int_equal(alone->updates, 15);
  for (int threads = 1; threads <= 3; threads++) {
    struct glb_sac *team = trained(threads, 15);
    assert_memory_equal(team->theta, alone->theta, bytes);
    assert_memory_equal(team->m, alone->m, bytes);
    assert_memory_equal(team->v, alone->v, bytes);
    assert_memory_equal(team->target, alone->target, alone->target_params.size * sizeof(float));
    glb_sac_destroy(team);
  }
  glb_sac_destroy(alone);
}

static void an_agent_goes_on_from_its_blocks(void **state) {
  (void)state;
  struct glb_sac *whole = trained(0, 6), *first = trained(0, 3), *second = trained(0, 0);
  const size_t bytes = whole->params.size * sizeof(float),
               target_bytes = whole->target_params.size * sizeof(float);
  struct glb_sac_report report;
  memcpy(second->theta, first->theta, bytes);
  memcpy(second->m, first->m, bytes);
  memcpy(second->v, first->v, bytes);
  memcpy(second->target, first->target, target_bytes);
  second->updates = first->updates;
  for (int i = 3; i < 6; i++) {
    fill((uint32_t)i * 10);
    assert_int_equal(glb_sac_update(second, &batch, &report), GLB_OK);
  }
  assert_memory_equal(second->theta, whole->theta, bytes);
  assert_memory_equal(second->target, whole->target, target_bytes);
  glb_sac_destroy(whole);
  glb_sac_destroy(first);
  glb_sac_destroy(second);
}

static void tensors_lie_as_promised(void **state) {
  (void)state;
  struct glb_sac *sac = trained(0, 0);
  for (int i = 0; i < sac->policy.params.count; i++) {
    const struct glb_param *own = &sac->policy.params.table[i], *all = &sac->params.table[i];
    assert_string_equal(own->name, all->name);
    assert_int_equal(own->offset, all->offset);
  }
  const struct glb_param *temperature = glb_params_find(&sac->params, "log_temperature");
  assert_non_null(temperature);
  assert_int_equal(temperature->offset, sac->params.size - 1);
  ref_close(sac->theta[temperature->offset], log(0.2), 1e-6, "log temperature", 0);

  const struct glb_param *critic = glb_params_find(&sac->params, "critic0.embed.0.W");
  assert_non_null(critic);
  assert_non_null(glb_params_find(&sac->params, "critic1.trunk.2.b"));
  assert_non_null(glb_params_find(&sac->target_params, "target1.trunk.2.b"));
  assert_memory_equal(sac->target, sac->theta + critic->offset, sac->target_params.size * sizeof(float));
  // the critics start unlike
  size_t half = sac->target_params.size / 2;
  assert_true(memcmp(sac->target, sac->target + half, half * sizeof(float)) != 0);
  glb_sac_destroy(sac);
}

static void a_loss_that_is_not_finite_stops_before_the_step(void **state) {
  (void)state;
  struct glb_sac *sac = trained(0, 1);
  static float theta[20000];
  struct glb_sac_report report;
  const size_t bytes = sac->params.size * sizeof(float);
  assert_true(sac->params.size <= 20000);
  memcpy(theta, sac->theta, bytes);
  fill(1);
  r[BATCH - 1] = NAN;
  assert_int_equal(glb_sac_update(sac, &batch, &report), GLB_ENONFINITE);
  assert_non_null(strstr(glb_error_message(), "critic loss"));
  assert_memory_equal(sac->theta, theta, bytes);
  assert_int_equal(sac->updates, 1);

  fill(1);
  s[0] = NAN;
  discount[0] = 0;
  assert_int_equal(glb_sac_update(sac, &batch, &report), GLB_ENONFINITE);
  assert_memory_equal(sac->theta, theta, bytes);
  glb_sac_destroy(sac);
}

static void bad_sizes_are_refused(void **state) {
  (void)state;
  struct glb_sac *sac;
  struct glb_sac_options bad = options;
  bad.shards = 5;
  assert_int_equal(glb_sac_create(&sac, &bad, NULL, NULL), GLB_EINVAL);
  assert_non_null(strstr(glb_error_message(), "48 rows"));
  bad = options;
  bad.shape.B = 0;
  assert_int_equal(glb_sac_create(&sac, &bad, NULL, NULL), GLB_EINVAL);
  bad = options;
  bad.temperature = 0;
  assert_int_equal(glb_sac_create(&sac, &bad, NULL, NULL), GLB_EINVAL);
  glb_sac_destroy(NULL);
}

// One step long: reward -|a - b|^2 for the belief's first two components. The mode must go there.
static void a_bandit_is_learned(void **state) {
  (void)state;
  struct glb_sac *sac = trained(0, 0);
  struct glb_sac_report report;
  double first_loss = 0;
  for (int i = 0; i < 600; i++) {
    fill((uint32_t)i * 10);
    for (int k = 0; k < BATCH; k++) {
      discount[k] = r[k] = 0;
      for (int j = 0; j < A; j++) r[k] -= powf(a[k * A + j] - 0.4f * b[k * B + j], 2);
    }
    assert_int_equal(glb_sac_update(sac, &batch, &report), GLB_OK);
    if (!i) first_loss = report.critic_loss;
  }
  assert_true(report.critic_loss < 0.2 * first_loss);

  struct glb_policy_work work;
  struct glb_arena arena, count = {0};
  float action[BATCH * A];
  double error = 0;
  glb_policy_work_init(&work, &sac->policy, &count, BATCH);
  assert_int_equal(glb_arena_init(&arena, count.used), GLB_OK);
  glb_policy_work_init(&work, &sac->policy, &arena, BATCH);
  glb_policy_act(&sac->policy, &work, action, sac->theta, s, b, NULL);
  for (int i = 0; i < BATCH * A; i++) error += pow(action[i] - 0.4f * b[i / A * B + i % A], 2) / (BATCH * A);
  // untrained: about 0.21
  if (error > 0.04) fail_msg("mean squared distance from the best action is %g, expected below 0.04", error);
  glb_arena_finish(&arena);
  glb_sac_destroy(sac);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(updates_allocate_nothing),
      cmocka_unit_test(threads_do_not_change_a_bit),
      cmocka_unit_test(an_agent_goes_on_from_its_blocks),
      cmocka_unit_test(tensors_lie_as_promised),
      cmocka_unit_test(a_loss_that_is_not_finite_stops_before_the_step),
      cmocka_unit_test(bad_sizes_are_refused),
      cmocka_unit_test(a_bandit_is_learned),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
