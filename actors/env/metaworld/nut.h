/* nut.h: the nut that is put on a peg or taken from it; caging of a long handle and keeping a thing upright, which the
 * hammer and the lid of the box share. */
#ifndef ACTORS_ENV_METAWORLD_NUT_H
#define ACTORS_ENV_METAWORLD_NUT_H

#include "actors/env/metaworld/reward.h"
#include "actors/env/metaworld/sawyer.h"

void glb_nut_observe(struct glb_sawyer *arm, double *objects);

/* 1 less how far a quaternion is from another, in units of width; not below 0. */
double glb_nut_upright(const double *quat, const double *wanted, double width);

/* Caging of a long handle: along x it counts as where the hand is, within width. */
double glb_nut_grasp(struct glb_sawyer *arm, double width, enum glb_cage_density density);

/* near = q, grasp = g (grasped from 0.5 on), in_place = ip, reward (2 g + 6 ip) q or 10 on success. */
void glb_nut_report(double q, double g, double in_place, int success, struct glb_sawyer_result *result);

#endif  // ACTORS_ENV_METAWORLD_NUT_H
