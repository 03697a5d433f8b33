/* button_press_topdown.c: a button from above; the fingers closed. */
#include "actors/env/metaworld/button.h"

static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  struct glb_button b;
  glb_button_measure(&b, arm, 2, 0.01);
  glb_button_reward_above(&b, 1 - b.open, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_button_press_topdown = {
    .furnish = glb_button_furnish,
    .place = glb_button_place_above,
    .observe = glb_button_observe_above,
    .reward = reward,
    .measure_v1 = glb_button_measure_v1,
    .reward_v1 = glb_button_reward_above_v1};
