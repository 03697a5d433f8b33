/* playback_gym.h: recordings of Gymnasium's v5 environments: start/qpos, qvel, ctrl, qacc_warmstart, and raw
 * actions. They always start from the recorded state: Gymnasium's resets draw from a generator of their own. */
#ifndef ACTORS_ENV_LOCOMOTION_PLAYBACK_GYM_H
#define ACTORS_ENV_LOCOMOTION_PLAYBACK_GYM_H

#include "actors/env/playback.h"

extern const struct glb_playback_ops glb_playback_ops_gym;

#endif  // ACTORS_ENV_LOCOMOTION_PLAYBACK_GYM_H
