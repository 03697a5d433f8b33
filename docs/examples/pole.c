/* pole.c: a task family on a MuJoCo model of one's own, by the functions of actors/env/env.h alone: a cart is to stand at a place
 * that it is not told, with its pole upright (docs/howto/a-mujoco-task-of-your-own.md).
 *
 *   r = 1 - |x - x*| - 0.1 a^2    task: place x* in [-1, 1]    observation: x, angle, and their velocities
 *
 * An episode ends where the pole leans by more than half a radian; the reward is paid then too. */
#include <math.h>
#include <mujoco/mujoco.h>
#include <stdlib.h>
#include <string.h>

#include "actors/env/env.h"
#include "actors/env/physics.h"
#include "common/base/error.h"
#include "common/base/rng.h"

enum { FRAME_SKIP = 4, NQ = 2, NV = 2 };  // 0.04 s a step
static const double noise = 0.05, limit = 0.5, effort = 0.1;

struct pole {
  struct glb_env env;  // first: an instance is one of env.h
  struct glb_physics physics;
  double goal;
};

static void destroy(struct glb_env *env) {
  glb_physics_finish(&((struct pole *)env)->physics);
  free(env);
}

static int create(struct glb_env **env, const struct glb_family *family,
                  const struct glb_env_options *options) {
  struct pole *pole = calloc(1, sizeof *pole);
  GLB_CHECK(pole, GLB_ENOMEM, "%zu bytes for an environment of %s", sizeof *pole, family->name);

  int code;
  GLB_TRY_OUT(code, out, glb_physics_init(&pole->physics, options ? options->model_dir : NULL, "pole.xml"));
  *env = &pole->env;
out:
  if (code) free(pole);
  return code;
}

static void sample(double *task, const struct glb_family *family, enum glb_split split, uint32_t key,
                   struct glb_rng *rng) {
  (void)family, (void)split, (void)key;  // of a continuous distribution: rng is a function of key in testing
  task[0] = 2 * glb_rng_uniform(rng) - 1;
}

static void observe(const struct pole *pole, double *obs) {
  memcpy(obs, pole->physics.data->qpos, NQ * sizeof *obs);
  memcpy(obs + NQ, pole->physics.data->qvel, NV * sizeof *obs);
}

static int reset(struct glb_env *env, const double *task, struct glb_rng *rng, double *obs) {
  struct pole *pole = (struct pole *)env;
  pole->goal = task[0];
  GLB_TRY(glb_physics_reset(&pole->physics));
  for (int i = 0; i < NQ; i++) pole->physics.data->qpos[i] = noise * (2 * glb_rng_uniform(rng) - 1);
  GLB_TRY(glb_physics_forward(&pole->physics));
  observe(pole, obs);
  return GLB_OK;
}

static int step(struct glb_env *env, const double *action, double *obs, struct glb_env_step *out) {
  struct pole *pole = (struct pole *)env;
  glb_physics_control(&pole->physics, action);
  GLB_TRY(glb_physics_step(&pole->physics, FRAME_SKIP));
  observe(pole, obs);
  out->reward = 1 - fabs(obs[0] - pole->goal) - effort * action[0] * action[0];
  out->terminated = fabs(obs[1]) > limit;
  return GLB_OK;
}

static int bare(struct glb_env *env, const double *actions, int n) {
  return glb_physics_bare_loop(&((struct pole *)env)->physics, actions, n, FRAME_SKIP);
}

static void view(struct glb_env *env, struct glb_env_view *view) {
  view->physics = &((struct pole *)env)->physics;
  view->camera = "side";
}

extern const struct glb_env_ops glb_env_ops_pole;
const struct glb_env_ops glb_env_ops_pole = {.family = "pole",
                                             .create = create,
                                             .destroy = destroy,
                                             .sample = sample,
                                             .reset = reset,
                                             .step = step,
                                             .bare = bare,
                                             .view = view};
