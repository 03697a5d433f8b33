/* window_open.c: a closed window. */
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/vec.h"
#include "actors/env/metaworld/window.h"

static int place(struct glb_sawyer *arm, const double *v) {
  glb_vec_add(arm->memory.target, v, 0.2, 0, 0);
  glb_vec_copy(arm->memory.tool_init, glb_sawyer_site(arm, "handleOpenStart"));
  glb_window_place(arm, v, 0);
  return 0;
}

static void observe(struct glb_sawyer *arm, double *objects) {
  glb_puck_observe_site(arm, "handleOpenStart", objects);
}

static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  glb_window_reward(arm, "handleOpenStart", arm->memory.obj_init, glb_reward_long, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_window_open = {.furnish = glb_window_furnish,
                                                              .place = place,
                                                              .observe = observe,
                                                              .reward = reward,
                                                              .measure_v1 = glb_window_measure_v1,
                                                              .reward_v1 = glb_window_reward_v1};
