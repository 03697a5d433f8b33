/* stick.h: a stick that moves a container. */
#ifndef ACTORS_ENV_METAWORLD_STICK_H
#define ACTORS_ENV_METAWORLD_STICK_H

#include "actors/env/metaworld/sawyer.h"

/* tool_init = the stick's start, where it is put; the container's slides at x and y, obj_init = where that is. */
int glb_stick_place(struct glb_sawyer *arm, const double *v, double x, double y);
/* Of the stick; position of the container's hole with an offset along y. */
void glb_stick_observe(struct glb_sawyer *arm, double *objects, double offset);

#endif  // ACTORS_ENV_METAWORLD_STICK_H
