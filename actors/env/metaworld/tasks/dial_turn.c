/* dial_turn.c: a dial. */
#include "actors/env/metaworld/puck.h"
#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

// the point of the dial that is turned, from the observed one
static void handle(const double *dial, double *point) {
  glb_vec_add(point, dial, 0.05, 0.02, 0.09);
}

static void dial_point(struct glb_sawyer *arm, double *p) {
  const double q = *glb_sawyer_joint(arm, "knob_Joint_1");
  glb_vec_add(p, glb_sawyer_body(arm, "dial"), 0.05 * sin(q), -0.05 * cos(q), 0);
}

static void furnish(struct glb_sawyer *arm, const double *v) {
  glb_sawyer_move_body(arm, "dial", v);
}

static int place(struct glb_sawyer *arm, const double *v) {
  double p[3];
  dial_point(arm, p);
  handle(p, arm->memory.tool_init);
  glb_vec_copy(arm->memory.obj_init, v);
  glb_vec_add(arm->memory.target, v, 0, 0.03, 0.03);
  return 0;
}

static void observe(struct glb_sawyer *arm, double *objects) {
  dial_point(arm, objects);
  glb_sawyer_quat_body(arm, "dial", objects + 3);
}

// R = 10 H(r, ip), r = H(N(d), closing)
static void reward(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  const double *target = arm->memory.target, *start = arm->memory.tool_init;
  double p[3], P[3], tcp[3];
  dial_point(arm, p);
  handle(p, P);
  glb_sawyer_tcp(arm, tcp);
  const double D = glb_vec_distance(p, target), d = glb_vec_distance(P, tcp);
  const double in_place = glb_reward_long(D, 0, 0.07, fabs(glb_vec_distance(start, target) - 0.07));
  double reach = glb_reward_gauss(d, 0, 0.005, fabs(glb_vec_distance(start, arm->memory.init_tcp) - 0.005));
  reach = glb_reward_both(reach, glb_clip(arm->action[3], 0, 1));
  result->reward = 10 * glb_reward_both(reach, in_place);
  result->success = D <= 0.07;
  result->near = d <= 0.01;
  result->grasped = 1;
  result->grasp = reach;
  result->in_place = in_place;
  result->distance = D;
}

static void measure_v1(struct glb_sawyer *arm) {
  arm->memory.v1.limit = fabs(arm->memory.target[1] - arm->memory.obj_init[1]);
}

// B with a tenth of its widths
static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  const double *obj = arm->obs + 4;
  double hand[3];
  glb_sawyer_tcp(arm, hand);
  const double d = fabs(obj[1] - arm->memory.target[1]), r = glb_vec_distance(obj, hand);
  const double bonus =
      1000 * (arm->memory.v1.limit - d) + 1000 * (exp(-(d * d) / 0.001) + exp(-(d * d) / 0.0001));
  result->reward = -r + (r < 0.05 ? fmax(bonus, 0) : 0);
  result->grasped = 1;
  glb_v1_report(d, 0.07, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_dial_turn = {.furnish = furnish,
                                                            .place = place,
                                                            .observe = observe,
                                                            .reward = reward,
                                                            .measure_v1 = measure_v1,
                                                            .reward_v1 = reward_v1};
