#include "actors/env/playback.h"

#include "actors/env/locomotion/playback_gym.h"
#include "actors/env/metaworld/playback_sawyer.h"
#include "common/base/error.h"

static const struct glb_playback_ops *const packages[] = {&glb_playback_ops_gym, &glb_playback_ops_sawyer};

int glb_playback_create(struct glb_playback **playback, const char *env,
                        const struct glb_playback_options *options) {
  *playback = NULL;
  for (size_t i = 0; i < sizeof packages / sizeof packages[0]; i++) {
    if (!packages[i]->matches(env)) continue;
    GLB_TRY(packages[i]->create(playback, env, options));
    (*playback)->ops = packages[i];
    return GLB_OK;
  }
  GLB_RAISE(GLB_ECONFIG,
            "no environment %s in this program (a version such as \"-v5\" or \"-v3\" is part of the name)",
            env);
}

void glb_playback_destroy(struct glb_playback *playback) {
  if (playback) playback->ops->destroy(playback);
}

int glb_playback_start(struct glb_playback *playback, const struct glb_recording *recording, double *obs) {
  GLB_TRY(playback->ops->start(playback, recording, obs));
  return GLB_OK;
}

int glb_playback_step(struct glb_playback *playback, const double *action, double *obs,
                      struct glb_env_step *step, struct glb_env_step *older) {
  *step = *older = (struct glb_env_step){0};
  GLB_TRY(playback->ops->step(playback, action, obs, step));
  if (playback->ops->older) playback->ops->older(playback, older);
  return GLB_OK;
}
