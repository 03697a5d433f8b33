// test_env.c: every family: sampling, episodes as functions of their generator, clipping, bad actions.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <math.h>
#include <string.h>

#include "actors/env/env.h"
#include "common/base/error.h"
#include "common/base/rng.h"
#include "tests/harness/must.h"

enum { OBS_MAX = 512, ACTION_MAX = 64, STEPS = 40, TASKS = 2000, HELD_OUT_MAX = 256 };

static struct glb_env *create(const char *family) {
  struct glb_env *env;
  must(glb_env_create(&env, family, NULL));
  return env;
}

static void sample(double *task, const char *family, enum glb_split split, uint64_t seed, uint32_t round,
                   uint32_t slot) {
  for (int i = 0; i < GLB_TASK_MAX; i++) task[i] = NAN;
  must(glb_env_sample(task, family, split, seed, round, slot));
}

static int same(const double *a, const double *b, int count) {
  return !memcmp(a, b, (size_t)count * sizeof *a);
}

static void random_action(double *action, int A, struct glb_rng *rng) {
  for (int i = 0; i < A; i++) action[i] = 2 * glb_rng_uniform(rng) - 1;
}

/* An episode made step by step: everything it is, in one array of bits that can be compared. */
struct episode {
  struct glb_env *env;
  struct glb_rng rng;
  double rows[STEPS + 1][OBS_MAX + 1];  // observation and reward
  int t;
};

static void begin(struct episode *episode, struct glb_env *env, uint32_t number) {
  double task[GLB_TASK_MAX];
  memset(episode, 0, sizeof *episode);
  episode->env = env;
  sample(task, env->family->name, GLB_SPLIT_TRAIN, 5, 0, number);
  glb_rng_start(&episode->rng, 5, GLB_STREAM_TEST, (struct glb_rng_at){.slot = number});
  must(glb_env_reset(env, task, &episode->rng, episode->rows[0]));
}

static void go_on(struct episode *episode) {
  double action[ACTION_MAX], *row = episode->rows[++episode->t];
  struct glb_env_step step;
  random_action(action, episode->env->family->A, &episode->rng);
  must(glb_env_step(episode->env, action, row, &step));
  row[OBS_MAX] = step.reward;
}

static void play(struct episode *episode, struct glb_env *env, uint32_t number) {
  begin(episode, env, number);
  while (episode->t < STEPS) go_on(episode);
}

static void for_each_family(void (*check)(const struct glb_family *family)) {
  int count;
  const struct glb_family *table = glb_family_table(&count);
  for (int i = 0; i < count; i++) check(&table[i]);
}

// The families of MetaWorld are the same code on different lists; one of them is simulated here, the others are
// in tests/golden/env.
static void for_each_simulation(void (*check)(const struct glb_family *family)) {
  int count;
  const struct glb_family *table = glb_family_table(&count);
  for (int i = 0; i < count; i++)
    if (strncmp(table[i].name, "m", 1) || !strcmp(table[i].name, "ml1-push")) check(&table[i]);
}

// ---- sampling ----

static void check_sample_is_pure(const struct glb_family *family) {
  double a[GLB_TASK_MAX], b[GLB_TASK_MAX];
  for (uint32_t slot = 0; slot < 50; slot++) {
    sample(a, family->name, GLB_SPLIT_TRAIN, 1, 3, slot);
    sample(b, family->name, GLB_SPLIT_TEST, 1, 3, slot);  // a call between must not matter
    sample(b, family->name, GLB_SPLIT_TRAIN, 1, 3, slot);
    if (!same(a, b, family->P)) fail_msg("%s, slot %u: %.17g, then %.17g", family->name, slot, a[0], b[0]);
    for (int i = 0; i < GLB_TASK_MAX; i++)
      if (isfinite(a[i]) != (i < family->P))
        fail_msg("%s: task[%d] is %g, P %d", family->name, i, a[i], family->P);
  }
}

static void test_sample_is_pure(void **state) {
  (void)state;
  for_each_family(check_sample_is_pure);
}

