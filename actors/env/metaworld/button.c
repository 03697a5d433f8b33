#include "actors/env/metaworld/button.h"

#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/vec.h"

void glb_button_furnish(struct glb_sawyer *arm, const double *v) {
  glb_sawyer_move_body(arm, "box", v);
}

int glb_button_place(struct glb_sawyer *arm, const double *v, int axis) {
  glb_vec_copy(arm->memory.obj_init, v);
  glb_vec_copy(arm->memory.target, glb_sawyer_site(arm, "hole"));
  arm->memory.scale = fabs(arm->memory.target[axis] - glb_sawyer_site(arm, "buttonStart")[axis]);
  return 0;
}

void glb_button_measure(struct glb_button *button, struct glb_sawyer *arm, int axis, double tolerance) {
  const double *obj = arm->obs + 4;
  double tcp[3];
  glb_sawyer_tcp(arm, tcp);
  button->open = arm->obs[3];
  button->d = glb_vec_distance(obj, tcp);
  button->d0 = glb_vec_distance(obj, arm->memory.init_tcp);
  button->D = fabs(arm->memory.target[axis] - obj[axis]);
  button->near = glb_reward_long(button->d, 0, tolerance, button->d0);
  button->pressed = glb_reward_long(button->D, 0, 0.005, arm->memory.scale);
}

void glb_button_report(const struct glb_button *button, double limit, struct glb_sawyer_result *result) {
  result->success = button->D <= limit;
  result->near = button->d <= 0.05;
  result->grasped = button->open > 0;
  result->grasp = button->near;
  result->in_place = button->pressed;
  result->distance = button->D;
}
