/* lever_pull.c: a lever, up. */
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

static const double pi = 3.14159265358979323846;

static void furnish(struct glb_sawyer *arm, const double *v) {
  glb_sawyer_move_body(arm, "lever", v);
}

static int place(struct glb_sawyer *arm, const double *v) {
  glb_vec_copy(arm->memory.obj_init, v);
  glb_vec_add(arm->memory.tool_init, v, 0.12, -0.2, 0.25);
  glb_vec_add(arm->memory.target, v, 0.12, 0, 0.45);
  return 0;
}

static void observe(struct glb_sawyer *arm, double *objects) {
  glb_vec_copy(objects, glb_sawyer_site(arm, "leverStart"));
  glb_sawyer_rotation_geom(arm, "objGeom", objects + 3);
}

// R = 10 H(r, ip); the angle E from upright counts for success
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  const double *obj = arm->obs + 4, *target = arm->memory.target, *start = arm->memory.tool_init;
  double hand[3], first[3];
  glb_vec_add(hand, arm->obs, 0, 0.055, 0.07);
  glb_vec_add(first, arm->memory.init_tcp, 0, 0.055, 0.07);
  const double x = glb_vec_stretched(hand, obj, 4, 1, 4), x0 = glb_vec_stretched(first, start, 4, 1, 4);
  const double E = fabs(-*glb_sawyer_joint(arm, "LeverAxis") - pi / 2);
  const double reach = glb_reward_long(x, 0, 0.02, x0);
  const double in_place =
      glb_reward_long(glb_vec_distance(obj, target), 0, 0.04, glb_vec_distance(start, target));
  result->reward = 10 * glb_reward_both(reach, in_place);
  result->success = E <= pi / 24;
  result->near = x < 0.03;
  result->grasped = reach > 0.9;
  result->grasp = reach;
  result->in_place = glb_reward_long(E, 0, pi / 48, pi / 2 - pi / 12);
  result->distance = x;
}

static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_v1_move move = {.along = {1, 1, 1}, .radius = pi / 24};
  glb_v1_move(arm, &move, result);
  result->distance = 0;
}

const struct glb_sawyer_rules glb_sawyer_rules_lever_pull = {.furnish = furnish,
                                                             .place = place,
                                                             .observe = observe,
                                                             .reward = reward,
                                                             .measure_v1 = glb_v1_limit,
                                                             .reward_v1 = reward_v1};
