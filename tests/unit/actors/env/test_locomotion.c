// test_locomotion.c: Ant, Humanoid and the random-parameter families: tasks, rewards, termination, models.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <math.h>
#include <mujoco/mujoco.h>
#include <string.h>

#include "actors/env/locomotion/loco.h"
#include "common/base/rng.h"
#include "tests/harness/must.h"

enum { OBS_MAX = 512, ACTION_MAX = 64, TASKS = 2000, STEPS = 20 };

static const double pi = 3.14159265358979323846;

static struct glb_env *create(const char *family) {
  struct glb_env *env;
  must(glb_env_create(&env, family, NULL));
  return env;
}

static struct glb_loco *loco_of(struct glb_env *env) {
  return &((struct glb_loco_env *)env)->loco;
}

static void reset(struct glb_env *env, const double *task, double *obs) {
  struct glb_rng rng;
  glb_rng_start(&rng, 2, GLB_STREAM_RESET, (struct glb_rng_at){0});
  must(glb_env_reset(env, task, &rng, obs));
}

static void act(struct glb_env *env, int t, double *obs, struct glb_env_step *step) {
  double action[ACTION_MAX];
  for (int i = 0; i < env->family->A; i++) action[i] = sin(3 * t + i);
  must(glb_env_step(env, action, obs, step));
}

static void near(const char *what, double got, double expected, double tolerance) {
  if (!(fabs(got - expected) <= tolerance)) fail_msg("%s is %.17g, expected %.17g", what, got, expected);
}

// ---- tasks ----

static void check_two(const char *family, double first, double second) {
  double task;
  int seconds = 0;
  for (uint32_t key = 0; key < 4; key++) {
    must(glb_env_sample(&task, family, GLB_SPLIT_TEST, 0, 0, key));
    near(family, task, key % 2 ? second : first, 0);
  }
  for (uint32_t slot = 0; slot < TASKS; slot++) {
    must(glb_env_sample(&task, family, GLB_SPLIT_TRAIN, 3, 0, slot));
    if (task != first && task != second) fail_msg("%s: task %g", family, task);
    seconds += task == second;
  }
  near(family, seconds, 0.5 * TASKS, 5 * sqrt(0.25 * TASKS));
}

static void test_directions(void **state) {
  (void)state;
  check_two("ant-dir", 0, pi);
  check_two("ant-dir-varibad", -1, 1);
}

// Uniform on the disc of 3 m: half of the goals within 3 / sqrt 2, no direction preferred. The angles of
// humanoid-dir: uniform in [0, 2 pi).
static void test_goals_and_angles(void **state) {
  (void)state;
  double goal[2], angle, sum[3] = {0};
  int inner = 0;
  for (uint32_t slot = 0; slot < TASKS; slot++) {
    must(glb_env_sample(goal, "ant-goal", GLB_SPLIT_TRAIN, 3, 0, slot));
    must(glb_env_sample(&angle, "humanoid-dir", GLB_SPLIT_TRAIN, 3, 0, slot));
    if (hypot(goal[0], goal[1]) > 3) fail_msg("goal at radius %g", hypot(goal[0], goal[1]));
    if (angle < 0 || angle >= 2 * pi) fail_msg("angle %g", angle);
    inner += hypot(goal[0], goal[1]) < 3 / sqrt(2);
    for (int i = 0; i < 2; i++) sum[i] += goal[i];
    sum[2] += angle;
  }
  // five standard deviations
  near("inner goals", inner, 0.5 * TASKS, 5 * sqrt(0.25 * TASKS));
  near("mean x", sum[0] / TASKS, 0, 5 * 1.5 / sqrt(TASKS));
  near("mean y", sum[1] / TASKS, 0, 5 * 1.5 / sqrt(TASKS));
  near("mean angle", sum[2] / TASKS, pi, 5 * 2 * pi / sqrt(12.0 * TASKS));
}

static void check_exponents(const char *family) {
  double u[GLB_TASK_MAX], sum = 0, squares = 0;
  const struct glb_family *row;
  must(glb_family_find(&row, family));
  const double n = 200.0 * row->P;
  for (uint32_t slot = 0; slot < 200; slot++) {
    must(glb_env_sample(u, family, GLB_SPLIT_TRAIN, 3, 0, slot));
    for (int i = 0; i < row->P; i++) {
      if (fabs(u[i]) > 3) fail_msg("%s: u[%d] is %g", family, i, u[i]);
      sum += u[i];
      squares += u[i] * u[i];
    }
  }
  near(family, sum / n, 0, 5 * sqrt(3 / n));
  near(family, squares / n, 3, 5 * sqrt(7.2 / n));  // E u^4 - 9 = 16.2 - 9
}

static void test_exponents(void **state) {
  (void)state;
  check_exponents("hopper-params");
  check_exponents("walker-params");
}

