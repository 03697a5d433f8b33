/* Errors, edges and layouts of the linear model; its properties are in tests/property/model. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/config/config.h"
#include "common/model/belief.h"
#include "common/model/fit.h"
#include "common/model/model.h"
#include "common/model/posterior.h"
#include "common/model/special.h"
#include "common/model/stats.h"
#include "tests/harness/gen.h"

static struct glb_arena arena;

static double *doubles(size_t n) {
  return GLB_TAKE(&arena, double, n);
}

static void start(struct gen_case *c, struct glb_posterior *post, struct glb_stats *stats,
                  enum glb_noise noise, int N) {
  glb_arena_release(&arena, 0);
  gen_case(c, &arena, 3, noise, N, 4, 3);
  glb_posterior_map(post, 4, 3, doubles(glb_posterior_size(4, 3)));
  glb_stats_map(stats, 4, 3, doubles(glb_stats_size(4, 3)));
  glb_stats_zero(stats);
  assert_int_equal(glb_stats_add(stats, 1, c->Phi, c->Y, N), GLB_OK);
}

static void no_rows_leave_the_prior(void **state) {
  (void)state;
  for (int noise = 0; noise < 2; noise++) {
    struct gen_case c;
    struct glb_posterior post;
    struct glb_stats stats;
    start(&c, &post, &stats, (enum glb_noise)noise, 0);
    assert_int_equal(glb_posterior_solve(&post, &c.prior, &stats), GLB_OK);
    assert_memory_equal(post.M, c.M0, sizeof(double) * 12);
    assert_memory_equal(post.Xi, c.Xi0, sizeof(double) * 16);
    assert_true(fabs(glb_posterior_evidence(&post, &c.prior)) < 1e-12);
    assert_true(post.nu == c.prior.nu0 && post.N == 0);
  }
}

static void bad_priors_are_named(void **state) {
  (void)state;
  struct gen_case c;
  struct glb_posterior post;
  struct glb_stats stats;
  start(&c, &post, &stats, GLB_NOISE_FULL, 5);
  c.prior.nu0 = 2;
  assert_int_equal(glb_posterior_solve(&post, &c.prior, &stats), GLB_EINVAL);
  assert_non_null(strstr(glb_error_message(), "nu0"));
  c.prior.nu0 = 4;
  c.Xi0[0] = -1;
  assert_int_equal(glb_posterior_solve(&post, &c.prior, &stats), GLB_ENOTPD);
  assert_non_null(strstr(glb_error_message(), "Xi0"));
  c.Xi0[0] = 1;
  c.Omega0[4] = -1;
  assert_int_equal(glb_posterior_solve(&post, &c.prior, &stats), GLB_ENOTPD);
  assert_non_null(strstr(glb_error_message(), "Omega0"));
  c.Omega0[4] = NAN;
  assert_int_equal(glb_posterior_solve(&post, &c.prior, &stats), GLB_ENONFINITE);
  start(&c, &post, &stats, GLB_NOISE_DIAGONAL, 5);
  c.Omega0[1] = 0;
  assert_int_equal(glb_posterior_solve(&post, &c.prior, &stats), GLB_ENOTPD);
  assert_non_null(strstr(glb_error_message(), "Omega0[1]"));
}

static void bad_statistics_are_refused(void **state) {
  (void)state;
  struct gen_case c;
  struct glb_posterior post;
  struct glb_stats stats, other;
  start(&c, &post, &stats, GLB_NOISE_FULL, 5);
  stats.FY[2] = NAN;
  assert_int_equal(glb_posterior_solve(&post, &c.prior, &stats), GLB_ENONFINITE);
  glb_stats_map(&other, 3, 3, doubles(glb_stats_size(3, 3)));
  glb_stats_zero(&other);
  assert_int_equal(glb_posterior_solve(&post, &c.prior, &other), GLB_EINVAL);
  assert_int_equal(glb_stats_merge(&other, &stats), GLB_EINVAL);
  assert_int_equal(glb_stats_add(&stats, 0, c.Phi, c.Y, 5), GLB_EINVAL);
}

static void statistics_lie_in_one_buffer(void **state) {
  (void)state;
  struct glb_stats s;
  double block[1 + 4 + 6 + 9];
  const double Phi[] = {1, 2}, Y[] = {3, 4, 5};
  assert_int_equal(glb_stats_size(2, 3), 20);
  glb_stats_map(&s, 2, 3, block);
  glb_stats_zero(&s);
  assert_int_equal(glb_stats_add(&s, 7, Phi, Y, 1), GLB_OK);
  const double expected[] = {1, 1, 2, 2, 4, 3, 4, 5, 6, 8, 10, 9, 12, 15, 12, 16, 20, 15, 20, 25};
  assert_memory_equal(block, expected, sizeof expected);
  assert_int_equal(s.version, 7);
}

static void special_functions_have_known_values(void **state) {
  (void)state;
  const double euler = 0.57721566490153286061, pi = 3.14159265358979323846;
  assert_true(fabs(glb_special_digamma(1, 1) + euler) < 1e-14);
  assert_true(fabs(glb_special_digamma(0.5, 1) + euler + 2 * log(2)) < 1e-14);
  assert_true(fabs(glb_special_digamma(10, 1) - (7129. / 2520 - euler)) < 1e-14);
  assert_true(fabs(glb_special_digamma(100.25, 1) - 4.6026712432747) < 1e-12);
  assert_true(fabs(glb_special_digamma(3, 2) - (1.5 - euler) - glb_special_digamma(2.5, 1)) < 1e-14);
  assert_true(fabs(glb_special_log_gamma(0.5, 1) - 0.5 * log(pi)) < 1e-14);
  assert_true(fabs(glb_special_log_gamma(3, 2) - log(2) - log(0.75 * sqrt(pi))) < 1e-14);
  // the Cauchy density at 1: 1 / (2 pi)
  assert_true(fabs(glb_special_student(1, 1, 0, 1) + log(2 * pi)) < 1e-14);
}

static void a_belief_vector_has_its_parts_in_order(void **state) {
  (void)state;
  struct glb_belief belief;
  const double M0[] = {1, -1}, Xi0[] = {4, 0, 0, 9}, Omega0[] = {2}, root[] = {2, 3}, f[] = {1, 0}, y[] = {4};
  const struct glb_prior prior = {.K = 2, .D = 1, .nu0 = 3, .M0 = M0, .Xi0 = Xi0, .Omega0 = Omega0};
  float v[6];
  glb_arena_release(&arena, 0);
  glb_belief_map(&belief, 2, 1, doubles(glb_belief_size(2, 1)));
  glb_belief_reset(&belief, &prior);
  assert_int_equal(glb_belief_dim(2, 1), 6);
  glb_belief_vector(&belief, v, M0, root);
  const double before[] = {0, 0, -0.5 * log(4), -0.5 * log(9), 0.5 * log(2. / 3), 0};
  for (int i = 0; i < 6; i++) assert_true(fabs(v[i] - before[i]) < 1e-6);
  // g = 1 + 1/4, e = 3, k = (1/4, 0) / g: M = 1 + 3/5, Omega = 2 + 9 / g, Xi = 5
  glb_belief_observe(&belief, f, y, NULL);
  glb_belief_vector(&belief, v, M0, root);
  const double after[] = {2 * 0.6, 0, -0.5 * log(5), -0.5 * log(9), 0.5 * log((2 + 9 / 1.25) / 4), log(2)};
  for (int i = 0; i < 6; i++) assert_true(fabs(v[i] - after[i]) < 1e-6);
}

/* ---- layout of a model update, and the heads ---- */

