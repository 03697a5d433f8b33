#include "actors/targets.h"

#include <math.h>
#include <string.h>

#include "actors/env/env.h"
#include "common/base/error.h"
#include "common/base/rng.h"
#include "common/config/config.h"

enum { TASKS = 64, STEPS = 25 };

static const double rounding = 1e-6;  // changes up to here are those of a number that stays

struct warmup {
  struct glb_env *env;
  const struct glb_family *family;
  uint64_t seed;
  unsigned char changes[GLB_OBS_MAX];
};

// Marks what one step changes. An episode that fails or ends is over.
static int step_once(struct warmup *w, struct glb_rng *rng, double *obs, int *over) {
  double action[GLB_OBS_MAX], next[GLB_OBS_MAX];
  struct glb_env_step step;
  for (int j = 0; j < w->family->A; j++) action[j] = 2 * glb_rng_uniform(rng) - 1;
  const int code = glb_env_step(w->env, action, next, &step);
  *over = code == GLB_EPHYSICS || step.terminated;
  if (code == GLB_EPHYSICS) return GLB_OK;
  GLB_TRY(code);
  for (int i = 0; i < w->family->free; i++) w->changes[i] |= fabs(next[i] - obs[i]) > rounding;
  memcpy(obs, next, sizeof *obs * (size_t)w->family->O);
  return GLB_OK;
}

static int simulate(struct warmup *w, uint32_t number) {
  double task[GLB_TASK_MAX], obs[GLB_OBS_MAX];
  struct glb_rng rng;
  int over = 0;
  glb_rng_start(&rng, w->seed, GLB_STREAM_WARMUP, (struct glb_rng_at){.slot = number});
  GLB_TRY(glb_env_sample(task, w->family->name, GLB_SPLIT_TRAIN, w->seed, 0, number));
  GLB_TRY(glb_env_reset(w->env, task, &rng, obs));
  for (int t = 0; t < STEPS && !over; t++) GLB_TRY(step_once(w, &rng, obs, &over));
  return GLB_OK;
}

static int collect(struct glb_targets *targets, const struct warmup *w) {
  targets->count = 0;
  for (int i = 0; i < w->family->free; i++)
    if (w->changes[i]) targets->index[targets->count++] = i;
  GLB_CHECK(
      targets->count, GLB_ECONFIG,
      "%s: no number of its observation changes, so there is nothing for the transition head to predict; "
      "set belief.heads=reward",
      w->family->name);
  return GLB_OK;
}

int glb_targets_measure(struct glb_targets *targets, struct glb_env **warm, const struct glb_config *config) {
  *warm = NULL;
  struct warmup w = {.seed = (uint64_t)config->train_seed};
  const struct glb_env_options options = {.model_dir = config->env_model_dir};
  int code;
  GLB_TRY(glb_family_find(&w.family, config->env_family));
  GLB_TRY(glb_env_create(&w.env, w.family->name, &options));
  for (uint32_t number = 0; number < TASKS; number++) GLB_TRY_OUT(code, out, simulate(&w, number));
  GLB_TRY_OUT(code, out, collect(targets, &w));
out:
  if (code)
    glb_env_destroy(w.env);
  else
    *warm = w.env;
  return code;
}
