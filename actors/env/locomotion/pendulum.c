/* pendulum.c: InvertedPendulum and InvertedDoublePendulum, poles on a cart.
 *
 *   InvertedPendulum-v5         r = 1 - terminated
 *   InvertedDoublePendulum-v5   r = 10 (1 - terminated) - 0.01 x^2 - (y - 2)^2 - 0.001 v1^2 - 0.005 v2^2
 *
 * (x, y) is the tip of the second pole. The first terminates beyond 0.2 rad, the second where y <= 1. */
#include <math.h>
#include <mujoco/mujoco.h>

#include "actors/env/locomotion/loco.h"

static const double widest_angle = 0.2;
static const double double_healthy_reward = 10, lowest_tip = 1;
static const double limit = 10;  // of observed velocities and forces

static void observe(const struct glb_loco *loco, double *obs) {
  glb_loco_put_state(loco, obs, 0);
}

static void outcome(const struct glb_loco *loco, struct glb_env_step *step) {
  step->terminated = !glb_loco_finite(loco) || fabs(loco->physics.data->qpos[1]) > widest_angle;
  step->reward = !step->terminated;
}

const struct glb_gym glb_gym_inverted_pendulum = {.name = "InvertedPendulum-v5",
                                                  .file = "inverted_pendulum.xml",
                                                  .nq = 2,
                                                  .nv = 2,
                                                  .A = 1,
                                                  .O = 4,
                                                  .frame_skip = 2,
                                                  .noise_qpos = 0.01,
                                                  .noise_qvel = 0.01,
                                                  .noise = GLB_LOCO_UNIFORM,
                                                  .observe = observe,
                                                  .outcome = outcome};

static void observe_double(const struct glb_loco *loco, double *obs) {
  const mjData *data = loco->physics.data;
  obs[0] = data->qpos[0];
  for (int i = 0; i < 2; i++) {
    obs[1 + i] = sin(data->qpos[1 + i]);
    obs[3 + i] = cos(data->qpos[1 + i]);
  }
  for (int i = 0; i < 3; i++) obs[5 + i] = glb_loco_clip(data->qvel[i], limit);
  obs[8] = glb_loco_clip(data->qfrc_constraint[0], limit);
}

static void outcome_double(const struct glb_loco *loco, struct glb_env_step *step) {
  const mjData *data = loco->physics.data;
  const double x = data->site_xpos[0], y = data->site_xpos[2], v1 = data->qvel[1], v2 = data->qvel[2];
  step->terminated = y <= lowest_tip;
  step->reward = double_healthy_reward * !step->terminated - 0.01 * x * x - (y - 2) * (y - 2) -
                 1e-3 * v1 * v1 - 5e-3 * v2 * v2;
}

const struct glb_gym glb_gym_inverted_double_pendulum = {.name = "InvertedDoublePendulum-v5",
                                                         .file = "inverted_double_pendulum.xml",
                                                         .nq = 3,
                                                         .nv = 3,
                                                         .A = 1,
                                                         .O = 9,
                                                         .frame_skip = 5,
                                                         .noise_qpos = 0.1,
                                                         .noise_qvel = 0.1,
                                                         .noise = GLB_LOCO_NORMAL,
                                                         .observe = observe_double,
                                                         .outcome = outcome_double};
