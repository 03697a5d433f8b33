#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actors/env/playback.h"
#include "common/base/error.h"
#include "common/store/h5.h"
#include "deploy/cli/cli.h"
#include "deploy/cli/contained.h"

static const struct glb_option options[] = {
    {"from-state", NULL,
     "start from the recorded state, even where a task's own reset can make it (MetaWorld)"},
    {"reward-version", "1|2", "1: also MetaWorld's older rewards, as reward_v1 and success_v1 (default: 2)"}};

const struct glb_usage glb_usage_replay = {
    .command = "replay",
    .synopsis = "IN.h5 OUT.h5 [--from-state] [--reward-version 1|2]",
    .text =
        "Plays recorded episodes of Gymnasium's and MetaWorld's environments again. IN has groups "
        "ENVIRONMENT/RUN\n"
        "(Ant-v5/seed0, reach-v3/task0) with actions (T x A), as the environment takes them, and what they "
        "start from:\n"
        "Gymnasium start/qpos, qvel, ctrl, qacc_warmstart; MetaWorld the task vector rand_vec and the "
        "attribute\n"
        "partially_observable.\n"
        "OUT has the same groups with obs (T x O), reward (T), terminated or success (T) and start/obs (O), "
        "and the\n"
        "attributes max_abs_obs and max_abs_reward, the largest deviation from IN where IN has them, and\n"
        "flags_differ, the number of steps whose terminated or success differs.",
    .options = options,
    .count = 2,
    .arguments = 2,
    .examples =
        "glibrl replay recorded.h5 replayed.h5\n"
        "glibrl replay metaworld.h5 replayed.h5 --reward-version 1\n"};

struct paths {
  const char *in, *out;
  int from_state, older;
};

static int take(void *context, const char *name, const char *value) {
  struct paths *p = context;
  if (name && !strcmp(name, "from-state")) {
    p->from_state = 1;
    return GLB_OK;
  }
  if (name) {
    GLB_CHECK(!strcmp(value, "1") || !strcmp(value, "2"), GLB_EINVAL,
              "--reward-version is 1 or 2, not \"%s\"", value);
    p->older = *value == '1';
    return GLB_OK;
  }
  *(p->in ? &p->out : &p->in) = value;
  return GLB_OK;
}

struct job {
  struct glb_h5 *in, *out;
  struct glb_playback_options options;
  const char *env;                // group of the first level
  struct glb_playback *playback;  // of env; NULL until a recording asks for it
  char group[256];                // "env/run"
  int older;                      // rewards of version 1 are wanted
  int groups;                     // recordings played
  double obs, reward;             // largest deviations
  int64_t flags;                  // steps whose flags differ
};

struct episode {
  size_t T, O, A;
  double *block;               // owned, holds the following
  double *action;              // (T x A)
  double *first;               // (O) observation at the start
  double *obs;                 // (T x O)
  double *reward;              // (T)
  double *flag;                // (T)
  double *older, *older_flag;  // (T), (T) by version 1
  double *recorded;            // (T x O) or fewer: what IN has
};

// ---- files ----

static int path_of(char path[512], const struct job *job, const char *name) {
  int length = snprintf(path, 512, "%s/%s", job->group, name);
  GLB_CHECK(length < 512, GLB_ELIMIT, "group %s: the name %s is too long", job->group, name);
  return GLB_OK;
}

static int read_values(void *context, const char *name, size_t count, double *values) {
  struct job *job = context;
  char path[512];
  GLB_TRY(path_of(path, job, name));
  GLB_CHECK(glb_h5_exists(job->in, path), GLB_EFORMAT, "group %s: data set %s is missing", job->group, name);
  return glb_h5_read(job->in, path, GLB_H5_F64, count, values);
}

static int read_attribute(void *context, const char *name, double *value) {
  struct job *job = context;
  int64_t number;
  GLB_TRY(glb_h5_read_int(job->in, job->group, name, &number));
  *value = (double)number;
  return GLB_OK;
}

static int write_values(struct job *job, const char *name, const char *help, size_t rows, size_t cols,
                        const double *values) {
  char path[512];
  const size_t dims[2] = {rows, cols};
  GLB_TRY(path_of(path, job, name));
  GLB_TRY(glb_h5_write(job->out, path, GLB_H5_F64, cols ? 2 : 1, dims, values, ""));
  return glb_h5_write_text(job->out, path, "help", help);
}

