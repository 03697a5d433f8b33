#include "actors/env/locomotion/loco.h"

#include <math.h>
#include <mujoco/mujoco.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/rng.h"

static int check_sizes(const struct glb_loco *loco) {
  const struct glb_gym *gym = loco->gym;
  const mjModel *model = loco->physics.model;
  GLB_CHECK(model->nq == gym->nq && model->nv == gym->nv && model->nu == gym->A, GLB_EMISMATCH,
            "%s: the model has nq %d, nv %d, nu %d, expected are %d, %d, %d", gym->name, model->nq, model->nv,
            model->nu, gym->nq, gym->nv, gym->A);
  return GLB_OK;
}

int glb_loco_init(struct glb_loco *loco, const struct glb_gym *gym, const struct glb_env_options *options) {
  *loco = (struct glb_loco){.gym = gym};
  char file[256];
  snprintf(file, sizeof file, "gymnasium/envs/mujoco/assets/%s", gym->file);

  int code;
  GLB_TRY_OUT(code, out, glb_physics_init(&loco->physics, options ? options->model_dir : NULL, file));
  GLB_TRY_OUT(code, out, check_sizes(loco));
  loco->physics.contact_forces = gym->contact_forces;
  loco->dt = loco->physics.model->opt.timestep * gym->frame_skip;
out:
  if (code) glb_loco_finish(loco);
  return code;
}

void glb_loco_finish(struct glb_loco *loco) {
  if (loco) glb_physics_finish(&loco->physics);
}

int glb_loco_reset(struct glb_loco *loco, struct glb_rng *rng) {
  const struct glb_gym *gym = loco->gym;
  mjData *data = loco->physics.data;
  GLB_TRY(glb_physics_reset(&loco->physics));
  for (int i = 0; i < gym->nq; i++) data->qpos[i] += gym->noise_qpos * (2 * glb_rng_uniform(rng) - 1);
  for (int i = 0; i < gym->nv; i++)
    data->qvel[i] += gym->noise_qvel *
                     (gym->noise == GLB_LOCO_NORMAL ? glb_rng_normal(rng) : 2 * glb_rng_uniform(rng) - 1);
  if (gym->arrange) gym->arrange(loco, rng);
  return glb_physics_forward(&loco->physics);
}

int glb_loco_restore(struct glb_loco *loco, const struct glb_loco_start *start) {
  mjData *data = loco->physics.data;
  const size_t nq = loco->gym->nq, nv = loco->gym->nv;
  GLB_TRY(glb_physics_reset(&loco->physics));
  memcpy(data->qpos, start->qpos, nq * sizeof(double));
  memcpy(data->qvel, start->qvel, nv * sizeof(double));
  if (start->ctrl) memcpy(data->ctrl, start->ctrl, (size_t)loco->gym->A * sizeof(double));
  GLB_TRY(glb_physics_forward(&loco->physics));
  // forward has set the warm start from zero; the recorded one is what the next step must find
  memcpy(data->qacc_warmstart, start->qacc_warmstart, nv * sizeof(double));
  return GLB_OK;
}

static void locate(const struct glb_loco *loco, double *xy) {
  if (loco->gym->place) loco->gym->place(loco, xy);
}

// velocity = (place after - place before) / dt, with the controls in data->ctrl
static int advance(struct glb_loco *loco) {
  double before[2] = {0};
  locate(loco, before);
  GLB_TRY(glb_physics_step(&loco->physics, loco->gym->frame_skip));
  locate(loco, loco->position);
  for (int i = 0; i < 2; i++) loco->velocity[i] = (loco->position[i] - before[i]) / loco->dt;
  return GLB_OK;
}

int glb_loco_step(struct glb_loco *loco, const double *action) {
  glb_physics_control(&loco->physics, action);
  return advance(loco);
}

int glb_loco_advance(struct glb_loco *loco, const double *ctrl) {
  memcpy(loco->physics.data->ctrl, ctrl, (size_t)loco->gym->A * sizeof(double));
  return advance(loco);
}

