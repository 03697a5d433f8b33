#include "actors/env/metaworld/handle.h"

#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

void glb_handle_furnish(struct glb_sawyer *arm, const double *v) {
  glb_sawyer_move_body(arm, "box", v);
}

int glb_handle_press_place(struct glb_sawyer *arm, const double *v) {
  (void)v;
  const int code = glb_sawyer_set_joint(arm, -0.001);
  glb_vec_copy(arm->memory.target, glb_sawyer_site(arm, "goalPress"));
  glb_vec_copy(arm->memory.obj_init, glb_sawyer_site(arm, "handleStart"));
  return code;
}

void glb_handle_press_observe(struct glb_sawyer *arm, double *objects) {
  glb_puck_observe_site(arm, "handleStart", objects);
}

// R = 10 H(r, ip), 10 when pressed; along z
void glb_handle_press_reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  const double *handle = glb_sawyer_site(arm, "handleStart"), *start = arm->memory.obj_init;
  const double target = arm->memory.target[2];
  double tcp[3];
  glb_sawyer_tcp(arm, tcp);
  const double D = fabs(handle[2] - target), d = glb_vec_distance(handle, tcp);
  const double in_place = glb_reward_long(D, 0, 0.02, fabs(fabs(start[2] - target) - 0.02));
  const double reach =
      glb_reward_long(d, 0, 0.02, fabs(glb_vec_distance(start, arm->memory.init_tcp) - 0.02));
  result->success = D <= 0.02;
  result->reward = 10 * (result->success ? 1 : glb_reward_both(reach, in_place));
  result->near = d <= 0.05;
  result->grasped = 1;
  result->grasp = reach;
  result->in_place = in_place;
  result->distance = D;
}

void glb_handle_measure_v1(struct glb_sawyer *arm) {
  arm->memory.v1.limit = fabs(glb_sawyer_site(arm, "handleStart")[2] - arm->memory.target[2]);
}

void glb_handle_press_reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_v1_move move = {.along = {0, 0, 1}, .left = 1, .grasped = 1, .radius = 0.02};
  glb_v1_move(arm, &move, result);
}
