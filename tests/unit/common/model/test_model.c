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
#include "tests/harness/mallocs.h"

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

/* Of mpmath, 50 digits: betainc(dof/2, 1/2, 0, dof/(dof + t^2), regularized=True)/2 below 0. */
static void the_student_distribution_has_known_values(void **state) {
  (void)state;
  const double known[][3] = {{0, 3, 0.5},
                             {1, 1, 0.75},
                             {-1, 2, 0.211324865405187118},
                             {0.5, 3, 0.674276017575924503},
                             {-0.001, 4, 0.499625000078124979},
                             {2.5, 3.5, 0.96215267809525496},
                             {-6, 5, 0.000923069144797007213},
                             {-40, 3, 0.0000171903403945792641},
                             {1.96, 200, 0.974307579577093358},
                             {-3, 1003, 0.00138325380413668834},
                             {-8, 1003, 1.70835440962352604e-15},
                             {0.25, 20000, 0.59870504183234841},
                             {-5, 20000, 2.8907570738290256e-7}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    const double found = glb_special_student_cdf(known[i][0], known[i][1]);
    if (!(fabs(found - known[i][2]) <= 2e-12 * known[i][2]))
      fail_msg("t = %g, dof %g: %.17g, not %.17g", known[i][0], known[i][1], found, known[i][2]);
  }
}

/* What is expected of a row is the density that observing it reports: one target, or each by itself. */
static void expectations_are_the_predictive_density(void **state) {
  (void)state;
  for (int noise = 0; noise < 2; noise++) {
    struct gen_case c;
    struct glb_posterior post;
    struct glb_stats stats;
    struct glb_belief belief;
    double location[3], scale[3];
    start(&c, &post, &stats, (enum glb_noise)noise, 20);
    if (!noise) {  // the first target alone
      c.D = c.prior.D = 1;
      for (int n = 1; n < 20; n++) c.Y[n] = c.Y[n * 3];
      for (int k = 1; k < 4; k++) c.M0[k] = c.M0[k * 3];
    }
    glb_belief_map(&belief, 4, c.D, doubles(glb_belief_size(4, c.D)));
    glb_belief_reset(&belief, &c.prior);
    for (int n = 0; n < 20; n++) {
      const double *f = c.Phi + n * 4, *y = c.Y + n * c.D;
      double found = 0, reported;
      const double dof = glb_belief_predictive(&belief, f, location, scale);
      for (int d = 0; d < c.D; d++) {
        const double z = (y[d] - location[d]) / scale[d];
        found += glb_special_student(dof, 1, log(dof * scale[d] * scale[d]), z * z / dof);
      }
      glb_belief_observe(&belief, f, y, &reported);
      assert_true(fabs(found - reported) < 1e-11 * (1 + fabs(reported)));
    }
  }
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
  glb_belief_vector(&belief, belief.D, v, M0, root);
  const double before[] = {0, 0, -0.5 * log(4), -0.5 * log(9), 0.5 * log(2. / 3), 0};
  for (int i = 0; i < 6; i++) assert_true(fabs(v[i] - before[i]) < 1e-6);
  // g = 1 + 1/4, e = 3, k = (1/4, 0) / g: M = 1 + 3/5, Omega = 2 + 9 / g, Xi = 5
  glb_belief_observe(&belief, f, y, NULL);
  glb_belief_vector(&belief, belief.D, v, M0, root);
  const double after[] = {2 * 0.6, 0, -0.5 * log(5), -0.5 * log(9), 0.5 * log((2 + 9 / 1.25) / 4), log(2)};
  for (int i = 0; i < 6; i++) assert_true(fabs(v[i] - after[i]) < 1e-6);
}

