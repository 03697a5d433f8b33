// test_gymnasium.c: families on the bodies of Gymnasium's environments, as recorded by make_gymnasium.py: where a family
// pays what Gymnasium pays, it pays the recorded rewards; where it asks for a velocity, what follows from them.
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

#include "actors/env/locomotion/loco.h"
#include "common/base/rng.h"
#include "common/store/h5.h"
#include "tests/harness/must.h"

enum { STATE_MAX = 64, OBS_MAX = 512 };

static const double reward_tolerance = 1e-9;
static const double scaled_tolerance = 1e-9;  // relative, where the scaling of actions has rounded them

static struct glb_h5 *in;

static int open_recording(void **state) {
  (void)state;
  char path[1024];
  snprintf(path, sizeof path, "%s/tests/golden/env/gymnasium_v5.h5", getenv("GLIBRL_SOURCE"));
  must(glb_h5_open(&in, path));
  return 0;
}

static int close_recording(void **state) {
  (void)state;
  glb_h5_close(in);
  return 0;
}

// ---- families ----

/* A family on the body of a recording, with a task that makes it pay what Gymnasium does, or a function of it. */
struct twin {
  const char *family, *env;
  double range;  // of the controls
  int shared;    // numbers that the observations have in common, the first ones
  double alive;  // what the family pays on termination and Gymnasium does not
  double task;   // its first number; the others are 0
  /* what the family pays where Gymnasium, with alive, pays reward for this sum of squares of the action; NULL:
   * the same */
  double (*pay)(double reward, double effort, double task);
};

// r = v + 1 - 0.001 |a|^2 becomes 1 - |v - goal| - 0.001 |a|^2
static double pay_walker_velocity(double reward, double effort, double goal) {
  const double cost = 0.001 * effort, v = reward - 1 + cost;
  return 1 - fabs(v - goal) - cost;
}

static void restore(struct glb_loco *loco, const char *group) {
  size_t n;
  double *qpos = must_read(in, group, "start/qpos", &n), *qvel = must_read(in, group, "start/qvel", &n);
  double *warm = must_read(in, group, "start/qacc_warmstart", &n);
  must(glb_loco_restore(loco, &(struct glb_loco_start){.qpos = qpos, .qvel = qvel, .qacc_warmstart = warm}));
  free(qpos);
  free(qvel);
  free(warm);
}

static void check_twin(const struct twin *twin, int run) {
  const double task[GLB_TASK_MAX] = {twin->task};
  double obs[OBS_MAX], scaled[STATE_MAX];
  char group[64];
  size_t T, count;
  struct glb_env *env;
  struct glb_env_step step;
  struct glb_rng rng;
  snprintf(group, sizeof group, "%s/seed%d", twin->env, run);
  double *action = must_read(in, group, "action", &count), *expected = must_read(in, group, "obs", &count);
  double *terminated = must_read(in, group, "terminated", &T), *reward = must_read(in, group, "reward", &T);
  const size_t O = count / T;

  must(glb_env_create(&env, twin->family, NULL));
  const size_t A = (size_t)env->family->A;
  glb_rng_start(&rng, 0, GLB_STREAM_RESET, (struct glb_rng_at){0});
  must(glb_env_reset(env, task, &rng, obs));
  restore(&((struct glb_loco_env *)env)->loco, group);
  for (size_t t = 0; t < T; t++) {
    double effort = 0;
    for (size_t i = 0; i < A; i++) {
      scaled[i] = action[t * A + i] / twin->range;
      effort += action[t * A + i] * action[t * A + i];
    }
    must(glb_env_step(env, scaled, obs, &step));
    for (int i = 0; i < twin->shared; i++)
      if (!(fabs(obs[i] - expected[t * O + (size_t)i]) <=
            scaled_tolerance * (1 + fabs(expected[t * O + (size_t)i]))))
        fail_msg("%s, run %d, step %zu: obs[%d] is %.17g, recorded %.17g", twin->family, run, t, i, obs[i],
                 expected[t * O + (size_t)i]);
    double pay = reward[t] + twin->alive * terminated[t];
    if (twin->pay) pay = twin->pay(pay, effort, twin->task);
    if (!(fabs(step.reward - pay) <= reward_tolerance))
      fail_msg("%s, run %d, step %zu: reward is %.17g, recorded %.17g", twin->family, run, t, step.reward,
               pay);
    assert_int_equal(step.terminated, (int)terminated[t]);
  }
  glb_env_destroy(env);
  free(action);
  free(expected);
  free(terminated);
  free(reward);
}

// Angle 0 is forwards; exponents 0 leave the body as it is.
static void test_families(void **state) {
  (void)state;
  const struct twin twins[] = {
      {"ant-dir", "Ant-v5", 1, 27, 1, 0, NULL},
      {"humanoid-dir", "Humanoid-v5", 0.4, 348, 5, 0, NULL},
      {"hopper-params", "Hopper-v5", 1, 11, 1, 0, NULL},
      {"walker-params", "Walker2d-v5", 1, 17, 1, 0, NULL},
      {"walker-vel", "Walker2d-v5", 1, 17, 1, 0, pay_walker_velocity},
      {"walker-vel", "Walker2d-v5", 1, 17, 1, 1.4, pay_walker_velocity},
      {"gym-ant", "Ant-v5", 1, 105, 0, 0, NULL},
      {"gym-humanoid", "Humanoid-v5", 0.4, 348, 0, 0, NULL},
      {"gym-walker2d", "Walker2d-v5", 1, 17, 0, 0, NULL},
  };
  for (size_t i = 0; i < sizeof twins / sizeof *twins; i++)
    for (int run = 0; run < 3; run++) check_twin(&twins[i], run);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_families)};
  return cmocka_run_group_tests(tests, open_recording, close_recording);
}
