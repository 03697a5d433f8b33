// metaworld_replay.c: environments of MetaWorld against a recording of the package's (make_metaworld.py).
//
//   test_env_metaworld [FILE [environment]]
//
// FILE, by default the recording beside this source, has for each environment groups task0, task1, task2 with
// rand_vec, start/obs, action, obs, reward, success, info, reward_v1, info_v1 and the attribute partially_observable. Two lines per group,
// played from a simulated and from a recalled start: the largest deviations, the first step of each beyond tolerance
// (-1: none), the number of steps on which success differs. The exit status is 1 where one is beyond tolerance.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actors/env/metaworld/sawyer.h"
#include "common/base/error.h"
#include "common/store/h5.h"

enum { T_MAX = 500, INFO = 7 };

static const double obs_tolerance = 1e-12, reward_tolerance = 1e-9;

static struct recording {
  int T, visible;
  double v[GLB_SAWYER_VECTOR], first[GLB_SAWYER_O];
  double action[T_MAX][GLB_SAWYER_A], obs[T_MAX][GLB_SAWYER_O];
  double reward[T_MAX], success[T_MAX], info[T_MAX][INFO];
  double reward_v1[T_MAX], info_v1[T_MAX][INFO];
} rec;

static struct deviation {
  double first, obs, reward, info, v1;
  int success;                                    // steps on which it differs
  int step_obs, step_reward, step_info, step_v1;  // first ones beyond tolerance, -1: none
} dev;

static void must(int code) {
  if (!code) return;
  fprintf(stderr, "%s: %s (%s)\n", glb_error_name(code), glb_error_message(), glb_error_trace());
  exit(2);
}

static void read_array(struct glb_h5 *file, const char *group, const char *name, size_t count, void *data) {
  char path[128];
  snprintf(path, sizeof path, "%s/%s", group, name);
  must(glb_h5_read(file, path, GLB_H5_F64, count, data));
}

static void read_recording(struct glb_h5 *file, const char *group, const struct glb_sawyer_task *task) {
  char path[128];
  int64_t hidden;
  struct glb_h5_info info;
  snprintf(path, sizeof path, "%s/action", group);
  must(glb_h5_info(file, path, &info));
  must(glb_h5_read_int(file, group, "partially_observable", &hidden));
  const size_t T = info.dims[0];
  rec.T = (int)T;
  rec.visible = !hidden;
  read_array(file, group, "rand_vec", (size_t)task->n, rec.v);
  read_array(file, group, "start/obs", GLB_SAWYER_O, rec.first);
  read_array(file, group, "action", T * GLB_SAWYER_A, rec.action);
  read_array(file, group, "obs", T * GLB_SAWYER_O, rec.obs);
  read_array(file, group, "reward", T, rec.reward);
  read_array(file, group, "success", T, rec.success);
  read_array(file, group, "info", T * INFO, rec.info);
  read_array(file, group, "reward_v1", T, rec.reward_v1);
  read_array(file, group, "info_v1", T * INFO, rec.info_v1);
}

// largest deviation of x (n) from y into *largest; *step: first step beyond tolerance
static void compare(double *largest, int *step, const double *x, const double *y, int n, double tolerance,
                    int t) {
  for (int i = 0; i < n; i++) {
    const double d = fabs(x[i] - y[i]);
    if (!(d <= *largest)) *largest = d;
    if (!(d <= tolerance) && *step < 0) *step = t;
  }
}

static void info_of(double *info, const struct glb_sawyer_result *r) {
  const double values[INFO] = {r->success,  r->near,     r->grasped, r->grasp,
                               r->in_place, r->distance, r->reward};
  memcpy(info, values, sizeof values);
}

static void play(struct glb_sawyer *arm) {
  double obs[GLB_SAWYER_O];
  int ignored = -1;
  dev = (struct deviation){.step_obs = -1, .step_reward = -1, .step_info = -1, .step_v1 = -1};
  must(glb_sawyer_reset(arm, rec.v, rec.visible, obs));
  compare(&dev.first, &ignored, obs, rec.first, GLB_SAWYER_O, obs_tolerance, 0);
  for (int t = 0; t < rec.T; t++) {
    struct glb_sawyer_result r;
    must(glb_sawyer_step(arm, rec.action[t], obs, &r));
    double info[INFO];
    info_of(info, &r);
    compare(&dev.obs, &dev.step_obs, obs, rec.obs[t], GLB_SAWYER_O, obs_tolerance, t);
    compare(&dev.reward, &dev.step_reward, &r.reward, &rec.reward[t], 1, reward_tolerance, t);
    compare(&dev.info, &dev.step_info, info, rec.info[t], INFO, reward_tolerance, t);
    dev.success += (r.success != 0) != (rec.success[t] != 0);
    glb_sawyer_judge(arm, 1, &r);
    info_of(info, &r);
    compare(&dev.v1, &dev.step_v1, &r.reward, &rec.reward_v1[t], 1, reward_tolerance, t);
    compare(&dev.v1, &dev.step_v1, info, rec.info_v1[t], INFO, reward_tolerance, t);
  }
}

static int report(const char *group, const char *pass) {
  const int good = dev.first <= obs_tolerance && dev.step_obs < 0 && dev.step_reward < 0 &&
                   dev.step_info < 0 && dev.step_v1 < 0 && !dev.success;
  printf(
      "%-32s %-6s start %.1e  obs %.1e (%d)  reward %.1e (%d)  info %.1e (%d)  v1 %.1e (%d)  success %d of "
      "%d  %s\n",
      group, pass, dev.first, dev.obs, dev.step_obs, dev.reward, dev.step_reward, dev.info, dev.step_info,
      dev.v1, dev.step_v1, dev.success, rec.T, good ? "ok" : "DIFFERS");
  return good;
}

// all recordings of an environment, each from a simulated and from a recalled start
static int replay(struct glb_h5 *file, const struct glb_sawyer_task *task) {
  struct glb_sawyer arm;
  int good = 1;
  must(glb_sawyer_init(&arm, task, NULL));
  for (int pass = 0; pass < 2; pass++)
    for (int i = 0; i < 3; i++) {
      char group[96];
      snprintf(group, sizeof group, "%s-v3/task%d", task->name, i);
      if (!glb_h5_exists(file, group)) continue;
      read_recording(file, group, task);
      play(&arm);
      good &= report(group, pass ? "again" : "fresh");
    }
  glb_sawyer_finish(&arm);
  return good;
}

int main(int argc, char **argv) {
  char path[1024];
  struct glb_h5 *file;
  int count, good = 1, played = 0;
  const struct glb_sawyer_task *table = glb_sawyer_task_table(&count);
  snprintf(path, sizeof path, "%s/tests/golden/env/metaworld_v3.h5", getenv("GLIBRL_SOURCE"));
  must(glb_h5_open(&file, argc > 1 ? argv[1] : path));
  for (int i = 0; i < count; i++) {
    if (argc > 2 && strcmp(argv[2], table[i].name)) continue;
    good &= replay(file, &table[i]);
    played++;
  }
  glb_h5_close(file);
  if (!played) fprintf(stderr, "no environment is called %s\n", argv[2]);
  return !good || !played;
}