/* Five targets on two columns: each target reaches one number of its row, with a sign; the first of a column keeps its own. */
static void many_targets_share_columns(void **state) {
  (void)state;
  enum { K = 2, D = 5, P = 2 };
  struct glb_belief belief;
  const double M0[K * D] = {0}, Xi0[] = {4, 0, 0, 9}, Omega0[D] = {1, 2, 3, 4, 5}, root[] = {2, 3};
  const struct glb_prior prior = {
      .K = K, .D = D, .noise = GLB_NOISE_DIAGONAL, .nu0 = 3, .M0 = M0, .Xi0 = Xi0, .Omega0 = Omega0};
  float v[K * P + K + P + 1];
  glb_arena_release(&arena, 0);
  glb_belief_map(&belief, K, D, doubles(glb_belief_size(K, D)));
  glb_belief_reset(&belief, &prior);
  assert_int_equal(glb_belief_dim(K, P), K * P + K + P + 1);
  int negative = 0;
  for (int d = 0; d < D; d++) {
    memset(belief.M, 0, sizeof(double) * K * D);
    belief.M[D + d] = 1;  // the second feature's weight for target d
    glb_belief_vector(&belief, P, v, M0, root);
    for (int i = 0; i < K * P; i++) assert_true((fabsf(v[i]) == 3) == (i == P + d % P));
    assert_true(v[P + d % P] > 0 || d >= P);
    negative += v[P + d % P] < 0;
  }
  assert_true(negative > 0);
  const double noise[P] = {0.5 * (log(1. / 3) + log(3. / 3) + log(5. / 3)) / 3,
                           0.5 * (log(2. / 3) + log(4. / 3)) / 2};
  for (int j = 0; j < P; j++) assert_true(fabs(v[K * P + K + j] - noise[j]) < 1e-6);
  assert_true(v[K * P + K + P] == 0);
}

static void a_belief_asks_for_no_memory(void **state) {
  (void)state;
  if (!test_mallocs_counted()) skip();
  for (int noise = 0; noise < 2; noise++) {
    struct gen_case c;
    struct glb_posterior post;
    struct glb_stats stats;
    struct glb_belief belief;
    double root[4] = {1, 1, 1, 1}, log_predictive;
    float v[64];
    start(&c, &post, &stats, (enum glb_noise)noise, 20);
    glb_belief_map(&belief, 4, 3, doubles(glb_belief_size(4, 3)));
    assert_in_range(glb_belief_dim(4, 3), 1, 64);
    const int before = test_mallocs();
    glb_belief_reset(&belief, &c.prior);
    for (int n = 0; n < 20; n++) {
      glb_belief_observe(&belief, c.Phi + n * 4, c.Y + n * 3, &log_predictive);
      glb_belief_vector(&belief, belief.D, v, c.M0, root);
    }
    assert_int_equal(test_mallocs() - before, 0);
  }
}

/* Column d of a diagonal model as a model of its own. */
static void one_target(struct gen_case *one, const struct gen_case *c, int d) {
  *one = *c;
  one->D = one->prior.D = 1;
  one->prior.noise = GLB_NOISE_FULL;
  one->Y = doubles((size_t)c->N);
  one->M0 = doubles((size_t)c->K);
  for (int n = 0; n < c->N; n++) one->Y[n] = c->Y[n * c->D + d];
  for (int k = 0; k < c->K; k++) one->M0[k] = c->M0[k * c->D + d];
  one->prior.M0 = one->M0;
  one->prior.Omega0 = &c->Omega0[d];
}

struct answers {  // what follows from the posterior of a case with K = 4
  double G_FF[16], G_FY[12], dM0[12], dXi0[16], dOmega0[9], dnu0, log_predictive;
};

static void solve(struct answers *a, const struct gen_case *c, const double *y) {
  struct glb_posterior post;
  struct glb_stats stats;
  glb_posterior_map(&post, c->K, c->D, doubles(glb_posterior_size(c->K, c->D)));
  glb_stats_map(&stats, c->K, c->D, doubles(glb_stats_size(c->K, c->D)));
  glb_stats_zero(&stats);
  assert_int_equal(glb_stats_add(&stats, 1, c->Phi, c->Y, c->N), GLB_OK);
  assert_int_equal(glb_posterior_solve(&post, &c->prior, &stats), GLB_OK);
  glb_posterior_adjoints(&post, a->G_FF, a->G_FY);
  glb_posterior_prior_grad(&post, &c->prior, (struct glb_prior_grad){a->dM0, a->dXi0, a->dOmega0, &a->dnu0});
  a->log_predictive = glb_posterior_log_predictive(&post, c->Phi, y);
}