// ---- rewards ----

// By its definition, from the state of the simulator before and after a step.
static void test_ant_goal(void **state) {
  (void)state;
  struct glb_env *env = create("ant-goal");
  const mjData *data = loco_of(env)->physics.data;
  const double goal[2] = {1.5, -2};
  double obs[OBS_MAX];
  struct glb_env_step step;
  reset(env, goal, obs);
  for (int t = 0; t < STEPS; t++) {
    double effort = 0, contact = 0;
    act(env, t, obs, &step);
    for (int i = 0; i < 8; i++) effort += data->ctrl[i] * data->ctrl[i];
    for (int i = 0; i < 6 * 14; i++) contact += pow(fmin(fmax(data->cfrc_ext[i], -1), 1), 2);
    near("reward", step.reward,
         -fabs(data->xpos[3] - 1.5) - fabs(data->xpos[4] + 2) - 0.1 * effort - 5e-4 * contact, 1e-12);
    for (int i = 0; i < 15; i++) near("position", obs[i], data->qpos[i], 0);
    for (int i = 0; i < 78; i++) near("force", obs[29 + i], fmin(fmax(data->cfrc_ext[6 + i], -1), 1), 0);
    assert_int_equal(step.terminated, 0);
  }
  glb_env_destroy(env);
}

// An angle changes the reward by weight v . (d - (1, 0)), and nothing else.
static void check_angle(const char *family, double weight, double angle) {
  struct glb_env *along = create(family), *turned = create(family);
  const double zero = 0, *v = loco_of(along)->velocity;
  double a[OBS_MAX], b[OBS_MAX];
  struct glb_env_step step_along, step_turned;
  reset(along, &zero, a);
  reset(turned, &angle, b);
  for (int t = 0; t < STEPS; t++) {
    act(along, t, a, &step_along);
    act(turned, t, b, &step_turned);
    assert_memory_equal(a, b, (size_t)along->family->O * sizeof *a);
    near(family, step_turned.reward - step_along.reward,
         weight * ((cos(angle) - 1) * v[0] + sin(angle) * v[1]), 1e-12);
  }
  glb_env_destroy(along);
  glb_env_destroy(turned);
}

static void test_angles(void **state) {
  (void)state;
  check_angle("ant-dir", 1, pi);
  check_angle("ant-dir-varibad", 1, -1);
  check_angle("humanoid-dir", 1.25, 2.5);
}

// ---- termination ----

// One step from a state with one position changed.
static int terminates(const char *family, int i, double value) {
  struct glb_env *env = create(family);
  struct glb_loco *loco = loco_of(env);
  double task[GLB_TASK_MAX], obs[OBS_MAX];
  struct glb_env_step step;
  must(glb_env_sample(task, family, GLB_SPLIT_TEST, 0, 0, 0));
  reset(env, task, obs);
  loco->physics.data->qpos[i] = value;
  must(glb_physics_forward(&loco->physics));
  memset(loco->physics.data->qvel, 0, (size_t)loco->gym->nv * sizeof(double));
  act(env, 0, obs, &step);
  glb_env_destroy(env);
  return step.terminated;
}

static void test_termination(void **state) {
  (void)state;
  const struct {
    const char *family;
    int i;
    double good, bad;
  } cases[] = {{"ant-dir", 2, 0.75, 1.3},    {"humanoid-dir", 2, 1.4, 2.3},
               {"hopper-params", 2, 0, 0.4}, {"hopper-params", 1, 1.25, 0.5},
               {"walker-params", 2, 0, 1.3}, {"walker-params", 1, 1.25, 2.2},
               {"gym-pendulum", 1, 0, 0.4},  {"gym-double-pendulum", 1, 0, 1.5}};
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    if (terminates(cases[k].family, cases[k].i, cases[k].good))
      fail_msg("%s terminates at qpos[%d] = %g", cases[k].family, cases[k].i, cases[k].good);
    if (!terminates(cases[k].family, cases[k].i, cases[k].bad))
      fail_msg("%s goes on at qpos[%d] = %g", cases[k].family, cases[k].i, cases[k].bad);
  }
  if (terminates("ant-goal", 2, 1.3)) fail_msg("ant-goal terminates");
}

// ---- starts ----

