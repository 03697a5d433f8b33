/* box_close.c: a lid onto a box. */
#include "actors/env/metaworld/nut.h"
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

static void furnish(struct glb_sawyer *arm, const double *v) {
  const double box[3] = {v[3], v[4], glb_sawyer_body(arm, "boxbody")[2]};
  glb_sawyer_move_body(arm, "boxbody", box);
}

static int place(struct glb_sawyer *arm, const double *v) {
  glb_vec_set(arm->memory.obj_init, v[0], v[1], (double)0.02f);
  glb_vec_copy(arm->memory.target, v + 3);
  const int code = glb_sawyer_settle(arm, 5);
  return code ? code : glb_sawyer_put(arm, arm->memory.obj_init);
}

static void observe(struct glb_sawyer *arm, double *objects) {
  glb_puck_observe_body(arm, "top_link", objects);
}

// the hand comes from above: its height over a floor that falls towards the lid
static double above(const double *hand, const double *lid) {
  const double rho = glb_vec_distance_xy(hand, lid);
  const double floor = rho <= 0.02 ? 0 : 0.04 * log(rho - 0.02) + 0.4;
  return hand[2] >= floor ? 1 : glb_reward_long(floor - hand[2], 0, 0.01, floor / 2);
}

// R = (2 H(closing, ready) + 8 lift) q, 10 q with the lid on
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const double wanted[4] = {0.707, 0, 0, 0.707};
  const double *hand = arm->obs, *obj = arm->obs + 4, *target = arm->memory.target;
  const double grasp = glb_clip((glb_clip(arm->action[3], -1, 1) + 1) / 2, 0, 1);
  const double q = glb_nut_upright(arm->obs + 7, wanted, 0.2);
  double lid[3];
  glb_vec_add(lid, obj, 0, 0, 0.02);
  const double ready =
      glb_reward_both(above(hand, lid), glb_reward_long(glb_vec_distance(hand, lid), 0, 0.02, 0.5));
  const double lift =
      0.2 * (lid[2] > 0.04) + 0.8 * glb_reward_long(glb_vec_stretched(target, lid, 1, 1, 3), 0, 0.05, 0.25);
  result->success = glb_vec_distance(obj, target) < 0.08;
  result->reward = (result->success ? 10 : 2 * glb_reward_both(grasp, ready) + 8 * lift) * q;
  result->near = ready;
  result->grasped = grasp >= 0.5;
  result->grasp = grasp;
  result->in_place = lift;
}

static void measure_v1(struct glb_sawyer *arm) {
  glb_v1_limit_lift(arm, glb_sawyer_geom(arm, "BoxHandleGeom")[2], 0.12);
}

static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  glb_v1_pick(arm, &glb_v1_lift_puck, 0, result);
  result->success = result->distance < 0.08;
  result->near = result->distance = 0;
}

const struct glb_sawyer_rules glb_sawyer_rules_box_close = {.furnish = furnish,
                                                            .place = place,
                                                            .observe = observe,
                                                            .reward = reward,
                                                            .measure_v1 = measure_v1,
                                                            .reward_v1 = reward_v1};
