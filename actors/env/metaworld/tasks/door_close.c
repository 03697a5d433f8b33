/* door_close.c: an open door. */
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/vec.h"

static void furnish(struct glb_sawyer *arm, const double *v) {
  glb_sawyer_move_body(arm, "door", v);
}

static int place(struct glb_sawyer *arm, const double *v) {
  glb_vec_copy(arm->memory.obj_init, v);
  glb_vec_add(arm->memory.target, v, 0.2, -0.2, 0);
  return glb_sawyer_set_joint(arm, -1.5708);
}

static void observe(struct glb_sawyer *arm, double *objects) {
  glb_vec_copy(objects, glb_sawyer_geom(arm, "handle"));
  glb_sawyer_rotation_geom(arm, "handle", objects + 3);
}

// R = 3 N(|tcp - target|) + 6 N(D), 10 at the target
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  const double *obj = arm->obs + 4, *target = arm->memory.target;
  double tcp[3];
  glb_sawyer_tcp(arm, tcp);
  const double D = glb_vec_distance(obj, target);
  const double in_place = glb_reward_gauss(D, 0, 0.05, glb_vec_distance(arm->memory.obj_init, target));
  const double hand = glb_reward_gauss(glb_vec_distance(tcp, target), 0, 0.0125,
                                       glb_vec_distance(arm->task->hand, obj) + 0.1);
  result->reward = D < 0.05 ? 10 : 3 * hand + 6 * in_place;
  result->success = D <= 0.08;
  result->grasped = 1;
  result->grasp = 1;
  result->in_place = hand;
  result->distance = D;
}

const struct glb_sawyer_rules glb_sawyer_rules_door_close = {
    .furnish = furnish, .place = place, .observe = observe, .reward = reward};
