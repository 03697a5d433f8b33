/* assembly.c: a nut onto a peg. */
#include "actors/env/metaworld/nut.h"
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/vec.h"

static void furnish(struct glb_sawyer *arm, const double *v) {
  double peg[3];
  glb_vec_add(peg, v + 3, 0, 0, -0.05);
  glb_sawyer_move_body(arm, "peg", peg);
}

// R = (2 g + 6 ip) q; ip: lifted, and the nut's centre c above the peg (over a floor that rises away from it); 10 on the peg
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const double wanted[4] = {0.707, 0, 0, 0.707}, zero[3] = {0};
  const double *c = glb_sawyer_site(arm, "RoundNut"), *t = arm->memory.target;
  const double q = glb_nut_upright(arm->obs + 7, wanted, 0.4);
  const double g = glb_nut_grasp(arm, 0.01, GLB_CAGE_MEDIUM);
  double error[3] = {t[0] - c[0], t[1] - c[1], t[2] - c[2]};
  const double rho = glb_vec_distance_xy(error, zero);
  const int success = rho < 0.02 && error[2] > 0;
  const double near = success ? 0.02 : 0.01, height = rho > near ? 0.02 * log(rho - near) + 0.2 : 0;
  error[2] = height - c[2];
  const double in_place = 0.1 * (c[2] > 0.02 || rho < near) +
                          0.9 * glb_reward_long(glb_vec_stretched(error, zero, 1, 1, 3), 0, 0.02, 0.4);
  glb_nut_report(q, g, in_place, success, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_assembly = {
    .furnish = furnish, .place = glb_puck_place, .observe = glb_nut_observe, .reward = reward};
