/* The gradient of a model update against finite differences of the loss, computed plainly from the trials. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "actors/gradient.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/rng.h"
#include "common/model/stats.h"
#include "deploy/cli/session.h"
#include "learner/model_update.h"
#include "tests/harness/mallocs.h"

struct fixture {
  struct glb_world world;
  struct glb_session session;
  struct glb_memory memory;
  struct glb_acting acting;
  struct glb_gradient *gradient;
  struct glb_partner partner;
  struct glb_model_update *update;
  struct glb_arena arena;
};

static int obey(void *self, const struct glb_order *order) {
  glb_gradient_begin(self, order);
  return GLB_OK;
}

/* Random trials of the point family in every place of the shelf. */
static void fill(struct fixture *f) {
  const struct glb_trial_shape shape = f->session.space.trial;
  struct glb_rng rng;
  glb_rng_start(&rng, 1, GLB_STREAM_TEST, (struct glb_rng_at){0});
  for (uint32_t s = 0; s < 4; s++) {
    struct glb_trial trial;
    assert_int_equal(glb_memory_open(&f->memory, &trial, 0, s), GLB_OK);
    *trial.head = (struct glb_trial_head){.slot = s, .E = 1, .T = shape.T};
    trial.length[0] = shape.T;
    for (int i = 0; i < shape.T * shape.O; i++) trial.obs[i] = (float)glb_rng_normal(&rng);
    for (int i = 0; i < shape.T * shape.A; i++) trial.action[i] = (float)glb_rng_uniform(&rng);
    for (int i = 0; i < shape.T; i++) trial.reward[i] = glb_rng_normal(&rng) + trial.obs[i * shape.O];
  }
}

static void start(struct fixture *f, const char *const *extra) {
  const char *keys[] = {"env.family=point",  "env.horizon=12",   "train.slots=4",    "train.slots_per_task=2",
                        "model.tasks=3",     "model.features=5", "model.hidden=6",   "model.clip=0",
                        "belief.heads=both", "replay.trials=8",  "model.condition=4"};
  *f = (struct fixture){.world = {.size = 1, .learner = 1, .actors = 1}};
  struct glb_session *s = &f->session;
  glb_config_init(&s->config);
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    assert_int_equal(glb_config_set(&s->config, keys[i], "test"), GLB_OK);
  for (; *extra; extra++) assert_int_equal(glb_config_set(&s->config, *extra, "test"), GLB_OK);
  assert_int_equal(glb_session_sizes(s, 0, 0), GLB_OK);
  assert_int_equal(glb_session_join(s, &f->world, 1), GLB_OK);
  assert_int_equal(glb_memory_init(&f->memory, s->space.trial, 2, 4, 4), GLB_OK);
  fill(f);
  glb_acting_map(&f->acting, &s->space, s->desk.snapshot);
  for (int i = 0; i < s->space.trial.O; i++) f->acting.obs_scale[i] = 1;
  glb_model_draw(&s->space.model, s->desk.theta, 5);
  for (int h = 0; h < GLB_HEADS; h++) {  // a prior away from its start
    const struct glb_head *head = &s->space.model.head[h];
    for (int i = 0; i < head->K; i++) s->desk.theta[head->log_Xi0 + (size_t)i] = 0.2f * (float)i - 0.3f;
    for (int i = 0; i < head->K * head->D; i++) s->desk.theta[head->M0 + (size_t)i] = 0.1f * (float)(i % 4);
    for (int i = 0; i < head->D; i++) s->desk.theta[head->log_Omega0 + (size_t)i] = -0.5f;
  }
  assert_int_equal(glb_gradient_create(&f->gradient, &s->space, &s->fit, &f->memory, &s->desk), GLB_OK);
  f->partner = (struct glb_partner){.self = f->gradient,
                                    .obey = obey,
                                    .statistics = glb_gradient_statistics(f->gradient),
                                    .gradient = glb_gradient_gradient(f->gradient)};
  assert_int_equal(glb_model_update_create(&f->update, &s->config, &s->space, &s->fit, &s->desk, &f->partner),
                   GLB_OK);
  assert_int_equal(glb_arena_init(&f->arena, 1 << 20), GLB_OK);
}

static void stop(struct fixture *f) {
  glb_arena_finish(&f->arena);
  glb_model_update_destroy(f->update);
  glb_gradient_destroy(f->gradient);
  glb_memory_finish(&f->memory);
  glb_session_finish(&f->session);
}

