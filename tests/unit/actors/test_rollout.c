#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "actors/rollout.h"
#include "common/base/error.h"
#include "common/config/config.h"
#include "tests/harness/mallocs.h"
#include "tests/harness/models.h"

enum { G = 4 };

struct fixture {
  struct glb_config config;
  struct glb_space space;
  struct glb_rollout *rollout;
  struct glb_acting acting;
  struct glb_trial trials[2][G];
  char *blocks;
};

static void set(struct fixture *f, const char *assignment) {
  assert_int_equal(glb_config_set(&f->config, assignment, "test"), GLB_OK);
}

static void start_with(struct fixture *f, const char *family, int episodes, const char *assignment) {
  char text[64];
  *f = (struct fixture){0};
  glb_config_init(&f->config);
  f->config.train_episodes_per_task = episodes;
  snprintf(text, sizeof text, "env.family=%s", family);
  set(f, text);
  set(f, assignment);
  set(f, "env.horizon=15");
  assert_int_equal(glb_space_init(&f->space, &f->config, NULL), GLB_OK);
  assert_int_equal(glb_rollout_create(&f->rollout, &f->config, &f->space), GLB_OK);
  float *block = calloc(glb_acting_size(&f->space), sizeof *block);
  glb_acting_map(&f->acting, &f->space, block);
  glb_model_draw(&f->space.model, f->acting.model, 7);
  for (int i = 0; i < f->space.trial.O; i++) f->acting.obs_scale[i] = 1;
  for (int i = 0; i < f->space.B; i++) f->acting.belief_scale[i] = 1;
  for (size_t i = 0; i < f->space.policy.params.size; i++)
    f->acting.policy[i] = 0.05f * (float)((int)(i * 7919 % 13) - 6);
  const size_t bytes = glb_trial_bytes(f->space.trial);
  f->blocks = aligned_alloc(64, bytes * 2 * G);
  for (int i = 0; i < 2 * G; i++)
    glb_trial_map(&f->trials[i / G][i % G], f->space.trial, f->blocks + (size_t)i * bytes);
}

static void start(struct fixture *f, const char *family, int episodes) {
  start_with(f, family, episodes, "agent.backup=trial");
}

static void stop(struct fixture *f) {
  glb_rollout_destroy(f->rollout);
  free(f->acting.block);
  free(f->blocks);
}

static void run(struct fixture *f, struct glb_trial *trials, const struct glb_rollout_request *request) {
  assert_int_equal(glb_rollout_run(f->rollout, &f->acting, request, trials), GLB_OK);
}

static void a_rollout_depends_on_its_arguments_alone(void **state) {
  (void)state;
  const char *families[] = {"point", "point-sparse", "cheetah-dir", "cheetah-vel"};
  for (int i = 0; i < 4; i++) {
    struct fixture f;
    start(&f, families[i], 2);
    const size_t bytes = glb_trial_bytes(f.space.trial);
    const struct glb_rollout_request one = {.seed = 3, .round = 5, .group = 1},
                                     other = {.seed = 3, .round = 9, .group = 0};
    run(&f, f.trials[0], &one);
    run(&f, f.trials[1], &other);
    assert_int_not_equal(memcmp(f.trials[0][0].action, f.trials[1][0].action, 40), 0);
    run(&f, f.trials[1], &one);
    for (int s = 0; s < G; s++) assert_memory_equal(f.trials[0][s].block, f.trials[1][s].block, bytes);
    stop(&f);
  }
}

static void a_trial_is_complete(void **state) {
  (void)state;
  struct fixture f;
  start(&f, "cheetah-vel", 3);
  run(&f, f.trials[0], &(struct glb_rollout_request){.seed = 1, .round = 2, .group = 2, .version = 77});
  for (int s = 0; s < G; s++) {
    const struct glb_trial *t = &f.trials[0][s];
    assert_int_equal(glb_trial_validate(t), GLB_OK);
    assert_int_equal(t->head->round, 2);
    assert_int_equal(t->head->slot, 2 * G + s);
    assert_int_equal(t->head->version, 77);
    assert_int_equal(t->head->E, 3);
    assert_int_equal(t->head->T, 45);
    for (int e = 0; e < 3; e++) assert_int_equal(t->length[e], 15);
    assert_true(t->task[0] >= 0 && t->task[0] <= 3);
    // an episode starts anew: small joint angles, unlike where the one before ended
    for (int j = 0; j < 8; j++) assert_true(t->obs[15 * 17 + j] > -0.11f && t->obs[15 * 17 + j] < 0.11f);
  }
  stop(&f);
}

