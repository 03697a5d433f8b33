/* disassemble.c: a nut off a peg. */
#include "actors/env/metaworld/nut.h"
#include "actors/env/metaworld/reward_v1.h"
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

static void measure_v1(struct glb_sawyer *arm) {
  glb_v1_limit_lift(arm, glb_sawyer_body(arm, "RoundNut")[2], 0.05);
}

// a nut away from the peg counts as lifted, wherever the hand is
static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_v1_lift how = {
      .beside = 0.04, .rise = 2, .close = 0.04, .firm = 0.04, .hold = 0.04, .place = 0.03};
  const double *obj = arm->obs + 4, *target = arm->memory.target, *peg = arm->memory.obj_init;
  const double *nut = glb_sawyer_body(arm, "RoundNut"), d = glb_vec_distance(obj, target);
  struct glb_v1_carry carry;
  glb_v1_carry(&carry, arm, obj, obj[2], d, &how);
  const int off = fabs(nut[0] - peg[0]) > 0.05 || fabs(nut[1] - peg[1]) > 0.05;
  result->reward = off ? 100 * arm->memory.v1.top : carry.approach + carry.lift;
  if (carry.placing) result->reward += fmax(glb_v1_bonus(arm->memory.v1.limit, d), 0);
  result->success = obj[2] > target[2];
}

const struct glb_sawyer_rules glb_sawyer_rules_disassemble = {.furnish = furnish,
                                                              .place = place,
                                                              .observe = glb_nut_observe,
                                                              .reward = reward,
                                                              .measure_v1 = measure_v1,
                                                              .reward_v1 = reward_v1};
