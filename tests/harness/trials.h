/* trials.h: made-up trials, consistent and different for each seed. */
#ifndef TESTS_HARNESS_TRIALS_H
#define TESTS_HARNESS_TRIALS_H

#include <string.h>

#include "common/base/rng.h"
#include "common/task/trial.h"

/* Fills a mapped trial with E episodes and T steps (E <= T, both within its shape); what it does not use is
 * zero. */
static inline void trial_fill(struct glb_trial *trial, int E, int T, uint64_t seed) {
  const struct glb_trial_shape shape = trial->shape;
  struct glb_rng rng;
  glb_rng_start(&rng, seed, GLB_STREAM_TEST, (struct glb_rng_at){0});
  memset(trial->block, 0, glb_trial_bytes(shape));
  *trial->head = (struct glb_trial_head){
      .round = glb_rng_u32(&rng), .slot = glb_rng_u32(&rng), .version = seed << 40 | 7, .E = E, .T = T};
  for (int i = 0; i < shape.P; i++) trial->task[i] = glb_rng_normal(&rng);
  for (int i = 0; i < T; i++) trial->reward[i] = glb_rng_normal(&rng);
  for (int i = 0; i < T * shape.O; i++) trial->obs[i] = (float)glb_rng_normal(&rng);
  for (int i = 0; i < E * shape.O; i++) trial->last_obs[i] = (float)glb_rng_normal(&rng);
  for (int i = 0; i < T * shape.A; i++) trial->action[i] = (float)(2 * glb_rng_uniform(&rng) - 1);
  for (int e = 0; e < E; e++) {
    trial->length[e] = e < E - 1 ? T / E : T - (E - 1) * (T / E);
    trial->terminated[e] = (uint8_t)glb_rng_below(&rng, 3);
    trial->success[e] = (uint8_t)(glb_rng_u32(&rng) & 1);
  }
}

#endif  // TESTS_HARNESS_TRIALS_H
