/* faucet_open.c: a faucet, to the right. */
#include "actors/env/metaworld/faucet.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

static int place(struct glb_sawyer *arm, const double *v) {
  glb_vec_copy(arm->memory.obj_init, v);
  glb_vec_add(arm->memory.target, v, 0.175, 0, 0.125);
  return 0;
}

static void observe(struct glb_sawyer *arm, double *objects) {
  glb_faucet_observe(arm, "handleStartOpen", objects);
}

static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  double point[3];
  glb_vec_add(point, arm->obs + 4, -0.04, 0, 0.03);
  glb_faucet_reward(arm, point, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_faucet_open = {.furnish = glb_faucet_furnish,
                                                              .place = place,
                                                              .observe = observe,
                                                              .reward = reward,
                                                              .measure_v1 = glb_v1_limit,
                                                              .reward_v1 = glb_faucet_reward_v1};
