/* hand_insert.c: the puck, in the hand, into the hole of the table. */
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

static int place(struct glb_sawyer *arm, const double *v) {
  glb_vec_set(arm->memory.obj_init, v[0], v[1], 0.05);
  glb_vec_copy(arm->memory.target, v + 3);
  return glb_sawyer_put(arm, arm->memory.obj_init);
}

// R = H(g, ip), + 1 + 7 ip while the puck is held, 10 at the target
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_cage cage = {
      .radius = 0.015, .pad = 0.05, .reach = 0.01, .xz = 0.005, .density = GLB_CAGE_HIGH};
  struct glb_puck p;
  glb_puck_measure(&p, arm);
  const double grasp = glb_cage_grip(arm, p.obj, &cage);
  result->reward = glb_reward_both(grasp, p.in_place);
  if (p.d < 0.02 && p.open > 0) result->reward += 1 + 7 * p.in_place;
  if (p.D < 0.05) result->reward = 10;
  glb_puck_report(arm, &p, grasp, 0.05, result);
}

static void measure_v1(struct glb_sawyer *arm) {
  arm->memory.v1.limit = fabs(arm->task->hand[2] - arm->memory.target[2]);
}

// the hand above the hole, then down; the distance reported is that of the start
static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  const double *target = arm->memory.target;
  double hand[3];
  glb_sawyer_tcp(arm, hand);
  const double r = glb_vec_distance_xy(hand, target), d = fabs(hand[2] - target[2]);
  result->reward = -r + (r < 0.05 ? fmax(glb_v1_bonus(arm->memory.v1.limit, d), 0) : 0);
  glb_v1_report(glb_vec_distance(arm->memory.obj_init, target), 0.05, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_hand_insert = {.place = place,
                                                              .observe = glb_puck_observe_obj,
                                                              .reward = reward,
                                                              .measure_v1 = measure_v1,
                                                              .reward_v1 = reward_v1};