// Raises *largest to the largest deviation from what IN has under this name, if anything; a number that is not
// finite deviates by infinity.
static int compare(struct job *job, const char *name, const double *values, size_t count, double *recorded,
                   double *largest) {
  char path[512];
  GLB_TRY(path_of(path, job, name));
  if (!glb_h5_exists(job->in, path)) return GLB_OK;
  GLB_TRY(glb_h5_read(job->in, path, GLB_H5_F64, count, recorded));
  for (size_t i = 0; i < count; i++) {
    const double deviation = fabs(values[i] - recorded[i]);
    *largest = isnan(deviation) ? INFINITY : fmax(*largest, deviation);
  }
  return GLB_OK;
}

// Adds the number of steps whose flag is not the one of IN.
static int compare_flags(struct job *job, const char *name, const double *flags, size_t count,
                         double *recorded, int64_t *differ) {
  char path[512];
  GLB_TRY(path_of(path, job, name));
  if (!glb_h5_exists(job->in, path)) return GLB_OK;
  GLB_TRY(glb_h5_read(job->in, path, GLB_H5_F64, count, recorded));
  for (size_t i = 0; i < count; i++) *differ += (flags[i] != 0) != (recorded[i] != 0);
  return GLB_OK;
}

// ---- one episode ----

static int load(struct job *job, struct episode *e) {
  char path[512];
  struct glb_h5_info info;
  GLB_TRY(path_of(path, job, "action"));
  GLB_TRY(glb_h5_info(job->in, path, &info));
  GLB_CHECK(info.rank == 2 && info.dims[1] == (size_t)job->playback->A, GLB_EFORMAT,
            "group %s: actions of %s are rows of %d numbers", job->group, job->env, job->playback->A);
  e->T = info.dims[0];
  e->A = info.dims[1];
  e->O = (size_t)job->playback->O;

  const size_t T = e->T, sizes[] = {T * e->A, e->O, T * e->O, T, T, T, T, (T + 1) * e->O};
  double **arrays[] = {&e->action, &e->first, &e->obs,        &e->reward,
                       &e->flag,   &e->older, &e->older_flag, &e->recorded};
  enum { ARRAYS = sizeof sizes / sizeof sizes[0] };
  size_t count = 0;
  for (int i = 0; i < ARRAYS; i++) count += sizes[i];
  e->block = malloc(count * sizeof *e->block);
  GLB_CHECK(e->block, GLB_ENOMEM, "group %s: no memory for %zu steps", job->group, e->T);
  double *next = e->block;
  for (int i = 0; i < ARRAYS; next += sizes[i], i++) *arrays[i] = next;
  return read_values(job, "action", e->T * e->A, e->action);
}

static int play(struct job *job, struct episode *e) {
  const struct glb_recording recording = {.context = job, .read = read_values, .attribute = read_attribute};
  const int success = !strcmp(job->playback->ops->flag, "success");
  GLB_TRY(glb_playback_start(job->playback, &recording, e->first));
  for (size_t t = 0; t < e->T; t++) {
    struct glb_env_step step, older;
    GLB_TRY(glb_playback_step(job->playback, e->action + t * e->A, e->obs + t * e->O, &step, &older));
    e->reward[t] = step.reward;
    e->flag[t] = success ? step.success : step.terminated;
    e->older[t] = older.reward;
    e->older_flag[t] = older.success;
  }
  return GLB_OK;
}

// the package has rewards of version 1, and they were asked for
static int wants_older(const struct job *job) {
  return job->older && job->playback->ops->older;
}

static int store(struct job *job, const struct episode *e) {
  GLB_TRY(write_values(job, "start/obs", "observation after the reset", e->O, 0, e->first));
  GLB_TRY(write_values(job, "obs", "observation after each step", e->T, e->O, e->obs));
  GLB_TRY(write_values(job, "reward", "reward of each step", e->T, 0, e->reward));
  GLB_TRY(write_values(job, job->playback->ops->flag,
                       "1 where the flag of this name is raised after the step", e->T, 0, e->flag));
  if (!wants_older(job)) return GLB_OK;
  GLB_TRY(write_values(job, "reward_v1", "reward of each step, version 1", e->T, 0, e->older));
  return write_values(job, "success_v1", "1 where the step has success, version 1", e->T, 0, e->older_flag);
}

