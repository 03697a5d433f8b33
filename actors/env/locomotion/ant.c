/* ant.c: Ant, and the families that run it in a direction or to a goal.
 *
 *   v = (p' - p) / dt, p the torso on the ground, C(x) = sum of min(max(f, -1), 1)^2 over contact forces f
 *   Ant-v5              r = v_x + healthy - 0.5 |a|^2 - 0.0005 C
 *   ant-dir, -varibad   r = v . (cos theta, sin theta) + 1 - 0.5 |a|^2 - 0.0005 C    task: theta
 *   ant-goal            r = -|p' - g|_1 - 0.1 |a|^2 - 0.0005 C                       task: goal g
 *
 * healthy: the torso between 0.2 and 1 m high, everything finite. All but ant-goal terminate where it is
 * not. */
#include <math.h>
#include <mujoco/mujoco.h>
#include <string.h>

#include "actors/env/locomotion/loco.h"
#include "common/base/error.h"
#include "common/base/rng.h"

enum { NQ = 15, NV = 14, BODIES = 13, TORSO = 1 };

static const double pi = 3.14159265358979323846;
static const double control_cost = 0.5, goal_control_cost = 0.1, contact_cost = 5e-4;
static const double contact_limit = 1;
static const double goal_radius = 3;  // m

static void place(const struct glb_loco *loco, double *xy) {
  memcpy(xy, loco->physics.data->xpos + 3 * TORSO, 2 * sizeof *xy);
}

static void observe(const struct glb_loco *loco, double *obs) {
  glb_loco_put_contacts(loco, glb_loco_put_state(loco, obs, 2), contact_limit);
}

static int healthy(const struct glb_loco *loco) {
  const double z = loco->physics.data->qpos[2];
  return glb_loco_finite(loco) && 0.2 <= z && z <= 1;
}

static double contact(const struct glb_loco *loco) {
  return contact_cost * glb_loco_contact(loco, contact_limit);
}

static void outcome(const struct glb_loco *loco, struct glb_env_step *step) {
  const int alive = healthy(loco);
  step->reward = loco->velocity[0] + alive - control_cost * glb_loco_effort(loco) - contact(loco);
  step->terminated = !alive;
}

const struct glb_gym glb_gym_ant = {.name = "Ant-v5",
                                    .file = "ant.xml",
                                    .nq = NQ,
                                    .nv = NV,
                                    .A = 8,
                                    .O = NQ - 2 + NV + 6 * BODIES,
                                    .frame_skip = 5,
                                    .noise_qpos = 0.1,
                                    .noise_qvel = 0.1,
                                    .noise = GLB_LOCO_NORMAL,
                                    .contact_forces = 1,
                                    .place = place,
                                    .observe = observe,
                                    .outcome = outcome};

static int create(struct glb_env **env, const struct glb_family *family,
                  const struct glb_env_options *options) {
  (void)family;
  return glb_loco_env_create(env, &glb_gym_ant, options);
}

// ---- ant-dir: theta in {0, pi}; ant-dir-varibad: theta in {-1, 1} ----

static uint32_t side(enum glb_split split, uint32_t key, struct glb_rng *rng) {
  return split == GLB_SPLIT_TEST ? key : glb_rng_below(rng, 2);
}

static void sample_dir(double *task, const struct glb_family *family, enum glb_split split, uint32_t key,
                       struct glb_rng *rng) {
  (void)family;
  task[0] = side(split, key, rng) ? pi : 0;
}

static void sample_varibad(double *task, const struct glb_family *family, enum glb_split split, uint32_t key,
                           struct glb_rng *rng) {
  (void)family;
  task[0] = side(split, key, rng) ? 1 : -1;
}

static int reset_dir(struct glb_env *env, const double *task, struct glb_rng *rng, double *obs) {
  struct glb_loco_env *self = (struct glb_loco_env *)env;
  GLB_TRY(glb_loco_env_start(self, task, rng));
  glb_loco_put_state(&self->loco, obs, 2);
  return GLB_OK;
}

static int step_dir(struct glb_env *env, const double *action, double *obs, struct glb_env_step *step) {
  struct glb_loco_env *self = (struct glb_loco_env *)env;
  const struct glb_loco *loco = &self->loco;
  const double theta = self->task[0];
  GLB_TRY(glb_loco_step(&self->loco, action));
  glb_loco_put_state(loco, obs, 2);
  step->reward = cos(theta) * loco->velocity[0] + sin(theta) * loco->velocity[1] + 1 -
                 control_cost * glb_loco_effort(loco) - contact(loco);
  step->terminated = !healthy(loco);
  return GLB_OK;
}

static const char *label_dir(const double *task) {
  return cos(task[0]) > 0 ? "forwards" : "backwards";
}

static const char *label_varibad(const double *task) {
  return task[0] > 0 ? "+1 rad" : "-1 rad";
}

const struct glb_env_ops glb_env_ops_ant_dir = {.family = "ant-dir",
                                                .label = label_dir,
                                                .create = create,
                                                .destroy = glb_loco_env_destroy,
                                                .sample = sample_dir,
                                                .reset = reset_dir,
                                                .step = step_dir,
                                                .bare = glb_loco_env_bare,
                                                .view = glb_loco_env_view};

const struct glb_env_ops glb_env_ops_ant_dir_varibad = {.family = "ant-dir-varibad",
                                                        .label = label_varibad,
                                                        .create = create,
                                                        .destroy = glb_loco_env_destroy,
                                                        .sample = sample_varibad,
                                                        .reset = reset_dir,
                                                        .step = step_dir,
                                                        .bare = glb_loco_env_bare,
                                                        .view = glb_loco_env_view};

// ---- ant-goal: goals uniform on a disc; the position is observed ----

static void sample_goal(double *task, const struct glb_family *family, enum glb_split split, uint32_t key,
                        struct glb_rng *rng) {
  (void)family, (void)split, (void)key;
  const double angle = 2 * pi * glb_rng_uniform(rng), radius = goal_radius * sqrt(glb_rng_uniform(rng));
  task[0] = radius * cos(angle);
  task[1] = radius * sin(angle);
}

static void observe_goal(const struct glb_loco *loco, double *obs) {
  glb_loco_put_contacts(loco, glb_loco_put_state(loco, obs, 0), contact_limit);
}

static int reset_goal(struct glb_env *env, const double *task, struct glb_rng *rng, double *obs) {
  struct glb_loco_env *self = (struct glb_loco_env *)env;
  GLB_TRY(glb_loco_env_start(self, task, rng));
  observe_goal(&self->loco, obs);
  return GLB_OK;
}

static int step_goal(struct glb_env *env, const double *action, double *obs, struct glb_env_step *step) {
  struct glb_loco_env *self = (struct glb_loco_env *)env;
  const struct glb_loco *loco = &self->loco;
  GLB_TRY(glb_loco_step(&self->loco, action));
  observe_goal(loco, obs);
  step->reward = -fabs(loco->position[0] - self->task[0]) - fabs(loco->position[1] - self->task[1]) -
                 goal_control_cost * glb_loco_effort(loco) - contact(loco);
  return GLB_OK;
}

const struct glb_env_ops glb_env_ops_ant_goal = {.family = "ant-goal",
                                                 .create = create,
                                                 .destroy = glb_loco_env_destroy,
                                                 .sample = sample_goal,
                                                 .reset = reset_goal,
                                                 .step = step_goal,
                                                 .bare = glb_loco_env_bare,
                                                 .view = glb_loco_env_view};
