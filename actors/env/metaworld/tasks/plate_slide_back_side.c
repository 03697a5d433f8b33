/* plate_slide_back_side.c: a plate to the right. */
#include "actors/env/metaworld/plate.h"
#include "actors/env/metaworld/reward_v1.h"

// the goal's body goes to where the plate starts, as in the package
static void furnish(struct glb_sawyer *arm, const double *v) {
  glb_sawyer_move_body(arm, "puck_goal", v);
}

static int place(struct glb_sawyer *arm, const double *v) {
  return glb_plate_place(arm, v, -0.15, 0);
}

const struct glb_sawyer_rules glb_sawyer_rules_plate_slide_back_side = {.furnish = furnish,
                                                                        .place = place,
                                                                        .observe = glb_plate_observe,
                                                                        .reward = glb_plate_reward,
                                                                        .measure_v1 = glb_plate_measure_v1,
                                                                        .reward_v1 = glb_v1_slide};
