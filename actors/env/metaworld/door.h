/* door.h: a door with a handle and a lock. */
#ifndef ACTORS_ENV_METAWORLD_DOOR_H
#define ACTORS_ENV_METAWORLD_DOOR_H

#include "actors/env/metaworld/sawyer.h"

void glb_door_furnish(struct glb_sawyer *arm, const double *v);

/* Position and orientation of the handle; position of a site of the lock, orientation of the door. */
void glb_door_observe_handle(struct glb_sawyer *arm, double *objects);
void glb_door_observe_lock(struct glb_sawyer *arm, const char *site, double *objects);

/* What both directions of the lock report: hand at distance d, lock at distance D. */
void glb_door_report_lock(const struct glb_sawyer *arm, double d, double D, double grasp, double in_place,
                          struct glb_sawyer_result *result);

void glb_door_measure_handle_v1(struct glb_sawyer *arm);
void glb_door_measure_lock_v1(struct glb_sawyer *arm);
void glb_door_reward_lock_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result);

#endif  // ACTORS_ENV_METAWORLD_DOOR_H
