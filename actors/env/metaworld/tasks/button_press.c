/* button_press.c: a button from the front. */
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

// R = 2 H(c, n), + 8 p at the button
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  struct glb_button b;
  glb_button_measure(&b, arm, 1, 0.05);
  result->reward = 2 * glb_reward_both(fmax(b.open, 0), b.near);
  if (b.d <= 0.05) result->reward += 8 * b.pressed;
  glb_button_report(&b, 0.02, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_button_press = {
    .furnish = glb_button_furnish, .place = place, .observe = observe, .reward = reward};
