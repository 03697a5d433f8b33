/* button_press.c: a button from the front. */
#include "actors/env/metaworld/button.h"
#include "actors/env/metaworld/reward_v1.h"

static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_v1_move move = {.along = {0, 1, 0}, .left = 1, .radius = 0.02};
  glb_v1_move(arm, &move, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_button_press = {.furnish = glb_button_furnish,
                                                               .place = glb_button_place_front,
                                                               .observe = glb_button_observe_front,
                                                               .reward = glb_button_reward_front,
                                                               .measure_v1 = glb_button_measure_v1,
                                                               .reward_v1 = reward_v1};