/* Evidence of the first `rows` rows (0: all) of a task's two trials. */
static double evidence(struct fixture *f, int h, struct glb_pick pick, int rows, double *count) {
  const struct glb_space *space = &f->session.space;
  const struct glb_head *head = &space->model.head[h];
  const size_t mark = glb_arena_mark(&f->arena);
  struct glb_head_prior prior;
  struct glb_stats stats;
  struct glb_posterior post;
  struct glb_rows_work work;
  glb_rows_init(&work, space, &f->arena, space->trial.T);
  glb_head_prior_init(&prior, head, &f->arena);
  glb_head_prior_load(&prior, &space->model, h, f->session.desk.theta);
  glb_stats_map(&stats, head->K, head->D, GLB_TAKE(&f->arena, double, glb_stats_size(head->K, head->D)));
  glb_stats_zero(&stats);
  for (uint32_t i = 0; i < 2; i++) {
    struct glb_trial trial;
    assert_true(glb_memory_find(&f->memory, &trial, pick.round, pick.slot + i));
    glb_rows_trial(&work, space, &f->acting, f->session.desk.theta, &trial);
    assert_int_equal(glb_stats_add(&stats, 1, work.Phi[h], work.Y[h], rows ? rows : trial.head->T), GLB_OK);
  }
  glb_posterior_map(&post, head->K, head->D,
                    GLB_TAKE(&f->arena, double, glb_posterior_size(head->K, head->D)));
  assert_int_equal(glb_posterior_solve(&post, &prior.prior, &stats), GLB_OK);
  *count = stats.n[0];
  const double value = glb_posterior_evidence(&post, &prior.prior);
  glb_arena_release(&f->arena, mark);
  return value;
}

static double loss(struct fixture *f, const struct glb_order *order) {
  struct glb_pick picks[3];
  double sum = 0;
  glb_fit_pick(&f->session.fit, picks, order->round, order->update, order->first, order->last);
  for (int h = 0; h < GLB_HEADS; h++)
    for (int p = 0; p < 3; p++) {
      double rows, before = 0, first = 0;
      double value = evidence(f, h, picks[p], 0, &rows);
      if (f->session.fit.parts == 2) first = evidence(f, h, picks[p], f->session.fit.condition, &before);
      sum -= (value - first) / (rows - before) / 3;
    }
  return sum;
}

static void gradient_is_that_of_the_loss(void **state) {
  (void)state;
  const char *const cases[][3] = {
      {NULL}, {"model.objective=conditional", NULL}, {"model.noise=diagonal", NULL}};
  for (int c = 0; c < 3; c++) {
    struct fixture f;
    start(&f, cases[c]);
    const struct glb_params *params = &f.session.space.model.params;
    float *theta = f.session.desk.theta, *kept = malloc(params->size * sizeof *kept);
    struct glb_order order = {.round = 2, .update = 1, .last = 1, .version = 1};
    struct glb_model_report report;
    memcpy(kept, theta, params->size * sizeof *kept);
    assert_int_equal(glb_model_update_run(f.update, &order, &report), GLB_OK);
    memcpy(theta, kept, params->size * sizeof *kept);
    assert_true(fabs(loss(&f, &order) + report.evidence[0] + report.evidence[1]) < 1e-9);

    // after the first step Adam's m is 0.1 of the gradient; differences of single precision features bear
    // about three digits
    double worst = 0;
    for (size_t i = 0; i < params->size; i += 3) {
      const float h = 0.01f;
      theta[i] = kept[i] + h;
      const double up = loss(&f, &order);
      theta[i] = kept[i] - h;
      const double down = loss(&f, &order);
      theta[i] = kept[i];
      const double numeric = (up - down) / (2 * (double)h), exact = 10 * (double)f.update->m[i];
      const double error = fabs(numeric - exact) / (fabs(exact) + 0.02 * report.grad_norm);
      if (error > worst) worst = error;
      if (error > 0.02) fail_msg("case %d parameter %zu: gradient %g, difference %g", c, i, exact, numeric);
    }
    assert_true(worst > 0);
    free(kept);
    stop(&f);
  }
}

