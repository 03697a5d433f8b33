/* bench_env.h: an environment that steps through given actions, beside the bare simulator on the same. */
#ifndef DEPLOY_CLI_BENCH_ENV_H
#define DEPLOY_CLI_BENCH_ENV_H

#include "actors/env/env.h"
#include "common/base/arena.h"

struct glb_env_bench {
  struct glb_env *env;
  struct glb_arena arena;
  double *task;     // (P)
  double *actions;  // (horizon x A)
  double *obs;      // (O)
  int *lengths;     // (horizon) steps between resets: termination starts over
  int episodes;     // of them
};

int glb_env_bench_init(struct glb_env_bench *bench, const char *family);
void glb_env_bench_finish(struct glb_env_bench *bench);

/* A horizon of steps from the same start, with the same resets: through the environment, and in the simulator
 * alone. Steps done, or minus an error code. */
double glb_env_bench_steps(void *bench);
double glb_env_bench_bare(void *bench);

#endif  // DEPLOY_CLI_BENCH_ENV_H
