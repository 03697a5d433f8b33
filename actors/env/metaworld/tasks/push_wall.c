/* push_wall.c: the puck around a wall. */
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

// puck and target on the height at which the puck lies
static int place(struct glb_sawyer *arm, const double *v) {
  return glb_puck_place_flat(arm, v, glb_sawyer_geom(arm, "objGeom")[2]);
}

// R = 2 g; held: + 1 + 4 L towards the passage beside the wall, past it + 4 + 3 ip; 10 at the target
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_cage cage = {
      .radius = 0.015, .pad = 0.05, .reach = 0.01, .xz = 0.005, .density = GLB_CAGE_HIGH};
  struct glb_puck p;
  glb_puck_measure(&p, arm);
  const double passage[3] = {-0.05, 0.77, p.obj[2]};
  const double aside = glb_reward_long(glb_vec_stretched(p.obj, passage, 3, 1, 1), 0, 0.05,
                                       glb_vec_stretched(p.start, passage, 3, 1, 1));
  const double grasp = glb_cage_grip(arm, p.obj, &cage);
  result->reward = 2 * grasp;
  if (p.d < 0.02 && p.open > 0)
    result->reward = 2 * grasp + 1 + (p.obj[1] > 0.75 ? 4 + 3 * p.in_place : 4 * aside);
  if (p.D < 0.05) result->reward = 10;
  glb_puck_report(arm, &p, grasp, 0.07, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_push_wall = {.place = place,
                                                            .observe = glb_puck_observe_geom,
                                                            .reward = reward,
                                                            .measure_v1 = glb_v1_limit_xy,
                                                            .reward_v1 = glb_v1_slide};
