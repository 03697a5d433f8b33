/* peg_unplug_side.c: a peg out of a box. */
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

#include <mujoco/mujoco.h>
#include <string.h>

static void furnish(struct glb_sawyer *arm, const double *v) {
  glb_sawyer_move_body(arm, "box", v);
}

// the plug keeps its angular velocity
static int place(struct glb_sawyer *arm, const double *v) {
  mjData *data = arm->physics.data;
  double plug[3];
  glb_vec_add(plug, v, 0.044, 0, 0.131);
  glb_vec_copy(data->qpos + 9, plug);
  glb_vec_set(data->qpos + 13, 0, 0, 0);
  data->qpos[12] = 1;
  memset(data->qvel + 9, 0, 3 * sizeof *data->qvel);
  const int code = glb_sawyer_forward(arm);
  glb_vec_copy(arm->memory.obj_init, glb_sawyer_site(arm, "pegEnd"));
  glb_vec_add(arm->memory.target, plug, 0.15, 0, 0);
  return code;
}

static void observe(struct glb_sawyer *arm, double *objects) {
  glb_vec_copy(objects, glb_sawyer_site(arm, "pegEnd"));
  glb_sawyer_quat_body(arm, "plug1", objects + 3);
}

// R = 2 g, 1 + 2 g + 5 ip once the peg moves in the fingers, 10 at the target
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_cage cage = {
      .radius = 0.025, .pad = 0.05, .reach = 0.01, .xz = 0.005, .effort = 0.8, .density = GLB_CAGE_HIGH};
  struct glb_puck p;
  glb_puck_measure(&p, arm);
  const double grasp = glb_cage_grip(arm, p.obj, &cage);
  const int moving = p.open > 0.5 && p.obj[0] - p.start[0] > 0.015;
  result->reward = 2 * grasp;
  if (moving && p.d < 0.035) result->reward = 1 + 2 * grasp + 5 * p.in_place;
  if (p.D <= 0.05) result->reward = 10;
  result->success = p.D <= 0.07;
  result->near = p.d <= 0.03;
  result->grasped = moving;
  result->grasp = grasp;
  result->in_place = p.in_place;
  result->distance = p.D;
}

static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_v1_lift how = {.beside = 0.05, .rise = 2, .close = 0.05};
  const double *obj = arm->obs + 4, d = glb_vec_distance_xy(obj, arm->memory.target);
  double hand[3];
  glb_sawyer_tcp(arm, hand);
  result->reward = glb_v1_approach(arm, obj, hand, arm->task->hand[2], &how);
  if (glb_vec_distance(obj, hand) < 0.05) result->reward += fmax(glb_v1_bonus(arm->memory.v1.limit, d), 0);
  glb_v1_report(d, 0.07, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_peg_unplug_side = {.furnish = furnish,
                                                                  .place = place,
                                                                  .observe = observe,
                                                                  .reward = reward,
                                                                  .measure_v1 = glb_v1_limit,
                                                                  .reward_v1 = reward_v1};
