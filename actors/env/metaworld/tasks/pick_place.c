/* pick_place.c: the puck to a point in the air. */
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"

static int place(struct glb_sawyer *arm, const double *v) {
  glb_sawyer_tcp(arm, arm->memory.init_tcp);
  return glb_puck_place(arm, v);
}

// R = H(g, ip), + 1 + 5 ip while the puck is held and lifted, 10 at the target
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  struct glb_puck p;
  glb_puck_measure(&p, arm);
  const double grasp = glb_cage_pick(arm, p.obj);
  result->reward = glb_reward_both(grasp, p.in_place);
  if (p.d < 0.02 && p.open > 0 && p.obj[2] - 0.01 > p.start[2]) result->reward += 1 + 5 * p.in_place;
  if (p.D < 0.05) result->reward = 10;
  glb_puck_report(arm, &p, grasp, 0.07, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_pick_place = {.place = place,
                                                             .observe = glb_puck_observe,
                                                             .reward = reward,
                                                             .measure_v1 = glb_puck_measure_v1,
                                                             .reward_v1 = glb_puck_reward_v1};
