/* push.c: the puck to a point on the table. */
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

// puck and target on the height at which the puck lies
static int place(struct glb_sawyer *arm, const double *v) {
  return glb_puck_place_flat(arm, v, glb_sawyer_body(arm, "obj")[2]);
}

// R = 2 g while the puck is not held, 4 g + 1 + 5 L(D) when it is, 10 at the target
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_cage cage = {
      .radius = 0.015, .pad = 0.05, .reach = 0.01, .xz = 0.005, .density = GLB_CAGE_HIGH};
  const double *obj = arm->obs + 4, *target = arm->memory.target, *start = arm->memory.obj_init;
  const double open = arm->obs[3];
  double tcp[3];
  glb_sawyer_tcp(arm, tcp);
  const double D = glb_vec_distance(obj, target), d = glb_vec_distance(obj, tcp);
  const double in_place = glb_reward_long(D, 0, 0.05, glb_vec_distance(start, target));
  const double grasp = glb_cage_grip(arm, obj, &cage);

  result->reward = 2 * grasp;
  if (d < 0.02 && open > 0) result->reward = 4 * grasp + 1 + 5 * in_place;
  if (D < 0.05) result->reward = 10;
  result->success = D <= 0.05;
  result->near = d <= 0.03;
  result->grasped = glb_sawyer_touch(arm, "objGeom") && open > 0 && obj[2] - 0.02 > start[2];
  result->grasp = grasp;
  result->in_place = in_place;
  result->distance = D;
}

static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_v1_move move = {.along = {1, 1, 0}, .radius = 0.05};
  glb_v1_move(arm, &move, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_push = {.place = place,
                                                       .observe = glb_puck_observe,
                                                       .reward = reward,
                                                       .measure_v1 = glb_v1_limit_xy,
                                                       .reward_v1 = reward_v1};
