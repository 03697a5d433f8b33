/* button_press_topdown_wall.c: a button from above, over a wall. */
#include "actors/env/metaworld/button.h"
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/vec.h"

static int place(struct glb_sawyer *arm, const double *v) {
  const int code = glb_sawyer_forward(arm);
  return code ? code : glb_button_place(arm, v, 2);
}

static void observe(struct glb_sawyer *arm, double *objects) {
  glb_puck_observe_body(arm, "button", objects);
  objects[2] += 0.193;
}

// R = 5 H(c, n), + 5 p at the button
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  struct glb_button b;
  glb_button_measure(&b, arm, 2, 0.01);
  result->reward = 5 * glb_reward_both(fmax(b.open, 0), b.near);
  if (b.d <= 0.03) result->reward += 5 * b.pressed;
  glb_button_report(&b, 0.024, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_button_press_topdown_wall = {
    .furnish = glb_button_furnish, .place = place, .observe = observe, .reward = reward};
