/* drawer_open.c: a closed drawer. */
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

static void furnish(struct glb_sawyer *arm, const double *v) {
  glb_sawyer_move_body(arm, "drawer", v);
}

static int place(struct glb_sawyer *arm, const double *v) {
  glb_vec_copy(arm->memory.obj_init, v);
  glb_vec_add(arm->memory.target, v, 0, -0.36, 0.09);
  return 0;
}

static void observe(struct glb_sawyer *arm, double *objects) {
  glb_puck_observe_body(arm, "drawer_link", objects);
  objects[1] -= 0.16;
}

// R = 5 (k + o)
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  const double *hand = arm->obs, *obj = arm->obs + 4, *target = arm->memory.target;
  double handle[3];
  glb_vec_add(handle, target, 0, 0.2, 0);
  const double D = glb_vec_distance(obj, target), opened = glb_reward_long(D, 0, 0.02, 0.2);
  const double near = glb_reward_long(glb_vec_stretched(obj, hand, 3, 3, 1), 0, 0.01,
                                      glb_vec_stretched(handle, arm->memory.init_tcp, 3, 3, 1));
  result->reward = 5 * (near + opened);
  result->success = D <= 0.03;
  result->near = glb_vec_distance(obj, hand) <= 0.03;
  result->grasped = arm->obs[3] > 0;
  result->grasp = near;
  result->in_place = opened;
  result->distance = D;
}

static void measure_v1(struct glb_sawyer *arm) {
  arm->memory.v1.limit = 0.2;
}

static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_v1_move move = {.along = {0, 1, 0}, .radius = 0.03};
  glb_v1_move(arm, &move, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_drawer_open = {.furnish = furnish,
                                                              .place = place,
                                                              .observe = observe,
                                                              .reward = reward,
                                                              .measure_v1 = measure_v1,
                                                              .reward_v1 = reward_v1};
