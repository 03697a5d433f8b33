/* stick.h: a stick that moves a container. */
#ifndef ACTORS_ENV_METAWORLD_STICK_H
#define ACTORS_ENV_METAWORLD_STICK_H

#include "actors/env/metaworld/sawyer.h"

/* tool_init = the stick's start, where it is put; the container's slides at x and y, obj_init = where that is. */
int glb_stick_place(struct glb_sawyer *arm, const double *v, double x, double y);
/* Of the stick; position of the container's hole with an offset along y. */
void glb_stick_observe(struct glb_sawyer *arm, double *objects, double offset);

/* Version 1: limit is that of bringing the stick to the container. The package takes three numbers of the observation that
 * begin with the stick's height for the container's place; near it B of the second part, doubled, has widths of its own. */
void glb_stick_measure_v1(struct glb_sawyer *arm);
void glb_stick_reward_v1(struct glb_sawyer *arm, double wide, double narrow,
                         struct glb_sawyer_result *result);

#endif  // ACTORS_ENV_METAWORLD_STICK_H
