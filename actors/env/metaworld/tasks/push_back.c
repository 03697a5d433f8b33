/* push_back.c: the puck towards the arm. */
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

// puck and target on the height at which the puck lies
static int place(struct glb_sawyer *arm, const double *v) {
  return glb_puck_place_flat(arm, v, glb_sawyer_geom(arm, "objGeom")[2]);
}

// R = H(g, ip), + 1 + 5 ip once the puck has moved 1 cm in the fingers, 10 at the target
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  struct glb_puck p;
  glb_puck_measure(&p, arm);
  const double moved = glb_vec_distance(p.start, p.target) - p.D;
  const double grasp = glb_cage_push(arm, p.obj, 0.007, 0.003, 0.01);
  result->reward = glb_reward_both(grasp, p.in_place);
  if (p.d < 0.01 && p.open > 0 && p.open < 0.55 && moved > 0.01) result->reward += 1 + 5 * p.in_place;
  if (p.D < 0.05) result->reward = 10;
  glb_puck_report(arm, &p, grasp, 0.07, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_push_back = {.place = place,
                                                            .observe = glb_puck_observe_geom,
                                                            .reward = reward,
                                                            .measure_v1 = glb_v1_limit_xy,
                                                            .reward_v1 = glb_v1_slide};
