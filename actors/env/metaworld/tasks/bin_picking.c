/* bin_picking.c: the puck from one bin into the other. */
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

// the distance at the start is taken at the first reward
static const double unset = -1;

static int place(struct glb_sawyer *arm, const double *v) {
  glb_vec_set(arm->memory.obj_init, v[0], v[1], glb_sawyer_body(arm, "obj")[2]);
  const int code = glb_sawyer_put(arm, arm->memory.obj_init);
  glb_vec_copy(arm->memory.target, glb_sawyer_body(arm, "bin_goal"));
  arm->memory.scale = unset;
  return code;
}

// height that the hand should have, so far from a bin's middle
static double floor_at(const double *hand, const double *bin) {
  const double rho = glb_vec_distance_xy(hand, bin);
  return rho > 0.03 ? 0.02 * log(rho - 0.03) + 0.2 : 0;
}

// R = H(g, ip), + 1 + 5 H(A, ip) while the puck is held and lifted, 10 at the target; A: the hand is above the rims
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_cage cage = {
      .radius = 0.015, .pad = 0.05, .reach = 0.01, .xz = 0.01, .effort = 0.7, .density = GLB_CAGE_HIGH};
  const double *hand = arm->obs;
  struct glb_puck p;
  glb_puck_measure(&p, arm);
  if (arm->memory.scale == unset) arm->memory.scale = p.D;
  const double in_place = glb_reward_long(p.D, 0, 0.05, arm->memory.scale);
  const double floor = fmin(floor_at(hand, p.start), floor_at(hand, p.target));
  const double above = hand[2] >= floor ? 1 : glb_reward_long(fmax(floor - hand[2], 0), 0, 0.01, 0.05);
  const double d = glb_vec_distance(p.obj, hand), grasp = glb_cage_grip(arm, p.obj, &cage);
  const int held = d < 0.04 && p.obj[2] - 0.02 > p.start[2] && !(p.open < 0.43);
  result->reward = glb_reward_both(grasp, in_place);
  if (held) result->reward += 1 + 5 * glb_reward_both(above, in_place);
  if (p.D < 0.05) result->reward = 10;
  result->success = p.D <= 0.05;
  result->near = d < 0.04;
  result->grasped = held;
  result->grasp = grasp;
  result->in_place = in_place;
  result->distance = p.D;
}

static void measure_v1(struct glb_sawyer *arm) {
  glb_v1_limit_lift(arm, glb_sawyer_body(arm, "obj")[2], 0.1);
  arm->memory.v1.limit = glb_vec_distance_xy(arm->memory.obj_init, arm->memory.target) + arm->memory.v1.top;
}

// over the bin the fingers should open; the puck in it ends the approach
static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_v1_lift how = {
      .beside = 0.06, .rise = 1, .close = 0.05, .firm = INFINITY, .hold = 0.1, .place = 0.1};
  const double *obj = arm->obs + 4, *target = arm->memory.target;
  const double d = glb_vec_distance_xy(obj, target), open = -200 * arm->action[3];
  const int over = fabs(obj[0] - target[0]) < 0.05 && fabs(obj[1] - target[1]) < 0.05;
  const double bonus = fmax(glb_v1_bonus(arm->memory.v1.limit, d), 0);
  struct glb_v1_carry carry;
  glb_v1_carry(&carry, arm, obj, obj[2], d, &how);
  if (over && obj[2] < arm->memory.v1.height + 0.05)
    result->reward = open + bonus;
  else
    result->reward = carry.approach + carry.lift + (carry.placing ? bonus + (over ? open : 0) : 0);
  glb_v1_report(d, 0.05, result);
  result->near = 0;
}

const struct glb_sawyer_rules glb_sawyer_rules_bin_picking = {.place = place,
                                                              .observe = glb_puck_observe_obj,
                                                              .reward = reward,
                                                              .measure_v1 = measure_v1,
                                                              .reward_v1 = reward_v1};
