/* sweep_into.c: the puck into the hole of the table. */
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

// the hole is where it is; the puck starts on the height at which the model's lies
static int place(struct glb_sawyer *arm, const double *v) {
  glb_vec_set(arm->memory.target, 0, 0.84, 0.02);
  glb_vec_set(arm->memory.obj_init, v[0], v[1], glb_sawyer_body(arm, "obj")[2]);
  return glb_sawyer_put(arm, arm->memory.obj_init);
}

// R = 2 g + 6 H(g, ip), 10 over the hole; heights do not count
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  struct glb_puck p;
  glb_puck_measure(&p, arm);
  const double above[3] = {p.target[0], p.target[1], p.obj[2]};
  p.D = glb_vec_distance(p.obj, above);
  p.in_place = glb_reward_long(p.D, 0, 0.05, glb_vec_distance(p.start, above));
  glb_puck_reward_sweep(arm, &p, glb_cage_push(arm, p.obj, 0.02, 0.005, 0.01), result);
}

static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  const double *obj = arm->obs + 4;
  const int sunk = obj[2] < arm->memory.obj_init[2] - 0.05;
  glb_v1_sweep(arm, sunk && obj[1] > 0.4 && obj[1] < 1, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_sweep_into = {.place = place,
                                                             .observe = glb_puck_observe,
                                                             .reward = reward,
                                                             .measure_v1 = glb_v1_limit_xy,
                                                             .reward_v1 = reward_v1};
