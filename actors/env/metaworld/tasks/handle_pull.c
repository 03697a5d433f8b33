/* handle_pull.c: a handle, up. */
#include "actors/env/metaworld/handle.h"
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

static int place(struct glb_sawyer *arm, const double *v) {
  const int code = glb_sawyer_set_joint(arm, -0.1);
  glb_vec_copy(arm->memory.obj_init, v);
  glb_vec_copy(arm->memory.target, glb_sawyer_site(arm, "goalPull"));
  return code;
}

static void observe(struct glb_sawyer *arm, double *objects) {
  glb_puck_observe_site(arm, "handleRight", objects);
}

// R = H(g, ip), + 1 + 5 ip while it is held, 10 at the target; the package compares y with z to see whether it is lifted
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_cage cage = {
      .radius = 0.022, .pad = 0.05, .reach = 0.01, .xz = 0.01, .density = GLB_CAGE_HIGH};
  struct glb_puck p;
  glb_puck_measure(&p, arm);
  const double D = fabs(p.target[2] - p.obj[2]);
  const double in_place = glb_reward_long(D, 0, 0.05, fabs(p.target[2] - p.start[2]));
  const double grasp = glb_cage_grip(arm, p.obj, &cage);
  result->reward = glb_reward_both(grasp, in_place);
  if (p.d < 0.035 && p.open > 0 && p.obj[1] - 0.01 > p.start[2]) result->reward += 1 + 5 * in_place;
  if (D < 0.05) result->reward = 10;
  glb_puck_report_lifted(&p, grasp, in_place, D, 0.05, result);
}

// the height of the handle in its own frame, as in the package
static void measure_v1(struct glb_sawyer *arm) {
  arm->memory.v1.limit = fabs(glb_sawyer_site_local(arm, "handleStart")[2] - arm->memory.target[2]);
}

static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_v1_move move = {.along = {0, 0, 1}, .left = 1, .radius = 0.05};
  glb_v1_move(arm, &move, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_handle_pull = {.furnish = glb_handle_furnish,
                                                              .place = place,
                                                              .observe = observe,
                                                              .reward = reward,
                                                              .measure_v1 = measure_v1,
                                                              .reward_v1 = reward_v1};