static void the_belief_changes_what_is_done(void **state) {
  (void)state;
  struct fixture f;
  start(&f, "cheetah-dir", 1);
  const struct glb_rollout_request request = {.seed = 1, .greedy = 1};
  run(&f, f.trials[0], &request);
  f.space.zero_belief = 1;
  run(&f, f.trials[1], &request);
  assert_memory_equal(f.trials[0][0].obs, f.trials[1][0].obs, sizeof(float) * 17);
  assert_memory_not_equal(f.trials[0][0].action, f.trials[1][0].action, sizeof(float) * 15 * 6);
  stop(&f);
}

static void random_actions_fill_the_box(void **state) {
  (void)state;
  struct fixture f;
  double sum = 0, square = 0;
  start(&f, "cheetah-dir", 1);
  run(&f, f.trials[0], &(struct glb_rollout_request){.seed = 1, .random = 1});
  const int n = 15 * 6;
  for (int s = 0; s < G; s++)
    for (int i = 0; i < n; i++) {
      const double a = f.trials[0][s].action[i];
      assert_true(a >= -1 && a <= 1);
      sum += a / (n * G);
      square += a * a / (n * G);
    }
  assert_true(sum > -0.15 && sum < 0.15);
  assert_true(square > 0.27 && square < 0.4);
  stop(&f);
}

// MetaWorld starts a task always in the same way: with the belief kept and the mode taken, episodes repeat themselves.
static void after_adaptation_the_belief_stays(void **state) {
  (void)state;
  struct fixture f;
  start_with(&f, "ml1-reach", 4, "agent.backup=episode");
  const size_t floats = 15 * 4;
  struct glb_rollout_request request = {.seed = 3, .evaluate = 1, .greedy = 1, .adapt = 2};
  run(&f, f.trials[0], &request);
  for (int s = 0; s < G; s++) {
    const float *a = f.trials[0][s].action;
    assert_memory_not_equal(a, a + floats, sizeof(float) * floats);
    assert_memory_not_equal(a + floats, a + 2 * floats, sizeof(float) * floats);
    assert_memory_equal(a + 2 * floats, a + 3 * floats, sizeof(float) * floats);
  }
  // the episodes of adaptation are those of a trial with sampled actions
  request.greedy = request.adapt = 0;
  run(&f, f.trials[1], &request);
  for (int s = 0; s < G; s++) {
    const float *a = f.trials[0][s].action, *b = f.trials[1][s].action;
    assert_memory_equal(a, b, sizeof(float) * 2 * floats);
    assert_memory_not_equal(a + 2 * floats, b + 2 * floats, sizeof(float) * floats);
  }
  stop(&f);
}

// Before the first reward all beliefs are the prior; from then on those of others are other.
static void shuffled_trials_act_on_the_context_of_others(void **state) {
  (void)state;
  struct fixture f;
  start(&f, "point", 2);
  struct glb_rollout_request request = {.seed = 3, .split = GLB_SPLIT_TEST, .evaluate = 1, .greedy = 1};
  run(&f, f.trials[0], &request);
  request.shuffled = 1;
  run(&f, f.trials[1], &request);
  for (int s = 0; s < G; s++) {
    const struct glb_trial *own = &f.trials[0][s], *others = &f.trials[1][s];
    assert_memory_equal(own->task, others->task, sizeof(double) * 2);
    assert_memory_equal(own->action, others->action, sizeof(float) * 2);
    assert_memory_not_equal(own->action, others->action, sizeof(float) * 2 * 15);
  }
  stop(&f);
}

// Evaluation gives every slot a task of its own, training one to each group of slots that share.
static void slots_share_tasks_in_training_only(void **state) {
  (void)state;
  struct fixture f;
  start(&f, "cheetah-vel", 1);
  glb_rollout_destroy(f.rollout);
  set(&f, "train.slots_per_task=2");
  assert_int_equal(glb_rollout_create(&f.rollout, &f.config, &f.space), GLB_OK);
  run(&f, f.trials[0], &(struct glb_rollout_request){.seed = 3});
  run(&f, f.trials[1], &(struct glb_rollout_request){.seed = 3, .evaluate = 1});
  assert_true(f.trials[0][0].task[0] == f.trials[0][1].task[0]);
  assert_true(f.trials[0][1].task[0] != f.trials[0][2].task[0]);
  assert_true(f.trials[1][0].task[0] != f.trials[1][1].task[0]);
  stop(&f);
}

static void rollouts_allocate_nothing(void **state) {
  (void)state;
  struct fixture f;
  if (!test_mallocs_counted()) return;
  start(&f, "cheetah-vel", 2);
  const struct glb_rollout_request request = {.seed = 3, .round = 5};
  const int before = test_mallocs();
  run(&f, f.trials[0], &request);
  assert_int_equal(test_mallocs(), before);
  stop(&f);
}

// ---- simulations that fail ----

