/* walker.c: the family that runs Walker2d at a velocity.
 *
 *   v = (x' - x) / dt, x = qpos[0]
 *   walker-vel   r = 1 - |v - v*| - 0.001 |a|^2    task: goal velocity v* in [0, 2] m/s
 *
 * Body, observation and termination are those of Walker2d-v5 (runner.c). The 1 is for being alive; the step
 * that ends an episode has it too. */
#include <math.h>

#include "actors/env/locomotion/loco.h"
#include "common/base/error.h"
#include "common/base/rng.h"

static const double alive = 1, control_cost = 1e-3;
static const double fastest = 2;  // m/s

static int create(struct glb_env **env, const struct glb_family *family,
                  const struct glb_env_options *options) {
  (void)family;
  return glb_loco_env_create(env, &glb_gym_walker2d, options);
}

static void sample(double *task, const struct glb_family *family, enum glb_split split, uint32_t key,
                   struct glb_rng *rng) {
  (void)family, (void)split, (void)key;
  task[0] = fastest * glb_rng_uniform(rng);
}

static int step(struct glb_env *env, const double *action, double *obs, struct glb_env_step *out) {
  const struct glb_loco_env *self = (const struct glb_loco_env *)env;
  const double goal = self->task[0];
  GLB_TRY(glb_loco_env_step(env, action, obs, out));
  out->reward = alive - fabs(self->loco.velocity[0] - goal) - control_cost * glb_loco_effort(&self->loco);
  return GLB_OK;
}

const struct glb_env_ops glb_env_ops_walker_vel = {.family = "walker-vel",
                                                   .create = create,
                                                   .destroy = glb_loco_env_destroy,
                                                   .sample = sample,
                                                   .reset = glb_loco_env_reset,
                                                   .step = step,
                                                   .bare = glb_loco_env_bare,
                                                   .view = glb_loco_env_view};
