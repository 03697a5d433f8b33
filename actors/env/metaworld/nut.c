#include "actors/env/metaworld/nut.h"

#include "actors/env/metaworld/vec.h"

void glb_nut_observe(struct glb_sawyer *arm, double *objects) {
  glb_vec_copy(objects, glb_sawyer_site(arm, "RoundNut-8"));
  glb_sawyer_quat_body(arm, "RoundNut", objects + 3);
}

double glb_nut_upright(const double *quat, const double *wanted, double width) {
  double sum = 0;
  for (int i = 0; i < 4; i++) sum += (quat[i] - wanted[i]) * (quat[i] - wanted[i]);
  return fmax(1 - sqrt(sum) / width, 0);
}

double glb_nut_grasp(struct glb_sawyer *arm, double width, enum glb_cage_density density) {
  const struct glb_cage cage = {.radius = 0.015, .pad = 0.02, .reach = 0.01, .xz = 0.01, .density = density};
  const double *hand = arm->obs, *obj = arm->obs + 4;
  double point[3];
  glb_vec_copy(point, obj);
  if (fabs(obj[0] - hand[0]) < width) point[0] = hand[0];
  return glb_cage_grip(arm, point, &cage);
}

void glb_nut_report(double q, double g, double in_place, int success, struct glb_sawyer_result *result) {
  result->reward = success ? 10 : (2 * g + 6 * in_place) * q;
  result->success = success;
  result->near = q;
  result->grasped = g >= 0.5;
  result->grasp = g;
  result->in_place = in_place;
}
