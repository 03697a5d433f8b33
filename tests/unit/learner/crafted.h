/* crafted.h: trials with contents that a test can recognise. */
#ifndef TESTS_UNIT_LEARNER_CRAFTED_H
#define TESTS_UNIT_LEARNER_CRAFTED_H

#include <stdlib.h>
#include <string.h>

#include "common/policy/acting.h"

/* Trial (round, slot) with E episodes of the given lengths; observation j of step t is round + slot/10 +
 * t/1000 + j, the last of episode e is -e - 1; terminated as given. */
static inline void craft_trial(struct glb_trial *trial, uint32_t round, uint32_t slot, const int *length,
                               const uint8_t *terminated) {
  const struct glb_trial_shape shape = trial->shape;
  memset(trial->block, 0, glb_trial_bytes(shape));
  trial->head->round = round;
  trial->head->slot = slot;
  trial->head->E = shape.E;
  for (int e = 0, t = 0; e < shape.E; e++) {
    trial->length[e] = length[e];
    trial->terminated[e] = terminated[e];
    for (int i = 0; i < length[e]; i++, t++) {
      for (int j = 0; j < shape.O; j++)
        trial->obs[t * shape.O + j] = (float)round + (float)slot / 10 + (float)t / 1000 + (float)j;
      for (int j = 0; j < shape.A; j++) trial->action[t * shape.A + j] = (float)t / 100;
      trial->reward[t] = 0.01 * t + slot;
    }
    for (int j = 0; j < shape.O; j++) trial->last_obs[e * shape.O + j] = (float)(-e - 1);
    trial->head->T = t;
  }
}

/* Identity normalisers, drawn basis, over a block that the caller frees. */
static inline void craft_acting(struct glb_acting *acting, const struct glb_space *space, uint64_t seed) {
  glb_acting_map(acting, space, calloc(glb_acting_size(space), sizeof(float)));
  glb_model_draw(&space->model, acting->model, seed);
  for (int i = 0; i < space->trial.O; i++) acting->obs_scale[i] = 1;
  for (int i = 0; i < space->B; i++) acting->belief_scale[i] = 1;
}

#endif  // TESTS_UNIT_LEARNER_CRAFTED_H
