/* shelf_place.c: the puck onto a shelf. */
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/vec.h"

static void furnish(struct glb_sawyer *arm, const double *v) {
  const double shelf[3] = {v[3], v[4], v[5] - 0.3};
  glb_sawyer_move_body(arm, "shelf", shelf);
}

// a forward pass before the puck is placed, as the package does
static int place(struct glb_sawyer *arm, const double *v) {
  glb_vec_set(arm->memory.obj_init, v[0], v[1], glb_sawyer_body(arm, "obj")[2]);
  glb_vec_set(arm->memory.target, v[3], v[4], 0.3 + (v[5] - 0.3));
  const int code = glb_sawyer_forward(arm);
  return code ? code : glb_sawyer_put(arm, arm->memory.obj_init);
}

// R = H(g, ip), + 1 + 5 ip while the puck is held and lifted, ip less where it is under the shelf; 10 at the target
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_cage cage = {
      .radius = 0.02, .pad = 0.05, .reach = 0.01, .xz = 0.01, .density = GLB_CAGE_PLAIN};
  struct glb_puck p;
  glb_puck_measure(&p, arm);
  const double grasp = glb_cage_grip(arm, p.obj, &cage), *o = p.obj, *t = p.target;
  result->reward = glb_reward_both(grasp, p.in_place);
  if (o[2] > 0 && o[2] < 0.24 && o[0] > t[0] - 0.15 && o[0] < t[0] + 0.15) {
    if (o[1] > t[1] - 0.15 && o[1] < t[1]) {
      const double depth = (o[1] - (t[1] - 0.15)) / 0.15, below = (0.24 - o[2]) / 0.24;
      p.in_place = glb_clip(p.in_place - glb_reward_both(depth, below), 0, 1);
    }
    if (o[1] > t[1]) p.in_place = 0;
  }
  if (p.d < 0.025 && p.open > 0 && o[2] - 0.01 > p.start[2]) result->reward += 1 + 5 * p.in_place;
  if (p.D < 0.05) result->reward = 10;
  glb_puck_report(arm, &p, grasp, 0.07, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_shelf_place = {.furnish = furnish,
                                                              .place = place,
                                                              .observe = glb_puck_observe,
                                                              .reward = reward,
                                                              .measure_v1 = glb_puck_measure_v1,
                                                              .reward_v1 = glb_puck_reward_v1};
