/* sweep.c: the puck off the table's side. */
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

static int place(struct glb_sawyer *arm, const double *v) {
  glb_vec_set(arm->memory.target, 0.5, v[1], 0.01);
  glb_vec_set(arm->memory.obj_init, v[0], v[1], 0.02);
  return glb_sawyer_put(arm, arm->memory.obj_init);
}

// R = 2 g + 6 H(g, ip), 10 at the target
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  struct glb_puck p;
  glb_puck_measure(&p, arm);
  glb_puck_reward_sweep(arm, &p, glb_cage_push(arm, p.obj, 0.02, 0.01, 0.005), result);
}

static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  glb_v1_sweep(arm, arm->obs[6] < arm->memory.obj_init[2] - 0.05, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_sweep = {.place = place,
                                                        .observe = glb_puck_observe_obj,
                                                        .reward = reward,
                                                        .measure_v1 = glb_v1_limit_xy,
                                                        .reward_v1 = reward_v1};