static const struct failing {
  const char *family, *file, *script, *says;
} failing[] = {
    // motors so strong that some episodes diverge
    {"cheetah-dir", "half_cheetah.xml", "s/gear=\"[0-9]*\"/gear=\"4000\"/", "MuJoCo: Nan, Inf or huge"},
    {"ant-goal", "ant.xml", "s/gear=\"[0-9]*\"/gear=\"40000\"/", "MuJoCo: Nan, Inf or huge"},
    // memory for a start, not for a step: a fatal error
    {"walker-params", "walker2d_v5.xml", "s|<option |<size memory=\"3520\"/>&|", "MuJoCo: mj_stackAlloc"}};

enum { FAILING = sizeof failing / sizeof *failing };

static void start_failing_in(struct fixture *f, const char *family, int episodes) {
  char assignment[160];
  snprintf(assignment, sizeof assignment, "env.model_dir=%s", models_folder);
  start_with(f, family, episodes, assignment);
}

static void start_failing(struct fixture *f, const struct failing *model) {
  assert_int_equal(models_write(model->file, model->script), 0);
  start_failing_in(f, model->family, 4);
}

static const struct glb_rollout_request uniform = {.seed = 1, .round = 2, .group = 1, .random = 1};

/* A run, and what it says on standard error. */
static void run_aside(struct fixture *f, struct glb_trial *trials, const struct glb_rollout_request *request,
                      char *said, size_t size) {
  FILE *aside = tmpfile();
  const int kept = dup(STDERR_FILENO);
  dup2(fileno(aside), STDERR_FILENO);
  const int code = glb_rollout_run(f->rollout, &f->acting, request, trials);
  dup2(kept, STDERR_FILENO);
  close(kept);
  rewind(aside);
  said[fread(said, 1, size - 1, aside)] = '\0';
  fclose(aside);
  assert_int_equal(code, GLB_OK);
}

/* Episode e, which starts with row first: one that diverged stays where it was, without a reward, and its
 * line is in said; another moved to its end. */
static void check_episode(const struct glb_trial *t, int e, int first, const char *said, const char *why) {
  const int O = t->shape.O, last = first + t->length[e] - 1;
  const size_t bytes = sizeof(float) * (size_t)O;
  char line[160];
  snprintf(line, sizeof line, "warning: round 2, slot %u, episode %d, step %d: the episode ends, %s",
           t->head->slot, e, t->length[e] - 1, why);
  if (t->terminated[e] != GLB_ENDED_DIVERGED) {
    if (t->terminated[e] == GLB_ENDED_HORIZON) assert_int_equal(t->length[e], 15);
    assert_memory_not_equal(t->last_obs + e * O, t->obs + last * O, bytes);
    return;
  }
  assert_true(t->reward[last] == 0);
  assert_int_equal(t->success[e], 0);
  assert_memory_equal(t->last_obs + e * O, t->obs + last * O, bytes);
  if (!strstr(said, line)) fail_msg("no \"%s\" in: %s", line, said);
}

static int lines_of(const char *text) {
  int lines = 0;
  for (; *text; text++) lines += *text == '\n';
  return lines;
}

/* Returns how many episodes of the group diverged. */
static int check_group(const struct fixture *f, const char *said, const char *why) {
  int diverged = 0;
  for (int s = 0; s < G; s++) {
    const struct glb_trial *t = &f->trials[0][s];
    int found = 0;
    assert_int_equal(glb_trial_validate(t), GLB_OK);
    assert_int_equal(t->head->E, 4);
    for (int e = 0, first = 0; e < 4; first += t->length[e++]) {
      check_episode(t, e, first, said, why);
      found += t->terminated[e] == GLB_ENDED_DIVERGED;
    }
    assert_int_equal(glb_trial_diverged(t), found);
    diverged += found;
  }
  return diverged;
}

static void an_episode_that_diverges_ends(void **state) {
  (void)state;
  for (int i = 0; i < FAILING; i++) {
    struct fixture f;
    char said[8192];
    start_failing(&f, &failing[i]);
    run_aside(&f, f.trials[0], &uniform, said, sizeof said);
    const int diverged = check_group(&f, said, failing[i].says);
    if (diverged < 1 || diverged >= 4 * G) fail_msg("%s: %d episodes diverged", failing[i].family, diverged);
    assert_int_equal(lines_of(said), diverged);
    stop(&f);
  }
}

static void a_divergence_leaves_nothing_behind(void **state) {
  (void)state;
  for (int i = 0; i < FAILING; i++) {
    struct fixture f, fresh;
    char said[8192];
    start_failing(&f, &failing[i]);
    start_failing(&fresh, &failing[i]);
    const size_t bytes = glb_trial_bytes(f.space.trial);
    run_aside(&f, f.trials[0], &uniform, said, sizeof said);
    const int before = test_mallocs();
    run_aside(&f, f.trials[1], &uniform, said, sizeof said);
    if (test_mallocs_counted()) assert_int_equal(test_mallocs(), before);
    run_aside(&fresh, fresh.trials[0], &uniform, said, sizeof said);
    for (int s = 0; s < G; s++) {
      assert_memory_equal(f.trials[0][s].block, f.trials[1][s].block, bytes);
      assert_memory_equal(f.trials[0][s].block, fresh.trials[0][s].block, bytes);
    }
    stop(&fresh);
    stop(&f);
  }
}

