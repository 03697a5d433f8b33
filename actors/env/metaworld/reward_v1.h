/* reward_v1.h: the pieces of MetaWorld's rewards of version 1, the package's older ones (docs/environments.md). They reach
 * thousands, where those of version 2 end at 10. Distances in m.
 *
 *   R = -r + P                a thing is pushed, pulled, pressed or turned; P only while the hand is at it
 *   R = A + L + P             a thing is lifted, then brought to the target; A: approach of the hand, L: height
 *   P = max(B(limit, d), 0),  B = 1000 (limit - d) + 1000 (exp(-d^2 / 0.01) + exp(-d^2 / 0.001))
 *
 * r: distance of the hand from the thing, d: of the thing from the target, limit: what d is measured against, taken at the
 * start of an episode (memory.v1). The package reports no distance of the hand, so its near_object is mostly 1. */
#ifndef ACTORS_ENV_METAWORLD_REWARD_V1_H
#define ACTORS_ENV_METAWORLD_REWARD_V1_H

#include "actors/env/metaworld/sawyer.h"

/* B */
double glb_v1_bonus(double limit, double d);

/* ---- for measure_v1: memory.v1 ---- */

/* limit = |start - target|, and the same in the horizontal plane */
void glb_v1_limit(struct glb_sawyer *arm);
void glb_v1_limit_xy(struct glb_sawyer *arm);
/* height, top = height + lift, limit = |start at top - target| + top */
void glb_v1_limit_lift(struct glb_sawyer *arm, double height, double lift);
/* The same for the puck, by lift. */
void glb_v1_limit_puck(struct glb_sawyer *arm, double lift);

/* ---- moving ---- */

struct glb_v1_move {
  double along[3];  // axes that d counts (1 or 0)
  int left;         // the left finger alone is the hand
  int grasped;      // what is reported
  double radius;    // success: d <= radius
};
void glb_v1_move(struct glb_sawyer *arm, const struct glb_v1_move *move, struct glb_sawyer_result *result);

/* near, distance = d, success d <= radius */
void glb_v1_report(double d, double radius, struct glb_sawyer_result *result);

/* ---- lifting ---- */

struct glb_v1_lift {
  double beside;  // horizontal distance up to which the hand is above the thing
  double rise;    // weight of the hand's height over its start while it is not
  double close;   // r up to which closing the fingers counts
  double firm;    // r up to which a thing at the top is picked
  double hold;    // r up to which the height counts
  double place;   // r up to which a picked thing is being placed
};

/* A, for a hand whose start had height `from`. */
double glb_v1_approach(const struct glb_sawyer *arm, const double *thing, const double *hand, double from,
                       const struct glb_v1_lift *how);

struct glb_v1_carry {  // of one step
  double hand[3], r;
  double approach, lift;                 // A, L
  int picked, lifted, dropped, placing;  // lifted: picked and not dropped
};
/* For a thing held at `thing`, with its height and its distance d from the target. */
void glb_v1_carry(struct glb_v1_carry *carry, struct glb_sawyer *arm, const double *thing, double height,
                  double d, const struct glb_v1_lift *how);

/* A + L + P for an object that is brought to the target, and glb_v1_report. */
void glb_v1_pick(struct glb_sawyer *arm, const struct glb_v1_lift *how, double radius,
                 struct glb_sawyer_result *result);
/* The values that most share. */
extern const struct glb_v1_lift glb_v1_lift_puck;

/* reach, reach-wall: P of the hand itself; its distance. */
double glb_v1_hand(struct glb_sawyer *arm, struct glb_sawyer_result *result);
void glb_v1_limit_hand(struct glb_sawyer *arm);

/* Moving in the plane to within 0.07, and sweeping to within 0.05, where a puck that has fallen is at the target. */
void glb_v1_slide(struct glb_sawyer *arm, struct glb_sawyer_result *result);
void glb_v1_sweep(struct glb_sawyer *arm, int fallen, struct glb_sawyer_result *result);

#endif  // ACTORS_ENV_METAWORLD_REWARD_V1_H
