#include "actors/env/metaworld/playback_sawyer.h"

#include <mujoco/mujoco.h>
#include <stdlib.h>
#include <string.h>

#include "actors/env/metaworld/sawyer.h"
#include "common/base/error.h"

enum { STATE_MAX = 64 };  // the longest of qpos, qvel

struct playback {
  struct glb_playback base;
  struct glb_sawyer arm;
  int from_state;
};

static const char version[] = "-v3";

// "reach" of "reach-v3"; NULL for a name without the version
static const struct glb_sawyer_task *task_of(const char *env) {
  int count;
  const struct glb_sawyer_task *table = glb_sawyer_task_table(&count);
  const size_t length = strlen(env), suffix = sizeof version - 1;
  if (length <= suffix || strcmp(env + length - suffix, version) != 0) return NULL;
  for (int i = 0; i < count; i++)
    if (strlen(table[i].name) == length - suffix && !strncmp(env, table[i].name, length - suffix))
      return &table[i];
  return NULL;
}

static int matches(const char *env) {
  return task_of(env) != NULL;
}

static int create(struct glb_playback **playback, const char *env,
                  const struct glb_playback_options *options) {
  struct playback *self = calloc(1, sizeof *self);
  int code;
  GLB_CHECK(self, GLB_ENOMEM, "%zu bytes for a replay of %s", sizeof *self, env);
  self->base.O = GLB_SAWYER_O;
  self->base.A = GLB_SAWYER_A;
  self->from_state = options->from_state;
  GLB_TRY_OUT(code, out, glb_sawyer_init(&self->arm, task_of(env), &options->env));
  if (self->arm.model->nq > STATE_MAX || self->arm.model->nv > STATE_MAX) code = GLB_ELIMIT;
  GLB_TRY_OUT(code, out, code);
  *playback = &self->base;
out:
  if (code) {
    glb_sawyer_finish(&self->arm);
    free(self);
  }
  return code;
}

static void destroy(struct glb_playback *playback) {
  struct playback *self = (struct playback *)playback;
  glb_sawyer_finish(&self->arm);
  free(self);
}

// puts the recorded state in the place of the one that the reset has made
static int restore(struct playback *self, const struct glb_recording *recording, double *obs) {
  double qpos[STATE_MAX], qvel[STATE_MAX], ctrl[2], qacc_warmstart[STATE_MAX], mocap_pos[3], mocap_quat[4];
  const size_t nq = (size_t)self->arm.model->nq, nv = (size_t)self->arm.model->nv;
  void *context = recording->context;
  GLB_TRY(recording->read(context, "start/qpos", nq, qpos));
  GLB_TRY(recording->read(context, "start/qvel", nv, qvel));
  GLB_TRY(recording->read(context, "start/ctrl", 2, ctrl));
  GLB_TRY(recording->read(context, "start/qacc_warmstart", nv, qacc_warmstart));
  GLB_TRY(recording->read(context, "start/mocap_pos", 3, mocap_pos));
  GLB_TRY(recording->read(context, "start/mocap_quat", 4, mocap_quat));
  return glb_sawyer_restore(&self->arm,
                            &(struct glb_sawyer_start){.qpos = qpos,
                                                       .qvel = qvel,
                                                       .ctrl = ctrl,
                                                       .qacc_warmstart = qacc_warmstart,
                                                       .mocap_pos = mocap_pos,
                                                       .mocap_quat = mocap_quat},
                            obs);
}

static int start(struct glb_playback *playback, const struct glb_recording *recording, double *obs) {
  struct playback *self = (struct playback *)playback;
  double v[GLB_SAWYER_VECTOR], hidden;
  GLB_TRY(recording->read(recording->context, "rand_vec", (size_t)self->arm.task->n, v));
  GLB_TRY(recording->attribute(recording->context, "partially_observable", &hidden));
  GLB_TRY(glb_sawyer_reset(&self->arm, v, hidden == 0, obs));
  if (self->from_state) GLB_TRY(restore(self, recording, obs));
  return GLB_OK;
}

static int step(struct glb_playback *playback, const double *action, double *obs, struct glb_env_step *out) {
  struct playback *self = (struct playback *)playback;
  struct glb_sawyer_result result;
  GLB_TRY(glb_sawyer_step(&self->arm, action, obs, &result));
  out->reward = result.reward;
  out->success = result.success > 0;
  return GLB_OK;
}

static void older(struct glb_playback *playback, struct glb_env_step *out) {
  struct playback *self = (struct playback *)playback;
  struct glb_sawyer_result result;
  glb_sawyer_judge(&self->arm, 1, &result);
  out->reward = result.reward;
  out->success = result.success > 0;
}

const struct glb_playback_ops glb_playback_ops_sawyer = {.package = "MetaWorld",
                                                         .flag = "success",
                                                         .matches = matches,
                                                         .create = create,
                                                         .destroy = destroy,
                                                         .start = start,
                                                         .step = step,
                                                         .older = older};