static void near(const char *what, int at, double found, double expected) {
  if (!(fabs(found - expected) <= 1e-11 * (1 + fabs(expected))))
    fail_msg("%s[%d] is %.17g, expected %.17g", what, at, found, expected);
}

/* Shared (Xi, nu0): gradients of one target each are columns, those of shared numbers are sums. */
static void diagonal_noise_is_one_model_a_target(void **state) {
  (void)state;
  enum { N = 20, K = 4, D = 3 };
  struct gen_case c, one;
  struct answers all, part, sum = {.dnu0 = 0};
  const double y[D] = {0.5, -1, 2};
  glb_arena_release(&arena, 0);
  gen_case(&c, &arena, 3, GLB_NOISE_DIAGONAL, N, K, D);
  solve(&all, &c, y);
  for (int d = 0; d < D; d++) {
    one_target(&one, &c, d);
    solve(&part, &one, &y[d]);
    for (int k = 0; k < K; k++) {
      near("G_FY", k * D + d, all.G_FY[k * D + d], part.G_FY[k]);
      near("dM0", k * D + d, all.dM0[k * D + d], part.dM0[k]);
    }
    near("dOmega0", d, all.dOmega0[d], part.dOmega0[0]);
    for (int i = 0; i < K * K; i++) {
      sum.G_FF[i] += part.G_FF[i];
      sum.dXi0[i] += part.dXi0[i];
    }
    sum.dnu0 += part.dnu0;
    sum.log_predictive += part.log_predictive;
  }
  for (int i = 0; i < K * K; i++) {
    near("G_FF", i, all.G_FF[i], sum.G_FF[i]);
    near("dXi0", i, all.dXi0[i], sum.dXi0[i]);
  }
  near("dnu0", 0, all.dnu0, sum.dnu0);
  near("log predictive", 0, all.log_predictive, sum.log_predictive);
}

/* ---- layout of a model update, and the heads ---- */

