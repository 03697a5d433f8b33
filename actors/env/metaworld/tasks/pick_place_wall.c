/* pick_place_wall.c: the puck to a point behind a wall. */
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/vec.h"

// b = H(g, over the wall); R = b, lifted b + 1 + 4 over, past the wall b + 5 + 3 ip; 10 at the target
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_cage cage = {
      .radius = 0.015, .pad = 0.05, .reach = 0.01, .xz = 0.005, .density = GLB_CAGE_PLAIN};
  struct glb_puck p;
  glb_puck_measure(&p, arm);
  const double top[3] = {p.target[0], 0.77, 0.25};
  const double over = glb_reward_long(glb_vec_stretched(p.obj, top, 1, 1, 3), 0, 0.05,
                                      glb_vec_stretched(p.start, top, 1, 1, 3));
  const double grasp = glb_cage_grip(arm, p.obj, &cage), both = glb_reward_both(grasp, over);
  result->reward = both;
  if (p.d < 0.02 && p.open > 0 && p.obj[2] - 0.015 > p.start[2])
    result->reward = both + 1 + (p.obj[1] > 0.75 ? 4 + 3 * p.in_place : 4 * over);
  if (p.D < 0.05) result->reward = 10;
  glb_puck_report(arm, &p, grasp, 0.07, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_pick_place_wall = {.place = glb_puck_place,
                                                                  .observe = glb_puck_observe_geom,
                                                                  .reward = reward,
                                                                  .measure_v1 = glb_puck_measure_v1,
                                                                  .reward_v1 = glb_puck_reward_v1};