double glb_loco_effort(const struct glb_loco *loco) {
  const mjtNum *ctrl = loco->physics.data->ctrl;
  double sum = 0;
  for (int i = 0; i < loco->gym->A; i++) sum += ctrl[i] * ctrl[i];
  return sum;
}

// ---- what observations and rewards are made of ----

double glb_loco_clip(double x, double limit) {
  return fmin(fmax(x, -limit), limit);
}

double glb_loco_contact(const struct glb_loco *loco, double limit) {
  const mjtNum *force = loco->physics.data->cfrc_ext;  // (nbody x 6)
  double sum = 0;
  for (int i = 0; i < 6 * loco->physics.model->nbody; i++) {
    double f = glb_loco_clip(force[i], limit);
    sum += f * f;
  }
  return sum;
}

int glb_loco_finite(const struct glb_loco *loco) {
  const mjData *data = loco->physics.data;
  for (int i = 0; i < loco->gym->nq; i++)
    if (!isfinite(data->qpos[i])) return 0;
  for (int i = 0; i < loco->gym->nv; i++)
    if (!isfinite(data->qvel[i])) return 0;
  return 1;
}

void glb_loco_place_x(const struct glb_loco *loco, double *xy) {
  xy[0] = loco->physics.data->qpos[0];
  xy[1] = 0;
}

double *glb_loco_put_state(const struct glb_loco *loco, double *obs, int skip) {
  const mjData *data = loco->physics.data;
  const int nq = loco->gym->nq - skip, nv = loco->gym->nv;
  memcpy(obs, data->qpos + skip, (size_t)nq * sizeof *obs);
  memcpy(obs + nq, data->qvel, (size_t)nv * sizeof *obs);
  return obs + nq + nv;
}

double *glb_loco_put_contacts(const struct glb_loco *loco, double *obs, double limit) {
  const mjtNum *force = loco->physics.data->cfrc_ext + 6;  // (nbody - 1 x 6)
  const int count = 6 * (loco->physics.model->nbody - 1);
  for (int i = 0; i < count; i++) obs[i] = glb_loco_clip(force[i], limit);
  return obs + count;
}

// ---- what the families have in common ----

int glb_loco_env_create(struct glb_env **env, const struct glb_gym *gym,
                        const struct glb_env_options *options) {
  struct glb_loco_env *self = calloc(1, sizeof *self);
  GLB_CHECK(self, GLB_ENOMEM, "%zu bytes for an environment on %s", sizeof *self, gym->name);

  int code;
  GLB_TRY_OUT(code, out, glb_loco_init(&self->loco, gym, options));
  *env = &self->env;
out:
  if (code) free(self);
  return code;
}

void glb_loco_env_destroy(struct glb_env *env) {
  struct glb_loco_env *self = (struct glb_loco_env *)env;
  glb_loco_finish(&self->loco);
  free(self);
}

int glb_loco_env_start(struct glb_loco_env *self, const double *task, struct glb_rng *rng) {
  memcpy(self->task, task, (size_t)self->env.family->P * sizeof(double));
  return glb_loco_reset(&self->loco, rng);
}

int glb_loco_env_reset(struct glb_env *env, const double *task, struct glb_rng *rng, double *obs) {
  struct glb_loco_env *self = (struct glb_loco_env *)env;
  GLB_TRY(glb_loco_env_start(self, task, rng));
  self->loco.gym->observe(&self->loco, obs);
  return GLB_OK;
}

int glb_loco_env_step(struct glb_env *env, const double *action, double *obs, struct glb_env_step *step) {
  struct glb_loco *loco = &((struct glb_loco_env *)env)->loco;
  GLB_TRY(glb_loco_step(loco, action));
  loco->gym->observe(loco, obs);
  loco->gym->outcome(loco, step);
  return GLB_OK;
}

int glb_loco_env_bare(struct glb_env *env, const double *actions, int n) {
  struct glb_loco_env *self = (struct glb_loco_env *)env;
  return glb_physics_bare_loop(&self->loco.physics, actions, n, self->loco.gym->frame_skip);
}

void glb_loco_env_view(struct glb_env *env, struct glb_env_view *view) {
  view->physics = &((struct glb_loco_env *)env)->loco.physics;
  view->camera = "track";
}
