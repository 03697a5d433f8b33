/* door_close.c: an open door. */
#include "actors/env/metaworld/door.h"
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

static int place(struct glb_sawyer *arm, const double *v) {
  glb_vec_copy(arm->memory.obj_init, v);
  glb_vec_add(arm->memory.target, v, 0.2, -0.2, 0);
  return glb_sawyer_set_joint(arm, -1.5708);
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

static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_v1_move move = {.along = {1, 1, 0}, .grasped = 1, .radius = 0.08};
  glb_v1_move(arm, &move, result);
  result->near = 0;
  result->grasp = 1;
}

const struct glb_sawyer_rules glb_sawyer_rules_door_close = {.furnish = glb_door_furnish,
                                                             .place = place,
                                                             .observe = glb_door_observe_handle,
                                                             .reward = reward,
                                                             .measure_v1 = glb_door_measure_handle_v1,
                                                             .reward_v1 = reward_v1};
