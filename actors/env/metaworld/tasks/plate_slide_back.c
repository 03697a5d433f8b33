/* plate_slide_back.c: a plate towards the arm. */
#include "actors/env/metaworld/plate.h"
#include "actors/env/metaworld/reward_v1.h"

static int place(struct glb_sawyer *arm, const double *v) {
  return glb_plate_place(arm, v, 0, 0.15);
}

const struct glb_sawyer_rules glb_sawyer_rules_plate_slide_back = {.place = place,
                                                                   .observe = glb_plate_observe,
                                                                   .reward = glb_plate_reward,
                                                                   .measure_v1 = glb_plate_measure_v1,
                                                                   .reward_v1 = glb_v1_slide};
