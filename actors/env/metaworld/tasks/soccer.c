/* soccer.c: a ball into a goal. */
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

static void furnish(struct glb_sawyer *arm, const double *v) {
  glb_sawyer_move_body(arm, "goal_whole", v + 3);
}

static int place(struct glb_sawyer *arm, const double *v) {
  glb_vec_set(arm->memory.obj_init, v[0], v[1], 0.03);
  glb_vec_copy(arm->memory.target, v + 3);
  return glb_sawyer_put(arm, arm->memory.obj_init);
}

static void observe(struct glb_sawyer *arm, double *objects) {
  glb_vec_copy(objects, glb_sawyer_body(arm, "soccer_ball"));
  glb_sawyer_rotation_body(arm, "soccer_ball", objects + 3);
}

// R = 3 g + 6.5 ip, 10 in the goal; x counts threefold, and ip is less beside the goal
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  struct glb_puck p;
  glb_puck_measure(&p, arm);
  const double D = glb_vec_stretched(p.obj, p.target, 3, 1, 1), line = p.target[1] - 0.1;
  p.in_place = glb_reward_long(D, 0, 0.07, glb_vec_stretched(p.obj, p.start, 3, 1, 1));
  if (p.obj[1] > line && fabs(p.obj[0] - p.target[0]) > 0.1)
    p.in_place = glb_clip(p.in_place - 2 * ((p.obj[1] - line) / (1 - line)), 0, 1);
  const double grasp = glb_cage_push(arm, p.obj, 0.013, 0.01, 0.005);
  result->reward = D < 0.07 ? 10 : 3 * grasp + 6.5 * p.in_place;
  glb_puck_report(arm, &p, grasp, 0.07, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_soccer = {.furnish = furnish,
                                                         .place = place,
                                                         .observe = observe,
                                                         .reward = reward,
                                                         .measure_v1 = glb_v1_limit_xy,
                                                         .reward_v1 = glb_v1_slide};
