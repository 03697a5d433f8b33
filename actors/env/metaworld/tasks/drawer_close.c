/* drawer_close.c: an open drawer. */
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

#include <mujoco/mujoco.h>

static void furnish(struct glb_sawyer *arm, const double *v) {
  glb_sawyer_move_body(arm, "drawer", v);
}

static void observe(struct glb_sawyer *arm, double *objects) {
  glb_vec_add(objects, glb_sawyer_body(arm, "drawer_link"), 0, -0.16, 0.05);
}

// the drawer keeps its velocity
static int place(struct glb_sawyer *arm, const double *v) {
  glb_vec_add(arm->memory.target, v, 0, -0.16, 0.09);
  arm->physics.data->qpos[9] = -0.15;
  const int code = glb_sawyer_forward(arm);
  observe(arm, arm->memory.obj_init);
  return code;
}

// R = 10 H(r, ip), 10 when closed
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  struct glb_puck p;
  glb_puck_measure(&p, arm);
  const double in_place = glb_reward_long(p.D, 0, 0.05, fabs(glb_vec_distance(p.start, p.target) - 0.05));
  double reach =
      glb_reward_gauss(p.d, 0, 0.005, fabs(glb_vec_distance(p.start, arm->memory.init_tcp) - 0.005));
  reach = glb_reward_both(reach, glb_clip(arm->action[3], 0, 1));
  result->success = p.D <= 0.065;
  result->reward = 10 * (result->success ? 1 : glb_reward_both(reach, in_place));
  result->near = p.d <= 0.01;
  result->grasped = 1;
  result->grasp = reach;
  result->in_place = in_place;
  result->distance = p.D;
}

static void measure_v1(struct glb_sawyer *arm) {
  arm->memory.v1.limit = 0.15;
}

static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_v1_move move = {.along = {0, 1, 0}, .grasped = 1, .radius = 0.065};
  glb_v1_move(arm, &move, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_drawer_close = {.furnish = furnish,
                                                               .place = place,
                                                               .observe = observe,
                                                               .reward = reward,
                                                               .measure_v1 = measure_v1,
                                                               .reward_v1 = reward_v1};
