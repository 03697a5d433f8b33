/* point.c: a point in the plane that is to find a goal it does not see (PEARL's PointRobot and
 * SparsePointRobot).
 *
 *   s' = s + 0.1 a      dense: r = -|s' - g|      sparse: r = 1 - |s' - g| within 0.2 of the goal, else 0
 *
 * Task: the goal g. It never terminates. */
#include <math.h>
#include <stdlib.h>

#include "actors/env/env.h"
#include "common/base/error.h"
#include "common/base/rng.h"

static const double pi = 3.14159265358979323846;
static const double stride = 0.1;  // length of a full action
static const double radius = 0.2;  // of the sparse reward

struct point {
  struct glb_env env;
  double s[2], g[2];  // position, goal
};

static int create(struct glb_env **env, const struct glb_family *family,
                  const struct glb_env_options *options) {
  (void)options;
  struct point *point = calloc(1, sizeof *point);
  GLB_CHECK(point, GLB_ENOMEM, "%zu bytes for an environment of %s", sizeof *point, family->name);
  *env = &point->env;
  return GLB_OK;
}

static void destroy(struct glb_env *env) {
  free(env);
}

static double within_one(struct glb_rng *rng) {
  return 2 * glb_rng_uniform(rng) - 1;
}

static int start(struct point *point, const double *task, double x, double y, double *obs) {
  for (int i = 0; i < 2; i++) point->g[i] = task[i];
  obs[0] = point->s[0] = x;
  obs[1] = point->s[1] = y;
  return GLB_OK;
}

// s' = s + 0.1 a; returns |s' - g|
static double move(struct point *point, const double *action, double *obs) {
  for (int i = 0; i < 2; i++) obs[i] = point->s[i] += stride * action[i];
  return hypot(point->s[0] - point->g[0], point->s[1] - point->g[1]);
}

// ---- dense: goal and start uniform in the square [-1, 1]^2 ----

static void sample(double *task, const struct glb_family *family, enum glb_split split, uint32_t key,
                   struct glb_rng *rng) {
  (void)family, (void)split, (void)key;
  for (int i = 0; i < 2; i++) task[i] = within_one(rng);
}

static int reset(struct glb_env *env, const double *task, struct glb_rng *rng, double *obs) {
  double x = within_one(rng), y = within_one(rng);
  return start((struct point *)env, task, x, y, obs);
}

static int step(struct glb_env *env, const double *action, double *obs, struct glb_env_step *out) {
  out->reward = -move((struct point *)env, action, obs);
  return GLB_OK;
}

const struct glb_env_ops glb_env_ops_point = {
    .family = "point", .create = create, .destroy = destroy, .sample = sample, .reset = reset, .step = step};

// ---- sparse: 100 goals evenly on the unit half circle, start at its centre ----

enum { GOALS = 100, SHUFFLE = 37 };  // SHUFFLE is prime to GOALS

// Goal i of the list in its fixed shuffled order; the first held_out are for testing, the others for
// training.
static void sample_sparse(double *task, const struct glb_family *family, enum glb_split split, uint32_t key,
                          struct glb_rng *rng) {
  uint32_t held_out = (uint32_t)family->held_out;
  uint32_t i = split == GLB_SPLIT_TEST ? key : held_out + glb_rng_below(rng, GOALS - held_out);
  double angle = pi * (i * SHUFFLE % GOALS) / (GOALS - 1);
  task[0] = cos(angle);
  task[1] = sin(angle);
}

static int reset_sparse(struct glb_env *env, const double *task, struct glb_rng *rng, double *obs) {
  (void)rng;
  return start((struct point *)env, task, 0, 0, obs);
}

static int step_sparse(struct glb_env *env, const double *action, double *obs, struct glb_env_step *out) {
  double distance = move((struct point *)env, action, obs);
  out->reward = distance <= radius ? 1 - distance : 0;
  return GLB_OK;
}

const struct glb_env_ops glb_env_ops_point_sparse = {.family = "point-sparse",
                                                     .create = create,
                                                     .destroy = destroy,
                                                     .sample = sample_sparse,
                                                     .reset = reset_sparse,
                                                     .step = step_sparse};
