/* handle_press_side.c: a handle at the side, down. */
#include "actors/env/metaworld/handle.h"

const struct glb_sawyer_rules glb_sawyer_rules_handle_press_side = {.furnish = glb_handle_furnish,
                                                                    .place = glb_handle_press_place,
                                                                    .observe = glb_handle_press_observe,
                                                                    .reward = glb_handle_press_reward,
                                                                    .measure_v1 = glb_handle_measure_v1,
                                                                    .reward_v1 = glb_handle_press_reward_v1};
