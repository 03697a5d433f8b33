/* coffee.h: the machine, its mug, and the reward of moving the mug. */
#ifndef ACTORS_ENV_METAWORLD_COFFEE_H
#define ACTORS_ENV_METAWORLD_COFFEE_H

#include "actors/env/metaworld/sawyer.h"

/* The mug at p. Its joint comes first in qpos; the package stops the arm's joints 9..14 instead of the mug's. */
int glb_coffee_put_mug(struct glb_sawyer *arm, const double *p);

/* Mug at v[0:3], target v[3:6]; what is seen of it; reward of both directions. */
int glb_coffee_place(struct glb_sawyer *arm, const double *v);
void glb_coffee_observe(struct glb_sawyer *arm, double *objects);
void glb_coffee_reward(struct glb_sawyer *arm, struct glb_sawyer_result *result);

#endif  // ACTORS_ENV_METAWORLD_COFFEE_H
