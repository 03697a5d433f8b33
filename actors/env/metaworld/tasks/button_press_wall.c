/* button_press_wall.c: a button from the front, over a wall. */
#include "actors/env/metaworld/button.h"
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/vec.h"

static int place(struct glb_sawyer *arm, const double *v) {
  const int code = glb_sawyer_set_joint(arm, 0);
  return code ? code : glb_button_place(arm, v, 1);
}

static void observe(struct glb_sawyer *arm, double *objects) {
  glb_puck_observe_body(arm, "button", objects);
  objects[1] -= 0.193;
}

// R = 2 H((1 - open) / 2, n) on the way, 2 + 2 (1 + open) + 4 p^2 at the button
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  struct glb_button b;
  glb_button_measure(&b, arm, 1, 0.01);
  result->reward = b.d > 0.07 ? 2 * glb_reward_both((1 - b.open) / 2, b.near)
                              : 2 + 2 * (1 + b.open) + 4 * b.pressed * b.pressed;
  glb_button_report(&b, 0.03, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_button_press_wall = {
    .furnish = glb_button_furnish, .place = place, .observe = observe, .reward = reward};
