/* humanoid.c: Humanoid, HumanoidStandup, and the family that runs it in a direction.
 *
 *   v = (p' - p) / dt, p the centre of mass on the ground, C = min(10, 5e-7 sum f^2) over contact forces f
 *   Humanoid-v5          r = 1.25 v_x + 5 healthy - 0.1 |ctrl|^2 - C
 *   HumanoidStandup-v5   r = z / h + 1 - 0.1 |ctrl|^2 - C, h the time step
 *   humanoid-dir         r = 0.25 d . (p' - p) / h + 5 - 0.1 |ctrl|^2 - C, d = (cos theta, sin theta)
 *
 * The task of humanoid-dir is theta, any angle. healthy: the torso strictly between 1 and 2 m high; Humanoid
 * and humanoid-dir terminate where it is not. */
#include <math.h>
#include <mujoco/mujoco.h>
#include <string.h>

#include "actors/env/locomotion/loco.h"
#include "common/base/error.h"
#include "common/base/rng.h"

enum { NQ = 24, NV = 23, NU = 17, BODIES = 13, O = NQ - 2 + NV + (10 + 6 + 6) * BODIES + NU };

static const double pi = 3.14159265358979323846;
static const double forward_weight = 1.25, direction_weight = 0.25, healthy_reward = 5, stand_reward = 1;
static const double control_cost = 0.1, contact_cost = 5e-7, contact_cost_limit = 10;

// sum m_b x_b / sum m_b over bodies b
static void place(const struct glb_loco *loco, double *xy) {
  const mjModel *model = loco->physics.model;
  const mjtNum *x = loco->physics.data->xipos;  // (nbody x 3)
  double mass = 0;
  xy[0] = xy[1] = 0;
  for (int b = 0; b < model->nbody; b++) {
    mass += model->body_mass[b];
    for (int i = 0; i < 2; i++) xy[i] += model->body_mass[b] * x[3 * b + i];
  }
  for (int i = 0; i < 2; i++) xy[i] /= mass;
}

static double *put(double *obs, const mjtNum *values, size_t count) {
  memcpy(obs, values, count * sizeof *obs);
  return obs + count;
}

// the free joint of the torso and the world are left out
static void observe(const struct glb_loco *loco, double *obs) {
  const mjData *data = loco->physics.data;
  obs = glb_loco_put_state(loco, obs, 2);
  obs = put(obs, data->cinert + 10, 10 * BODIES);
  obs = put(obs, data->cvel + 6, 6 * BODIES);
  obs = put(obs, data->qfrc_actuator + 6, NU);
  put(obs, data->cfrc_ext + 6, 6 * BODIES);
}

static int healthy(const struct glb_loco *loco) {
  const double z = loco->physics.data->qpos[2];
  return 1 < z && z < 2;
}

static double costs(const struct glb_loco *loco) {
  return control_cost * glb_loco_effort(loco) +
         fmin(contact_cost_limit, contact_cost * glb_loco_contact(loco, INFINITY));
}

static void outcome(const struct glb_loco *loco, struct glb_env_step *step) {
  const int alive = healthy(loco);
  step->reward = forward_weight * loco->velocity[0] + healthy_reward * alive - costs(loco);
  step->terminated = !alive;
}

static void outcome_standup(const struct glb_loco *loco, struct glb_env_step *step) {
  const double up = loco->physics.data->qpos[2] / loco->physics.model->opt.timestep;
  step->reward = up + stand_reward - costs(loco);
  step->terminated = 0;
}

const struct glb_gym glb_gym_humanoid = {.name = "Humanoid-v5",
                                         .file = "humanoid.xml",
                                         .nq = NQ,
                                         .nv = NV,
                                         .A = NU,
                                         .O = O,
                                         .frame_skip = 5,
                                         .noise_qpos = 0.01,
                                         .noise_qvel = 0.01,
                                         .noise = GLB_LOCO_UNIFORM,
                                         .contact_forces = 1,
                                         .place = place,
                                         .observe = observe,
                                         .outcome = outcome};

const struct glb_gym glb_gym_humanoid_standup = {.name = "HumanoidStandup-v5",
                                                 .file = "humanoidstandup.xml",
                                                 .nq = NQ,
                                                 .nv = NV,
                                                 .A = NU,
                                                 .O = O,
                                                 .frame_skip = 5,
                                                 .noise_qpos = 0.01,
                                                 .noise_qvel = 0.01,
                                                 .noise = GLB_LOCO_UNIFORM,
                                                 .contact_forces = 1,
                                                 .observe = observe,
                                                 .outcome = outcome_standup};

static int create(struct glb_env **env, const struct glb_family *family,
                  const struct glb_env_options *options) {
  (void)family;
  return glb_loco_env_create(env, &glb_gym_humanoid, options);
}

static void sample(double *task, const struct glb_family *family, enum glb_split split, uint32_t key,
                   struct glb_rng *rng) {
  (void)family, (void)split, (void)key;
  task[0] = 2 * pi * glb_rng_uniform(rng);
}

static int step(struct glb_env *env, const double *action, double *obs, struct glb_env_step *out) {
  struct glb_loco_env *self = (struct glb_loco_env *)env;
  const struct glb_loco *loco = &self->loco;
  const double theta = self->task[0];
  GLB_TRY(glb_loco_step(&self->loco, action));
  observe(loco, obs);

  // (p' - p) / h = frame_skip v
  const double along = cos(theta) * loco->velocity[0] + sin(theta) * loco->velocity[1];
  out->reward = direction_weight * loco->gym->frame_skip * along + healthy_reward - costs(loco);
  out->terminated = !healthy(loco);
  return GLB_OK;
}

const struct glb_env_ops glb_env_ops_humanoid_dir = {.family = "humanoid-dir",
                                                     .create = create,
                                                     .destroy = glb_loco_env_destroy,
                                                     .sample = sample,
                                                     .reset = glb_loco_env_reset,
                                                     .step = step,
                                                     .bare = glb_loco_env_bare,
                                                     .view = glb_loco_env_view};
