/* plate.h: sliding a plate over the table; three of the four directions share a reward. */
#ifndef ACTORS_ENV_METAWORLD_PLATE_H
#define ACTORS_ENV_METAWORLD_PLATE_H

#include "actors/env/metaworld/sawyer.h"

/* obj_init = v[0:3], target = v[3:6], the plate's slides at x and y. */
int glb_plate_place(struct glb_sawyer *arm, const double *v, double x, double y);
void glb_plate_observe(struct glb_sawyer *arm, double *objects);
void glb_plate_reward(struct glb_sawyer *arm, struct glb_sawyer_result *result);

/* Version 1, where the plate starts away from obj_init. */
void glb_plate_measure_v1(struct glb_sawyer *arm);

#endif  // ACTORS_ENV_METAWORLD_PLATE_H
