/* loco.h: the base of the locomotion families: Gymnasium's v5 MuJoCo environments.
 *
 * A struct glb_gym holds the constants and functions of one Gymnasium environment, as its Python class has
 * them. A struct glb_loco simulates it; a struct glb_loco_env makes it an environment with a task. Families
 * differ in their tasks and rewards only: a file each, with sample and step of its own.
 *
 * As in Gymnasium, derived quantities (body positions, forces) after a step are those of its last time step,
 * not of the state that it ended in. */
#ifndef ACTORS_ENV_LOCOMOTION_LOCO_H
#define ACTORS_ENV_LOCOMOTION_LOCO_H

#include "actors/env/env.h"
#include "actors/env/physics.h"

struct glb_loco;

enum glb_loco_noise { GLB_LOCO_UNIFORM, GLB_LOCO_NORMAL };

struct glb_gym {              // a Gymnasium environment
  const char *name;           // "HalfCheetah-v5"
  const char *file;           // of the model, "half_cheetah.xml"
  int nq, nv, A, O;           // positions, velocities, controls, observation
  int frame_skip;             // time steps of a step
  double noise_qpos;          // reset: qpos += U(-noise_qpos, noise_qpos)
  double noise_qvel;          // reset: qvel += noise_qvel U(-1, 1) or N(0, 1)
  enum glb_loco_noise noise;  // which of the two
  int contact_forces;         // cfrc_ext is observed or paid for
  /* what a reset does after the noise; NULL: nothing */
  void (*arrange)(const struct glb_loco *loco, struct glb_rng *rng);
  /* where the body is (2; NULL: nobody asks), the observation (O), reward and termination of the last step,
   * as Gymnasium has them */
  void (*place)(const struct glb_loco *loco, double *xy);
  void (*observe)(const struct glb_loco *loco, double *obs);
  void (*outcome)(const struct glb_loco *loco, struct glb_env_step *step);
};

struct glb_loco {
  const struct glb_gym *gym;
  struct glb_physics physics;
  double dt;           // seconds of a step
  double position[2];  // place() after the last step
  double velocity[2];  // its mean velocity over the last step
};

struct glb_loco_start {          // a recorded state, as it stood after a reset
  const double *qpos;            // (nq)
  const double *qvel;            // (nv)
  const double *ctrl;            // (A); NULL: zeros
  const double *qacc_warmstart;  // (nv)
};

/* gym is kept. Errors of glb_physics_init; GLB_EMISMATCH where the model has other sizes than gym. Nothing is
 * held on failure. */
int glb_loco_init(struct glb_loco *loco, const struct glb_gym *gym, const struct glb_env_options *options);
void glb_loco_finish(struct glb_loco *loco);

/* Gymnasium's reset: the initial state with noise from rng. */
int glb_loco_reset(struct glb_loco *loco, struct glb_rng *rng);

/* Starts from a recorded state; a replay goes on from it bit for bit. */
int glb_loco_restore(struct glb_loco *loco, const struct glb_loco_start *start);

/* One step. step: action (A) in [-1, 1] is scaled to the range of the controls; advance: ctrl (A) as
 * Gymnasium takes it. */
int glb_loco_step(struct glb_loco *loco, const double *action);
int glb_loco_advance(struct glb_loco *loco, const double *ctrl);

/* ---- what observations and rewards are made of ---- */

/* Sum of squares of the last controls. */
double glb_loco_effort(const struct glb_loco *loco);

/* Sum of squares of the contact forces on all bodies, each clipped to [-limit, limit] first. */
double glb_loco_contact(const struct glb_loco *loco, double limit);

/* Whether all positions and velocities are finite. */
int glb_loco_finite(const struct glb_loco *loco);

/* The place of a body that slides along the x axis: (qpos[0], 0). */
void glb_loco_place_x(const struct glb_loco *loco, double *xy);

/* x within [-limit, limit]. */
double glb_loco_clip(double x, double limit);

/* Write to obs and return where it ends. state: qpos[skip:], qvel. contacts: contact forces of the bodies but
 * the world, clipped to [-limit, limit]. */
double *glb_loco_put_state(const struct glb_loco *loco, double *obs, int skip);
double *glb_loco_put_contacts(const struct glb_loco *loco, double *obs, double limit);

/* ---- what the families have in common ---- */

struct glb_loco_env {
  struct glb_env env;
  struct glb_loco loco;
  double task[GLB_TASK_MAX];  // (P)
};

int glb_loco_env_create(struct glb_env **env, const struct glb_gym *gym,
                        const struct glb_env_options *options);
void glb_loco_env_destroy(struct glb_env *env);

/* A reset without the observation, and one with Gymnasium's. */
int glb_loco_env_start(struct glb_loco_env *env, const double *task, struct glb_rng *rng);
int glb_loco_env_reset(struct glb_env *env, const double *task, struct glb_rng *rng, double *obs);

/* A step with Gymnasium's observation, reward and termination. */
int glb_loco_env_step(struct glb_env *env, const double *action, double *obs, struct glb_env_step *step);
int glb_loco_env_bare(struct glb_env *env, const double *actions, int n);
void glb_loco_env_view(struct glb_env *env, struct glb_env_view *view);

/* ---- the Gymnasium environments ---- */

#define X(name, family) extern const struct glb_gym glb_gym_##name;
#include "actors/env/locomotion/gyms.def"
#undef X

/* The one called name, "Ant-v5"; NULL: there is none. */
const struct glb_gym *glb_gym_find(const char *name);

#endif  // ACTORS_ENV_LOCOMOTION_LOCO_H
