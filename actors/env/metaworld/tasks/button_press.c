/* button_press.c: a button from the front. */
#include "actors/env/metaworld/button.h"

const struct glb_sawyer_rules glb_sawyer_rules_button_press = {.furnish = glb_button_furnish,
                                                               .place = glb_button_place_front,
                                                               .observe = glb_button_observe_front,
                                                               .reward = glb_button_reward_front};
