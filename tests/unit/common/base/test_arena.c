#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/arena.h"

static void counting_gives_the_size_that_the_layout_needs(void **state) {
  (void)state;
  struct glb_arena count = {0}, arena;
  assert_null(GLB_TAKE(&count, char, 1));
  assert_null(GLB_TAKE(&count, double, 100));
  assert_int_equal(glb_arena_init(&arena, count.used), 0);
  char *a = GLB_TAKE(&arena, char, 1);
  double *b = GLB_TAKE(&arena, double, 100);
  assert_int_equal(arena.used, count.used);
  assert_true((uintptr_t)a % 64 == 0 && (uintptr_t)b % 64 == 0);
  assert_true((char *)b >= a + 1);
  for (int i = 0; i < 100; i++) assert_true(b[i] == 0);
  glb_arena_finish(&arena);
  glb_arena_finish(&arena);
  glb_arena_finish(NULL);
}

static void release_gives_back_and_high_remembers(void **state) {
  (void)state;
  struct glb_arena arena;
  assert_int_equal(glb_arena_init(&arena, 1024), 0);
  size_t mark = glb_arena_mark(&arena);
  float *first = GLB_TAKE(&arena, float, 200);
  glb_arena_release(&arena, mark);
  assert_ptr_equal(GLB_TAKE(&arena, float, 10), first);
  assert_true(arena.high >= 800 && arena.used < 800);
  glb_arena_finish(&arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(counting_gives_the_size_that_the_layout_needs),
      cmocka_unit_test(release_gives_back_and_high_remembers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
