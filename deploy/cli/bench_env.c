#include "deploy/cli/bench_env.h"

#include <stdio.h>

#include "common/base/error.h"
#include "common/base/rng.h"
#include "deploy/cli/bench.h"

enum {
  RESETS = 200,
  RESET_STEPS = 50
};  // of a batch; steps of five time steps that a MetaWorld reset simulates

static void lay_out(void *object, struct glb_arena *arena) {
  struct glb_env_bench *bench = object;
  const struct glb_family *family = bench->env->family;
  bench->task = GLB_TAKE(arena, double, family->P);
  bench->actions = GLB_TAKE(arena, double, (size_t)family->horizon *(size_t)family->A);
  bench->obs = GLB_TAKE(arena, double, family->O);
  bench->lengths = GLB_TAKE(arena, int, family->horizon);
}

static int fill(struct glb_env_bench *bench, const struct glb_family *family) {
  GLB_TRY(glb_arena_lay(&bench->arena, lay_out, bench));

  struct glb_rng rng;
  glb_rng_start(&rng, 0, GLB_STREAM_TEST, (struct glb_rng_at){0});
  for (int i = 0; i < family->horizon * family->A; i++) bench->actions[i] = 2 * glb_rng_uniform(&rng) - 1;
  return glb_env_sample(bench->task, family->name, GLB_SPLIT_TEST, 0, 0, 0);
}

static int reset(struct glb_env_bench *bench) {
  struct glb_rng rng;
  glb_rng_start(&rng, 0, GLB_STREAM_RESET, (struct glb_rng_at){0});
  return glb_env_reset(bench->env, bench->task, &rng, bench->obs);
}

static int run_steps(struct glb_env_bench *bench) {
  const struct glb_family *family = bench->env->family;
  struct glb_env_step step = {.terminated = 1};
  bench->episodes = 0;
  for (int t = 0; t < family->horizon; t++) {
    if (step.terminated) {
      GLB_TRY(reset(bench));
      bench->lengths[bench->episodes++] = 0;
    }
    GLB_TRY(glb_env_step(bench->env, bench->actions + t * family->A, bench->obs, &step));
    bench->lengths[bench->episodes - 1]++;
  }
  return GLB_OK;
}

static int run_bare(struct glb_env_bench *bench) {
  const double *actions = bench->actions;
  for (int i = 0; i < bench->episodes; i++) {
    GLB_TRY(reset(bench));
    GLB_TRY(glb_env_bare(bench->env, actions, bench->lengths[i]));
    actions += bench->lengths[i] * bench->env->family->A;
  }
  return GLB_OK;
}

static double units(const struct glb_env_bench *bench, int code) {
  return code ? -code : bench->env->family->horizon;
}

double glb_env_bench_steps(void *bench) {
  return units(bench, run_steps(bench));
}

double glb_env_bench_bare(void *bench) {
  return units(bench, run_bare(bench));
}

int glb_env_bench_init(struct glb_env_bench *bench, const char *family) {
  *bench = (struct glb_env_bench){0};
  GLB_TRY(glb_env_create(&bench->env, family, NULL));
  GLB_TRY(fill(bench, bench->env->family));
  return run_steps(bench);  // finds the lengths
}

void glb_env_bench_finish(struct glb_env_bench *bench) {
  glb_arena_finish(&bench->arena);
  glb_env_destroy(bench->env);
}

static double known_resets(void *object) {
  struct glb_env_bench *bench = object;
  for (int i = 0; i < RESETS; i++) {
    const int code = reset(bench);
    if (code) return -code;
  }
  return RESETS;
}

static double simulated_reset(void *object) {
  struct glb_env_bench *bench = object;
  const int code = glb_env_bare(bench->env, bench->actions, RESET_STEPS);
  return code ? -code : 1;
}

static const struct glb_bench_row stepping = {.name = "env",
                                              .unit = "step/s",
                                              .work = glb_env_bench_steps,
                                              .limit = "bare mj_step loop",
                                              .limit_work = glb_env_bench_bare,
                                              .reach = 0.93};

// simulating takes 2.4 to 4 ms: 40 times faster is less than 0.1 ms
static const struct glb_bench_row resetting = {.name = "reset",
                                               .unit = "reset/s",
                                               .work = known_resets,
                                               .limit = "simulating one",
                                               .limit_work = simulated_reset,
                                               .reach = 40};

// A row of a kind for a family; none for one without a simulator.
static int measure(struct glb_bench *bench, const struct glb_bench_row *kind, const char *family) {
  struct glb_env_bench measured;
  char name[64];
  snprintf(name, sizeof name, "%s.%s", kind->name, family);
  struct glb_bench_row row = *kind;
  row.name = name;
  row.context = &measured;
  int code = glb_env_bench_init(&measured, family);
  if (!code && measured.env->ops->bare) code = glb_bench_measure(bench, &row);
  glb_env_bench_finish(&measured);
  GLB_TRY(code);
  return GLB_OK;
}

int glb_bench_env(struct glb_bench *bench) {
  static const char *const samples[] = {
#define S(name) name,
#include "deploy/cli/samples.def"
#undef S
  };
  for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
    GLB_TRY(measure(bench, &stepping, samples[i]));
  GLB_TRY(measure(bench, &resetting, "ml1-reach"));
  GLB_TRY(measure(bench, &resetting, "ml1-assembly"));
  return GLB_OK;
}
