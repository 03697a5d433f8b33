#include "actors/env/metaworld/door.h"

#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

void glb_door_furnish(struct glb_sawyer *arm, const double *v) {
  glb_sawyer_move_body(arm, "door", v);
}

void glb_door_observe_handle(struct glb_sawyer *arm, double *objects) {
  glb_vec_copy(objects, glb_sawyer_geom(arm, "handle"));
  glb_sawyer_rotation_geom(arm, "handle", objects + 3);
}

void glb_door_observe_lock(struct glb_sawyer *arm, const char *site, double *objects) {
  glb_vec_copy(objects, glb_sawyer_site(arm, site));
  glb_sawyer_quat_body(arm, "door_link", objects + 3);
}

void glb_door_report_lock(const struct glb_sawyer *arm, double d, double D, double grasp, double in_place,
                          struct glb_sawyer_result *result) {
  result->success = D <= 0.02;
  result->near = d <= 0.05;
  result->grasped = arm->obs[3] > 0;
  result->grasp = grasp;
  result->in_place = in_place;
  result->distance = D;
}

void glb_door_measure_handle_v1(struct glb_sawyer *arm) {
  arm->memory.v1.limit = glb_vec_distance_xy(glb_sawyer_geom(arm, "handle"), arm->memory.target);
}

void glb_door_measure_lock_v1(struct glb_sawyer *arm) {
  arm->memory.v1.limit = glb_vec_distance(glb_sawyer_body(arm, "lock_link"), arm->memory.target);
}

void glb_door_reward_lock_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_v1_move move = {.along = {1, 1, 1}, .radius = 0.02};
  glb_v1_move(arm, &move, result);
}
