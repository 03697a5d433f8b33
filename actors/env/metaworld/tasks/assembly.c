/* assembly.c: a nut onto a peg. */
#include "actors/env/metaworld/nut.h"
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward_v1.h"
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

static void measure_v1(struct glb_sawyer *arm) {
  glb_v1_limit_lift(arm, glb_sawyer_site(arm, "RoundNut-8")[2], 0.1);
}

// placing: over the peg, then down to the height of the start
static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_v1_lift how = {
      .beside = 0.04, .rise = 1, .close = 0.04, .firm = 0.03, .hold = 0.04, .place = 0.04};
  const double *nut = glb_sawyer_body(arm, "RoundNut"), *target = arm->memory.target,
               top = arm->memory.v1.top;
  const double d = glb_vec_distance_xy(nut, target), down = fabs(nut[2] - arm->memory.v1.height);
  const int over = fabs(nut[0] - target[0]) < 0.03 && fabs(nut[1] - target[1]) < 0.03;
  double bonus = glb_v1_bonus(arm->memory.v1.limit, d);
  if (over)
    bonus += 2000 * (top - down) + 2000 * (exp(-(down * down) / 0.003) + exp(-(down * down) / 0.0003));
  struct glb_v1_carry carry;
  glb_v1_carry(&carry, arm, arm->obs + 4, nut[2], d, &how);
  result->reward = carry.approach + (over ? 100 * top : carry.lift);
  if (over || carry.placing) result->reward += fmax(bonus, 0);
  result->success = over && down <= 0.04;
}

const struct glb_sawyer_rules glb_sawyer_rules_assembly = {.furnish = furnish,
                                                           .place = glb_puck_place,
                                                           .observe = glb_nut_observe,
                                                           .reward = reward,
                                                           .measure_v1 = measure_v1,
                                                           .reward_v1 = reward_v1};
