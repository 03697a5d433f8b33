/* door_unlock.c: the lock of a door, upwards. */
#include "actors/env/metaworld/door.h"
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/vec.h"

static int place(struct glb_sawyer *arm, const double *v) {
  (void)v;
  const int code = glb_sawyer_set_joint(arm, 1.5708);
  glb_vec_add(arm->memory.target, glb_sawyer_body(arm, "lock_link"), 0.1, -0.04, 0);
  return code;
}

static void observe(struct glb_sawyer *arm, double *objects) {
  glb_door_observe_lock(arm, "lockStartUnlock", objects);
}

// R = 2 r + 8 p; the start of the lock is a live view in the package
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  const double *obj = arm->obs + 4;
  double hand[3], start[3];
  glb_vec_add(hand, arm->obs, 0, 0.055, 0.07);
  glb_vec_add(start, arm->memory.init_tcp, 0, 0.055, 0.07);
  const double x = glb_vec_stretched(hand, obj, 0.25, 1, 0.5);
  const double x0 = glb_vec_stretched(start, glb_sawyer_body(arm, "lock_link"), 0.25, 1, 0.5);
  const double D = fabs(arm->memory.target[0] - obj[0]);
  const double reach = glb_reward_long(x, 0, 0.02, x0), pushed = glb_reward_long(D, 0, 0.005, 0.1);
  result->reward = 2 * reach + 8 * pushed;
  glb_door_report_lock(arm, x, D, reach, pushed, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_door_unlock = {.furnish = glb_door_furnish,
                                                              .place = place,
                                                              .observe = observe,
                                                              .reward = reward,
                                                              .measure_v1 = glb_door_measure_lock_v1,
                                                              .reward_v1 = glb_door_reward_lock_v1};
