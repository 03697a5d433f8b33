/* runner.c: the planar runners Hopper, Walker2d and Swimmer, and the families that change the first two.
 *
 *   v = (x' - x) / dt, x = qpos[0]
 *   Hopper-v5, Walker2d-v5         r = v + healthy - 0.001 |a|^2
 *   Swimmer-v5                     r = v - 0.0001 |a|^2
 *   hopper-params, walker-params   r = v + 1 - 0.001 |a|^2      task: exponents u in [-3, 3]
 *
 * Every parameter of the body is multiplied by b^u with an exponent of its own: masses, inertias and frictions
 * with b = 1.5, dampings with b = 1.3. healthy: upright, see below; all but Swimmer terminate where it is
 * not. */
#include <math.h>
#include <mujoco/mujoco.h>

#include "actors/env/locomotion/loco.h"
#include "common/base/error.h"
#include "common/base/rng.h"

static const double control_cost = 1e-3, swimmer_control_cost = 1e-4;
static const double velocity_limit = 10;  // of observed velocities

// ---- Gymnasium's ----

static void observe(const struct glb_loco *loco, double *obs) {
  const double *end = glb_loco_put_state(loco, obs, 1);
  for (double *v = obs + loco->gym->nq - 1; v < end; v++) *v = glb_loco_clip(*v, velocity_limit);
}

static void run(const struct glb_loco *loco, struct glb_env_step *step, int healthy) {
  step->reward = loco->velocity[0] + healthy - control_cost * glb_loco_effort(loco);
  step->terminated = !healthy;
}

static int within(double x, double low, double high) {
  return low < x && x < high;
}

static void outcome_hopper(const struct glb_loco *loco, struct glb_env_step *step) {
  const mjData *data = loco->physics.data;
  int healthy = data->qpos[1] > 0.7 && within(data->qpos[2], -0.2, 0.2);
  for (int i = 2; i < loco->gym->nq; i++) healthy &= within(data->qpos[i], -100, 100);
  for (int i = 0; i < loco->gym->nv; i++) healthy &= within(data->qvel[i], -100, 100);
  run(loco, step, healthy);
}

static void outcome_walker(const struct glb_loco *loco, struct glb_env_step *step) {
  const double *qpos = loco->physics.data->qpos;
  run(loco, step, within(qpos[1], 0.8, 2) && within(qpos[2], -1, 1));
}

static void observe_swimmer(const struct glb_loco *loco, double *obs) {
  glb_loco_put_state(loco, obs, 2);
}

static void outcome_swimmer(const struct glb_loco *loco, struct glb_env_step *step) {
  step->reward = loco->velocity[0] - swimmer_control_cost * glb_loco_effort(loco);
  step->terminated = 0;
}

const struct glb_gym glb_gym_hopper = {.name = "Hopper-v5",
                                       .file = "hopper.xml",
                                       .nq = 6,
                                       .nv = 6,
                                       .A = 3,
                                       .O = 11,
                                       .frame_skip = 4,
                                       .noise_qpos = 0.005,
                                       .noise_qvel = 0.005,
                                       .noise = GLB_LOCO_UNIFORM,
                                       .place = glb_loco_place_x,
                                       .observe = observe,
                                       .outcome = outcome_hopper};

const struct glb_gym glb_gym_walker2d = {.name = "Walker2d-v5",
                                         .file = "walker2d_v5.xml",
                                         .nq = 9,
                                         .nv = 9,
                                         .A = 6,
                                         .O = 17,
                                         .frame_skip = 4,
                                         .noise_qpos = 0.005,
                                         .noise_qvel = 0.005,
                                         .noise = GLB_LOCO_UNIFORM,
                                         .place = glb_loco_place_x,
                                         .observe = observe,
                                         .outcome = outcome_walker};

const struct glb_gym glb_gym_swimmer = {.name = "Swimmer-v5",
                                        .file = "swimmer.xml",
                                        .nq = 5,
                                        .nv = 5,
                                        .A = 2,
                                        .O = 8,
                                        .frame_skip = 4,
                                        .noise_qpos = 0.1,
                                        .noise_qvel = 0.1,
                                        .noise = GLB_LOCO_UNIFORM,
                                        .place = glb_loco_place_x,
                                        .observe = observe_swimmer,
                                        .outcome = outcome_swimmer};

// ---- hopper-params, walker-params ----

static const double exponent_limit = 3;

