/* arm.c: Reacher and Pusher, planar and spatial arms.
 *
 *   Reacher-v5   r = -|fingertip - target| - |a|^2
 *   Pusher-v5    r = -|object - goal| - 0.5 |object - tip| - 0.1 |a|^2
 *
 * They never terminate. */
#include <math.h>
#include <mujoco/mujoco.h>
#include <string.h>

#include "actors/env/locomotion/loco.h"
#include "common/base/rng.h"

static const double push_control_cost = 0.1, near_cost = 0.5;
static const double target_radius = 0.2, object_clearance = 0.17;

static const double *body(const struct glb_loco *loco, const char *name) {
  return loco->physics.data->xpos + 3 * mj_name2id(loco->physics.model, mjOBJ_BODY, name);
}

static double uniform(struct glb_rng *rng, double low, double high) {
  return low + (high - low) * glb_rng_uniform(rng);
}

// ---- Reacher: two joints and the target's position ----

// the target uniform on a disc, at rest
static void arrange_reacher(const struct glb_loco *loco, struct glb_rng *rng) {
  mjData *data = loco->physics.data;
  double *target = data->qpos + 2;
  do {
    for (int i = 0; i < 2; i++) target[i] = uniform(rng, -target_radius, target_radius);
  } while (hypot(target[0], target[1]) >= target_radius);
  memset(data->qvel + 2, 0, 2 * sizeof(double));
}

static void observe_reacher(const struct glb_loco *loco, double *obs) {
  const mjData *data = loco->physics.data;
  const double *fingertip = body(loco, "fingertip"), *target = body(loco, "target");
  for (int i = 0; i < 2; i++) {
    obs[i] = cos(data->qpos[i]);
    obs[2 + i] = sin(data->qpos[i]);
    obs[4 + i] = data->qpos[2 + i];
    obs[6 + i] = data->qvel[i];
    obs[8 + i] = fingertip[i] - target[i];
  }
}

static void outcome_reacher(const struct glb_loco *loco, struct glb_env_step *step) {
  step->reward = -mju_dist3(body(loco, "fingertip"), body(loco, "target")) - glb_loco_effort(loco);
  step->terminated = 0;
}

const struct glb_gym glb_gym_reacher = {.name = "Reacher-v5",
                                        .file = "reacher.xml",
                                        .nq = 4,
                                        .nv = 4,
                                        .A = 2,
                                        .O = 10,
                                        .frame_skip = 2,
                                        .noise_qpos = 0.1,
                                        .noise_qvel = 0.005,
                                        .noise = GLB_LOCO_UNIFORM,
                                        .arrange = arrange_reacher,
                                        .observe = observe_reacher,
                                        .outcome = outcome_reacher};

// ---- Pusher: seven joints, the object's position, the goal's ----

enum { JOINTS = 7 };

// the object somewhere in a rectangle but not near the goal, both at rest
static void arrange_pusher(const struct glb_loco *loco, struct glb_rng *rng) {
  mjData *data = loco->physics.data;
  double *object = data->qpos + JOINTS;
  do {
    object[0] = uniform(rng, -0.3, 0);
    object[1] = uniform(rng, -0.2, 0.2);
  } while (hypot(object[0], object[1]) <= object_clearance);
  memset(data->qpos + JOINTS + 2, 0, 2 * sizeof(double));
  memset(data->qvel + JOINTS, 0, 4 * sizeof(double));
}

static void observe_pusher(const struct glb_loco *loco, double *obs) {
  const mjData *data = loco->physics.data;
  memcpy(obs, data->qpos, JOINTS * sizeof *obs);
  memcpy(obs + JOINTS, data->qvel, JOINTS * sizeof *obs);
  obs += 2 * JOINTS;
  memcpy(obs, body(loco, "tips_arm"), 3 * sizeof *obs);
  memcpy(obs + 3, body(loco, "object"), 3 * sizeof *obs);
  memcpy(obs + 6, body(loco, "goal"), 3 * sizeof *obs);
}

static void outcome_pusher(const struct glb_loco *loco, struct glb_env_step *step) {
  const double *object = body(loco, "object");
  step->reward = -mju_dist3(object, body(loco, "goal")) -
                 near_cost * mju_dist3(object, body(loco, "tips_arm")) -
                 push_control_cost * glb_loco_effort(loco);
  step->terminated = 0;
}

const struct glb_gym glb_gym_pusher = {.name = "Pusher-v5",
                                       .file = "pusher_v5.xml",
                                       .nq = 11,
                                       .nv = 11,
                                       .A = JOINTS,
                                       .O = 2 * JOINTS + 9,
                                       .frame_skip = 5,
                                       .noise_qpos = 0,
                                       .noise_qvel = 0.005,
                                       .noise = GLB_LOCO_UNIFORM,
                                       .arrange = arrange_pusher,
                                       .observe = observe_pusher,
                                       .outcome = outcome_pusher};
