// test_trial.c: the layout of a trial, its steps and episodes, and that validate catches every inconsistency.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/task/trial.h"

static const struct glb_trial_shape shape = {.O = 3, .A = 2, .P = 1, .E = 4, .T = 10};

// Three episodes of 3, 1 and 2 steps; obs of step t is 10 t + i, last_obs of episode e is 1000 + 10 e + i.
static const int lengths[3] = {3, 1, 2};

static void fill(struct glb_trial *trial, void *block) {
  memset(block, 0, glb_trial_bytes(shape));
  glb_trial_map(trial, shape, block);
  *trial->head = (struct glb_trial_head){.round = 7, .slot = 9, .version = 11, .E = 3, .T = 6};
  trial->task[0] = 0.5;
  for (int t = 0; t < 6; t++) {
    trial->reward[t] = 1 << t;
    for (int i = 0; i < shape.O; i++) trial->obs[t * shape.O + i] = (float)(10 * t + i);
    for (int i = 0; i < shape.A; i++) trial->action[t * shape.A + i] = i ? 1 : -1;
  }
  for (int e = 0; e < 3; e++) {
    trial->length[e] = lengths[e];
    trial->terminated[e] = e == 1;
    trial->success[e] = e == 2;
    for (int i = 0; i < shape.O; i++) trial->last_obs[e * shape.O + i] = (float)(1000 + 10 * e + i);
  }
}

static int setup(void **state) {
  struct glb_trial *trial = malloc(sizeof *trial);
  fill(trial, aligned_alloc(64, glb_trial_bytes(shape)));
  *state = trial;
  return 0;
}

static int teardown(void **state) {
  struct glb_trial *trial = *state;
  free(trial->block);
  free(trial);
  return 0;
}

// Members lie in the block one after another, with room for their capacities.
static void test_layout(void **state) {
  const struct glb_trial *trial = *state;
  const size_t O = shape.O, A = shape.A, P = shape.P, E = shape.E, T = shape.T;
  const struct {
    const void *at;
    size_t bytes;
  } members[] = {
      {trial->head, sizeof *trial->head},
      {trial->task, P * 8},
      {trial->reward, T * 8},
      {trial->obs, T * O * 4},
      {trial->last_obs, E * O * 4},
      {trial->action, T * A * 4},
      {trial->length, E * 4},
      {trial->terminated, E},
      {trial->success, E},
  };
  const char *end = trial->block;
  for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
    const char *at = members[i].at;
    if (at < end || (uintptr_t)at % 8)
      fail_msg("member %zu at %p, free from %p", i, members[i].at, (const void *)end);
    end = at + members[i].bytes;
  }
  size_t used = (size_t)(end - (const char *)trial->block), bytes = glb_trial_bytes(shape);
  if (used > bytes || bytes % 64) fail_msg("%zu bytes used of %zu", used, bytes);
}

// A copy of the bytes is a copy of the trial.
static void test_round_trip(void **state) {
  const struct glb_trial *trial = *state;
  struct glb_trial copy;
  void *block = malloc(glb_trial_bytes(shape));
  memcpy(block, trial->block, glb_trial_bytes(shape));
  glb_trial_map(&copy, shape, block);
  assert_ptr_equal(copy.block, block);
  assert_int_equal(copy.head->round, 7);
  assert_int_equal(copy.head->slot, 9);
  assert_int_equal(copy.head->version, 11);
  assert_memory_equal(copy.obs, trial->obs, sizeof(float) * 6 * 3);
  assert_memory_equal(copy.length, trial->length, sizeof(int32_t) * 3);
  assert_int_equal(glb_trial_validate(&copy), GLB_OK);
  free(block);
}

static void test_episode(void **state) {
  const int episode[6] = {0, 0, 0, 1, 2, 2}, start[6] = {0, 0, 0, 3, 4, 4};
  for (int t = 0; t < 6; t++) {
    int first = -1;
    assert_int_equal(glb_trial_episode(*state, t, &first), episode[t]);
    assert_int_equal(first, start[t]);
  }
}

// Within an episode the next row of obs, at its end the true last observation: never the one after the reset.
static void test_next_obs(void **state) {
  const float expected[6] = {10, 20, 1000, 1010, 50, 1020};
  for (int t = 0; t < 6; t++) {
    const float *next = glb_trial_next_obs(*state, t);
    for (int i = 0; i < shape.O; i++)
      if (next[i] != expected[t] + (float)i)
        fail_msg("step %d: next obs %g, expected %g", t, (double)next[i], (double)expected[t] + i);
  }
}