// how many of 50 training tasks change with seed, round and slot, in families of more than one
static void check_training_varies(const struct glb_family *family) {
  double a[GLB_TASK_MAX], b[GLB_TASK_MAX];
  int changed[3] = {0};
  if (family->held_out == 1) return;
  for (uint32_t i = 0; i < 50; i++) {
    sample(a, family->name, GLB_SPLIT_TRAIN, 1, 0, i);
    sample(b, family->name, GLB_SPLIT_TRAIN, 2, 0, i);
    changed[0] += !same(a, b, family->P);
    sample(b, family->name, GLB_SPLIT_TRAIN, 1, 1, i);
    changed[1] += !same(a, b, family->P);
    sample(b, family->name, GLB_SPLIT_TRAIN, 1, 0, i + 1);
    changed[2] += !same(a, b, family->P);
  }
  for (int i = 0; i < 3; i++)
    if (changed[i] < 10) fail_msg("%s: only %d of 50 tasks change", family->name, changed[i]);
}

static void test_training_varies(void **state) {
  (void)state;
  for_each_family(check_training_varies);
}

// The test list has held_out different tasks, a function of the slot modulo its length alone.
static void check_test_list(const struct glb_family *family) {
  static double list[HELD_OUT_MAX][GLB_TASK_MAX];
  double again[GLB_TASK_MAX];
  uint32_t n = (uint32_t)family->held_out;
  assert_in_range(n, 1, HELD_OUT_MAX);
  for (uint32_t k = 0; k < n; k++) {
    double *task = list[k];
    sample(task, family->name, GLB_SPLIT_TEST, 1, 0, k);
    sample(again, family->name, GLB_SPLIT_TEST, 99, 7, k + 3 * n);
    if (!same(task, again, family->P))
      fail_msg("%s, test task %u: %.17g, then %.17g", family->name, k, task[0], again[0]);
    for (uint32_t other = 0; other < k; other++)
      if (same(task, list[other], family->P))
        fail_msg("%s: test tasks %u and %u are equal: %.17g", family->name, other, k, task[0]);
  }
}

static void test_test_list(void **state) {
  (void)state;
  for_each_family(check_test_list);
}

// Training never draws a test task; families of one or two tasks have them in both.
static void check_disjoint(const struct glb_family *family) {
  static double test[HELD_OUT_MAX][GLB_TASK_MAX];
  double task[GLB_TASK_MAX];
  if (family->held_out <= 2) return;
  assert_in_range(family->held_out, 1, HELD_OUT_MAX);
  for (int k = 0; k < family->held_out; k++) sample(test[k], family->name, GLB_SPLIT_TEST, 0, 0, (uint32_t)k);
  for (uint32_t slot = 0; slot < TASKS; slot++) {
    sample(task, family->name, GLB_SPLIT_TRAIN, 0, 0, slot);
    for (int k = 0; k < family->held_out; k++)
      if (same(task, test[k], family->P))
        fail_msg("%s: slot %u trains on test task %d: %.17g", family->name, slot, k, task[0]);
  }
}

static void test_splits_are_disjoint(void **state) {
  (void)state;
  for_each_family(check_disjoint);
}

// Mean and range of TASKS training draws of a task's number i.
static void check_draws(const char *family, int i, double low, double high, double mean, double tolerance) {
  double task[GLB_TASK_MAX], sum = 0;
  for (uint32_t slot = 0; slot < TASKS; slot++) {
    sample(task, family, GLB_SPLIT_TRAIN, 17, 0, slot);
    if (task[i] < low || task[i] > high) fail_msg("%s: %g outside [%g, %g]", family, task[i], low, high);
    sum += task[i];
  }
  if (fabs(sum / TASKS - mean) > tolerance) fail_msg("%s: mean %g, expected %g", family, sum / TASKS, mean);
}

static void test_distributions(void **state) {
  (void)state;
  double task[GLB_TASK_MAX];
  // five standard deviations of the mean
  check_draws("point", 0, -1, 1, 0, 0.065);
  check_draws("point", 1, -1, 1, 0, 0.065);
  check_draws("cheetah-dir", 0, -1, 1, 0, 0.112);
  check_draws("cheetah-vel", 0, 0, 3, 1.5, 0.097);
  check_draws("walker-vel", 0, 0, 2, 1, 0.065);
  check_draws("point-sparse", 1, 0, 1, 0.637, 0.04);
  for (uint32_t slot = 0; slot < 200; slot++) {
    sample(task, "point-sparse", GLB_SPLIT_TRAIN, 17, 0, slot);
    if (fabs(hypot(task[0], task[1]) - 1) > 1e-15) fail_msg("goal at radius %.17g", hypot(task[0], task[1]));
    sample(task, "cheetah-dir", GLB_SPLIT_TRAIN, 17, 0, slot);
    if (fabs(task[0]) != 1) fail_msg("direction %g", task[0]);
  }
  for (uint32_t key = 0; key < 2; key++) {
    sample(task, "cheetah-dir", GLB_SPLIT_TEST, 0, 0, key);
    if (task[0] != (key ? 1 : -1)) fail_msg("test task %u of cheetah-dir is %g", key, task[0]);
  }
}

