#include "actors/env/metaworld/reward.h"

#include <math.h>

#include "actors/env/metaworld/sawyer.h"
#include "actors/env/metaworld/vec.h"

// distance of x from [low, high] in margins; INFINITY outside of it without a margin
static double excess(double x, double low, double high, double margin) {
  if (low <= x && x <= high) return 0;
  if (!(margin > 0)) return INFINITY;
  return (x < low ? low - x : x - high) / margin;
}

double glb_reward_long(double x, double low, double high, double margin) {
  const double y = 3 * excess(x, low, high, margin);
  return 1 / (y * y + 1);
}

double glb_reward_gauss(double x, double low, double high, double margin) {
  const double c = 2.1459660262893472;  // sqrt(-2 log 0.1)
  const double y = c * excess(x, low, high, margin);
  return exp(-0.5 * y * y);
}

double glb_reward_both(double a, double b) {
  const double sum = a + b - a * b;
  return sum > 0 ? a * b / sum : 0;
}

double glb_reward_prism(const double *p, const double *zero, const double *one) {
  double product = 1;
  for (int i = 0; i < 3; i++) {
    if (p[i] < fmin(zero[i], one[i]) || p[i] > fmax(zero[i], one[i])) return 1;
    product *= (p[i] - zero[i]) / (one[i] - zero[i]);
  }
  return product;
}

// the hand in the plane (x, z): 1 within xz of the object
static double caged_xz(struct glb_sawyer *arm, const double *object, const double *origin, double xz) {
  double tcp[3];
  glb_sawyer_tcp(arm, tcp);
  const double margin = glb_vec_distance_xz(origin, arm->memory.init_tcp) - xz;
  return glb_reward_long(glb_vec_distance_xz(tcp, object), 0, xz, margin);
}

double glb_cage_grip(struct glb_sawyer *arm, const double *object, const struct glb_cage *cage) {
  const double *origin = cage->origin ? cage->origin : arm->memory.obj_init;
  const double effort = cage->effort > 0 ? cage->effort : 1;

  // pads beside the object
  const double pads[2] = {glb_sawyer_body(arm, "leftpad")[1], glb_sawyer_body(arm, "rightpad")[1]};
  double beside[2];
  for (int i = 0; i < 2; i++)
    beside[i] = glb_reward_long(fabs(pads[i] - object[1]), cage->radius, cage->pad,
                                fabs(fabs(pads[i] - origin[1]) - cage->pad));

  const double caging =
      glb_reward_both(glb_reward_both(beside[0], beside[1]), caged_xz(arm, object, origin, cage->xz));
  const double closed = glb_clip(arm->action[3], 0, effort) / effort;
  const double value = glb_reward_both(caging, caging > 0.97 ? closed : 0);
  if (cage->density == GLB_CAGE_PLAIN) return value;
  if (cage->density == GLB_CAGE_HIGH) return 0.5 * (value + caging);

  double tcp[3];
  glb_sawyer_tcp(arm, tcp);
  const double margin = fabs(glb_vec_distance(origin, arm->memory.init_tcp) - cage->reach);
  return 0.5 * (value + glb_reward_long(glb_vec_distance(tcp, object), 0, cage->reach, margin));
}

static const double pad_reach = 0.05;  // of the signed variants

// signed distance of each pad from the object (left, right) and its margin
static void signed_pads(struct glb_sawyer *arm, const double *object, double *distance, double *margin) {
  const double left = glb_sawyer_body(arm, "leftpad")[1], right = glb_sawyer_body(arm, "rightpad")[1];
  distance[0] = left - object[1];
  distance[1] = object[1] - right;
  margin[0] = fabs(fabs(object[1] - left) - pad_reach);
  margin[1] = fabs(fabs(object[1] - right) - pad_reach);
}

// both pads within [radius, high]
static double enclosed(const double *distance, const double *margin, double radius, double high) {
  return glb_reward_both(glb_reward_long(distance[0], radius, high, margin[0]),
                         glb_reward_long(distance[1], radius, high, margin[1]));
}

double glb_cage_pick(struct glb_sawyer *arm, const double *object) {
  double distance[2], margin[2];
  signed_pads(arm, object, distance, margin);
  const double caging = glb_reward_both(enclosed(distance, margin, 0.015, pad_reach),
                                        caged_xz(arm, object, arm->memory.obj_init, 0.005));
  const double closed = glb_clip(arm->action[3], 0, 1);
  return 0.5 * (glb_reward_both(caging, caging > 0.97 ? closed : 0) + caging);
}

double glb_cage_push(struct glb_sawyer *arm, const double *object, double radius, double slack, double xz) {
  double distance[2], margin[2];
  signed_pads(arm, object, distance, margin);
  const double caging = glb_reward_both(enclosed(distance, margin, radius, pad_reach),
                                        caged_xz(arm, object, arm->memory.obj_init, xz));
  const double grip = caging > 0.95 ? enclosed(distance, margin, radius, radius + slack) : 0;
  return 0.5 * (caging + grip);
}
