// test_state.c: what a stop or a failure in the middle of a round falls back on.
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <string.h>

#include "common/base/error.h"
#include "common/store/checkpoint.h"
#include "common/store/file.h"
#include "common/store/h5.h"
#include "deploy/cli/session.h"
#include "learner/learner.h"
#include "learner/state.h"
#include "tests/unit/common/store/temp.h"

struct fixture {
  struct glb_world world;
  struct glb_session session;
  struct glb_learner *learner;
};

/* A learner and an actor of the point family in this process, after `rounds` rounds. */
static void start(struct fixture *f, const char *run, const char *rounds) {
  const char *keys[] = {"env.family=point",     "env.horizon=8",         "train.slots=4",
                        "model.features=4",     "model.hidden=6",        "model.updates=1",
                        "model.tasks=2",        "model.warmup_rounds=0", "train.random_rounds=1",
                        "agent.updates=3",      "agent.hidden=8",        "agent.embedding=4",
                        "agent.batch_trials=2", "agent.batch_steps=4",   "replay.trials=16",
                        "eval.interval=0",      "eval.trials=1",         "checkpoint.interval=0"};
  *f = (struct fixture){.world = {.size = 1, .learner = 1, .learners = 1, .shards = 2, .actors = 1}};
  struct glb_session *s = &f->session;
  glb_config_init(&s->config);
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    assert_int_equal(glb_config_set(&s->config, keys[i], "test"), GLB_OK);
  assert_int_equal(glb_config_set(&s->config, rounds, "test"), GLB_OK);
  assert_int_equal(glb_session_sizes(s, 0, 0), GLB_OK);
  assert_int_equal(glb_session_join(s, &f->world, 1), GLB_OK);
  const struct glb_learner_links links = {.config = &s->config,
                                          .space = &s->space,
                                          .fit = &s->fit,
                                          .world = &f->world,
                                          .desk = &s->desk,
                                          .mail = s->mail,
                                          .partner = glb_session_partner(s),
                                          .run = run};
  assert_int_equal(glb_file_folder(run), GLB_OK);
  assert_int_equal(glb_learner_create(&f->learner, &links), GLB_OK);
  assert_int_equal(glb_learner_run(f->learner), GLB_OK);
}

static void finish(struct fixture *f) {
  glb_learner_destroy(f->learner);
  glb_session_finish(&f->session);
}

static void newest(char digest[33], const char *run) {
  struct glb_h5 *file;
  assert_int_equal(glb_checkpoint_need(&file, run), GLB_OK);
  assert_int_equal(glb_state_digest(digest, file), GLB_OK);
  glb_h5_close(file);
}

static void what_was_kept_is_what_is_rescued(void **state) {
  (void)state;
  struct fixture f;
  struct glb_state_kept *kept = NULL, *changed = NULL;
  char before[33], after[33], rescued[33];
  start(&f, at("rescue"), "train.rounds=3");
  newest(before, at("rescue"));
  assert_int_equal(glb_state_keep(&kept, f.learner), GLB_OK);
  assert_int_equal(glb_state_kept_round(kept), 3);

  // a round that has changed everything, and is not to count
  f.learner->round++;
  f.learner->steps += 100;
  f.learner->replica->sac->updates++;
  for (size_t i = 0; i < f.learner->replica->sac->params.size; i++) f.learner->replica->sac->theta[i] += 1;
  for (size_t i = 0; i < f.session.space.model.params.size; i++) f.session.desk.theta[i] += 1;
  assert_int_equal(glb_state_keep(&changed, f.learner), GLB_OK);
  assert_int_equal(glb_state_write(changed, f.learner), GLB_OK);
  newest(after, at("rescue"));
  assert_string_not_equal(before, after);

  assert_int_equal(glb_state_write(kept, f.learner), GLB_OK);
  newest(rescued, at("rescue"));
  assert_string_equal(before, rescued);
  free(changed);
  free(kept);
  finish(&f);
}

static void what_is_not_finite_is_named_and_not_kept(void **state) {
  (void)state;
  struct fixture f;
  struct glb_state_kept *kept = NULL;
  char before[33], rescued[33];
  start(&f, at("finite"), "train.rounds=2");
  newest(before, at("finite"));
  assert_int_equal(glb_state_keep(&kept, f.learner), GLB_OK);

  const struct glb_param *tensor = &f.learner->replica->sac->params.table[2];
  f.learner->replica->sac->theta[tensor->offset + 1] = NAN;
  assert_int_equal(glb_state_keep(&kept, f.learner), GLB_ENONFINITE);
  assert_non_null(strstr(glb_error_message(), tensor->name));
  assert_non_null(strstr(glb_error_message(), "[1] has become nan"));
  f.learner->replica->sac->theta[tensor->offset + 1] = 0;
  f.session.desk.theta[0] = -INFINITY;
  assert_int_equal(glb_state_keep(&kept, f.learner), GLB_ENONFINITE);
  f.session.desk.theta[0] = 0;
  f.learner->replica->sac->v[tensor->offset] = INFINITY;
  assert_int_equal(glb_state_keep(&kept, f.learner), GLB_ENONFINITE);
  assert_non_null(strstr(glb_error_message(), "mean square gradient"));
  assert_non_null(strstr(glb_error_message(), tensor->name));

  assert_int_equal(glb_state_write(kept, f.learner), GLB_OK);
  newest(rescued, at("finite"));
  assert_string_equal(before, rescued);
  free(kept);
  finish(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(what_was_kept_is_what_is_rescued),
                                     cmocka_unit_test(what_is_not_finite_is_named_and_not_kept)};
  return cmocka_run_group_tests_name("state", tests, make_folder, drop_folder);
}
