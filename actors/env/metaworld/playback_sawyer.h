/* playback_sawyer.h: MetaWorld's environments for playback.h, by the package's names ("reach-v3"). */
#ifndef ACTORS_ENV_METAWORLD_PLAYBACK_SAWYER_H
#define ACTORS_ENV_METAWORLD_PLAYBACK_SAWYER_H

#include "actors/env/playback.h"

extern const struct glb_playback_ops glb_playback_ops_sawyer;

#endif  // ACTORS_ENV_METAWORLD_PLAYBACK_SAWYER_H
