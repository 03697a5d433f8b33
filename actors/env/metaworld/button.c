#include "actors/env/metaworld/button.h"

#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

void glb_button_furnish(struct glb_sawyer *arm, const double *v) {
  glb_sawyer_move_body(arm, "box", v);
}

static void aim(struct glb_sawyer *arm, const double *v, int axis) {
  glb_vec_copy(arm->memory.obj_init, v);
  glb_vec_copy(arm->memory.target, glb_sawyer_site(arm, "hole"));
  arm->memory.scale = fabs(arm->memory.target[axis] - glb_sawyer_site(arm, "buttonStart")[axis]);
}

int glb_button_place_above(struct glb_sawyer *arm, const double *v) {
  const int code = glb_sawyer_forward(arm);
  aim(arm, v, 2);
  return code;
}

int glb_button_place_front(struct glb_sawyer *arm, const double *v) {
  const int code = glb_sawyer_set_joint(arm, 0);
  aim(arm, v, 1);
  return code;
}

void glb_button_observe_above(struct glb_sawyer *arm, double *objects) {
  glb_puck_observe_body(arm, "button", objects);
  objects[2] += 0.193;
}

void glb_button_observe_front(struct glb_sawyer *arm, double *objects) {
  glb_puck_observe_body(arm, "button", objects);
  objects[1] -= 0.193;
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

void glb_button_reward_above(const struct glb_button *button, double c, struct glb_sawyer_result *result) {
  result->reward = 5 * glb_reward_both(c, button->near);
  if (button->d <= 0.03) result->reward += 5 * button->pressed;
  glb_button_report(button, 0.024, result);
}

void glb_button_reward_front(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  struct glb_button b;
  glb_button_measure(&b, arm, 1, 0.05);
  result->reward = 2 * glb_reward_both(fmax(b.open, 0), b.near);
  if (b.d <= 0.05) result->reward += 8 * b.pressed;
  glb_button_report(&b, 0.02, result);
}

void glb_button_measure_v1(struct glb_sawyer *arm) {
  arm->memory.v1.limit = arm->memory.scale;
}

void glb_button_reward_above_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_v1_move move = {.along = {0, 0, 1}, .radius = 0.024};
  glb_v1_move(arm, &move, result);
}
