/* handle.h: a handle that is pressed. */
#ifndef ACTORS_ENV_METAWORLD_HANDLE_H
#define ACTORS_ENV_METAWORLD_HANDLE_H

#include "actors/env/metaworld/sawyer.h"

void glb_handle_furnish(struct glb_sawyer *arm, const double *v);
int glb_handle_press_place(struct glb_sawyer *arm, const double *v);
void glb_handle_press_observe(struct glb_sawyer *arm, double *objects);
void glb_handle_press_reward(struct glb_sawyer *arm, struct glb_sawyer_result *result);

void glb_handle_measure_v1(struct glb_sawyer *arm);
void glb_handle_press_reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result);

#endif  // ACTORS_ENV_METAWORLD_HANDLE_H
