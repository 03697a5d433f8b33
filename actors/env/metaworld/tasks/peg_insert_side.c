/* peg_insert_side.c: a peg into the hole of a box. */
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

static void furnish(struct glb_sawyer *arm, const double *v) {
  glb_sawyer_move_body(arm, "box", v + 3);
}

// the head's start is where the model's peg has it
static int place(struct glb_sawyer *arm, const double *v) {
  glb_vec_copy(arm->memory.tool_init, glb_sawyer_site(arm, "pegHead"));
  glb_vec_copy(arm->memory.obj_init, v);
  glb_vec_add(arm->memory.target, v + 3, 0.03, 0, 0.13);
  return glb_sawyer_put(arm, arm->memory.obj_init);
}

static void observe(struct glb_sawyer *arm, double *objects) {
  glb_vec_copy(objects, glb_sawyer_site(arm, "pegGrasp"));
  glb_sawyer_rotation_site(arm, "pegGrasp", objects + 3);
}

// R = H(g, ip), + 1 + 5 ip while the peg is held and lifted, 10 inside; ip is less near the edges of the box
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_cage cage = {
      .radius = 0.0075, .pad = 0.03, .reach = 0.01, .xz = 0.005, .density = GLB_CAGE_HIGH};
  struct glb_puck p;
  glb_puck_measure(&p, arm);
  const double *head = glb_sawyer_site(arm, "pegHead");
  const double D = glb_vec_stretched(head, p.target, 1, 2, 2);
  const double edge1 = glb_reward_prism(head, glb_sawyer_site(arm, "bottom_right_corner_collision_box_1"),
                                        glb_sawyer_site(arm, "top_left_corner_collision_box_1"));
  const double edge2 = glb_reward_prism(head, glb_sawyer_site(arm, "bottom_right_corner_collision_box_2"),
                                        glb_sawyer_site(arm, "top_left_corner_collision_box_2"));
  double in_place = glb_reward_long(D, 0, 0.07, glb_vec_stretched(arm->memory.tool_init, p.target, 1, 2, 2));
  in_place = glb_reward_both(in_place, glb_reward_both(edge2, edge1));
  const int lifted = p.open > 0 && p.obj[2] - 0.01 > p.start[2], held = p.d < 0.08 && lifted;
  const double grasp = held ? 1 : glb_cage_grip(arm, p.obj, &cage);
  result->reward = glb_reward_both(grasp, in_place);
  if (held) result->reward += 1 + 5 * in_place;
  result->success = D <= 0.07;
  if (result->success) result->reward = 10;
  result->near = p.d <= 0.03;
  result->grasped = p.d < 0.02 && lifted;
  result->grasp = grasp;
  result->in_place = in_place;
  result->distance = D;
}

static void measure_v1(struct glb_sawyer *arm) {
  glb_v1_limit_lift(arm, glb_sawyer_body(arm, "peg")[2], 0.11);
}

// placing: first the head, near the hole the grip
static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_v1_lift how = {
      .beside = 0.05, .rise = 1, .close = 0.05, .firm = INFINITY, .hold = 0.1, .place = 0.1};
  const double *obj = arm->obs + 4, *target = arm->memory.target;
  const double d = glb_vec_distance(obj, target);
  const double head = glb_vec_distance(glb_sawyer_site(arm, "pegHead"), target);
  struct glb_v1_carry carry;
  glb_v1_carry(&carry, arm, obj, obj[2], d, &how);
  result->reward = carry.approach + carry.lift;
  if (carry.placing) result->reward += fmax(glb_v1_bonus(arm->memory.v1.limit, head <= 0.05 ? d : head), 0);
  glb_v1_report(d, 0.07, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_peg_insert_side = {.furnish = furnish,
                                                                  .place = place,
                                                                  .observe = observe,
                                                                  .reward = reward,
                                                                  .measure_v1 = measure_v1,
                                                                  .reward_v1 = reward_v1};
