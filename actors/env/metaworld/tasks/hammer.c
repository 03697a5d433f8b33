/* hammer.c: a nail, with a hammer. */
#include "actors/env/metaworld/nut.h"
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

static int place(struct glb_sawyer *arm, const double *v) {
  glb_vec_copy(arm->memory.target, glb_sawyer_site(arm, "goal"));
  glb_vec_copy(arm->memory.obj_init, v);
  return glb_sawyer_put(arm, arm->memory.obj_init);
}

static void observe(struct glb_sawyer *arm, double *objects) {
  glb_puck_observe_body(arm, "hammer", objects);
  glb_puck_observe_body(arm, "nail_link", objects + 7);
}

// R = (2 g + 6 ip) q, 10 with the nail in and the hammer in the hand
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const double wanted[4] = {1, 0, 0, 0};
  double head[3];
  glb_vec_add(head, arm->obs + 4, 0.16, 0.06, 0);
  const double in_place = 0.1 * (head[2] > 0.02) +
                          0.9 * glb_reward_long(glb_vec_distance(arm->memory.target, head), 0, 0.02, 0.2);
  const int success = *glb_sawyer_joint(arm, "NailSlideJoint") > 0.09;
  glb_nut_report(glb_nut_upright(arm->obs + 7, wanted, 0.4), glb_nut_grasp(arm, 0.07, GLB_CAGE_HIGH),
                 in_place, 0, result);
  result->success = success;
  if (success && result->reward > 5) result->reward = 10;
}

static void measure_v1(struct glb_sawyer *arm) {
  const double *start = arm->memory.obj_init;
  glb_v1_limit_lift(arm, glb_sawyer_body(arm, "hammer")[2], 0.09);
  arm->memory.v1.limit =
      fabs(arm->memory.v1.top - start[2]) + arm->memory.v1.top + fabs(start[1] - arm->memory.target[1]);
}

// d: from the head to the nail, and from the nail to the board
static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_v1_lift how = {
      .beside = INFINITY, .close = 0.05, .firm = INFINITY, .hold = 0.1, .place = 0.1};
  const double *obj = arm->obs + 4, *nail = glb_sawyer_site(arm, "nailHead");
  const double to_nail = glb_vec_distance(nail, glb_sawyer_geom(arm, "HammerHead"));
  const double d = to_nail + fabs(nail[1] - arm->memory.target[1]);
  struct glb_v1_carry carry;
  glb_v1_carry(&carry, arm, obj, obj[2], to_nail, &how);
  result->reward = carry.approach + carry.lift;
  if (carry.placing) result->reward += fmax(glb_v1_bonus(arm->memory.v1.limit, d), 0);
  result->success = *glb_sawyer_joint(arm, "NailSlideJoint") > 0.09;
}

const struct glb_sawyer_rules glb_sawyer_rules_hammer = {
    .place = place, .observe = observe, .reward = reward, .measure_v1 = measure_v1, .reward_v1 = reward_v1};