static void an_evaluation_trial_is_named_as_such(void **state) {
  (void)state;
  struct fixture f;
  char said[8192];
  start_failing(&f, &failing[0]);
  run_aside(&f, f.trials[0],
            &(struct glb_rollout_request){
                .seed = 1, .round = GLB_ROLLOUT_HELD_OUT_ROUND, .group = 1, .evaluate = 1, .random = 1},
            said, sizeof said);
  assert_non_null(strstr(said, "warning: evaluation trial 5, episode "));
  stop(&f);
}

/* A first state beyond the range of a float. */
static void a_reset_that_fails_is_an_error(void **state) {
  (void)state;
  struct fixture f;
  assert_int_equal(models_write("half_cheetah.xml", "s/name=\"rootz\"/& ref=\"1e39\"/"), 0);
  start_failing_in(&f, "cheetah-dir", 2);
  assert_int_equal(glb_rollout_run(f.rollout, &f.acting, &uniform, f.trials[0]), GLB_EPHYSICS);
  assert_non_null(strstr(glb_error_message(),
                         "round 2, slot 4, episode 0, step 0: no start, cheetah-dir: number 0 of the first "
                         "observation is 1e+39"));
  stop(&f);
}

struct seen {
  const struct glb_space *space;
  int resets, steps, fail_at;
  double rewards, rows;
};

static int see(void *context, const struct glb_rollout_view *view) {
  struct seen *seen = context;
  assert_ptr_not_equal(view->env, NULL);
  if (view->step == 0) {
    assert_int_equal(view->episode, seen->resets++);
  } else {
    seen->steps++;
    assert_int_equal(view->step, (seen->steps - 1) % 15 + 1);
  }
  if (seen->steps == seen->fail_at) GLB_RAISE(GLB_EIO, "seen enough");
  seen->rewards += view->reward;
  seen->rows = view->mind->belief[GLB_HEAD_REWARD].N;
  assert_float_equal(seen->rows, seen->steps, 0);  // the step is part of the belief that is shown
  return GLB_OK;
}

static void a_watch_sees_one_slot_and_changes_nothing(void **state) {
  (void)state;
  struct fixture f;
  start(&f, "cheetah-vel", 3);
  struct seen seen = {.space = &f.space, .fail_at = -1};
  struct glb_rollout_watch watch = {.slot = 2, .see = see, .context = &seen};
  struct glb_rollout_request request = {.seed = 1, .round = 2, .group = 1, .evaluate = 1, .greedy = 1};
  double sum = 0;
  run(&f, f.trials[0], &request);
  request.watch = &watch;
  run(&f, f.trials[1], &request);
  for (int i = 0; i < G; i++)
    assert_memory_equal(f.trials[0][i].block, f.trials[1][i].block, glb_trial_bytes(f.space.trial));
  for (int t = 0; t < 45; t++) sum += f.trials[1][2].reward[t];
  assert_int_equal(seen.resets, 3);
  assert_int_equal(seen.steps, 45);
  assert_float_equal(seen.rewards, sum, 1e-6);

  seen = (struct seen){.space = &f.space, .fail_at = 20};
  assert_int_equal(glb_rollout_run(f.rollout, &f.acting, &request, f.trials[1]), GLB_EIO);
  assert_int_equal(seen.steps, 20);
  stop(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_rollout_depends_on_its_arguments_alone),
                                     cmocka_unit_test(a_trial_is_complete),
                                     cmocka_unit_test(the_belief_changes_what_is_done),
                                     cmocka_unit_test(random_actions_fill_the_box),
                                     cmocka_unit_test(after_adaptation_the_belief_stays),
                                     cmocka_unit_test(shuffled_trials_act_on_the_context_of_others),
                                     cmocka_unit_test(slots_share_tasks_in_training_only),
                                     cmocka_unit_test(rollouts_allocate_nothing),
                                     cmocka_unit_test(an_episode_that_diverges_ends),
                                     cmocka_unit_test(a_divergence_leaves_nothing_behind),
                                     cmocka_unit_test(an_evaluation_trial_is_named_as_such),
                                     cmocka_unit_test(a_watch_sees_one_slot_and_changes_nothing),
                                     cmocka_unit_test(a_reset_that_fails_is_an_error)};
  return cmocka_run_group_tests_name("rollout", tests, models_make, models_drop);
}
