#include <stdlib.h>

#include "actors/rollout.h"
#include "common/base/error.h"
#include "common/config/config.h"
#include "deploy/cli/bench.h"
#include "deploy/cli/bench_env.h"

static const double reach = 0.5;

/* A slot group's trials with a drawn basis and policy: simulation, policy, exact belief. */
struct rollout_bench {
  struct glb_config config;
  struct glb_space space;
  struct glb_rollout *rollout;
  struct glb_acting acting;
  struct glb_trial *trials;  // (group)
  char *blocks;
  struct glb_env_bench env;  // the limit
};

static int start(struct rollout_bench *b) {
  glb_config_init(&b->config);
  GLB_TRY(glb_config_set(&b->config, "env.family=cheetah-vel", "bench"));
  GLB_TRY(glb_space_init(&b->space, &b->config, NULL));
  GLB_TRY(glb_rollout_create(&b->rollout, &b->config, &b->space));
  GLB_TRY(glb_env_bench_init(&b->env, "cheetah-vel"));

  const size_t G = (size_t)b->config.actor_group, bytes = glb_trial_bytes(b->space.trial);
  float *snapshot = calloc(glb_acting_size(&b->space), sizeof *snapshot);
  if (snapshot) glb_acting_map(&b->acting, &b->space, snapshot);
  b->trials = calloc(G, sizeof *b->trials);
  b->blocks = aligned_alloc(64, G * bytes);
  GLB_CHECK(snapshot && b->trials && b->blocks, GLB_ENOMEM, "no memory for %zu trials", G);
  for (size_t i = 0; i < G; i++) glb_trial_map(&b->trials[i], b->space.trial, b->blocks + i * bytes);

  // weights small enough that actions stay inside the box
  glb_model_draw(&b->space.model, b->acting.model, 0);
  for (size_t i = 0; i < b->space.policy.params.size; i++)
    b->acting.policy[i] = 0.01f * (float)((int)(i % 7) - 3);
  for (int i = 0; i < b->space.trial.O; i++) b->acting.obs_scale[i] = 1;
  for (int i = 0; i < b->space.B; i++) b->acting.belief_scale[i] = 1;
  return GLB_OK;
}

static void stop(struct rollout_bench *b) {
  glb_env_bench_finish(&b->env);
  glb_rollout_destroy(b->rollout);
  free(b->acting.block);
  free(b->trials);
  free(b->blocks);
}

static double trials(void *context) {
  struct rollout_bench *b = context;
  const int code = glb_rollout_run(b->rollout, &b->acting, &(struct glb_rollout_request){0}, b->trials);
  return code ? -code : (double)b->config.actor_group * b->space.trial.T;
}

static double bare(void *context) {
  struct rollout_bench *b = context;
  double steps = 0;
  for (int i = 0; i < b->config.actor_group; i++) {
    const double done = glb_env_bench_bare(&b->env);
    if (done < 0) return done;
    steps += done;
  }
  return steps;
}

int glb_bench_rollout(struct glb_bench *bench) {
  struct rollout_bench b = {0};
  const struct glb_bench_row row = {.name = "rollout.cheetah-vel",
                                    .unit = "step/s",
                                    .work = trials,
                                    .limit = "bare mj_step loop",
                                    .limit_work = bare,
                                    .context = &b,
                                    .reach = reach};
  int code = start(&b);
  if (!code) code = glb_bench_measure(bench, &row);
  stop(&b);
  GLB_TRY(code);
  return GLB_OK;
}
