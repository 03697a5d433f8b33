/* reach.c: the hand at a point; the puck is only seen. */
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/sawyer.h"
#include "actors/env/metaworld/vec.h"

static int place(struct glb_sawyer *arm, const double *v) {
  glb_vec_copy(arm->memory.obj_init, v);
  glb_vec_copy(arm->memory.target, v + 3);
  return glb_sawyer_put(arm, arm->memory.obj_init);
}

static void observe(struct glb_sawyer *arm, double *objects) {
  glb_vec_copy(objects, glb_sawyer_body(arm, "obj"));
  glb_sawyer_rotation_geom(arm, "objGeom", objects + 3);
}

// R = 10 L(D), D = |tcp - target|
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  const double *target = arm->memory.target;
  double tcp[3];
  glb_sawyer_tcp(arm, tcp);
  const double D = glb_vec_distance(tcp, target);
  const double in_place = glb_reward_long(D, 0, 0.05, glb_vec_distance(arm->task->hand, target));

  result->reward = 10 * in_place;
  result->success = D <= 0.05;
  result->near = D;
  result->grasped = 1;
  result->grasp = D;
  result->in_place = in_place;
  result->distance = D;
}

const struct glb_sawyer_rules glb_sawyer_rules_reach = {.place = place, .observe = observe, .reward = reward};
