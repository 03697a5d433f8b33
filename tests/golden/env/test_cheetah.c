// test_cheetah.c: HalfCheetah against a recording of Gymnasium's, and the families' rewards against NumPy's
// (make_cheetah.py).
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

#include "actors/env/locomotion/loco.h"
#include "common/base/rng.h"
#include "common/store/h5.h"
#include "tests/harness/must.h"

enum { RUNS = 3, T = 200, NQ = 9, NV = 9, O = 17, A = 6 };

static const double obs_tolerance = 1e-12, reward_tolerance = 1e-9;

struct recording {
  double qpos[NQ], qvel[NV], qacc_warmstart[NV];
  double first[O];  // observation after the reset
  double action[T][A], obs[T][O];
  double reward[T];      // Gymnasium's
  double reward_dir[T];  // of cheetah-dir with the task direction
  double reward_vel[T];  // of cheetah-vel with the task goal
  double direction, goal;
};

static struct recording runs[RUNS];

static void read_array(struct glb_h5 *file, const char *group, const char *name, size_t count, void *data) {
  char path[64];
  snprintf(path, sizeof path, "%s/%s", group, name);
  must(glb_h5_read(file, path, GLB_H5_F64, count, data));
}

static int read_runs(void **state) {
  (void)state;
  char path[1024];
  snprintf(path, sizeof path, "%s/tests/golden/env/cheetah_v5.h5", getenv("GLIBRL_SOURCE"));
  struct glb_h5 *file;
  must(glb_h5_open(&file, path));
  for (int i = 0; i < RUNS; i++) {
    struct recording *run = &runs[i];
    char group[32];
    snprintf(group, sizeof group, "HalfCheetah-v5/seed%d", i);
    read_array(file, group, "start/qpos", NQ, run->qpos);
    read_array(file, group, "start/qvel", NV, run->qvel);
    read_array(file, group, "start/qacc_warmstart", NV, run->qacc_warmstart);
    read_array(file, group, "start/obs", O, run->first);
    read_array(file, group, "action", T * A, run->action);
    read_array(file, group, "obs", T * O, run->obs);
    read_array(file, group, "reward", T, run->reward);
    read_array(file, group, "reward_dir", T, run->reward_dir);
    read_array(file, group, "reward_vel", T, run->reward_vel);
    must(glb_h5_read_real(file, group, "direction", &run->direction));
    must(glb_h5_read_real(file, group, "goal", &run->goal));
  }
  glb_h5_close(file);
  return 0;
}

static void check_obs(const double *obs, const double *expected, int run, int t) {
  for (int i = 0; i < O; i++)
    if (!(fabs(obs[i] - expected[i]) <= obs_tolerance))
      fail_msg("run %d, step %d: obs[%d] is %.17g, recorded %.17g", run, t, i, obs[i], expected[i]);
}

static void check_reward(double reward, double expected, int run, int t) {
  if (!(fabs(reward - expected) <= reward_tolerance))
    fail_msg("run %d, step %d: reward is %.17g, recorded %.17g", run, t, reward, expected);
}

static void restore(struct glb_loco *loco, const struct recording *run) {
  const struct glb_loco_start start = {
      .qpos = run->qpos, .qvel = run->qvel, .qacc_warmstart = run->qacc_warmstart};
  must(glb_loco_restore(loco, &start));
}

static void test_gymnasium(void **state) {
  (void)state;
  const struct glb_gym *gym = &glb_gym_half_cheetah;
  struct glb_loco loco;
  must(glb_loco_init(&loco, gym, NULL));
  assert_int_equal(gym->O, O);
  for (int i = 0; i < RUNS; i++) {
    const struct recording *run = &runs[i];
    double obs[O];
    restore(&loco, run);
    gym->observe(&loco, obs);
    check_obs(obs, run->first, i, -1);
    for (int t = 0; t < T; t++) {
      struct glb_env_step step = {.reward = NAN, .terminated = -1};
      must(glb_loco_advance(&loco, run->action[t]));
      gym->observe(&loco, obs);
      gym->outcome(&loco, &step);
      check_obs(obs, run->obs[t], i, t);
      check_reward(step.reward, run->reward[t], i, t);
      assert_int_equal(step.terminated, 0);
    }
  }
  glb_loco_finish(&loco);
}

static void check_family(const char *family, int i, double task, const double *reward) {
  const struct recording *run = &runs[i];
  struct glb_env *env;
  struct glb_rng rng;
  struct glb_env_step step;
  double obs[O];
  must(glb_env_create(&env, family, NULL));
  glb_rng_start(&rng, 0, GLB_STREAM_RESET, (struct glb_rng_at){0});
  must(glb_env_reset(env, &task, &rng, obs));
  restore(&((struct glb_loco_env *)env)->loco, run);
  for (int t = 0; t < T; t++) {
    must(glb_env_step(env, run->action[t], obs, &step));
    check_obs(obs, run->obs[t], i, t);
    check_reward(step.reward, reward[t], i, t);
  }
  glb_env_destroy(env);
}

static void test_direction(void **state) {
  (void)state;
  for (int i = 0; i < RUNS; i++) check_family("cheetah-dir", i, runs[i].direction, runs[i].reward_dir);
}

static void test_velocity(void **state) {
  (void)state;
  for (int i = 0; i < RUNS; i++) check_family("cheetah-vel", i, runs[i].goal, runs[i].reward_vel);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_gymnasium),
      cmocka_unit_test(test_direction),
      cmocka_unit_test(test_velocity),
  };
  return cmocka_run_group_tests(tests, read_runs, NULL);
}