static int judge(struct job *job, const struct episode *e) {
  const char *flag = job->playback->ops->flag;
  double obs = 0, reward = 0;
  int64_t flags = 0;
  GLB_TRY(compare(job, "start/obs", e->first, e->O, e->recorded, &obs));
  GLB_TRY(compare(job, "obs", e->obs, e->T * e->O, e->recorded, &obs));
  GLB_TRY(compare(job, "reward", e->reward, e->T, e->recorded, &reward));
  GLB_TRY(compare_flags(job, flag, e->flag, e->T, e->recorded, &flags));
  if (wants_older(job)) {
    GLB_TRY(compare(job, "reward_v1", e->older, e->T, e->recorded, &reward));
    GLB_TRY(compare_flags(job, "success_v1", e->older_flag, e->T, e->recorded, &flags));
  }
  printf("%-36s %6zu %12.3g %12.3g  %s %s\n", job->group, e->T, obs, reward, flag,
         flags ? "differs" : "equal");
  job->flags += flags;
  job->obs = fmax(job->obs, obs);
  job->reward = fmax(job->reward, reward);
  return GLB_OK;
}

static int replay(struct job *job, struct episode *e) {
  if (!job->playback) GLB_TRY(glb_playback_create(&job->playback, job->env, &job->options));
  GLB_TRY(load(job, e));
  GLB_TRY(play(job, e));
  GLB_TRY(store(job, e));
  return judge(job, e);
}

// ---- the file ----

// Names the group in front of a message of the library that does not.
static int of_group(const struct job *job, int code) {
  char message[800];
  if (!code || strstr(glb_error_message(), job->group)) return code;
  snprintf(message, sizeof message, "%s", glb_error_message());
  GLB_RAISE(code, "group %s: %s", job->group, message);
}

static int visit_run(void *context, const char *name, int is_group) {
  struct job *job = context;
  struct episode episode = {0};
  char action[512];
  if (!is_group) return GLB_OK;
  int length = snprintf(job->group, sizeof job->group, "%s/%s", job->env, name);
  GLB_CHECK(length < (int)sizeof job->group, GLB_ELIMIT, "a name of a group of %s is too long", job->env);
  GLB_TRY(path_of(action, job, "action"));
  if (!glb_h5_exists(job->in, action)) return GLB_OK;
  job->groups++;
  int code = of_group(job, replay(job, &episode));
  free(episode.block);
  GLB_TRY(code);
  return GLB_OK;
}

static int visit_env(void *context, const char *name, int is_group) {
  struct job *job = context;
  if (!is_group) return GLB_OK;
  job->env = name;
  int code = glb_h5_each(job->in, name, visit_run, job);
  glb_playback_destroy(job->playback);
  job->playback = NULL;
  GLB_TRY(code);
  return GLB_OK;
}

static int whole_file(const struct paths *paths, struct job *job) {
  GLB_TRY(glb_h5_open(&job->in, paths->in));
  GLB_TRY(glb_h5_create(&job->out));
  printf("%-36s %6s %12s %12s\n", "group", "steps", "|d obs|", "|d reward|");
  GLB_TRY(glb_h5_each(job->in, "/", visit_env, job));
  GLB_CHECK(job->groups, GLB_EFORMAT, "%s has no group ENVIRONMENT/RUN with actions", paths->in);
  GLB_TRY(glb_h5_write_real(job->out, "/", "max_abs_obs", job->obs));
  GLB_TRY(glb_h5_write_real(job->out, "/", "max_abs_reward", job->reward));
  GLB_TRY(glb_h5_write_int(job->out, "/", "flags_differ", job->flags));
  GLB_TRY(glb_h5_land(job->out, paths->out));
  return GLB_OK;
}

static int work(void *context) {
  const struct paths *paths = context;
  struct job job = {.options.from_state = paths->from_state, .older = paths->older};
  int code = whole_file(paths, &job);
  glb_h5_close(job.in);
  glb_h5_close(job.out);
  GLB_TRY(code);
  return GLB_OK;
}

int glb_cmd_replay(int argc, char **argv, int *status) {
  struct paths paths = {0};
  GLB_TRY(glb_usage_parse(&glb_usage_replay, argc, argv, status, take, &paths));
  if (!paths.out) {
    *status = glb_usage_error(&glb_usage_replay, "IN.h5 and OUT.h5 are needed");
    return GLB_OK;
  }
  GLB_CHECK(strcmp(paths.in, paths.out), GLB_EINVAL, "IN and OUT are the same file, %s", paths.in);
  const struct glb_contained contained = {
      .in = paths.in, .out = paths.out, .attribute = "partially_observable", .work = work, .context = &paths};
  return glb_contained_run(&contained);
}