static void set_up(struct glb_config *config, struct glb_model *model, struct glb_fit *fit) {
  const char *keys[] = {
      "belief.heads=both", "model.objective=conditional", "model.tasks=3", "model.features=5",
      "train.slots=12",    "train.slots_per_task=4",      "model.hidden=6"};
  glb_config_init(config);
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    assert_int_equal(glb_config_set(config, keys[i], "test"), GLB_OK);
  glb_model_init(model, config, 4, 2, NULL);
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

/* Evidence of fixed rows under the prior that theta means. */
static double evidence_of(const struct glb_model *model, int h, const float *theta, struct gen_case *c,
                          struct glb_head_prior *prior, struct glb_posterior *post) {
  struct glb_stats stats;
  const size_t mark = glb_arena_mark(&arena);
  glb_head_prior_load(prior, model, h, theta);
  glb_stats_map(&stats, c->K, c->D, doubles(glb_stats_size(c->K, c->D)));
  glb_stats_zero(&stats);
  assert_int_equal(glb_stats_add(&stats, 1, c->Phi, c->Y, c->N), GLB_OK);
  assert_int_equal(glb_posterior_solve(post, &prior->prior, &stats), GLB_OK);
  glb_arena_release(&arena, mark);
  return glb_posterior_evidence(post, &prior->prior);
}

/* What backward adds is 2 times the central difference of the evidence, for every number of the prior; the rest stays. */
static void gradients_of_the_prior_are_those_of_the_evidence(void **state) {
  (void)state;
  for (int noise = 0; noise < 2; noise++)
    for (int h = 0; h < GLB_HEADS; h++) {
      struct glb_config config;
      struct glb_model model;
      struct glb_fit fit;
      struct glb_head_prior prior;
      struct glb_posterior post;
      struct gen_case c;
      set_up(&config, &model, &fit);
      config.model_noise = noise;
      glb_model_init(&model, &config, 4, 2, NULL);
      const struct glb_head *head = &model.head[h];
      const int K = head->K, D = head->D;
      glb_arena_release(&arena, 0);
      gen_case(&c, &arena, 6, head->noise, 25, K, D);
      float *theta = GLB_TAKE(&arena, float, model.params.size),
            *grad = GLB_TAKE(&arena, float, model.params.size);
      glb_model_draw(&model, theta, 1);
      for (int i = 0; i < K * D; i++) theta[head->M0 + (size_t)i] = (float)c.M0[i];
      for (int i = 0; i < K; i++) theta[head->log_Xi0 + (size_t)i] = 0.25f * (float)i - 0.5f;
      for (int i = 0; i < D; i++) theta[head->log_Omega0 + (size_t)i] = 0.5f - 0.25f * (float)i;
      glb_head_prior_init(&prior, head, &arena);
      glb_posterior_map(&post, K, D, doubles(glb_posterior_size(K, D)));
      (void)evidence_of(&model, h, theta, &c, &prior, &post);
      double dM0[64], dXi0[64], dOmega0[64], dnu0;
      assert_true(K * K <= 64 && K * D <= 64 && D * D <= 64);
      const struct glb_prior_grad d = {dM0, dXi0, dOmega0, &dnu0};
      glb_posterior_prior_grad(&post, &prior.prior, d);
      for (size_t i = 0; i < model.params.size; i++) grad[i] = 1;
      glb_head_prior_backward(&model, h, grad, &prior, &d, 2);

      const size_t count[] = {(size_t)(K * D), (size_t)K, (size_t)D};
      const size_t from[] = {head->M0, head->log_Xi0, head->log_Omega0};
      const char *names[] = {"M0", "log Xi0", "log Omega0"};
      size_t touched = 0;
      for (int t = 0; t < 3; t++)
        for (size_t i = 0; i < count[t]; i++, touched++) {
          float *x = &theta[from[t] + i];
          const float kept = *x, up = kept + 0x1p-10f, down = kept - 0x1p-10f;
          *x = up;
          const double above = evidence_of(&model, h, theta, &c, &prior, &post);
          *x = down;
          const double below = evidence_of(&model, h, theta, &c, &prior, &post);
          *x = kept;
          const double slope = (above - below) / ((double)up - down), found = (grad[from[t] + i] - 1) / 2;
          if (!(fabs(found - slope) <= 1e-4 * (1 + fabs(slope))))
            fail_msg("head %d, noise %d: d evidence / d %s[%zu] is %.9g, expected %.9g", h, noise, names[t],
                     i, found, slope);
        }
      for (size_t i = 0; i < model.params.size; i++) touched += grad[i] == 1;
      assert_true(touched >= model.params.size);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(no_rows_leave_the_prior),
                                     cmocka_unit_test(bad_priors_are_named),
                                     cmocka_unit_test(bad_statistics_are_refused),
                                     cmocka_unit_test(statistics_lie_in_one_buffer),
                                     cmocka_unit_test(special_functions_have_known_values),
                                     cmocka_unit_test(the_student_distribution_has_known_values),
                                     cmocka_unit_test(expectations_are_the_predictive_density),
                                     cmocka_unit_test(a_belief_vector_has_its_parts_in_order),
                                     cmocka_unit_test(many_targets_share_columns),
                                     cmocka_unit_test(a_belief_asks_for_no_memory),
                                     cmocka_unit_test(diagonal_noise_is_one_model_a_target),
                                     cmocka_unit_test(blocks_of_an_update_tile_the_buffers),
                                     cmocka_unit_test(picks_are_whole_tasks_of_the_window),
                                     cmocka_unit_test(priors_are_positive_and_features_bounded),
                                     cmocka_unit_test(gradients_of_the_prior_are_those_of_the_evidence)};
  if (glb_arena_init(&arena, 1 << 20)) return 1;
  const int failed = cmocka_run_group_tests_name("model", tests, NULL, NULL);
  glb_arena_finish(&arena);
  return failed;
}
