#include "actors/env/metaworld/reward_v1.h"

#include <math.h>

#include "actors/env/metaworld/vec.h"

static const double at_thing = 0.05;  // r up to which moving counts

double glb_v1_bonus(double limit, double d) {
  return 1000 * (limit - d) + 1000 * (exp(-(d * d) / 0.01) + exp(-(d * d) / 0.001));
}

// ---- start of an episode ----

void glb_v1_limit(struct glb_sawyer *arm) {
  arm->memory.v1.limit = glb_vec_distance(arm->memory.obj_init, arm->memory.target);
}

void glb_v1_limit_xy(struct glb_sawyer *arm) {
  arm->memory.v1.limit = glb_vec_distance_xy(arm->memory.obj_init, arm->memory.target);
}

void glb_v1_limit_lift(struct glb_sawyer *arm, double height, double lift) {
  const double *start = arm->memory.obj_init;
  const double top[3] = {start[0], start[1], height + lift};
  arm->memory.v1 = (struct glb_sawyer_v1){
      .limit = glb_vec_distance(top, arm->memory.target) + top[2], .height = height, .top = top[2]};
}

void glb_v1_limit_puck(struct glb_sawyer *arm, double lift) {
  glb_v1_limit_lift(arm, glb_sawyer_geom(arm, "objGeom")[2], lift);
}

void glb_v1_limit_hand(struct glb_sawyer *arm) {
  arm->memory.v1.limit = glb_vec_distance(arm->memory.init_tcp, arm->memory.target);
}

// ---- moving ----

void glb_v1_report(double d, double radius, struct glb_sawyer_result *result) {
  result->near = 1;
  result->distance = d;
  result->success = d <= radius;
}

void glb_v1_move(struct glb_sawyer *arm, const struct glb_v1_move *move, struct glb_sawyer_result *result) {
  const double *obj = arm->obs + 4, *along = move->along;
  double hand[3];
  glb_sawyer_tcp(arm, hand);
  if (move->left) glb_vec_copy(hand, glb_sawyer_site(arm, "leftEndEffector"));
  const double r = glb_vec_distance(obj, hand);
  const double d = glb_vec_stretched(obj, arm->memory.target, along[0], along[1], along[2]);
  result->reward = -r;
  if (r < at_thing) result->reward += fmax(glb_v1_bonus(arm->memory.v1.limit, d), 0);
  result->grasped = move->grasped;
  glb_v1_report(d, move->radius, result);
}

// ---- lifting ----

const struct glb_v1_lift glb_v1_lift_puck = {
    .beside = 0.05, .rise = 2, .close = 0.05, .firm = INFINITY, .hold = 0.1, .place = 0.1};

double glb_v1_approach(const struct glb_sawyer *arm, const double *thing, const double *hand, double from,
                       const struct glb_v1_lift *how) {
  const double r = glb_vec_distance(thing, hand), flat = glb_vec_distance_xy(thing, hand);
  if (r < how->close) return -r + fmax(arm->action[3], 0) / 50;
  return flat < how->beside ? -r : -flat - how->rise * fabs(hand[2] - from);
}

void glb_v1_carry(struct glb_v1_carry *carry, struct glb_sawyer *arm, const double *thing, double height,
                  double d, const struct glb_v1_lift *how) {
  const struct glb_sawyer_v1 *start = &arm->memory.v1;
  glb_sawyer_tcp(arm, carry->hand);
  const double r = carry->r = glb_vec_distance(thing, carry->hand);
  const int raised = height > start->height + 0.005;
  carry->approach = glb_v1_approach(arm, thing, carry->hand, arm->memory.init_tcp[2], how);
  carry->picked = height >= start->top - 0.01 && r < how->firm;
  carry->dropped = height < start->height + 0.005 && d > 0.02 && r > 0.02;
  carry->lifted = carry->picked && !carry->dropped;
  carry->lift = carry->lifted             ? 100 * start->top
                : r < how->hold && raised ? 100 * fmin(start->top, height)
                                          : 0;
  carry->placing = carry->lifted && r < how->place;
}

void glb_v1_pick(struct glb_sawyer *arm, const struct glb_v1_lift *how, double radius,
                 struct glb_sawyer_result *result) {
  const double *obj = arm->obs + 4, d = glb_vec_distance(obj, arm->memory.target);
  struct glb_v1_carry carry;
  glb_v1_carry(&carry, arm, obj, obj[2], d, how);
  result->reward = carry.approach + carry.lift;
  if (carry.placing) result->reward += fmax(glb_v1_bonus(arm->memory.v1.limit, d), 0);
  glb_v1_report(d, radius, result);
}

double glb_v1_hand(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  double hand[3];
  glb_sawyer_tcp(arm, hand);
  const double d = glb_vec_distance(hand, arm->memory.target);
  result->reward = fmax(glb_v1_bonus(arm->memory.v1.limit, d), 0);
  result->success = d <= 0.05;
  result->distance = d;
  return d;
}

void glb_v1_slide(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_v1_move move = {.along = {1, 1, 0}, .radius = 0.07};
  glb_v1_move(arm, &move, result);
}

void glb_v1_sweep(struct glb_sawyer *arm, int fallen, struct glb_sawyer_result *result) {
  static const struct glb_v1_move move = {.along = {1, 1, 0}, .radius = 0.05};
  double hand[3];
  glb_v1_move(arm, &move, result);
  if (!fallen) return;
  glb_sawyer_tcp(arm, hand);
  const int reached = glb_vec_distance(arm->obs + 4, hand) < at_thing;
  result->reward = reached ? fmax(glb_v1_bonus(arm->memory.v1.limit, 0), 0) : 0;
  glb_v1_report(0, 0.05, result);
}
