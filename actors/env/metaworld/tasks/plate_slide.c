/* plate_slide.c: a plate away from the arm. */
#include "actors/env/metaworld/plate.h"
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

static void furnish(struct glb_sawyer *arm, const double *v) {
  glb_sawyer_move_body(arm, "puck_goal", v + 3);
}

static int place(struct glb_sawyer *arm, const double *v) {
  return glb_plate_place(arm, v, 0, 0);
}

// R = 8 H(g, ip), 10 at the target
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  struct glb_puck p;
  glb_puck_measure(&p, arm);
  const double grasp = glb_reward_long(p.d, 0, 0.05, glb_vec_distance(arm->memory.init_tcp, p.start));
  result->reward = p.D < 0.05 ? 10 : 8 * glb_reward_both(grasp, p.in_place);
  result->success = p.D <= 0.07;
  result->near = p.d <= 0.03;
  result->grasp = grasp;
  result->in_place = p.in_place;
  result->distance = p.D;
}

const struct glb_sawyer_rules glb_sawyer_rules_plate_slide = {.furnish = furnish,
                                                              .place = place,
                                                              .observe = glb_plate_observe,
                                                              .reward = reward,
                                                              .measure_v1 = glb_v1_limit_xy,
                                                              .reward_v1 = glb_v1_slide};