struct parameter {
  double *own;             // of the instance's model
  const double *compiled;  // as the file has it
  int count;
  double base;
};

enum { PARAMETERS = 4 };

// In the order of the task vector: body_mass, body_inertia, dof_damping, geom_friction.
static void list_parameters(struct parameter parameters[PARAMETERS], const struct glb_physics *physics) {
  mjModel *own = physics->own;
  const mjModel *compiled = physics->compiled;
  const struct parameter list[PARAMETERS] = {
      {own->body_mass, compiled->body_mass, compiled->nbody, 1.5},
      {own->body_inertia, compiled->body_inertia, 3 * compiled->nbody, 1.5},
      {own->dof_damping, compiled->dof_damping, compiled->nv, 1.3},
      {own->geom_friction, compiled->geom_friction, 3 * compiled->ngeom, 1.5}};
  for (int i = 0; i < PARAMETERS; i++) parameters[i] = list[i];
}

static int check_count(const struct glb_family *family, const struct glb_physics *physics) {
  struct parameter parameters[PARAMETERS];
  int count = 0;
  list_parameters(parameters, physics);
  for (int i = 0; i < PARAMETERS; i++) count += parameters[i].count;
  GLB_CHECK(count == family->P, GLB_EMISMATCH, "%s: the model has %d parameters, expected are %d",
            family->name, count, family->P);
  return GLB_OK;
}

static int create(struct glb_env **env, const struct glb_family *family, const struct glb_gym *gym,
                  const struct glb_env_options *options) {
  GLB_TRY(glb_loco_env_create(env, gym, options));

  struct glb_physics *physics = &((struct glb_loco_env *)*env)->loco.physics;
  int code;
  GLB_TRY_OUT(code, out, glb_physics_own(physics));
  GLB_TRY_OUT(code, out, check_count(family, physics));
out:
  if (code) {
    glb_loco_env_destroy(*env);
    *env = NULL;
  }
  return code;
}

static int create_hopper(struct glb_env **env, const struct glb_family *family,
                         const struct glb_env_options *options) {
  return create(env, family, &glb_gym_hopper, options);
}

static int create_walker(struct glb_env **env, const struct glb_family *family,
                         const struct glb_env_options *options) {
  return create(env, family, &glb_gym_walker2d, options);
}

static void sample(double *task, const struct glb_family *family, enum glb_split split, uint32_t key,
                   struct glb_rng *rng) {
  (void)split, (void)key;
  for (int i = 0; i < family->P; i++) task[i] = exponent_limit * (2 * glb_rng_uniform(rng) - 1);
}

// own = compiled b^u. The step before may have failed, and then nothing but a reset may follow.
static int set_parameters(struct glb_physics *physics, const double *u) {
  struct parameter parameters[PARAMETERS];
  list_parameters(parameters, physics);
  for (const struct parameter *p = parameters; p < parameters + PARAMETERS; p++)
    for (int i = 0; i < p->count; i++) p->own[i] = p->compiled[i] * pow(p->base, *u++);
  GLB_TRY(glb_physics_reset(physics));
  return glb_physics_derive(physics);
}

static int reset(struct glb_env *env, const double *task, struct glb_rng *rng, double *obs) {
  GLB_TRY(set_parameters(&((struct glb_loco_env *)env)->loco.physics, task));
  return glb_loco_env_reset(env, task, rng, obs);
}

static int step(struct glb_env *env, const double *action, double *obs, struct glb_env_step *out) {
  const struct glb_loco *loco = &((struct glb_loco_env *)env)->loco;
  GLB_TRY(glb_loco_env_step(env, action, obs, out));
  out->reward = loco->velocity[0] + 1 - control_cost * glb_loco_effort(loco);
  return GLB_OK;
}

const struct glb_env_ops glb_env_ops_hopper_params = {.family = "hopper-params",
                                                      .create = create_hopper,
                                                      .destroy = glb_loco_env_destroy,
                                                      .sample = sample,
                                                      .reset = reset,
                                                      .step = step,
                                                      .bare = glb_loco_env_bare,
                                                      .view = glb_loco_env_view};

const struct glb_env_ops glb_env_ops_walker_params = {.family = "walker-params",
                                                      .create = create_walker,
                                                      .destroy = glb_loco_env_destroy,
                                                      .sample = sample,
                                                      .reset = reset,
                                                      .step = step,
                                                      .bare = glb_loco_env_bare,
                                                      .view = glb_loco_env_view};
