/* window_close.c: an open window. */
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/vec.h"

static void furnish(struct glb_sawyer *arm, const double *v) {
  glb_sawyer_move_body(arm, "window", v);
}

// no forward pass after the slide is set: the first observation does not know of it
static int place(struct glb_sawyer *arm, const double *v) {
  glb_vec_copy(arm->memory.obj_init, v);
  glb_vec_copy(arm->memory.target, v);
  glb_vec_add(arm->memory.tool_init, glb_sawyer_site(arm, "handleCloseStart"), 0.2, 0, 0);
  *glb_sawyer_joint(arm, "window_slide") = 0.2;
  return 0;
}

static void observe(struct glb_sawyer *arm, double *objects) {
  glb_puck_observe_site(arm, "handleCloseStart", objects);
}

// R = 10 H(r, ip), along x
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  const double *handle = glb_sawyer_site(arm, "handleCloseStart"), target = arm->memory.target[0];
  double tcp[3];
  glb_sawyer_tcp(arm, tcp);
  const double D = fabs(handle[0] - target), D0 = fabs(arm->memory.tool_init[0] - target);
  const double d = glb_vec_distance(handle, tcp);
  const double d0 = glb_vec_distance(arm->memory.tool_init, arm->memory.init_tcp);
  const double in_place = glb_reward_long(D, 0, 0.05, fabs(D0 - 0.05));
  const double reach = glb_reward_gauss(d, 0, 0.02, fabs(d0 - 0.02));
  result->reward = 10 * glb_reward_both(reach, in_place);
  result->success = D <= 0.05;
  result->near = d <= 0.05;
  result->grasped = 1;
  result->grasp = reach;
  result->in_place = in_place;
  result->distance = D;
}

const struct glb_sawyer_rules glb_sawyer_rules_window_close = {
    .furnish = furnish, .place = place, .observe = observe, .reward = reward};
