#include "actors/env/metaworld/faucet.h"

#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

void glb_faucet_furnish(struct glb_sawyer *arm, const double *v) {
  glb_sawyer_move_body(arm, "faucetBase", v);
}

void glb_faucet_observe(struct glb_sawyer *arm, const char *site, double *objects) {
  glb_vec_add(objects, glb_sawyer_site(arm, site), 0, 0, -0.01);
  glb_sawyer_quat_body(arm, "faucetBase", objects + 3);
}

// R = 2 (2 r + 3 ip), 10 at the target
void glb_faucet_reward(struct glb_sawyer *arm, const double *point, struct glb_sawyer_result *result) {
  const double *target = arm->memory.target, *start = arm->memory.obj_init;
  double tcp[3];
  glb_sawyer_tcp(arm, tcp);
  const double D = glb_vec_distance(point, target), d = glb_vec_distance(point, tcp);
  const double in_place = glb_reward_long(D, 0, 0.07, fabs(glb_vec_distance(start, target) - 0.07));
  const double reach =
      glb_reward_gauss(d, 0, 0.01, fabs(glb_vec_distance(start, arm->memory.init_tcp) - 0.01));
  result->success = D <= 0.07;
  result->reward = result->success ? 10 : 2 * (2 * reach + 3 * in_place);
  result->near = d <= 0.01;
  result->grasped = 1;
  result->grasp = reach;
  result->in_place = in_place;
  result->distance = D;
}

void glb_faucet_reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_v1_move move = {.along = {1, 1, 1}, .grasped = 1, .radius = 0.07};
  glb_v1_move(arm, &move, result);
}
