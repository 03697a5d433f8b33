/* faucet.h: the reward of turning a faucet, in either direction. */
#ifndef ACTORS_ENV_METAWORLD_FAUCET_H
#define ACTORS_ENV_METAWORLD_FAUCET_H

#include "actors/env/metaworld/sawyer.h"

void glb_faucet_furnish(struct glb_sawyer *arm, const double *v);
void glb_faucet_observe(struct glb_sawyer *arm, const char *site, double *objects);
/* For the point of the handle that is pushed. */
void glb_faucet_reward(struct glb_sawyer *arm, const double *point, struct glb_sawyer_result *result);

void glb_faucet_reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result);

#endif  // ACTORS_ENV_METAWORLD_FAUCET_H
