/* handle_pull_side.c: a handle at the side, up. */
#include "actors/env/metaworld/handle.h"
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

static int place(struct glb_sawyer *arm, const double *v) {
  (void)v;
  const int code = glb_sawyer_set_joint(arm, -0.1);
  glb_vec_copy(arm->memory.target, glb_sawyer_site(arm, "goalPull"));
  glb_vec_copy(arm->memory.obj_init, glb_sawyer_site(arm, "handleCenter"));
  return code;
}

static void observe(struct glb_sawyer *arm, double *objects) {
  glb_puck_observe_site(arm, "handleCenter", objects);
}

// R = H(g, ip), + 1 + 5 ip while it is held and lifted, 10 at the target
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_cage cage = {
      .radius = 0.032, .pad = 0.06, .reach = 0.01, .xz = 0.01, .density = GLB_CAGE_HIGH};
  struct glb_puck p;
  glb_puck_measure(&p, arm);
  const double grasp = glb_cage_grip(arm, p.obj, &cage);
  result->reward = glb_reward_both(grasp, p.in_place);
  if (p.d < 0.035 && p.open > 0 && p.obj[2] - 0.01 > p.start[2]) result->reward += 1 + 5 * p.in_place;
  if (p.D < 0.05) result->reward = 10;
  glb_puck_report_lifted(&p, grasp, p.in_place, p.D, 0.08, result);
}

static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_v1_move move = {.along = {0, 0, 1}, .left = 1, .radius = 0.08};
  glb_v1_move(arm, &move, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_handle_pull_side = {.furnish = glb_handle_furnish,
                                                                   .place = place,
                                                                   .observe = observe,
                                                                   .reward = reward,
                                                                   .measure_v1 = glb_handle_measure_v1,
                                                                   .reward_v1 = reward_v1};
