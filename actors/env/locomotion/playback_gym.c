#include "actors/env/locomotion/playback_gym.h"

#include <stdlib.h>

#include "actors/env/locomotion/loco.h"
#include "common/base/error.h"

enum { STATE_MAX = 64 };  // the longest of qpos, qvel, ctrl

struct playback {
  struct glb_playback base;
  struct glb_loco loco;
};

static int matches(const char *env) {
  return glb_gym_find(env) != NULL;
}

static int create(struct glb_playback **playback, const char *env,
                  const struct glb_playback_options *options) {
  const struct glb_gym *gym = glb_gym_find(env);
  GLB_CHECK(gym->nq <= STATE_MAX && gym->nv <= STATE_MAX && gym->A <= STATE_MAX, GLB_ELIMIT,
            "%s: more than %d positions, velocities or controls", env, STATE_MAX);
  struct playback *self = calloc(1, sizeof *self);
  GLB_CHECK(self, GLB_ENOMEM, "%zu bytes for a replay of %s", sizeof *self, env);
  self->base.O = gym->O;
  self->base.A = gym->A;

  int code;
  GLB_TRY_OUT(code, out, glb_loco_init(&self->loco, gym, &options->env));
  *playback = &self->base;
out:
  if (code) free(self);
  return code;
}

static void destroy(struct glb_playback *playback) {
  struct playback *self = (struct playback *)playback;
  glb_loco_finish(&self->loco);
  free(self);
}

static int start(struct glb_playback *playback, const struct glb_recording *recording, double *obs) {
  struct glb_loco *loco = &((struct playback *)playback)->loco;
  const struct glb_gym *gym = loco->gym;
  double qpos[STATE_MAX], qvel[STATE_MAX], ctrl[STATE_MAX], qacc_warmstart[STATE_MAX];
  void *context = recording->context;
  GLB_TRY(recording->read(context, "start/qpos", (size_t)gym->nq, qpos));
  GLB_TRY(recording->read(context, "start/qvel", (size_t)gym->nv, qvel));
  GLB_TRY(recording->read(context, "start/ctrl", (size_t)gym->A, ctrl));
  GLB_TRY(recording->read(context, "start/qacc_warmstart", (size_t)gym->nv, qacc_warmstart));
  GLB_TRY(glb_loco_restore(
      loco,
      &(struct glb_loco_start){.qpos = qpos, .qvel = qvel, .ctrl = ctrl, .qacc_warmstart = qacc_warmstart}));
  gym->observe(loco, obs);
  return GLB_OK;
}

static int step(struct glb_playback *playback, const double *action, double *obs, struct glb_env_step *out) {
  struct glb_loco *loco = &((struct playback *)playback)->loco;
  GLB_TRY(glb_loco_advance(loco, action));
  loco->gym->observe(loco, obs);
  loco->gym->outcome(loco, out);
  return GLB_OK;
}

const struct glb_playback_ops glb_playback_ops_gym = {.package = "Gymnasium",
                                                      .flag = "terminated",
                                                      .matches = matches,
                                                      .create = create,
                                                      .destroy = destroy,
                                                      .start = start,
                                                      .step = step};
