/* reach_wall.c: the hand at a point behind a wall. */
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

// R = 10 L(D), D = |tcp - target|
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  const double *target = arm->memory.target;
  double tcp[3];
  glb_sawyer_tcp(arm, tcp);
  const double D = glb_vec_distance(tcp, target);
  result->in_place = glb_reward_long(D, 0, 0.05, glb_vec_distance(arm->task->hand, target));
  result->reward = 10 * result->in_place;
  result->success = D <= 0.05;
  result->distance = D;
}

static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  glb_v1_hand(arm, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_reach_wall = {.place = glb_puck_place,
                                                             .observe = glb_puck_observe,
                                                             .reward = reward,
                                                             .measure_v1 = glb_v1_limit_hand,
                                                             .reward_v1 = reward_v1};