static void test_unknown_family(void **state) {
  (void)state;
  double task[GLB_TASK_MAX];
  struct glb_env *env = (struct glb_env *)task;
  assert_int_equal(glb_env_create(&env, "cheetah-dri", NULL), GLB_ECONFIG);
  assert_null(env);
  assert_non_null(strstr(glb_error_message(), "cheetah-dir"));
  assert_int_equal(glb_env_sample(task, "cheetah-dri", GLB_SPLIT_TRAIN, 0, 0, 0), GLB_ECONFIG);
  glb_env_destroy(NULL);
}

// ---- episodes ----

// Exactly O numbers of an observation are written.
static void check_sizes(const struct glb_family *family) {
  double task[GLB_TASK_MAX], obs[OBS_MAX], action[ACTION_MAX] = {0};
  struct glb_env_step step;
  struct glb_rng rng;
  assert_in_range(family->O, 1, OBS_MAX - 1);
  struct glb_env *env = create(family->name);
  glb_rng_start(&rng, 0, GLB_STREAM_TEST, (struct glb_rng_at){0});
  sample(task, family->name, GLB_SPLIT_TEST, 0, 0, 0);
  for (int stepping = 0; stepping < 2; stepping++) {
    for (int i = 0; i < OBS_MAX; i++) obs[i] = NAN;
    must(stepping ? glb_env_step(env, action, obs, &step) : glb_env_reset(env, task, &rng, obs));
    for (int i = 0; i < OBS_MAX; i++)
      if (isfinite(obs[i]) != (i < family->O))
        fail_msg("%s: obs[%d] is %g, O %d", family->name, i, obs[i], family->O);
  }
  glb_env_destroy(env);
}

static void test_sizes(void **state) {
  (void)state;
  for_each_simulation(check_sizes);
}

// Interleaved with another instance, after other episodes, in a new instance: the same bits.
static void check_episode_is_pure(const struct glb_family *family) {
  static struct episode alone, other, again;
  struct glb_env *a = create(family->name), *b = create(family->name);
  play(&alone, a, 1);

  begin(&other, a, 2);
  begin(&again, b, 1);
  while (again.t < STEPS) {
    go_on(&other);
    go_on(&again);
  }
  for (int t = 0; t <= STEPS; t++)
    if (!same(alone.rows[t], again.rows[t], OBS_MAX + 1))
      fail_msg("%s, interleaved, step %d: obs[0] %.17g, then %.17g", family->name, t, alone.rows[t][0],
               again.rows[t][0]);
  if (same(alone.rows[STEPS], other.rows[STEPS], OBS_MAX + 1))
    fail_msg("%s: unlike episodes are equal", family->name);

  play(&again, a, 1);
  assert_memory_equal(again.rows, alone.rows, sizeof alone.rows);
  glb_env_destroy(a);
  glb_env_destroy(b);
}

static void test_episode_is_pure(void **state) {
  (void)state;
  for_each_simulation(check_episode_is_pure);
}

// Beyond [-1, 1] an action does what its clipped one does, reward included.
static void check_clipping(const struct glb_family *family) {
  static struct episode wide, clipped;
  struct glb_env *a = create(family->name), *b = create(family->name);
  struct glb_env_step step_wide, step_clipped;
  double obs_wide[OBS_MAX], obs_clipped[OBS_MAX], action[ACTION_MAX], limited[ACTION_MAX];
  begin(&wide, a, 4);
  begin(&clipped, b, 4);
  for (int t = 0; t < 10; t++) {
    random_action(action, family->A, &wide.rng);
    for (int i = 0; i < family->A; i++) {
      action[i] *= i % 2 ? 3 : 1e300;
      limited[i] = action[i] > 1 ? 1 : action[i] < -1 ? -1 : action[i];
    }
    must(glb_env_step(a, action, obs_wide, &step_wide));
    must(glb_env_step(b, limited, obs_clipped, &step_clipped));
    for (int i = 0; i < family->O; i++)
      if (obs_wide[i] != obs_clipped[i])
        fail_msg("%s, step %d: obs[%d] %.17g, clipped %.17g", family->name, t, i, obs_wide[i],
                 obs_clipped[i]);
    if (step_wide.reward != step_clipped.reward)
      fail_msg("%s, step %d: reward %.17g, clipped %.17g", family->name, t, step_wide.reward,
               step_clipped.reward);
  }
  glb_env_destroy(a);
  glb_env_destroy(b);
}

