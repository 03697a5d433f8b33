/* door_open.c: a closed door. */
#include "actors/env/metaworld/door.h"
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

static const double pi = 3.14159265358979323846;

static int place(struct glb_sawyer *arm, const double *v) {
  glb_vec_copy(arm->memory.obj_init, v);
  glb_vec_add(arm->memory.target, v, -0.3, -0.45, 0);
  return glb_sawyer_set_joint(arm, 0);
}

// the hand comes from above: its height over a floor that falls towards the handle
static double above(const double *hand, const double *door) {
  const double rho = glb_vec_distance_xy(hand, door);
  const double floor = rho <= 0.12 ? 0 : 0.04 * log(rho - 0.12) + 0.4;
  return hand[2] >= floor ? 1 : glb_reward_long(floor - hand[2], 0, 0.01, floor / 2);
}

// R = 2 H(ready, closing) + 8 opened, 10 when open
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  const double *hand = arm->obs, *obj = arm->obs + 4;
  const double angle = *glb_sawyer_joint(arm, "doorjoint");
  const double grasp = (glb_clip(arm->action[3], -1, 1) + 1) / 2;
  double door[3], grip[3];
  glb_vec_add(door, obj, -0.05, 0, 0);
  glb_vec_add(grip, door, 0.05, 0.03, -0.01);
  const double inside = glb_reward_long(glb_vec_distance(hand, grip), 0, 0.06, 0.5);
  const double ready = glb_reward_both(above(hand, door), inside);
  const double opened =
      0.2 * (angle < -pi / 90) + 0.8 * glb_reward_long(pi / 2 + pi / 6 + angle, 0, 0.5, pi / 3);
  result->success = fabs(obj[0] - arm->memory.target[0]) <= 0.08;
  result->reward = result->success ? 10 : 2 * glb_reward_both(ready, grasp) + 8 * opened;
  result->near = ready;
  result->grasped = grasp >= 0.5;
  result->grasp = grasp;
  result->in_place = opened;
}

static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_v1_move move = {.along = {1, 1, 0}, .radius = 0};
  glb_v1_move(arm, &move, result);
  result->success = fabs(arm->obs[4] - arm->memory.target[0]) <= 0.08;
  result->near = result->distance = 0;
}

const struct glb_sawyer_rules glb_sawyer_rules_door_open = {.furnish = glb_door_furnish,
                                                            .place = place,
                                                            .observe = glb_door_observe_handle,
                                                            .reward = reward,
                                                            .measure_v1 = glb_door_measure_handle_v1,
                                                            .reward_v1 = reward_v1};
