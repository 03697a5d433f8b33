#include "actors/env/metaworld/puck.h"

#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

int glb_puck_place(struct glb_sawyer *arm, const double *v) {
  glb_vec_copy(arm->memory.obj_init, v);
  glb_vec_copy(arm->memory.target, v + 3);
  return glb_sawyer_put(arm, arm->memory.obj_init);
}

int glb_puck_place_flat(struct glb_sawyer *arm, const double *v, double height) {
  glb_vec_set(arm->memory.obj_init, v[0], v[1], height);
  glb_vec_set(arm->memory.target, v[3], v[4], height);
  return glb_sawyer_put(arm, arm->memory.obj_init);
}

void glb_puck_observe_obj(struct glb_sawyer *arm, double *objects) {
  glb_puck_observe_body(arm, "obj", objects);
}

void glb_puck_observe(struct glb_sawyer *arm, double *objects) {
  glb_vec_copy(objects, glb_sawyer_body(arm, "obj"));
  glb_sawyer_rotation_geom(arm, "objGeom", objects + 3);
}

void glb_puck_observe_geom(struct glb_sawyer *arm, double *objects) {
  glb_vec_copy(objects, glb_sawyer_geom(arm, "objGeom"));
  glb_sawyer_rotation_geom(arm, "objGeom", objects + 3);
}

void glb_puck_observe_body(struct glb_sawyer *arm, const char *body, double *objects) {
  glb_vec_copy(objects, glb_sawyer_body(arm, body));
  glb_sawyer_quat_body(arm, body, objects + 3);
}

void glb_puck_observe_site(struct glb_sawyer *arm, const char *site, double *objects) {
  glb_vec_copy(objects, glb_sawyer_site(arm, site));
}

void glb_puck_measure(struct glb_puck *puck, struct glb_sawyer *arm) {
  puck->obj = arm->obs + 4;
  puck->open = arm->obs[3];
  puck->target = arm->memory.target;
  puck->start = arm->memory.obj_init;
  glb_sawyer_tcp(arm, puck->tcp);
  puck->d = glb_vec_distance(puck->obj, puck->tcp);
  puck->D = glb_vec_distance(puck->obj, puck->target);
  puck->in_place = glb_reward_long(puck->D, 0, 0.05, glb_vec_distance(puck->start, puck->target));
}

void glb_puck_report(struct glb_sawyer *arm, const struct glb_puck *puck, double grasp, double limit,
                     struct glb_sawyer_result *result) {
  result->success = puck->D <= limit;
  result->near = puck->d <= 0.03;
  result->grasped =
      glb_sawyer_touch(arm, "objGeom") && puck->open > 0 && puck->obj[2] - 0.02 > puck->start[2];
  result->grasp = grasp;
  result->in_place = puck->in_place;
  result->distance = puck->D;
}

void glb_puck_report_lifted(const struct glb_puck *puck, double grasp, double in_place, double D,
                            double limit, struct glb_sawyer_result *result) {
  result->success = D <= limit;
  result->near = puck->d <= 0.05;
  result->grasped = puck->open > 0 && puck->obj[2] - 0.03 > puck->start[2];
  result->grasp = grasp;
  result->in_place = in_place;
  result->distance = D;
}

void glb_puck_reward_sweep(struct glb_sawyer *arm, const struct glb_puck *puck, double grasp,
                           struct glb_sawyer_result *result) {
  result->reward = 2 * grasp + 6 * glb_reward_both(grasp, puck->in_place);
  if (puck->D < 0.05) result->reward = 10;
  glb_puck_report(arm, puck, grasp, 0.05, result);
  result->grasped = glb_sawyer_touch(arm, "objGeom") && puck->open > 0;
}

void glb_puck_measure_v1(struct glb_sawyer *arm) {
  glb_v1_limit_puck(arm, 0.04);
}

void glb_puck_reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  glb_v1_pick(arm, &glb_v1_lift_puck, 0.07, result);
}
