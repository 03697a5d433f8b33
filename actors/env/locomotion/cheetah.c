/* cheetah.c: HalfCheetah, and the families that run it in a direction or at a velocity.
 *
 *   v = (x' - x) / dt, x = qpos[0]
 *   HalfCheetah-v5   r = v - 0.1 |a|^2
 *   cheetah-dir      r = d v - 0.05 |a|^2          task: direction d in {-1, +1}
 *   cheetah-vel      r = -|v - v*| - 0.05 |a|^2    task: goal velocity v* in [0, 3] m/s
 *
 * Observation: qpos[1:] (8), qvel (9). It never terminates. */
#include <math.h>

#include "actors/env/locomotion/loco.h"
#include "common/base/error.h"
#include "common/base/rng.h"

enum { NQ = 9, NV = 9 };

static const double gym_control_cost = 0.1, control_cost = 0.05;
static const double fastest = 3;  // m/s

static void observe(const struct glb_loco *loco, double *obs) {
  glb_loco_put_state(loco, obs, 1);
}

static void outcome(const struct glb_loco *loco, struct glb_env_step *step) {
  step->reward = loco->velocity[0] - gym_control_cost * glb_loco_effort(loco);
  step->terminated = 0;
}

const struct glb_gym glb_gym_half_cheetah = {.name = "HalfCheetah-v5",
                                             .file = "half_cheetah.xml",
                                             .nq = NQ,
                                             .nv = NV,
                                             .A = 6,
                                             .O = NQ - 1 + NV,
                                             .frame_skip = 5,
                                             .noise_qpos = 0.1,
                                             .noise_qvel = 0.1,
                                             .noise = GLB_LOCO_NORMAL,
                                             .place = glb_loco_place_x,
                                             .observe = observe,
                                             .outcome = outcome};

static int create(struct glb_env **env, const struct glb_family *family,
                  const struct glb_env_options *options) {
  (void)family;
  return glb_loco_env_create(env, &glb_gym_half_cheetah, options);
}

static void sample_dir(double *task, const struct glb_family *family, enum glb_split split, uint32_t key,
                       struct glb_rng *rng) {
  (void)family;
  uint32_t forwards = split == GLB_SPLIT_TEST ? key : glb_rng_below(rng, 2);
  task[0] = forwards ? 1 : -1;
}

static int step_dir(struct glb_env *env, const double *action, double *obs, struct glb_env_step *step) {
  struct glb_loco_env *self = (struct glb_loco_env *)env;
  const double d = self->task[0];
  GLB_TRY(glb_loco_step(&self->loco, action));
  observe(&self->loco, obs);
  step->reward = d * self->loco.velocity[0] - control_cost * glb_loco_effort(&self->loco);
  return GLB_OK;
}

static const char *label_dir(const double *task) {
  return task[0] > 0 ? "forwards" : "backwards";
}

const struct glb_env_ops glb_env_ops_cheetah_dir = {.family = "cheetah-dir",
                                                    .label = label_dir,
                                                    .create = create,
                                                    .destroy = glb_loco_env_destroy,
                                                    .sample = sample_dir,
                                                    .reset = glb_loco_env_reset,
                                                    .step = step_dir,
                                                    .bare = glb_loco_env_bare,
                                                    .view = glb_loco_env_view};

static void sample_vel(double *task, const struct glb_family *family, enum glb_split split, uint32_t key,
                       struct glb_rng *rng) {
  (void)family, (void)split, (void)key;
  task[0] = fastest * glb_rng_uniform(rng);
}

static int step_vel(struct glb_env *env, const double *action, double *obs, struct glb_env_step *step) {
  struct glb_loco_env *self = (struct glb_loco_env *)env;
  const double goal = self->task[0];
  GLB_TRY(glb_loco_step(&self->loco, action));
  observe(&self->loco, obs);
  step->reward = -fabs(self->loco.velocity[0] - goal) - control_cost * glb_loco_effort(&self->loco);
  return GLB_OK;
}

const struct glb_env_ops glb_env_ops_cheetah_vel = {.family = "cheetah-vel",
                                                    .create = create,
                                                    .destroy = glb_loco_env_destroy,
                                                    .sample = sample_vel,
                                                    .reset = glb_loco_env_reset,
                                                    .step = step_vel,
                                                    .bare = glb_loco_env_bare,
                                                    .view = glb_loco_env_view};
