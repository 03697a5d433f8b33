/* pick_out_of_hole.c: the puck out of a hole. */
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

// R = H(g, ip), + 1 + 5 H(ip, A) while the puck is held and lifted, 10 at the target; A: the hand is above the hole
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_cage cage = {
      .radius = 0.015, .pad = 0.02, .reach = 0.01, .xz = 0.03, .effort = 0.1, .density = GLB_CAGE_HIGH};
  struct glb_puck p;
  glb_puck_measure(&p, arm);
  const double rho = glb_vec_distance_xy(p.tcp, p.start);
  const double floor = rho <= 0.03 ? 0 : 0.015 * log(rho - 0.03) + 0.15;
  const double above = p.tcp[2] >= floor ? 1 : glb_reward_long(fmax(floor - p.tcp[2], 0), 0, 0.01, 0.02);
  const double grasp = glb_cage_grip(arm, p.obj, &cage);
  const int held = p.d < 0.04 && p.obj[2] - 0.02 > p.start[2] && !(p.open < 0.33);
  p.in_place = glb_reward_long(p.D, 0, 0.02, glb_vec_distance(p.start, p.target));
  result->reward = glb_reward_both(grasp, p.in_place);
  if (held) result->reward += 1 + 5 * glb_reward_both(p.in_place, above);
  if (p.D < 0.05) result->reward = 10;
  glb_puck_report(arm, &p, grasp, 0.07, result);
  result->grasped = held;
}

static void measure_v1(struct glb_sawyer *arm) {
  glb_v1_limit_puck(arm, 0.11);
}

// the height counts from 2 cm below the start
static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  const double *obj = arm->obs + 4, d = glb_vec_distance(obj, arm->memory.target);
  struct glb_v1_carry carry;
  glb_v1_carry(&carry, arm, obj, obj[2], d, &glb_v1_lift_puck);
  result->reward = carry.approach + carry.lift;
  if (carry.lift > 0) result->reward -= 100 * (arm->memory.v1.height - 0.02);
  if (carry.placing) result->reward += fmax(glb_v1_bonus(arm->memory.v1.limit, d), 0);
  glb_v1_report(d, 0.07, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_pick_out_of_hole = {.place = glb_puck_place,
                                                                   .observe = glb_puck_observe_obj,
                                                                   .reward = reward,
                                                                   .measure_v1 = measure_v1,
                                                                   .reward_v1 = reward_v1};
