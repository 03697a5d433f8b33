/* basketball.c: a ball into a basket. */
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

static void furnish(struct glb_sawyer *arm, const double *v) {
  glb_sawyer_move_body(arm, "basket_goal", v + 3);
}

static int place(struct glb_sawyer *arm, const double *v) {
  glb_vec_set(arm->memory.obj_init, v[0], v[1], (double)0.03f);
  const int code = glb_sawyer_put(arm, arm->memory.obj_init);
  glb_vec_copy(arm->memory.target, glb_sawyer_site(arm, "goal"));
  return code;
}

static void observe(struct glb_sawyer *arm, double *objects) {
  glb_puck_observe_body(arm, "bsktball", objects);
}

// R = H(g, ip), + 1 + 5 ip while the ball is held and lifted, 10 at the basket; z counts double
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_cage cage = {
      .radius = 0.025, .pad = 0.06, .reach = 0.01, .xz = 0.005, .density = GLB_CAGE_HIGH};
  struct glb_puck p;
  glb_puck_measure(&p, arm);
  const double basket[3] = {p.target[0], p.target[1], 0.3};
  const double D = glb_vec_stretched(p.obj, basket, 1, 1, 2);
  const double in_place = glb_reward_long(D, 0, 0.08, glb_vec_stretched(p.start, basket, 1, 1, 2));
  const int held = p.d < 0.035 && p.open > 0 && p.obj[2] - 0.01 > p.start[2];
  const double grasp = held ? 1 : glb_cage_grip(arm, p.obj, &cage);
  result->reward = glb_reward_both(grasp, in_place);
  if (held) result->reward += 1 + 5 * in_place;
  if (D < 0.08) result->reward = 10;
  glb_puck_report_lifted(&p, grasp, in_place, D, 0.08, result);
}

static void measure_v1(struct glb_sawyer *arm) {
  glb_v1_limit_puck(arm, 0.3);
}

static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  glb_v1_pick(arm, &glb_v1_lift_puck, 0.08, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_basketball = {.furnish = furnish,
                                                             .place = place,
                                                             .observe = observe,
                                                             .reward = reward,
                                                             .measure_v1 = measure_v1,
                                                             .reward_v1 = reward_v1};
