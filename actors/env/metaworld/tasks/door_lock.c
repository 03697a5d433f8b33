/* door_lock.c: the lock of a door, downwards. */
#include "actors/env/metaworld/door.h"
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/vec.h"

static int place(struct glb_sawyer *arm, const double *v) {
  (void)v;
  const int code = glb_sawyer_settle(arm, 5);
  glb_vec_add(arm->memory.target, glb_sawyer_body(arm, "lock_link"), 0, -0.04, -0.1);
  return code;
}

static void observe(struct glb_sawyer *arm, double *objects) {
  glb_door_observe_lock(arm, "lockStartLock", objects);
}

// R = 2 H(open, n) + 8 k; the package compares the pad's distance with itself (a live view), so n is L at its margin
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  const double *obj = arm->obs + 4, open = arm->obs[3];
  const double d = glb_vec_stretched(obj, glb_sawyer_body(arm, "leftpad"), 0.25, 1, 0.5);
  const double D = fabs(arm->memory.target[2] - obj[2]);
  const double near = glb_reward_long(d, 0, 0.01, d), locked = glb_reward_long(D, 0, 0.005, 0.1);
  result->reward = 2 * glb_reward_both(fmax(open, 0), near) + 8 * locked;
  glb_door_report_lock(arm, d, D, near, locked, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_door_lock = {.furnish = glb_door_furnish,
                                                            .place = place,
                                                            .observe = observe,
                                                            .reward = reward,
                                                            .measure_v1 = glb_door_measure_lock_v1,
                                                            .reward_v1 = glb_door_reward_lock_v1};
