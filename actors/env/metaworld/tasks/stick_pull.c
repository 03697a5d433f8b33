/* stick_pull.c: a container towards the arm, with a stick through its handle. */
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/stick.h"
#include "actors/env/metaworld/vec.h"

static int place(struct glb_sawyer *arm, const double *v) {
  glb_vec_set(arm->memory.target, v[3], v[4], 0.02);
  return glb_stick_place(arm, v, 0, 0.09);
}

static void observe(struct glb_sawyer *arm, double *objects) {
  glb_stick_observe(arm, objects, 0);
}

static int inserted(struct glb_sawyer *arm, const double *handle) {
  const double *end = glb_sawyer_site(arm, "stick_end");
  return end[0] >= handle[0] && fabs(end[1] - handle[1]) <= 0.04 && fabs(end[2] - handle[2]) <= 0.06;
}

// the package cages the stick as if it had started where the container did
// b = H(g, sp); R = b; the stick held and lifted 1 + b + 5 sp; inserted 6 + b + 2 sp2 + cp, 10 at the target
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_cage cage = {
      .radius = 0.014, .pad = 0.05, .reach = 0.01, .xz = 0.01, .density = GLB_CAGE_HIGH};
  const double *target = arm->memory.target, *start = arm->memory.tool_init,
               *box_start = arm->memory.obj_init;
  const double *stick = arm->obs + 4, *handle = arm->obs + 11, open = arm->obs[3];
  double tcp[3], box[3], first[3];
  glb_sawyer_tcp(arm, tcp);
  glb_vec_add(box, handle, 0.05, 0, 0);
  glb_vec_add(first, box_start, 0.05, 0, 0);
  const double d = glb_vec_distance(stick, tcp), D = glb_vec_distance(handle, target);
  const double to_box = glb_reward_long(glb_vec_stretched(stick, box, 1, 1, 2), 0, 0.05,
                                        glb_vec_stretched(start, first, 1, 1, 2));
  const double to_target =
      glb_reward_long(glb_vec_distance(stick, target), 0, 0.05, glb_vec_distance(start, target));
  const double box_in =
      glb_reward_long(glb_vec_distance(box, target), 0, 0.05, glb_vec_distance(box_start, target));
  const int held = d < 0.02 && open > 0 && stick[2] - 0.01 > start[2], in = inserted(arm, handle);
  const double grasp = held ? 1 : glb_cage_grip(arm, stick, &cage), both = glb_reward_both(grasp, to_box);
  result->reward = both;
  if (held) result->reward = in ? 1 + both + 5 + 2 * to_target + box_in : 1 + both + 5 * to_box;
  if (held && in && D <= 0.12) result->reward = 10;
  result->success = D <= 0.12 && in;
  result->near = d <= 0.03;
  result->grasped = glb_sawyer_touch(arm, "objGeom") && open > 0 && stick[2] - 0.02 > box_start[2];
  result->grasp = grasp;
  result->in_place = to_box;
  result->distance = D;
}

static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  const double *handle = arm->obs + 11;
  glb_stick_reward_v1(arm, 0.01, 0.001, result);
  result->success = glb_vec_distance(handle, arm->memory.target) <= 0.12 && inserted(arm, handle);
}

const struct glb_sawyer_rules glb_sawyer_rules_stick_pull = {.place = place,
                                                             .observe = observe,
                                                             .reward = reward,
                                                             .measure_v1 = glb_stick_measure_v1,
                                                             .reward_v1 = reward_v1};