static void set_up(struct glb_config *config, struct glb_model *model, struct glb_fit *fit) {
  const char *keys[] = {
      "belief.heads=both", "model.objective=conditional", "model.tasks=3", "model.features=5",
      "train.slots=12",    "train.slots_per_task=4",      "model.hidden=6"};
  glb_config_init(config);
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    assert_int_equal(glb_config_set(config, keys[i], "test"), GLB_OK);
  glb_model_init(model, config, 4, 2);
  glb_fit_init(fit, config, model);
}

static void blocks_of_an_update_tile_the_buffers(void **state) {
  (void)state;
  struct glb_config config;
  struct glb_model model;
  struct glb_fit fit;
  size_t sizes[64], statistics = 0, adjoints = 0, sum = 0;
  int block = 0;
  set_up(&config, &model, &fit);
  for (int h = 0; h < GLB_HEADS; h++)
    for (int pick = 0; pick < 3; pick++)
      for (int part = 0; part < 2; part++) {
        const int K = model.head[h].K, D = model.head[h].D;
        assert_int_equal(glb_fit_statistics_at(&fit, h, pick, part), statistics);
        assert_int_equal(glb_fit_adjoints_at(&fit, h, pick, part), adjoints);
        assert_int_equal(glb_fit_block_at(&fit, h, pick, part), block);
        statistics += glb_stats_size(K, D);
        adjoints += (size_t)(K * K + K * D);
        block += GLB_FIT_KINDS;
      }
  assert_int_equal(fit.statistics, statistics);
  assert_int_equal(fit.adjoints, adjoints);
  assert_int_equal(fit.blocks, block);
  glb_fit_blocks(&fit, &model, sizes);
  for (int i = 0; i < fit.blocks; i++) sum += sizes[i];
  assert_int_equal(sum, statistics);
  assert_int_equal(glb_fit_rows(&fit, 0, 50), 50);
  assert_int_equal(glb_fit_rows(&fit, 1, 50), 20);
  assert_int_equal(glb_fit_rows(&fit, 1, 10), 10);
}

