/* plate_slide_side.c: a plate to the left. */
#include "actors/env/metaworld/plate.h"
#include "actors/env/metaworld/reward_v1.h"

static int place(struct glb_sawyer *arm, const double *v) {
  return glb_plate_place(arm, v, 0, 0);
}

const struct glb_sawyer_rules glb_sawyer_rules_plate_slide_side = {.place = place,
                                                                   .observe = glb_plate_observe,
                                                                   .reward = glb_plate_reward,
                                                                   .measure_v1 = glb_v1_limit_xy,
                                                                   .reward_v1 = glb_v1_slide};
