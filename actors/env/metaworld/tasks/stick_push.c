/* stick_push.c: a container away, with a stick. */
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/stick.h"
#include "actors/env/metaworld/vec.h"

static int place(struct glb_sawyer *arm, const double *v) {
  glb_vec_set(arm->memory.target, v[3], v[4], glb_sawyer_site(arm, "insertion")[2]);
  return glb_stick_place(arm, v, 0, 0);
}

static void observe(struct glb_sawyer *arm, double *objects) {
  glb_stick_observe(arm, objects, 0.09);
}

// R = g; the stick held and lifted: 2 + 5 sp + 3 cp, 10 with the container at the target
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  const double *target = arm->memory.target, *start = arm->memory.tool_init, *box = arm->obs + 11;
  const struct glb_cage cage = {
      .radius = 0.04, .pad = 0.05, .reach = 0.01, .xz = 0.01, .density = GLB_CAGE_HIGH, .origin = start};
  const double open = arm->obs[3];
  double stick[3], tcp[3];
  glb_vec_add(stick, arm->obs + 4, 0.015, 0, 0);
  glb_sawyer_tcp(arm, tcp);
  const double d = glb_vec_distance(stick, tcp), D = glb_vec_distance(box, target);
  const double stick_in =
      glb_reward_long(glb_vec_distance(stick, target), 0, 0.12, glb_vec_distance(start, target) - 0.12);
  const double box_in = glb_reward_long(D, 0, 0.12, glb_vec_distance(arm->memory.obj_init, target) - 0.12);
  const int held = d < 0.02 && open > 0 && stick[2] - 0.01 > start[2];
  const double grasp = held ? 1 : glb_cage_grip(arm, stick, &cage);
  result->reward = held ? 2 + 5 * stick_in + 3 * box_in : grasp;
  if (held && D <= 0.12) result->reward = 10;
  result->grasped = glb_sawyer_touch(arm, "objGeom") && open > 0 && arm->obs[6] - 0.01 > start[2];
  result->success = result->grasped != 0 && D <= 0.12;
  result->near = d <= 0.03;
  result->grasp = grasp;
  result->in_place = stick_in;
  result->distance = D;
}

// no success: it would take a grasp, which version 1 does not report
static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  glb_stick_reward_v1(arm, 0.001, 0.0001, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_stick_push = {.place = place,
                                                             .observe = observe,
                                                             .reward = reward,
                                                             .measure_v1 = glb_stick_measure_v1,
                                                             .reward_v1 = reward_v1};
