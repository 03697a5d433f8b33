#include "actors/env/metaworld/window.h"

#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

void glb_window_furnish(struct glb_sawyer *arm, const double *v) {
  glb_sawyer_move_body(arm, "window", v);
}

void glb_window_place(struct glb_sawyer *arm, const double *v, double slide) {
  glb_vec_copy(arm->memory.obj_init, v);
  *glb_sawyer_joint(arm, "window_slide") = slide;
}

void glb_window_reward(struct glb_sawyer *arm, const char *site, const double *start,
                       glb_window_shape_fn shape, struct glb_sawyer_result *result) {
  const double *handle = glb_sawyer_site(arm, site), target = arm->memory.target[0];
  double tcp[3];
  glb_sawyer_tcp(arm, tcp);
  const double D = fabs(handle[0] - target), D0 = fabs(start[0] - target);
  const double d = glb_vec_distance(handle, tcp);
  const double d0 = glb_vec_distance(arm->memory.tool_init, arm->memory.init_tcp);
  const double in_place = glb_reward_long(D, 0, 0.05, fabs(D0 - 0.05));
  const double reach = shape(d, 0, 0.02, fabs(d0 - 0.02));
  result->reward = 10 * glb_reward_both(reach, in_place);
  result->success = D <= 0.05;
  result->near = d <= 0.05;
  result->grasped = 1;
  result->grasp = reach;
  result->in_place = in_place;
  result->distance = D;
}

void glb_window_measure_v1(struct glb_sawyer *arm) {
  arm->memory.v1.limit = 0.2;
}

void glb_window_reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  const double *obj = arm->obs + 4;
  double hand[3];
  glb_sawyer_tcp(arm, hand);
  const double r = glb_vec_distance(obj, hand), d = fabs(obj[0] - arm->memory.target[0]);
  result->reward = -r + (r < 0.05 ? glb_v1_bonus(arm->memory.v1.limit, d) : 0);
  result->grasped = 1;
  glb_v1_report(d, 0.05, result);
}
