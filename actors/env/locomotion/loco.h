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
  /* where the body is (2), the observation (O), reward and termination of the last step, as Gymnasium has
   * them */
  void (*place)(const struct glb_loco *loco, double *xy);
  void (*observe)(const struct glb_loco *loco, double *obs);
  void (*outcome)(const struct glb_loco *loco, struct glb_env_step *step);
};

struct glb_loco {
  const struct glb_gym *gym;
  struct glb_physics physics;
  double dt;           // seconds of a step
  double velocity[2];  // mean velocity of place() over the last step
};

struct glb_loco_start {          // a recorded state, as it stood after a reset
  const double *qpos;            // (nq)
  const double *qvel;            // (nv)
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

/* Sum of squares of the last controls. */
double glb_loco_effort(const struct glb_loco *loco);

/* ---- what the families have in common ---- */

struct glb_loco_env {
  struct glb_env env;
  struct glb_loco loco;
  double task[GLB_TASK_MAX];  // (P)
};

int glb_loco_env_create(struct glb_env **env, const struct glb_gym *gym,
                        const struct glb_env_options *options);
void glb_loco_env_destroy(struct glb_env *env);
int glb_loco_env_reset(struct glb_env *env, const double *task, struct glb_rng *rng, double *obs);
int glb_loco_env_bare(struct glb_env *env, const double *actions, int n);

/* ---- the Gymnasium environments ---- */

extern const struct glb_gym glb_gym_half_cheetah;

#endif  // ACTORS_ENV_LOCOMOTION_LOCO_H
