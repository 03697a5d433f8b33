#include "actors/env/metaworld/coffee.h"

#include <mujoco/mujoco.h>
#include <string.h>

#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/vec.h"

int glb_coffee_put_mug(struct glb_sawyer *arm, const double *p) {
  mjData *data = arm->physics.data;
  memcpy(data->qpos, p, 3 * sizeof *p);
  memset(data->qvel + 9, 0, 6 * sizeof *p);
  return glb_sawyer_forward(arm);
}

int glb_coffee_place(struct glb_sawyer *arm, const double *v) {
  glb_vec_copy(arm->memory.obj_init, v);
  glb_vec_copy(arm->memory.target, v + 3);
  return glb_coffee_put_mug(arm, v);
}

void glb_coffee_observe(struct glb_sawyer *arm, double *objects) {
  glb_vec_copy(objects, glb_sawyer_body(arm, "obj"));
  glb_sawyer_rotation_geom(arm, "mug", objects + 3);
}

// R = H(g, ip), + 1 + 5 ip while the mug is held, 10 at the target; x and y count double
void glb_coffee_reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_cage cage = {
      .radius = 0.02, .pad = 0.05, .reach = 0.04, .xz = 0.05, .effort = 0.7, .density = GLB_CAGE_MEDIUM};
  const double *obj = arm->obs + 4, *target = arm->memory.target, open = arm->obs[3];
  double tcp[3];
  glb_sawyer_tcp(arm, tcp);
  const double D = glb_vec_stretched(obj, target, 2, 2, 1), d = glb_vec_distance(obj, tcp);
  const double in_place =
      glb_reward_long(D, 0, 0.05, glb_vec_stretched(arm->memory.obj_init, target, 2, 2, 1));
  const double grasp = glb_cage_grip(arm, obj, &cage);
  result->reward = glb_reward_both(grasp, in_place);
  if (d < 0.04 && open > 0) result->reward += 1 + 5 * in_place;
  if (D < 0.05) result->reward = 10;
  result->distance = glb_vec_distance(obj, target);
  result->success = result->distance <= 0.07;
  result->near = d <= 0.03;
  result->grasped = glb_sawyer_touch(arm, "mug") && open > 0;
  result->grasp = grasp;
  result->in_place = in_place;
}
