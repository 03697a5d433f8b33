#include "actors/env/metaworld/plate.h"

#include <mujoco/mujoco.h>

#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/vec.h"

int glb_plate_place(struct glb_sawyer *arm, const double *v, double x, double y) {
  glb_vec_copy(arm->memory.obj_init, v);
  glb_vec_copy(arm->memory.target, v + 3);
  arm->physics.data->qpos[9] = x;
  arm->physics.data->qpos[10] = y;
  return glb_sawyer_forward(arm);
}

void glb_plate_observe(struct glb_sawyer *arm, double *objects) {
  glb_vec_copy(objects, glb_sawyer_geom(arm, "puck"));
  glb_sawyer_rotation_geom(arm, "puck", objects + 3);
}

// R = 1.5 g on the way, 2 + 7 ip with the fingers at the plate, 10 at the target
void glb_plate_reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  struct glb_puck p;
  glb_puck_measure(&p, arm);
  const double in_place = glb_reward_long(p.D, 0, 0.05, glb_vec_distance(p.start, p.target) - 0.05);
  const double grasp = glb_reward_long(p.d, 0, 0.05, glb_vec_distance(arm->memory.init_tcp, p.start) - 0.05);
  result->reward = p.tcp[2] <= 0.03 && p.d < 0.07 ? 2 + 7 * in_place : 1.5 * grasp;
  if (p.D < 0.05) result->reward = 10;
  result->success = p.D <= 0.07;
  result->near = p.d <= 0.03;
  result->grasp = grasp;
  result->in_place = in_place;
  result->distance = p.D;
}

void glb_plate_measure_v1(struct glb_sawyer *arm) {
  arm->memory.v1.limit = glb_vec_distance_xy(glb_sawyer_geom(arm, "puck"), arm->memory.target);
}
