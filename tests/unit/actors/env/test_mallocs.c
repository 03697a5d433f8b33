// test_mallocs.c: after create, resets and steps allocate nothing, neither here nor inside MuJoCo; but for one
// block of mj_setConst in each reset of the families that change parameters of the model.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <string.h>

#include "actors/env/env.h"
#include "common/base/rng.h"
#include "tests/harness/mallocs.h"
#include "tests/harness/must.h"

static void check(const struct glb_family *family) {
  enum { OBS_MAX = 512, ACTION_MAX = 64 };
  double task[GLB_TASK_MAX], obs[OBS_MAX], action[ACTION_MAX];
  struct glb_env *env;
  struct glb_env_step step;
  struct glb_rng rng;

  int before = test_mallocs();
  must(glb_env_create(&env, family->name, NULL));
  if (test_mallocs() == before) fail_msg("%s: create without a malloc: they are not counted", family->name);

  before = test_mallocs_everywhere();
  for (uint32_t episode = 0; episode < 3; episode++) {
    glb_rng_start(&rng, 1, GLB_STREAM_TEST, (struct glb_rng_at){.episode = episode});
    must(glb_env_sample(task, family->name, GLB_SPLIT_TRAIN, 1, 0, episode));
    must(glb_env_reset(env, task, &rng, obs));
    for (int t = 0; t < 100; t++) {
      for (int i = 0; i < family->A; i++) action[i] = 2 * glb_rng_uniform(&rng) - 1;
      must(glb_env_step(env, action, obs, &step));
    }
  }
  int count = test_mallocs_everywhere() - before, allowed = strstr(family->name, "-params") ? 3 : 0;
  if (count > allowed) fail_msg("%s: %d mallocs in 3 episodes, expected %d", family->name, count, allowed);
  glb_env_destroy(env);
}

// of MetaWorld's families, which share their code, one
static void test_no_mallocs(void **state) {
  (void)state;
  int count;
  const struct glb_family *table = glb_family_table(&count);
  for (int i = 0; i < count; i++)
    if (strncmp(table[i].name, "m", 1) || !strcmp(table[i].name, "ml1-push")) check(&table[i]);
}

int main(void) {
  if (!test_mallocs_counted()) return 77;  // skipped
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_no_mallocs)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
