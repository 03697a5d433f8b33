/* button_press_wall.c: a button from the front, over a wall. */
#include "actors/env/metaworld/button.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

// R = 2 H((1 - open) / 2, n) on the way, 2 + 2 (1 + open) + 4 p^2 at the button
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  struct glb_button b;
  glb_button_measure(&b, arm, 1, 0.01);
  result->reward = b.d > 0.07 ? 2 * glb_reward_both((1 - b.open) / 2, b.near)
                              : 2 + 2 * (1 + b.open) + 4 * b.pressed * b.pressed;
  glb_button_report(&b, 0.03, result);
}

// the heights of the button and its hole, as in the package
static void measure_v1(struct glb_sawyer *arm) {
  arm->memory.v1.limit = fabs(glb_sawyer_site(arm, "buttonStart")[2] - arm->memory.target[2]);
}

static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_v1_move move = {.along = {0, 1, 0}, .left = 1, .radius = 0.03};
  glb_v1_move(arm, &move, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_button_press_wall = {.furnish = glb_button_furnish,
                                                                    .place = glb_button_place_front,
                                                                    .observe = glb_button_observe_front,
                                                                    .reward = reward,
                                                                    .measure_v1 = measure_v1,
                                                                    .reward_v1 = reward_v1};
