#include "deploy/cli/bench.h"

#include <stdio.h>

#include "actors/env/env.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/rng.h"

static const double reach = 0.93;

/* A family under measurement: one episode with given actions, again and again from the same start. */
struct env_bench {
  struct glb_env *env;
  struct glb_arena arena;
  double *task;     // (P)
  double *actions;  // (horizon x A)
  double *obs;      // (O)
};

static void lay(struct env_bench *bench, const struct glb_family *family) {
  bench->task = GLB_TAKE(&bench->arena, double, family->P);
  bench->actions = GLB_TAKE(&bench->arena, double, (size_t)family->horizon *(size_t)family->A);
  bench->obs = GLB_TAKE(&bench->arena, double, family->O);
}

static int fill(struct env_bench *bench, const struct glb_family *family) {
  lay(bench, family);
  GLB_TRY(glb_arena_init(&bench->arena, bench->arena.used));
  lay(bench, family);

  struct glb_rng rng;
  glb_rng_start(&rng, 0, GLB_STREAM_TEST, (struct glb_rng_at){0});
  for (int i = 0; i < family->horizon * family->A; i++) bench->actions[i] = 2 * glb_rng_uniform(&rng) - 1;
  return glb_env_sample(bench->task, family->name, GLB_SPLIT_TEST, 0, 0, 0);
}

static int reset(struct env_bench *bench) {
  struct glb_rng rng;
  glb_rng_start(&rng, 0, GLB_STREAM_RESET, (struct glb_rng_at){0});
  return glb_env_reset(bench->env, bench->task, &rng, bench->obs);
}

static int run_steps(struct env_bench *bench) {
  const struct glb_family *family = bench->env->family;
  struct glb_env_step step = {.terminated = 1};
  for (int t = 0; t < family->horizon; t++) {
    if (step.terminated) GLB_TRY(reset(bench));
    GLB_TRY(glb_env_step(bench->env, bench->actions + t * family->A, bench->obs, &step));
  }
  return GLB_OK;
}

static int run_bare(struct env_bench *bench) {
  GLB_TRY(reset(bench));
  return glb_env_bare(bench->env, bench->actions, bench->env->family->horizon);
}

static double units(const struct env_bench *bench, int code) {
  return code ? -code : bench->env->family->horizon;
}

static double steps(void *context) {
  return units(context, run_steps(context));
}

static double bare(void *context) {
  return units(context, run_bare(context));
}

static int measure(struct glb_bench *bench, struct env_bench *measured) {
  const struct glb_family *family = measured->env->family;
  char name[64];
  snprintf(name, sizeof name, "env.%s", family->name);
  GLB_TRY(fill(measured, family));
  const struct glb_bench_row row = {.name = name,
                                    .unit = "step/s",
                                    .work = steps,
                                    .limit = "bare mj_step loop",
                                    .limit_work = bare,
                                    .context = measured,
                                    .reach = reach};
  return glb_bench_measure(bench, &row);
}

int glb_bench_env(struct glb_bench *bench) {
  int count;
  const struct glb_family *table = glb_family_table(&count);
  for (int i = 0; i < count; i++) {
    struct env_bench measured = {0};
    GLB_TRY(glb_env_create(&measured.env, table[i].name, NULL));
    int code = measured.env->ops->bare ? measure(bench, &measured) : GLB_OK;
    glb_arena_finish(&measured.arena);
    glb_env_destroy(measured.env);
    GLB_TRY(code);
  }
  return GLB_OK;
}
