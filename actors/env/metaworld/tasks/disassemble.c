/* disassemble.c: a nut off a peg. */
#include "actors/env/metaworld/nut.h"
#include "actors/env/metaworld/vec.h"

static void furnish(struct glb_sawyer *arm, const double *v) {
  double peg[3];
  glb_vec_add(peg, v, 0, 0, 0.03);
  glb_sawyer_move_body(arm, "peg", peg);
}

// two forward passes, as the package does
static int place(struct glb_sawyer *arm, const double *v) {
  glb_vec_copy(arm->memory.obj_init, v);
  glb_vec_add(arm->memory.target, v, 0, 0, 0.15);
  const int code = glb_sawyer_forward(arm);
  return code ? code : glb_sawyer_put(arm, arm->memory.obj_init);
}

// R = (2 g + 6 ip) q, 10 above the target
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const double wanted[4] = {0.707, 0, 0, 0.707};
  const double *c = glb_sawyer_site(arm, "RoundNut"), *t = arm->memory.target;
  double above[3];
  glb_vec_add(above, t, 0, 0, 0.1);
  const double in_place =
      0.1 * (c[2] > 0.02) + 0.9 * glb_reward_long(glb_vec_distance(above, c), 0, 0.02, 0.2);
  glb_nut_report(glb_nut_upright(arm->obs + 7, wanted, 0.4), glb_nut_grasp(arm, 0.01, GLB_CAGE_HIGH),
                 in_place, arm->obs[6] > t[2], result);
}

const struct glb_sawyer_rules glb_sawyer_rules_disassemble = {
    .furnish = furnish, .place = place, .observe = glb_nut_observe, .reward = reward};
