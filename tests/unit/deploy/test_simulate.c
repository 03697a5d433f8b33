// test_simulate.c: the simulated cluster against rounds that can be worked out by hand.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <math.h>
#include <string.h>

#include "common/base/error.h"
#include "deploy/cli/simulate.h"

static void expect(const char *what, double found, double expected) {
  if (fabs(found - expected) > 1e-9 * fabs(expected) + 1e-12)
    fail_msg("%s: %.12g, expected %.12g", what, found, expected);
}

// Nothing costs anything but what a test sets; a fast network.
static struct glb_cluster nothing(void) {
  struct glb_cluster c;
  glb_cluster_init(&c);
  c.rollout = c.rollout_spread = c.actor_spread = c.pack = c.admit = c.refresh = c.statistics = c.gradient =
      c.solve = 0;
  c.agent = c.latency = c.trial_bytes = c.snapshot_bytes = c.theta_bytes = c.statistics_bytes =
      c.adjoint_bytes = 0;
  c.bandwidth = c.sum = 1e15;
  return c;
}

static double seconds_of(const struct glb_cluster *c, int actors) {
  struct glb_simulated s;
  assert_int_equal(glb_simulate(&s, c, actors), GLB_OK);
  return s.seconds;
}

// One round ahead the longer side counts, else the sum; model updates come on top of both.
static void overlap(void **state) {
  struct glb_cluster c = nothing();
  (void)state;
  c.slots = 32, c.group = 4, c.rollout = 0.5, c.agent_updates = 100, c.agent = 0.01;
  expect("rollouts limit", seconds_of(&c, 1), 8 * 0.5);
  expect("the agent limits", seconds_of(&c, 8), 1);
  c.lag = 0;
  expect("in turn", seconds_of(&c, 8), 1.5);
  c.lag = 1, c.model_updates = 10, c.solve = 0.02;
  expect("model updates", seconds_of(&c, 8), 1.2);
  c.cores = 2;
  expect("shared cores", seconds_of(&c, 8), (8 * 0.5 + 1 + 0.2) / 2);
}

// A binomial tree of 1 + 7 ranks has three steps.
static void network(void **state) {
  struct glb_cluster c = nothing();
  (void)state;
  c.slots = 28, c.model_updates = 0, c.agent_updates = 0, c.bandwidth = 1e6, c.snapshot_bytes = 1e6;
  expect("a snapshot", seconds_of(&c, 7), 3 * (1 + 64e-6) + 16 * 8e-6);
  c.snapshot_bytes = 0, c.trial_bytes = 1e5;
  expect("trials", seconds_of(&c, 7), 28 * 0.1 + 3 * 64e-6 + 16 * 8e-6);
}

// Two actors of unlike speed and many groups: who is faster does more of them, so that both end at about the same time.
static void groups_go_where_there_is_time(void **state) {
  struct glb_cluster c = nothing();
  (void)state;
  c.model_updates = c.agent_updates = 0, c.rollout = 1, c.actor_spread = 0.4;
  int told = 0;
  for (c.seed = 0; c.seed < 20; c.seed++) {
    c.slots_per_actor = c.group;
    const double first = seconds_of(&c, 1), slower = seconds_of(&c, 2);  // a group each
    if (slower < 1.2 * first || slower > 2.5 * first) continue;  // then the second's own time is not known
    c.slots_per_actor = 32 * c.group;
    const double both = 64 / (1 / first + 1 / slower), found = seconds_of(&c, 2);
    assert_true(found > both * (1 - 1e-9) && found < both + 2 * slower && found < 0.95 * 32 * slower);
    told++;
  }
  assert_true(told > 3);
}

static void learners(void **state) {
  struct glb_cluster c = nothing();
  struct glb_simulated s;
  (void)state;
  c.agent_updates = 100, c.agent = 0.01, c.agent_parallel = 0.9, c.learners = 8, c.actors_per_learner = 10,
  c.agent_bytes = 0;
  assert_int_equal(glb_simulate(&s, &c, 30), GLB_OK);
  assert_int_equal(s.learners, 3);
  expect("agent updates on three ranks", s.agent, 1 * (0.1 + 0.9 / 3));
  assert_int_equal(glb_simulate(&s, &c, 1000), GLB_OK);
  assert_int_equal(s.learners, 8);
}

// Each trial costs the learner a millisecond and a group of four takes a second to roll out: with 250 actors it has no time left.
static void saturation(void **state) {
  struct glb_cluster c = nothing();
  int actors;
  (void)state;
  c.model_updates = c.agent_updates = 0, c.slots_per_actor = 4, c.rollout = 1, c.pack = 1e-3;
  assert_int_equal(glb_simulate_saturation(&actors, &c, 0.01, 10000), GLB_OK);
  assert_true(actors == 0);  // groups that come together are waited for together
  c.agent_updates = 1, c.agent = 2;
  assert_int_equal(glb_simulate_saturation(&actors, &c, 0.01, 10000), GLB_OK);
  assert_int_equal(actors, 1);
  c.agent = 0, c.admit = 1e-3;
  assert_int_equal(glb_simulate_saturation(&actors, &c, 0.5, 10000), GLB_OK);
  assert_true(actors > 100 && actors < 260);
}

static void same_again(void **state) {
  struct glb_cluster c;
  (void)state;
  glb_cluster_init(&c);
  expect("the same seed", seconds_of(&c, 100), seconds_of(&c, 100));
  assert_int_equal(glb_cluster_set(&c, "rollout=50"), GLB_OK);
  const double first = seconds_of(&c, 100);
  c.seed = 1;
  assert_true(seconds_of(&c, 100) != first);
}

static void refusals(void **state) {
  struct glb_cluster c;
  struct glb_simulated s;
  (void)state;
  glb_cluster_init(&c);
  assert_int_equal(glb_cluster_set(&c, "rolout=1"), GLB_ECONFIG);
  assert_non_null(strstr(glb_error_message(), "did you mean rollout"));
  assert_int_equal(glb_cluster_set(&c, "rollout"), GLB_ECONFIG);
  assert_int_equal(glb_cluster_set(&c, "group=0"), GLB_ECONFIG);
  c.slots = 8;
  assert_int_equal(glb_simulate(&s, &c, 3), GLB_ECONFIG);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(overlap),
      cmocka_unit_test(network),
      cmocka_unit_test(learners),
      cmocka_unit_test(saturation),
      cmocka_unit_test(same_again),
      cmocka_unit_test(refusals),
      cmocka_unit_test(groups_go_where_there_is_time),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
