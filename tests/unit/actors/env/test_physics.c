// test_physics.c: model files that are missing or broken, and MuJoCo's errors: codes, never the end of the
// process.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "actors/env/env.h"
#include "actors/env/locomotion/loco.h"
#include "common/base/error.h"
#include "common/base/rng.h"
#include "tests/harness/models.h"
#include "tests/harness/must.h"

#define MODEL MODELS "/half_cheetah.xml"

enum { NQ = 9, NV = 9, O = 17, A = 6 };

static void write_model(const char *script) {
  if (models_write("half_cheetah.xml", script)) fail_msg("cannot write a model into %s", models_folder);
}

static int create(struct glb_env **env, const char *model_dir) {
  return glb_env_create(env, "cheetah-dir", &(struct glb_env_options){.model_dir = model_dir});
}

static int reset(struct glb_env *env, double *obs) {
  struct glb_rng rng;
  const double task = 1;
  glb_rng_start(&rng, 3, GLB_STREAM_RESET, (struct glb_rng_at){0});
  return glb_env_reset(env, &task, &rng, obs);
}

// Ten steps from the reset; obs gets the last observation. The code of the first call that fails.
static int attempt(struct glb_env *env, double *obs) {
  const double action[A] = {1, -1, 0.5, -0.5, 0.25, 0};
  struct glb_env_step step;
  int code = reset(env, obs);
  for (int t = 0; t < 10 && !code; t++) code = glb_env_step(env, action, obs, &step);
  return code;
}

static void play(struct glb_env *env, double *obs) {
  must(attempt(env, obs));
}

static void expect_message(int code, int expected, const char *const *words) {
  if (code != expected) fail_msg("%s, expected %s", glb_error_name(code), glb_error_name(expected));
  for (; *words; words++)
    if (!strstr(glb_error_message(), *words))
      fail_msg("\"%s\" is not in \"%s\"", *words, glb_error_message());
}

static void test_missing_file(void **state) {
  (void)state;
  struct glb_env *env;
  expect_message(create(&env, "/nowhere"), GLB_EASSET,
                 (const char *const[]){"/nowhere/" MODEL, "pip install", "env.model_dir", NULL});
  assert_null(env);
}

static void test_broken_file(void **state) {
  (void)state;
  struct glb_env *env;
  write_model("s/<worldbody>/<wordlbody>/");
  expect_message(create(&env, models_folder), GLB_EFORMAT, (const char *const[]){MODEL, "wordlbody", NULL});
  write_model("/<motor.*bthigh/d");
  expect_message(create(&env, models_folder), GLB_EMISMATCH,
                 (const char *const[]){"HalfCheetah", "nu 5", NULL});
}

// NULL and "" mean the folder fixed at build time; a model goes with its last user and can be read again.
static void test_default_folder(void **state) {
  (void)state;
  struct glb_env *env;
  double a[O], b[O];
  must(glb_env_create(&env, "cheetah-dir", NULL));
  play(env, a);
  glb_env_destroy(env);
  must(create(&env, ""));
  play(env, b);
  glb_env_destroy(env);
  assert_memory_equal(a, b, sizeof a);
}

static void test_instances_share_a_model(void **state) {
  (void)state;
  struct glb_physics a, b, c;
  write_model("");
  must(glb_physics_init(&a, NULL, MODEL));
  must(glb_physics_init(&b, NULL, MODEL));
  must(glb_physics_init(&c, models_folder, MODEL));
  assert_ptr_equal(a.model, b.model);
  assert_ptr_not_equal(a.model, c.model);
  assert_ptr_not_equal(a.data, b.data);
  glb_physics_finish(&a);
  must(glb_physics_step(&b, 5));
  glb_physics_finish(&b);
  glb_physics_finish(&c);
  glb_physics_finish(&c);
  glb_physics_finish(NULL);
}

