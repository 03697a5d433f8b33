/* benchmark.h: MetaWorld's benchmarks: which environments, and their task vectors.
 *
 * The package draws GLB_BENCHMARK_GOALS task vectors for each environment of a list, one environment after the
 * other, from one generator: the lists here are the same numbers. */
#ifndef ACTORS_ENV_METAWORLD_BENCHMARK_H
#define ACTORS_ENV_METAWORLD_BENCHMARK_H

#include <stdint.h>

#include "actors/env/metaworld/sawyer.h"
#include "common/task/task.h"

enum { GLB_BENCHMARK_GOALS = 50, GLB_BENCHMARK_ENVS = 50 };

struct glb_benchmark_list {
  int count;                         // environments
  uint8_t envs[GLB_BENCHMARK_ENVS];  // numbers in glb_sawyer_task_table, in order
};

struct glb_benchmark {
  const char *name;                    // "ml10"
  int visible;                         // the goal is part of the observation
  uint32_t test_seed;                  // what is added to the seed for the test list
  struct glb_benchmark_list lists[2];  // by enum glb_split
};

/* The benchmark called name: "ml10", "ml25", "ml45", "mt10", "mt50", or "ml1-" with an environment. GLB_ECONFIG.
 *   ML    few environments to train on, others to test on
 *   ML1   one environment; test goals are drawn with the next seed
 *   MT    goals visible; the package has no test list, so as ML1 */
int glb_benchmark_find(struct glb_benchmark *benchmark, const char *name);

/* Task vector of goal number goal of environment number index of a list; v has GLB_SAWYER_VECTOR numbers,
 * those beyond the environment's are 0. */
void glb_benchmark_draw(double *v, const struct glb_benchmark *benchmark, enum glb_split split, uint32_t seed,
                        int index, int goal);

#endif  // ACTORS_ENV_METAWORLD_BENCHMARK_H
