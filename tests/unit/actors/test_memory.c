#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <stdlib.h>

#include "actors/memory.h"
#include "common/base/error.h"
#include "tests/harness/trials.h"

enum { ROUNDS = 3, SLOTS = 6, WIDTH = 4 };
static const struct glb_trial_shape shape = {.O = 3, .A = 2, .P = 1, .E = 2, .T = 8};

static void put(struct glb_memory *memory, uint32_t round, uint32_t slot) {
  struct glb_trial trial;
  assert_int_equal(glb_memory_open(memory, &trial, round, slot), GLB_OK);
  trial_fill(&trial, 2, 8, 100 * round + slot);
}

static void check(const struct glb_memory *memory, uint32_t round, uint32_t slot) {
  struct glb_trial trial, same;
  void *block = aligned_alloc(64, (glb_trial_bytes(shape) + 63) / 64 * 64);
  glb_trial_map(&same, shape, block);
  trial_fill(&same, 2, 8, 100 * round + slot);
  assert_true(glb_memory_find(memory, &trial, round, slot));
  assert_memory_equal(trial.block, block, glb_trial_bytes(shape));
  free(block);
}

static void trials_are_found_by_name_whatever_their_order(void **state) {
  (void)state;
  static const uint32_t orders[4][WIDTH] = {{0, 1, 4, 5}, {5, 3, 1, 0}, {2, 3, 4, 5}, {4, 0, 2, 1}};
  struct glb_memory memory;
  struct glb_trial trial;
  assert_int_equal(glb_memory_init(&memory, shape, ROUNDS, SLOTS, WIDTH), GLB_OK);
  for (uint32_t round = 0; round < 4; round++)
    for (int i = 0; i < WIDTH; i++) {
      assert_int_equal(glb_memory_room(&memory, round), WIDTH - i);
      put(&memory, round, orders[round][i]);
    }
  for (uint32_t round = 0; round < 4; round++)
    for (uint32_t slot = 0; slot < SLOTS; slot++) {
      int here = 0;
      for (int i = 0; i < WIDTH; i++)
        here |= round > 0 && orders[round][i] == slot;  // round 0 has lost its place
      if (here)
        check(&memory, round, slot);
      else
        assert_false(glb_memory_find(&memory, &trial, round, slot));
    }
  glb_memory_finish(&memory);
}

static void a_round_has_so_much_room(void **state) {
  (void)state;
  struct glb_memory memory;
  struct glb_trial trial;
  assert_int_equal(glb_memory_init(&memory, shape, ROUNDS, SLOTS, WIDTH), GLB_OK);
  assert_false(glb_memory_find(&memory, &trial, 0, 0));
  for (uint32_t slot = 0; slot < WIDTH; slot++) put(&memory, 7, slot);
  assert_int_equal(glb_memory_room(&memory, 7), 0);
  assert_int_equal(glb_memory_open(&memory, &trial, 7, WIDTH), GLB_ELIMIT);
  assert_int_equal(glb_memory_open(&memory, &trial, 7, 1), GLB_OK);  // has one
  check(&memory, 7, 1);
  assert_int_equal(glb_memory_open(&memory, &trial, 7, SLOTS), GLB_EINVAL);
  assert_false(glb_memory_find(&memory, &trial, 7, SLOTS));
  assert_int_equal(glb_memory_room(&memory, 8), WIDTH);
  glb_memory_finish(&memory);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(trials_are_found_by_name_whatever_their_order),
                                     cmocka_unit_test(a_round_has_so_much_room)};
  return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