static void picks_are_whole_tasks_of_the_window(void **state) {
  (void)state;
  struct glb_config config;
  struct glb_model model;
  struct glb_fit fit;
  struct glb_pick a[3], b[3];
  int seen[3][3] = {{0}};
  set_up(&config, &model, &fit);
  for (uint32_t u = 0; u < 300; u++) {
    glb_fit_pick(&fit, a, 9, u, 5, 8);
    glb_fit_pick(&fit, b, 9, u, 5, 8);
    assert_memory_equal(a, b, sizeof a);
    for (int p = 0; p < 3; p++) {
      assert_in_range(a[p].round, 5, 7);
      assert_int_equal(a[p].slot % 4, 0);
      assert_in_range(a[p].slot, 0, 8);
      seen[a[p].round - 5][a[p].slot / 4]++;
    }
  }
  for (int i = 0; i < 9; i++) assert_in_range(seen[i / 3][i % 3], 60, 140);
}

static void priors_are_positive_and_features_bounded(void **state) {
  (void)state;
  struct glb_config config;
  struct glb_model model;
  struct glb_fit fit;
  struct glb_head_prior prior;
  float X[3 * 10] = {0}, cache[512];
  double Phi[3 * 5];
  set_up(&config, &model, &fit);
  glb_arena_release(&arena, 0);
  float *theta = GLB_TAKE(&arena, float, model.params.size);
  glb_model_draw(&model, theta, 1);
  const struct glb_head *head = &model.head[GLB_HEAD_TRANSITION];
  theta[head->log_Xi0 + 1] = 2;
  theta[head->log_Omega0] = -100;
  glb_head_prior_init(&prior, head, &arena);
  glb_head_prior_load(&prior, &model, GLB_HEAD_TRANSITION, theta);
  assert_true(fabs(prior.Xi0[6] - exp(2)) < 1e-12 && prior.Xi0[0] == 1 && prior.Xi0[1] == 0);
  assert_true(fabs(prior.sqrt_Xi0[1] - exp(1)) < 1e-12);
  assert_true(fabs(prior.Omega0[0] / config.model_omega_floor - 1) < 1e-12);
  assert_int_equal(head->D, 4);
  assert_int_equal(head->in, 6);
  for (int i = 0; i < 18; i++) X[i] = 50 * (float)(i % 5 - 2);
  assert_true(glb_head_cache_size(head, 3) <= 512);
  glb_head_features(head, Phi, cache, theta, X, 3);
  for (int i = 0; i < 15; i++) assert_true(fabs(Phi[i]) <= 1);
  for (int i = 0; i < 3; i++) assert_true(Phi[i * 5 + 4] == 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(no_rows_leave_the_prior),
                                     cmocka_unit_test(bad_priors_are_named),
                                     cmocka_unit_test(bad_statistics_are_refused),
                                     cmocka_unit_test(statistics_lie_in_one_buffer),
                                     cmocka_unit_test(special_functions_have_known_values),
                                     cmocka_unit_test(a_belief_vector_has_its_parts_in_order),
                                     cmocka_unit_test(blocks_of_an_update_tile_the_buffers),
                                     cmocka_unit_test(picks_are_whole_tasks_of_the_window),
                                     cmocka_unit_test(priors_are_positive_and_features_bounded)};
  if (glb_arena_init(&arena, 1 << 20)) return 1;
  const int failed = cmocka_run_group_tests_name("model", tests, NULL, NULL);
  glb_arena_finish(&arena);
  return failed;
}
