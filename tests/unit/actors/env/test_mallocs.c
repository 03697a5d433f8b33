// test_mallocs.c: after create, resets and steps allocate nothing, neither here nor inside MuJoCo.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "actors/env/env.h"
#include "common/base/error.h"
#include "common/base/rng.h"

#if defined(__has_feature)
#define HAS_FEATURE(name) __has_feature(name)
#else
#define HAS_FEATURE(name) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || HAS_FEATURE(address_sanitizer) || \
    HAS_FEATURE(thread_sanitizer) || HAS_FEATURE(memory_sanitizer) || !defined(__GLIBC__)
// a sanitizer has an allocator of its own, other C libraries have no second name for theirs
int main(void) {
  return 77;
}
#else

static atomic_long calls;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t align, size_t size);

// These stand before the C library's in every library of the process.
void *malloc(size_t size) {
  calls++;
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  calls++;
  return __libc_calloc(count, size);
}

void *realloc(void *old, size_t size) {
  calls++;
  return __libc_realloc(old, size);
}

void *aligned_alloc(size_t align, size_t size) {
  calls++;
  return __libc_memalign(align, size);
}

int posix_memalign(void **block, size_t align, size_t size) {
  calls++;
  *block = __libc_memalign(align, size);
  return *block ? 0 : ENOMEM;
}

static void must(int code) {
  if (code) fail_msg("%s: %s (%s)", glb_error_name(code), glb_error_message(), glb_error_trace());
}

static void check(const struct glb_family *family) {
  enum { OBS_MAX = 512, ACTION_MAX = 64 };
  double task[GLB_TASK_MAX], obs[OBS_MAX], action[ACTION_MAX];
  struct glb_env *env;
  struct glb_env_step step;
  struct glb_rng rng;

  long before = calls;
  must(glb_env_create(&env, family->name, NULL));
  if (calls == before) fail_msg("%s: create without a malloc: they are not counted", family->name);

  before = calls;
  for (uint32_t episode = 0; episode < 3; episode++) {
    glb_rng_start(&rng, 1, GLB_STREAM_TEST, (struct glb_rng_at){.episode = episode});
    must(glb_env_sample(task, family->name, GLB_SPLIT_TRAIN, 1, 0, episode));
    must(glb_env_reset(env, task, &rng, obs));
    for (int t = 0; t < 100; t++) {
      for (int i = 0; i < family->A; i++) action[i] = 2 * glb_rng_uniform(&rng) - 1;
      must(glb_env_step(env, action, obs, &step));
    }
  }
  if (calls != before) fail_msg("%s: %ld mallocs in 3 episodes", family->name, (long)(calls - before));
  glb_env_destroy(env);
}

static void test_no_mallocs(void **state) {
  (void)state;
  int count;
  const struct glb_family *table = glb_family_table(&count);
  for (int i = 0; i < count; i++) check(&table[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_no_mallocs)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
