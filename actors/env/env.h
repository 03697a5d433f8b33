/* env.h: what an environment is to the actors, and the registry of families.
 *
 * One instance simulates one episode at a time; instances of a family share one compiled model per process.
 * Everything random is drawn from the generator that is passed in, so an episode is a function of (task,
 * generator, actions). No allocation after create, but for a block that MuJoCo takes and frees in a reset that
 * changes its model. Instances may run in threads of their own; create and destroy are for one thread at a
 * time. */
#ifndef ACTORS_ENV_ENV_H
#define ACTORS_ENV_ENV_H

#include <stdint.h>

#include "common/task/task.h"

struct glb_physics;
struct glb_rng;

struct glb_env_options {  // borrowed during create
  /* folder of the packages that bring the models ("<dir>/gymnasium/envs/mujoco/assets/..."); NULL or "": the
   * one fixed at build time */
  const char *model_dir;
  int reward_version;  // of MetaWorld: 1 or 2; 0: 2
};

struct glb_env_step {
  double reward;
  int terminated;  // ended by the environment
  int success;     // success flag of this step (families that have one, else 0)
};

struct glb_env_view {                 // how an instance is looked at
  const struct glb_physics *physics;  // what there is to see; borrowed until the next reset
  const char *camera;                 // of the model; NULL, or not in the model: a free one
  double look_at[3];                  // the free one (degrees); distance 0: the whole of the model
  double distance, azimuth, elevation;
};

struct glb_env;  // an instance

/* The functions each family has, in this order in each file. */
struct glb_env_ops {
  const char *family;  // row of tasks.def it implements
  int (*create)(struct glb_env **env, const struct glb_family *family, const struct glb_env_options *options);
  void (*destroy)(struct glb_env *env);
  /* Training: a task drawn with rng. Testing: number key (0 .. held_out - 1) of the fixed list; rng, a
   * function of key alone, may help. */
  void (*sample)(double *task, const struct glb_family *family, enum glb_split split, uint32_t key,
                 struct glb_rng *rng);
  int (*reset)(struct glb_env *env, const double *task, struct glb_rng *rng, double *obs);
  /* action is finite and within [-1, 1]; step comes zeroed */
  int (*step)(struct glb_env *env, const double *action, double *obs, struct glb_env_step *step);
  /* n actions (n x A) through the bare simulator, no observation, reward or check: the limit for benchmarks;
   * NULL: no simulator */
  int (*bare)(struct glb_env *env, const double *actions, int n);
  /* what kind of task it is, where a family has a few kinds ("reach", "backwards"); NULL: one kind */
  const char *(*label)(const double *task);
  /* fills view, which comes zeroed; after a reset. NULL: nothing to see */
  void (*view)(struct glb_env *env, struct glb_env_view *view);
};

struct glb_env {  // first member of every instance
  const struct glb_env_ops *ops;
  const struct glb_family *family;
};

/* Creates an instance. GLB_ECONFIG for a family nobody implements; GLB_EASSET for a missing model file,
 * saying which and how to get it. */
int glb_env_create(struct glb_env **env, const char *family, const struct glb_env_options *options);
void glb_env_destroy(struct glb_env *env);

/* Task vector (P doubles). Training: a pure function of (seed, round, slot). Testing: of slot alone, taken
 * modulo held_out. */
int glb_env_sample(double *task, const char *family, enum glb_split split, uint64_t seed, uint32_t round,
                   uint32_t slot);

/* What kind of task it is, "" for a family of one kind. */
int glb_env_label(const char **label, const char *family, const double *task);

/* Starts an episode of task (P doubles, copied) and writes the first observation (O). GLB_EPHYSICS where the
 * simulator fails or the observation is beyond the range of a float, GLB_ENONFINITE for a task that is not
 * finite. */
int glb_env_reset(struct glb_env *env, const double *task, struct glb_rng *rng, double *obs);

/* One step: action (A) is clipped to [-1, 1]. Writes the observation (O) and step. GLB_EPHYSICS where
 * the simulator fails, or an observation or reward is not finite or beyond the range of a float;
 * GLB_ENONFINITE for a non-finite action. After an error only reset or destroy may follow. */
int glb_env_step(struct glb_env *env, const double *action, double *obs, struct glb_env_step *step);

/* Advances the simulator alone with n actions (n x A) in [-1, 1]: what benchmarks compare glb_env_step with.
 * GLB_EINVAL for a family without one. */
int glb_env_bare(struct glb_env *env, const double *actions, int n);

/* What there is to see of the episode under way, and from where; after a reset. GLB_EINVAL for a family without a model. */
int glb_env_view(struct glb_env *env, struct glb_env_view *view);

#endif  // ACTORS_ENV_ENV_H