static void test_clipping(void **state) {
  (void)state;
  for_each_simulation(check_clipping);
}

static void check_bad_numbers(const struct glb_family *family) {
  static struct episode episode;
  const double bad[] = {NAN, INFINITY, -INFINITY};
  double action[ACTION_MAX], task[GLB_TASK_MAX] = {0}, obs[OBS_MAX];
  struct glb_env_step step;
  struct glb_env *env = create(family->name);
  for (int i = 0; i < 3; i++) {
    begin(&episode, env, 0);
    random_action(action, family->A, &episode.rng);
    action[family->A - 1] = bad[i];
    assert_int_equal(glb_env_step(env, action, obs, &step), GLB_ENONFINITE);
    assert_non_null(strstr(glb_error_message(), "action"));
    task[family->P - 1] = bad[i];
    assert_int_equal(glb_env_reset(env, task, &episode.rng, obs), GLB_ENONFINITE);
    assert_non_null(strstr(glb_error_message(), "task"));
  }
  play(&episode, env, 0);
  glb_env_destroy(env);
}

static void test_bad_numbers(void **state) {
  (void)state;
  for_each_simulation(check_bad_numbers);
}

// ---- points ----

static void check_point(const char *family, const double *goal, const double *action, double expected) {
  struct glb_env *env = create(family);
  struct glb_rng rng;
  struct glb_env_step step;
  double first[2], obs[2];
  glb_rng_start(&rng, 0, GLB_STREAM_TEST, (struct glb_rng_at){0});
  must(glb_env_reset(env, goal, &rng, first));
  must(glb_env_step(env, action, obs, &step));
  // s' = s + 0.1 a
  for (int i = 0; i < 2; i++)
    if (fabs(obs[i] - first[i] - 0.1 * action[i]) > 1e-15)
      fail_msg("%s: from %g to %g", family, first[i], obs[i]);
  if (isnan(expected)) expected = -hypot(obs[0] - goal[0], obs[1] - goal[1]);
  if (fabs(step.reward - expected) > 1e-15)
    fail_msg("%s: reward %.17g, expected %.17g", family, step.reward, expected);
  assert_int_equal(step.terminated, 0);
  glb_env_destroy(env);
}

static void test_points(void **state) {
  (void)state;
  check_point("point", (double[]){0.3, -0.9}, (double[]){-0.5, 1}, NAN);
  check_point("point-sparse", (double[]){0.2, 0.1}, (double[]){0.5, 1}, 1 - 0.15);
  check_point("point-sparse", (double[]){0.3, 0.1}, (double[]){0.5, 1}, 0);
  check_point("point-sparse", (double[]){-1, 0}, (double[]){0, 0}, 0);
}

// Beyond the range of a float a reward is no number to learn from.
static void test_range(void **state) {
  (void)state;
  struct glb_env *env = create("point");
  struct glb_rng rng;
  struct glb_env_step step;
  const double far[2] = {1e39, 0}, action[2] = {0};
  double obs[2];
  glb_rng_start(&rng, 0, GLB_STREAM_TEST, (struct glb_rng_at){0});
  must(glb_env_reset(env, far, &rng, obs));
  assert_int_equal(glb_env_step(env, action, obs, &step), GLB_EPHYSICS);
  assert_non_null(strstr(glb_error_message(), "reward is -1e+39"));
  glb_env_destroy(env);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_sample_is_pure), cmocka_unit_test(test_training_varies),
      cmocka_unit_test(test_test_list),      cmocka_unit_test(test_splits_are_disjoint),
      cmocka_unit_test(test_distributions),  cmocka_unit_test(test_unknown_family),
      cmocka_unit_test(test_sizes),          cmocka_unit_test(test_episode_is_pure),
      cmocka_unit_test(test_clipping),       cmocka_unit_test(test_bad_numbers),
      cmocka_unit_test(test_points),         cmocka_unit_test(test_range),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