static void test_return(void **state) {
  const double expected[3] = {1 + 2 + 4, 8, 16 + 32};
  for (int e = 0; e < 3; e++)
    if (glb_trial_return(*state, e) != expected[e])
      fail_msg("episode %d: return %g, expected %g", e, glb_trial_return(*state, e), expected[e]);
}

static void test_diverged(void **state) {
  const struct glb_trial *trial = *state;
  assert_int_equal(glb_trial_diverged(trial), 0);
  trial->terminated[0] = trial->terminated[2] = GLB_ENDED_DIVERGED;
  trial->terminated[3] = GLB_ENDED_DIVERGED;  // no episode of its own
  assert_int_equal(glb_trial_validate(trial), GLB_OK);
  assert_int_equal(glb_trial_diverged(trial), 2);
}

enum { INT32, BYTE, FLOAT, DOUBLE };

static void put(void *at, int kind, double value) {
  if (kind == INT32) *(int32_t *)at = (int32_t)value;
  if (kind == BYTE) *(uint8_t *)at = (uint8_t)value;
  if (kind == FLOAT) *(float *)at = (float)value;
  if (kind == DOUBLE) *(double *)at = value;
}

static void test_validate(void **state) {
  struct glb_trial *trial = *state;
  const struct {
    void *at;
    int kind;
    double value;
    int code;
    const char *says;
  } faults[] = {
      {&trial->head->E, INT32, 0, GLB_EFORMAT, "episodes"},
      {&trial->head->E, INT32, -1, GLB_EFORMAT, "episodes"},
      {&trial->head->E, INT32, 5, GLB_EFORMAT, "episodes"},
      {&trial->head->E, INT32, 2, GLB_EFORMAT, "lengths"},
      {&trial->head->T, INT32, 0, GLB_EFORMAT, "steps"},
      {&trial->head->T, INT32, -6, GLB_EFORMAT, "steps"},
      {&trial->head->T, INT32, 11, GLB_EFORMAT, "steps"},
      {&trial->head->T, INT32, 7, GLB_EFORMAT, "lengths"},
      {&trial->length[1], INT32, 0, GLB_EFORMAT, "length[1]"},
      {&trial->length[1], INT32, -1, GLB_EFORMAT, "length[1]"},
      {&trial->length[2], INT32, INT32_MAX, GLB_EFORMAT, "lengths"},
      {&trial->terminated[0], BYTE, 3, GLB_EFORMAT, "terminated[0]"},
      {&trial->success[2], BYTE, 255, GLB_EFORMAT, "success[2]"},
      {&trial->task[0], DOUBLE, NAN, GLB_ENONFINITE, "task[0]"},
      {&trial->reward[5], DOUBLE, INFINITY, GLB_ENONFINITE, "reward[5]"},
      {&trial->obs[17], FLOAT, NAN, GLB_ENONFINITE, "obs[17]"},
      {&trial->last_obs[8], FLOAT, -INFINITY, GLB_ENONFINITE, "last_obs[8]"},
      {&trial->action[11], FLOAT, NAN, GLB_ENONFINITE, "action[11]"},
      {&trial->action[0], FLOAT, 1.5, GLB_EFORMAT, "action[0]"},
  };
  assert_int_equal(glb_trial_validate(trial), GLB_OK);
  for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
    put(faults[i].at, faults[i].kind, faults[i].value);
    int code = glb_trial_validate(trial);
    if (code != faults[i].code || !strstr(glb_error_message(), faults[i].says))
      fail_msg("fault %zu (%s): %s \"%s\", expected %s", i, faults[i].says, glb_error_name(code),
               glb_error_message(), glb_error_name(faults[i].code));
    fill(trial, trial->block);
  }
}

// What lies beyond the steps and episodes that a trial has does not matter.
static void test_validate_ignores_the_rest(void **state) {
  const struct glb_trial *trial = *state;
  trial->reward[6] = NAN;
  trial->obs[18] = NAN;
  trial->action[12] = 5;
  trial->last_obs[9] = NAN;
  trial->length[3] = -1;
  trial->success[3] = 7;
  assert_int_equal(glb_trial_validate(trial), GLB_OK);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
  const struct CMUnitTest tests[] = {
      TEST(test_layout), TEST(test_round_trip), TEST(test_episode),  TEST(test_next_obs),
      TEST(test_return), TEST(test_diverged),   TEST(test_validate), TEST(test_validate_ignores_the_rest),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
