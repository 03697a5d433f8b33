/* metaworld.c: the families on MetaWorld's benchmarks.
 *
 * A task is (number of the environment in MT50, its task vector padded with zeros). Training draws uniformly
 * from the benchmark's training list, 50 goals for each environment; testing goes through its test list, the
 * environments in turn. The lists are those of the package with seed list_seed.
 *
 * One instance simulates any task of its benchmark: it has an arm for each environment. */
#include <stdlib.h>
#include <string.h>

#include "actors/env/metaworld/benchmark.h"
#include "actors/env/metaworld/sawyer.h"
#include "common/base/error.h"
#include "common/base/rng.h"

static const uint32_t list_seed = 1;

struct metaworld {
  struct glb_env env;
  struct glb_benchmark benchmark;
  struct glb_sawyer arms[GLB_BENCHMARK_ENVS];  // by number; those without a task are not in the benchmark
  struct glb_sawyer *arm;                      // of the episode
};

static void destroy(struct glb_env *env) {
  struct metaworld *self = (struct metaworld *)env;
  for (int i = 0; i < GLB_BENCHMARK_ENVS; i++) glb_sawyer_finish(&self->arms[i]);
  free(self);
}

// an arm for each environment of the list that has none yet
static int init_arms(struct metaworld *self, const struct glb_benchmark_list *list,
                     const struct glb_env_options *options) {
  int count;
  const struct glb_sawyer_task *tasks = glb_sawyer_task_table(&count);
  for (int i = 0; i < list->count; i++) {
    const int number = list->envs[i];
    if (!self->arms[number].task) GLB_TRY(glb_sawyer_init(&self->arms[number], &tasks[number], options));
  }
  return GLB_OK;
}

static int create(struct glb_env **env, const struct glb_family *family,
                  const struct glb_env_options *options) {
  struct metaworld *self = calloc(1, sizeof *self);
  GLB_CHECK(self, GLB_ENOMEM, "%zu bytes for an environment of %s", sizeof *self, family->name);

  int code;
  GLB_TRY_OUT(code, out, glb_benchmark_find(&self->benchmark, family->name));
  for (int split = 0; split < 2; split++)
    GLB_TRY_OUT(code, out, init_arms(self, &self->benchmark.lists[split], options));
  *env = &self->env;
out:
  if (code) destroy(&self->env);
  return code;
}

static void sample(double *task, const struct glb_family *family, enum glb_split split, uint32_t key,
                   struct glb_rng *rng) {
  struct glb_benchmark benchmark;
  (void)glb_benchmark_find(&benchmark, family->name);  // the instance was created from the same name
  const struct glb_benchmark_list *list = &benchmark.lists[split];
  const uint32_t count = (uint32_t)list->count;
  const uint32_t i = split == GLB_SPLIT_TEST ? key : glb_rng_below(rng, count * GLB_BENCHMARK_GOALS);
  task[0] = list->envs[i % count];
  glb_benchmark_draw(task + 1, &benchmark, split, list_seed, (int)(i % count), (int)(i / count));
}

static int reset(struct glb_env *env, const double *task, struct glb_rng *rng, double *obs) {
  (void)rng;
  struct metaworld *self = (struct metaworld *)env;
  const double number = task[0];
  GLB_CHECK(number >= 0 && number < GLB_BENCHMARK_ENVS && self->arms[(int)number].task, GLB_EINVAL,
            "%s has no environment of number %g", env->family->name, number);
  self->arm = &self->arms[(int)number];
  return glb_sawyer_reset(self->arm, task + 1, self->benchmark.visible, obs);
}

static int step(struct glb_env *env, const double *action, double *obs, struct glb_env_step *out) {
  struct metaworld *self = (struct metaworld *)env;
  struct glb_sawyer_result result;
  GLB_TRY(glb_sawyer_step(self->arm, action, obs, &result));
  out->reward = result.reward;
  out->success = result.success > 0;
  return GLB_OK;
}

static int bare(struct glb_env *env, const double *actions, int n) {
  struct metaworld *self = (struct metaworld *)env;
  for (int t = 0; t < n; t++) GLB_TRY(glb_sawyer_bare(self->arm, actions + t * GLB_SAWYER_A));
  return GLB_OK;
}

// over the table, from the side that its own cameras "corner" see it from, but upright
static void view(struct glb_env *env, struct glb_env_view *view) {
  const struct metaworld *self = (struct metaworld *)env;
  *view = (struct glb_env_view){.physics = &self->arm->physics,
                                .look_at = {0, 0.6, 0.15},
                                .distance = 1.7,
                                .azimuth = 150,
                                .elevation = -30};
}

static const char *label(const double *task) {
  int count;
  return glb_sawyer_task_table(&count)[(int)task[0]].name;
}

#define FAMILY(id, text)                                           \
  const struct glb_env_ops glb_env_ops_##id = {.family = text,     \
                                               .create = create,   \
                                               .destroy = destroy, \
                                               .sample = sample,   \
                                               .reset = reset,     \
                                               .step = step,       \
                                               .bare = bare,       \
                                               .label = label,     \
                                               .view = view};
#define T(id, name, ...) FAMILY(ml1_##id, "ml1-" name)
#include "actors/env/metaworld/metaworld.def"
#undef T
FAMILY(ml10, "ml10")
FAMILY(ml25, "ml25")
FAMILY(ml45, "ml45")
FAMILY(mt10, "mt10")
FAMILY(mt50, "mt50")
#undef FAMILY