static void updates_allocate_nothing(void **state) {
  (void)state;
  struct fixture f;
  const char *const none[] = {NULL};
  struct glb_order order = {.last = 1, .version = 1};
  struct glb_model_report report;
  start(&f, none);
  const int before = test_mallocs();
  assert_int_equal(glb_model_update_run(f.update, &order, &report), GLB_OK);
  assert_int_equal(test_mallocs(), before);
  stop(&f);
}

static void evidence_grows(void **state) {
  (void)state;
  struct fixture f;
  const char *const faster[] = {"model.rate=0.01", NULL};
  double first = 0, last = 0;
  start(&f, faster);
  for (uint32_t u = 0; u < 60; u++) {
    struct glb_order order = {.update = u, .last = 1, .version = 1};
    struct glb_model_report report;
    assert_int_equal(glb_model_update_run(f.update, &order, &report), GLB_OK);
    if (u == 0) first = report.evidence[0] + report.evidence[1];
    last = report.evidence[0] + report.evidence[1];
  }
  if (!(last > first + 0.1)) fail_msg("evidence per row %g at first, %g after 60 updates", first, last);
  stop(&f);
}

/* model.learn_basis=false: networks of the basis stay as drawn, the prior is learned as far as it goes by itself. */
static void a_fixed_basis_stays(void **state) {
  (void)state;
  struct fixture f;
  const char *const fixed[] = {"model.learn_basis=false", "model.rate=0.01", NULL};
  double first = 0, last = 0;
  start(&f, fixed);
  const struct glb_params *params = &f.session.space.model.params;
  float *theta = f.session.desk.theta, *kept = malloc(params->size * sizeof *kept);
  memcpy(kept, theta, params->size * sizeof *kept);
  for (uint32_t u = 0; u < 60; u++) {
    struct glb_order order = {.update = u, .last = 1, .version = 1};
    struct glb_model_report report;
    assert_int_equal(glb_model_update_run(f.update, &order, &report), GLB_OK);
    if (u == 0) first = report.evidence[0] + report.evidence[1];
    last = report.evidence[0] + report.evidence[1];
  }
  if (!(last > first)) fail_msg("evidence per row %g at first, %g after 60 updates", first, last);
  for (int i = 0; i < params->count; i++) {
    const struct glb_param *tensor = &params->table[i];
    const size_t bytes = sizeof *theta * (size_t)tensor->rows * (size_t)tensor->cols;
    const int same = !memcmp(theta + tensor->offset, kept + tensor->offset, bytes);
    if (same != !!strstr(tensor->name, "basis"))
      fail_msg("%s is %s", tensor->name, same ? "as it was" : "another");
  }
  free(kept);
  stop(&f);
}

/* A reward whose square is beyond the range of a double, then a parameter that is none: theta stays what it was. */
static void what_is_not_finite_stops_before_the_step(void **state) {
  (void)state;
  const char *const none[] = {NULL};
  const char *const says[] = {
      "statistic Y'Y of the reward head is not finite in the trial of round 0, slot ",
      "statistic Phi'Phi of the reward head is not finite in the trial of round 0, slot "};
  for (int c = 0; c < 2; c++) {
    struct fixture f;
    struct glb_trial trial;
    struct glb_order order = {.last = 1, .version = 1};
    struct glb_model_report report;
    start(&f, none);
    const size_t bytes = f.session.space.model.params.size * sizeof(float);
    float *kept = malloc(bytes);
    for (uint32_t s = 0; s < 4 && c == 0; s++) {
      assert_int_equal(glb_memory_open(&f.memory, &trial, 0, s), GLB_OK);
      trial.reward[3] = 1e200;
    }
    if (c == 1) f.session.desk.theta[2] = NAN;
    memcpy(kept, f.session.desk.theta, bytes);
    assert_int_equal(glb_model_update_run(f.update, &order, &report), GLB_ENONFINITE);
    if (!strstr(glb_error_message(), says[c])) fail_msg("\"%s\", not \"%s\"", glb_error_message(), says[c]);
    assert_memory_equal(f.session.desk.theta, kept, bytes);
    assert_int_equal(f.update->updates, 0);
    free(kept);
    stop(&f);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(gradient_is_that_of_the_loss),
                                     cmocka_unit_test(updates_allocate_nothing),
                                     cmocka_unit_test(evidence_grows), cmocka_unit_test(a_fixed_basis_stays),
                                     cmocka_unit_test(what_is_not_finite_stops_before_the_step)};
  return cmocka_run_group_tests_name("model_update", tests, NULL, NULL);
}