// An instance whose model has just enough memory to compile, so that MuJoCo's stack overflows, a fatal error,
// while it runs.
static int create_starved(struct glb_env **env, double *obs) {
  for (int bytes = 2560; bytes > 1024; bytes -= 32) {
    char script[128];
    snprintf(script, sizeof script,
             "s/nstack=\"300000\"/memory=\"%d\"/; s/timestep=/integrator=\"RK4\" timestep=/", bytes);
    write_model(script);
    if (create(env, models_folder)) return 0;
    if (attempt(*env, obs)) return 1;
    glb_env_destroy(*env);
  }
  return 0;
}

static void test_fatal_error(void **state) {
  (void)state;
  struct glb_env *good, *bad;
  double expected[O], obs[O];
  must(create(&good, NULL));
  play(good, expected);
  if (!create_starved(&bad, obs)) fail_msg("no memory size makes MuJoCo fail");
  for (int i = 0; i < 3; i++) {
    expect_message(attempt(bad, obs), GLB_EPHYSICS,
                   (const char *const[]){"MuJoCo: ", "stack overflow", NULL});
    play(good, obs);
    assert_memory_equal(obs, expected, sizeof obs);
  }
  glb_env_destroy(bad);
  glb_env_destroy(good);
}

// MuJoCo starts a diverged simulation over without a word; here it is an error, and a reset mends it.
static void test_divergence(void **state) {
  (void)state;
  struct glb_env *env;
  struct glb_env_step step;
  double expected[O], obs[O];
  const double zeros[NV] = {0}, action[A] = {0}, fast[NV] = {[4] = 1e11}, lost[NQ] = {[3] = NAN};
  const struct glb_loco_start starts[] = {{.qpos = zeros, .qvel = fast, .qacc_warmstart = zeros},
                                          {.qpos = lost, .qvel = zeros, .qacc_warmstart = zeros}};
  must(create(&env, NULL));
  play(env, expected);
  for (int i = 0; i < 2; i++) {
    must(glb_loco_restore(&((struct glb_loco_env *)env)->loco, &starts[i]));
    expect_message(glb_env_step(env, action, obs, &step), GLB_EPHYSICS,
                   (const char *const[]){"MuJoCo: Nan, Inf", NULL});
    play(env, obs);
    assert_memory_equal(obs, expected, sizeof obs);
  }
  glb_env_destroy(env);
}

// The bare loop takes the same way through the state space as steps do.
static void test_bare_loop(void **state) {
  (void)state;
  struct glb_env *a, *b;
  struct glb_env_step step;
  double obs[O], bare[O], actions[20][A];
  for (int t = 0; t < 20; t++)
    for (int i = 0; i < A; i++) actions[t][i] = sin(7 * t + i);
  must(create(&a, NULL));
  must(create(&b, NULL));
  must(reset(a, obs));
  must(reset(b, bare));
  for (int t = 0; t < 20; t++) must(glb_env_step(a, actions[t], obs, &step));
  must(glb_env_bare(b, actions[0], 20));
  struct glb_loco *loco = &((struct glb_loco_env *)b)->loco;
  loco->gym->observe(loco, bare);
  assert_memory_equal(obs, bare, sizeof obs);
  glb_env_destroy(a);
  glb_env_destroy(b);

  must(glb_env_create(&a, "point", NULL));
  assert_int_equal(glb_env_bare(a, actions[0], 1), GLB_EINVAL);
  struct glb_env_view view;
  assert_int_equal(glb_env_view(a, &view), GLB_EINVAL);
  glb_env_destroy(a);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_missing_file),   cmocka_unit_test(test_broken_file),
      cmocka_unit_test(test_default_folder), cmocka_unit_test(test_instances_share_a_model),
      cmocka_unit_test(test_fatal_error),    cmocka_unit_test(test_divergence),
      cmocka_unit_test(test_bare_loop),
  };
  return cmocka_run_group_tests(tests, models_make, models_drop);
}
