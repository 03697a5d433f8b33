/* targets.h: which numbers of a family's observation change, found out by a short warm-up before anything is laid out. */
#ifndef ACTORS_TARGETS_H
#define ACTORS_TARGETS_H

#include "common/model/model.h"

struct glb_config;
struct glb_env;

/* Simulates training tasks of config's family for a few steps of uniform actions, and takes those of the free numbers
 * that some step changes by more than rounding. A pure function of the configuration: every rank and every later run
 * finds the same. *warm: the environment that was simulated, the caller's to destroy once it has its own (compiled
 * models are shared while one lives); NULL on failure. GLB_ECONFIG where nothing changes; errors of the environment. */
int glb_targets_measure(struct glb_targets *targets, struct glb_env **warm, const struct glb_config *config);

#endif  // ACTORS_TARGETS_H
