#include "actors/env/env.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/rng.h"

#define X(name) extern const struct glb_env_ops glb_env_ops_##name;
#include "actors/env/families.def"
#undef X

static const struct glb_env_ops *const registry[] = {
#define X(name) &glb_env_ops_##name,
#include "actors/env/families.def"
#undef X
};

enum { ACTION_MAX = 64 };

#define F(name, O, free, A, P, episodes, horizon, scale, held_out, success, help) \
  _Static_assert(A <= ACTION_MAX, name ": raise ACTION_MAX");                     \
  _Static_assert(P <= GLB_TASK_MAX, name ": raise GLB_TASK_MAX");                 \
  _Static_assert(held_out > 0, name ": needs held-out tasks");
#include "common/task/tasks.def"
#undef F

// Held-out tasks are the same whatever the seed of the run.
static const uint64_t held_out_seed = 0x676c69627263;

static int find(const struct glb_family **family, const struct glb_env_ops **ops, const char *name) {
  *ops = NULL;
  GLB_TRY(glb_family_find(family, name));
  for (size_t i = 0; i < sizeof registry / sizeof registry[0]; i++)
    if (!strcmp(registry[i]->family, name)) *ops = registry[i];
  GLB_CHECK(*ops, GLB_ECONFIG, "family %s has no environment in this program", name);
  return GLB_OK;
}

int glb_env_create(struct glb_env **env, const char *name, const struct glb_env_options *options) {
  const struct glb_family *family;
  const struct glb_env_ops *ops;
  *env = NULL;
  GLB_TRY(find(&family, &ops, name));
  GLB_TRY(ops->create(env, family, options));
  (*env)->ops = ops;
  (*env)->family = family;
  return GLB_OK;
}

void glb_env_destroy(struct glb_env *env) {
  if (env) env->ops->destroy(env);
}

int glb_env_sample(double *task, const char *name, enum glb_split split, uint64_t seed, uint32_t round,
                   uint32_t slot) {
  const struct glb_family *family;
  const struct glb_env_ops *ops;
  GLB_TRY(find(&family, &ops, name));

  struct glb_rng rng;
  uint32_t key = slot;
  if (split == GLB_SPLIT_TRAIN) {
    glb_rng_start(&rng, seed, GLB_STREAM_TASK, (struct glb_rng_at){.round = round, .slot = slot});
  } else {
    key = slot % (uint32_t)family->held_out;
    glb_rng_start(&rng, held_out_seed, GLB_STREAM_EVAL_TASK, (struct glb_rng_at){.slot = key});
  }
  ops->sample(task, family, split, key, &rng);
  return GLB_OK;
}

int glb_env_label(const char **label, const char *name, const double *task) {
  const struct glb_family *family;
  const struct glb_env_ops *ops;
  GLB_TRY(find(&family, &ops, name));
  *label = ops->label ? ops->label(task) : "";
  return GLB_OK;
}

// |x| <= limit, false for NaN too
static int check_range(const double *x, int count, double limit, int code, const char *what,
                       const char *family) {
  for (int i = 0; i < count; i++)
    GLB_CHECK(fabs(x[i]) <= limit, code, "%s: number %d of the %s is %g", family, i, what, x[i]);
  return GLB_OK;
}

// what comes from outside is finite
static int check_input(const double *x, int count, const char *what, const char *family) {
  return check_range(x, count, DBL_MAX, GLB_ENONFINITE, what, family);
}

// what the simulator gives fits into the floats that networks read
static int check_output(const double *x, int count, const char *what, const char *family) {
  return check_range(x, count, FLT_MAX, GLB_EPHYSICS, what, family);
}

int glb_env_reset(struct glb_env *env, const double *task, struct glb_rng *rng, double *obs) {
  const struct glb_family *family = env->family;
  GLB_TRY(check_input(task, family->P, "task", family->name));
  GLB_TRY(env->ops->reset(env, task, rng, obs));
  return check_output(obs, family->O, "first observation", family->name);
}

int glb_env_step(struct glb_env *env, const double *action, double *obs, struct glb_env_step *step) {
  const struct glb_family *family = env->family;
  GLB_TRY(check_input(action, family->A, "action", family->name));
  double clipped[ACTION_MAX];
  for (int i = 0; i < family->A; i++) clipped[i] = fmin(fmax(action[i], -1), 1);

  *step = (struct glb_env_step){0};
  GLB_TRY(env->ops->step(env, clipped, obs, step));
  GLB_TRY(check_output(obs, family->O, "observation", family->name));
  return check_output(&step->reward, 1, "reward", family->name);
}

int glb_env_bare(struct glb_env *env, const double *actions, int n) {
  GLB_CHECK(env->ops->bare, GLB_EINVAL, "family %s has no simulator to compare with", env->family->name);
  return env->ops->bare(env, actions, n);
}

int glb_env_view(struct glb_env *env, struct glb_env_view *view) {
  *view = (struct glb_env_view){0};
  GLB_CHECK(env->ops->view, GLB_EINVAL, "family %s has no model, so there is nothing to draw",
            env->family->name);
  env->ops->view(env, view);
  return GLB_OK;
}