static void test_arms_start_as_gymnasium_says(void **state) {
  (void)state;
  struct glb_env *reacher = create("gym-reacher"), *pusher = create("gym-pusher");
  const mjData *r = loco_of(reacher)->physics.data, *p = loco_of(pusher)->physics.data;
  const double task = 0;
  double obs[OBS_MAX];
  for (uint32_t k = 0; k < 100; k++) {
    struct glb_rng rng;
    glb_rng_start(&rng, 2, GLB_STREAM_RESET, (struct glb_rng_at){.slot = k});
    must(glb_env_reset(reacher, &task, &rng, obs));
    if (hypot(r->qpos[2], r->qpos[3]) >= 0.2) fail_msg("target at (%g, %g)", r->qpos[2], r->qpos[3]);
    must(glb_env_reset(pusher, &task, &rng, obs));
    if (hypot(p->qpos[7], p->qpos[8]) <= 0.17 || p->qpos[7] > 0 || p->qpos[7] < -0.3 ||
        fabs(p->qpos[8]) > 0.2)
      fail_msg("object at (%g, %g)", p->qpos[7], p->qpos[8]);
    for (int i = 2; i < 4; i++) near("target velocity", r->qvel[i], 0, 0);
    for (int i = 7; i < 11; i++) near("object velocity", p->qvel[i], 0, 0);
  }
  glb_env_destroy(reacher);
  glb_env_destroy(pusher);
}

// ---- models of their own ----

static void last_obs(struct glb_env *env, const double *task, double *obs) {
  struct glb_env_step step;
  reset(env, task, obs);
  for (int t = 0; t < STEPS; t++) act(env, t, obs, &step);
}

// Parameters are the compiled ones times their factors, total masses follow, the compiled model is untouched.
static void check_model(const char *family) {
  struct glb_env *env = create(family);
  const struct glb_physics *physics = &loco_of(env)->physics;
  const mjModel *own = physics->model, *compiled = physics->compiled;
  const int nbody = own->nbody, P = env->family->P;
  double u[GLB_TASK_MAX], obs[OBS_MAX], mass = 0, first[64], before[64];
  memcpy(before, compiled->body_mass, (size_t)nbody * sizeof *before);
  assert_ptr_not_equal(own, compiled);
  for (int i = 0; i < P; i++) u[i] = sin(i);
  last_obs(env, u, obs);
  const int damping = 4 * nbody, friction = damping + own->nv;
  for (int b = 0; b < nbody; b++) {
    near("mass", own->body_mass[b], compiled->body_mass[b] * pow(1.5, sin(b)), 1e-14);
    near("inertia", own->body_inertia[3 * b], compiled->body_inertia[3 * b] * pow(1.5, sin(nbody + 3 * b)),
         1e-14);
    mass += own->body_mass[b];
  }
  for (int i = 0; i < own->nv; i++)
    near("damping", own->dof_damping[i], compiled->dof_damping[i] * pow(1.3, sin(damping + i)), 1e-14);
  near("friction", own->geom_friction[3], compiled->geom_friction[3] * pow(1.5, sin(friction + 3)), 1e-14);
  near("total mass", own->body_subtreemass[0], mass, 1e-12);
  assert_memory_equal(before, compiled->body_mass, (size_t)nbody * sizeof *before);

  // the same task again after another one: the same model, not a product of two
  memcpy(first, own->body_mass, (size_t)nbody * sizeof *first);
  for (int i = 0; i < P; i++) u[i] = 1;
  last_obs(env, u, obs);
  for (int i = 0; i < P; i++) u[i] = sin(i);
  last_obs(env, u, obs);
  assert_memory_equal(first, own->body_mass, (size_t)nbody * sizeof *first);
  glb_env_destroy(env);
}

// An instance with another task beside it moves as it does alone; so does Gymnasium's body that shares the file.
static void check_leaks(const char *family, const char *plain) {
  double none[GLB_TASK_MAX] = {0}, heavy[GLB_TASK_MAX], alone[OBS_MAX], beside[OBS_MAX], other[OBS_MAX];
  struct glb_env *a = create(family), *b = create(family), *c = create(plain);
  for (int i = 0; i < GLB_TASK_MAX; i++) heavy[i] = 2;
  const size_t bytes = (size_t)a->family->O * sizeof *alone;
  last_obs(c, none, alone);
  last_obs(b, heavy, other);
  last_obs(a, none, beside);
  assert_memory_equal(alone, beside, bytes);
  assert_memory_not_equal(alone, other, bytes);
  last_obs(c, none, beside);
  assert_memory_equal(alone, beside, bytes);
  glb_env_destroy(a);
  glb_env_destroy(b);
  glb_env_destroy(c);
}

static void test_models(void **state) {
  (void)state;
  check_model("hopper-params");
  check_model("walker-params");
  check_leaks("hopper-params", "gym-hopper");
  check_leaks("walker-params", "gym-walker2d");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_directions), cmocka_unit_test(test_goals_and_angles),
      cmocka_unit_test(test_exponents),  cmocka_unit_test(test_ant_goal),
      cmocka_unit_test(test_angles),     cmocka_unit_test(test_termination),
      cmocka_unit_test(test_models),     cmocka_unit_test(test_arms_start_as_gymnasium_says),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
