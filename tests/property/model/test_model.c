/* Properties of the linear model on random data: each runs over many seeds, and a failing one is named. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/rng.h"
#include "common/model/belief.h"
#include "common/model/evidence.h"
#include "common/model/kernel.h"
#include "common/model/special.h"
#include "common/model/stats.h"
#include "tests/harness/gen.h"

enum { SEEDS = 30 };

static struct glb_arena arena;

#define WITHIN(error, bar, seed, what)                                                                       \
  do {                                                                                                       \
    const double error_ = (error);                                                                           \
    if (!(error_ <= (bar))) fail_msg("seed %u: %s is off by %g, bar %g", seed, what, error_, (double)(bar)); \
  } while (0)

static double *doubles(size_t n) {
  return GLB_TAKE(&arena, double, n);
}

/* A random case of a seed; the arena is emptied first. Seeds alternate full and diagonal noise. */
static void start(struct gen_case *c, uint32_t seed) {
  glb_arena_release(&arena, 0);
  gen_case(c, &arena, seed, seed % 2 ? GLB_NOISE_DIAGONAL : GLB_NOISE_FULL, gen_int(1, 40, seed, 1),
           gen_int(1, 12, seed, 2), gen_int(1, 6, seed, 3));
}

static void map(struct glb_posterior *post, const struct gen_case *c) {
  glb_posterior_map(post, c->K, c->D, doubles(glb_posterior_size(c->K, c->D)));
}

static void sum_rows(struct glb_stats *stats, const struct gen_case *c, int from, int count) {
  glb_stats_map(stats, c->K, c->D, doubles(glb_stats_size(c->K, c->D)));
  glb_stats_zero(stats);
  assert_int_equal(glb_stats_add(stats, 1, c->Phi + from * c->K, c->Y + from * c->D, count), GLB_OK);
}

static double evidence_of(const struct gen_case *c, double *dPhi) {
  struct glb_posterior post;
  double value;
  map(&post, c);
  double *work = doubles(glb_evidence_work_size(c->K, c->D, c->N));
  assert_int_equal(
      glb_evidence_rows(&post, &value, dPhi, &c->prior, (struct glb_rows){c->Phi, c->Y, c->N}, work), GLB_OK);
  return value;
}

/* Rows in another order. */
static void shuffle(struct gen_case *c, uint32_t seed) {
  for (int i = c->N - 1; i > 0; i--) {
    const int j = gen_int(0, i, seed, 50 + (uint32_t)i);
    for (int k = 0; k < c->K; k++) {
      const double x = c->Phi[i * c->K + k];
      c->Phi[i * c->K + k] = c->Phi[j * c->K + k];
      c->Phi[j * c->K + k] = x;
    }
    for (int d = 0; d < c->D; d++) {
      const double y = c->Y[i * c->D + d];
      c->Y[i * c->D + d] = c->Y[j * c->D + d];
      c->Y[j * c->D + d] = y;
    }
  }
}

static void evidence_is_the_product_of_predictives_in_any_order(void **state) {
  (void)state;
  for (uint32_t seed = 0; seed < SEEDS; seed++) {
    struct gen_case c;
    start(&c, seed);
    const double whole = evidence_of(&c, NULL);
    for (uint32_t order = 0; order < 3; order++) {
      double chain = 0;
      shuffle(&c, seed + 1000 * order);
      for (int n = 0; n < c.N; n++) {
        struct glb_stats stats;
        struct glb_posterior post;
        const size_t mark = glb_arena_mark(&arena);
        sum_rows(&stats, &c, 0, n);
        map(&post, &c);
        assert_int_equal(glb_posterior_solve(&post, &c.prior, &stats), GLB_OK);
        chain += glb_posterior_log_predictive(&post, c.Phi + n * c.K, c.Y + n * c.D);
        glb_arena_release(&arena, mark);
      }
      WITHIN(fabs(chain - whole) / (1 + fabs(whole)), 1e-10, seed, "chain of predictives");
    }
  }
}

static void statistics_are_a_commutative_monoid(void **state) {
  (void)state;
  for (uint32_t seed = 0; seed < SEEDS; seed++) {
    struct gen_case c;
    struct glb_stats part[3], left, right, zero;
    start(&c, seed);
    const int n = (int)glb_stats_size(c.K, c.D), a = c.N / 3, b = c.N / 2;
    sum_rows(&part[0], &c, 0, a);
    sum_rows(&part[1], &c, a, b - a);
    sum_rows(&part[2], &c, b, c.N - b);
    sum_rows(&left, &c, 0, a);
    sum_rows(&right, &c, b, c.N - b);
    glb_stats_map(&zero, c.K, c.D, doubles((size_t)n));
    glb_stats_zero(&zero);
    // (a + b) + c and (c + b) + a
    assert_int_equal(glb_stats_merge(&left, &part[1]), GLB_OK);
    assert_int_equal(glb_stats_merge(&left, &part[2]), GLB_OK);
    assert_int_equal(glb_stats_merge(&right, &part[1]), GLB_OK);
    assert_int_equal(glb_stats_merge(&right, &part[0]), GLB_OK);
    WITHIN(gen_error(left.block, right.block, n), 1e-14, seed, "order of merging");
    // a + 0 = 0 + a = a
    double *before = doubles((size_t)n);
    memcpy(before, left.block, sizeof(double) * (size_t)n);
    assert_int_equal(glb_stats_merge(&left, &zero), GLB_OK);
    assert_memory_equal(left.block, before, sizeof(double) * (size_t)n);
    assert_int_equal(glb_stats_merge(&zero, &left), GLB_OK);
    assert_memory_equal(zero.block, before, sizeof(double) * (size_t)n);
  }
}

static void versions_never_mix(void **state) {
  (void)state;
  struct gen_case c;
  struct glb_stats a, b;
  start(&c, 4);
  sum_rows(&a, &c, 0, c.N);
  sum_rows(&b, &c, 0, c.N);
  assert_int_equal(glb_stats_add(&a, 2, c.Phi, c.Y, c.N), GLB_EVERSION);
  b.version = 2;
  assert_int_equal(glb_stats_merge(&a, &b), GLB_EVERSION);
}

static void rows_one_by_one_equal_the_batch(void **state) {
  (void)state;
  for (uint32_t seed = 0; seed < SEEDS; seed++) {
    struct gen_case c;
    struct glb_stats stats;
    struct glb_posterior post;
    struct glb_belief belief;
    double chain = 0;
    start(&c, seed);
    const int K = c.K, D = c.D, omega = c.prior.noise == GLB_NOISE_FULL ? D * D : D;
    for (int i = 0; i < K * K; i++)
      c.Xi0[i] = i % (K + 1) ? 0 : 0.5 + 0.1 * i;  // a belief's prior is diagonal
    glb_belief_map(&belief, K, D, doubles(glb_belief_size(K, D)));
    glb_belief_reset(&belief, &c.prior);
    for (int n = 0; n < c.N; n++) {
      double one;
      glb_belief_observe(&belief, c.Phi + n * K, c.Y + n * D, &one);
      chain += one;
    }
    sum_rows(&stats, &c, 0, c.N);
    map(&post, &c);
    assert_int_equal(glb_posterior_solve(&post, &c.prior, &stats), GLB_OK);
    WITHIN(gen_error(belief.M, post.M, K * D), 1e-10, seed, "M");
    WITHIN(gen_error(belief.S, post.S, K * K), 1e-10, seed, "Xi^-1");
    WITHIN(gen_error(belief.Omega, post.Omega, omega), 1e-10, seed, "Omega");
    WITHIN(fabs(belief.nu - post.nu) + fabs(belief.N - c.N), 1e-12, seed, "degrees of freedom");
    const double whole = glb_posterior_evidence(&post, &c.prior);
    WITHIN(fabs(chain - whole) / (1 + fabs(whole)), 1e-10, seed, "sum of predictives");
  }
}

static void statistics_and_rows_lead_to_the_same_posterior(void **state) {
  (void)state;
  for (uint32_t seed = 0; seed < SEEDS; seed++) {
    struct gen_case c;
    struct glb_stats stats;
    struct glb_posterior a, b;
    start(&c, seed);
    const int K = c.K, D = c.D, omega = c.prior.noise == GLB_NOISE_FULL ? D * D : D;
    sum_rows(&stats, &c, 0, c.N);
    map(&a, &c);
    map(&b, &c);
    assert_int_equal(glb_posterior_solve(&a, &c.prior, &stats), GLB_OK);
    assert_int_equal(glb_posterior_solve_rows(&b, doubles((size_t)(c.N * D)), &c.prior,
                                              (struct glb_rows){c.Phi, c.Y, c.N}),
                     GLB_OK);
    WITHIN(gen_error(a.M, b.M, K * D), 1e-11, seed, "M");
    WITHIN(gen_error(a.L, b.L, K * K), 1e-11, seed, "L");
    WITHIN(gen_error(a.Omega, b.Omega, omega), 1e-10, seed, "Omega");
    assert_true(a.cancellation >= 1 && b.cancellation == 1);
  }
}

/* Central difference of the evidence with respect to *x. */
static double difference(const struct gen_case *c, double *x) {
  const double kept = *x, h = 1e-5 * (1 + fabs(kept));
  const size_t mark = glb_arena_mark(&arena);
  *x = kept + h;
  const double up = evidence_of(c, NULL);
  *x = kept - h;
  const double down = evidence_of(c, NULL);
  *x = kept;
  glb_arena_release(&arena, mark);
  return (up - down) / (2 * h);
}

static void gradients_are_those_of_the_evidence(void **state) {
  (void)state;
  for (uint32_t seed = 0; seed < SEEDS; seed++) {
    struct gen_case c;
    struct glb_stats stats;
    struct glb_posterior post;
    double dnu0;
    start(&c, seed);
    const int K = c.K, D = c.D, full = c.prior.noise == GLB_NOISE_FULL;
    double *dPhi = doubles((size_t)(c.N * K)), *dM0 = doubles((size_t)(K * D)),
           *dXi0 = doubles((size_t)(K * K)), *dOmega0 = doubles((size_t)(D * D));
    (void)evidence_of(&c, dPhi);
    sum_rows(&stats, &c, 0, c.N);
    map(&post, &c);
    assert_int_equal(glb_posterior_solve(&post, &c.prior, &stats), GLB_OK);
    glb_posterior_prior_grad(&post, &c.prior, (struct glb_prior_grad){dM0, dXi0, dOmega0, &dnu0});
    const int i = gen_int(0, c.N * K - 1, seed, 7), j = gen_int(0, K * D - 1, seed, 8),
              k = gen_int(0, K - 1, seed, 9), d = gen_int(0, D - 1, seed, 10);
    const struct {
      const char *name;
      double exact, *x;
    } checks[] = {{"dPhi", dPhi[i], &c.Phi[i]},
                  {"dM0", dM0[j], &c.M0[j]},
                  {"dXi0", dXi0[k * K + k], &c.Xi0[k * K + k]},
                  {"dOmega0", dOmega0[full ? d * D + d : d], &c.Omega0[full ? d * D + d : d]},
                  {"dnu0", dnu0, &c.prior.nu0}};
    for (size_t n = 0; n < sizeof checks / sizeof *checks; n++) {
      const double numeric = difference(&c, checks[n].x);
      WITHIN(fabs(numeric - checks[n].exact) / (1 + fabs(numeric)), 2e-6, seed, checks[n].name);
    }
  }
}

/* Central difference along the pair of entries (i, j) and (j, i) of a symmetric matrix of order n. */
static double pair_difference(const struct gen_case *c, double *A, int n, int i, int j) {
  const double kept = A[i * n + j], h = 1e-5;
  const size_t mark = glb_arena_mark(&arena);
  A[i * n + j] = A[j * n + i] = kept + h;
  const double up = evidence_of(c, NULL);
  A[i * n + j] = A[j * n + i] = kept - h;
  const double down = evidence_of(c, NULL);
  A[i * n + j] = A[j * n + i] = kept;
  glb_arena_release(&arena, mark);
  return (up - down) / (2 * h);
}

static void gradients_off_the_diagonal_count_both_entries(void **state) {
  (void)state;
  for (uint32_t seed = 0; seed < SEEDS; seed++) {
    struct gen_case c;
    struct glb_stats stats;
    struct glb_posterior post;
    glb_arena_release(&arena, 0);
    const int K = gen_int(2, 12, seed, 2), D = gen_int(2, 6, seed, 3), k = gen_int(1, K - 1, seed, 9),
              d = gen_int(1, D - 1, seed, 10);
    gen_case(&c, &arena, seed, GLB_NOISE_FULL, gen_int(1, 40, seed, 1), K, D);
    double *dXi0 = doubles((size_t)(K * K)), *dOmega0 = doubles((size_t)(D * D));
    sum_rows(&stats, &c, 0, c.N);
    map(&post, &c);
    assert_int_equal(glb_posterior_solve(&post, &c.prior, &stats), GLB_OK);
    glb_posterior_prior_grad(&post, &c.prior, (struct glb_prior_grad){.dXi0 = dXi0, .dOmega0 = dOmega0});
    const double xi = pair_difference(&c, c.Xi0, K, k, k - 1),
                 omega = pair_difference(&c, c.Omega0, D, d, d - 1);
    WITHIN(fabs(xi - 2 * dXi0[k * K + k - 1]) / (1 + fabs(xi)), 2e-6, seed, "dXi0 off the diagonal");
    WITHIN(fabs(omega - 2 * dOmega0[d * D + d - 1]) / (1 + fabs(omega)), 2e-6, seed,
           "dOmega0 off the diagonal");
    WITHIN(fabs(dXi0[k * K + k - 1] - dXi0[(k - 1) * K + k]) / (1 + fabs(xi)), 1e-11, seed, "symmetry");
  }
}

/* Rows in another order: the same evidence, and the gradient's rows in that order. */
static void the_order_of_rows_does_not_matter(void **state) {
  (void)state;
  for (uint32_t seed = 0; seed < SEEDS; seed++) {
    struct gen_case c;
    start(&c, seed);
    const size_t size = (size_t)(c.N * c.K);
    double *before = doubles(size), *after = doubles(size);
    const double value = evidence_of(&c, before);
    struct gen_case moved = c;  // its targets are the gradient's rows, so that one shuffle moves both alike
    moved.Phi = doubles(size);
    moved.Y = before;
    moved.D = c.K;
    memcpy(moved.Phi, c.Phi, sizeof(double) * size);
    shuffle(&moved, seed);
    shuffle(&c, seed);
    assert_memory_equal(moved.Phi, c.Phi, sizeof(double) * size);
    const double again = evidence_of(&c, after);
    WITHIN(fabs(again - value) / (1 + fabs(value)), 1e-11, seed, "evidence of shuffled rows");
    WITHIN(gen_error(after, before, (int)size), 1e-10, seed, "gradient of shuffled rows");
  }
}

static void both_forms_of_the_gradient_agree(void **state) {
  (void)state;
  for (uint32_t seed = 0; seed < SEEDS; seed++) {
    struct gen_case c;
    struct glb_stats stats;
    struct glb_posterior post;
    start(&c, seed);
    const int K = c.K, D = c.D, N = c.N;
    double *fast = doubles((size_t)(N * K)), *slow = doubles((size_t)(N * K)),
           *G_FY = doubles((size_t)(K * D));
    (void)evidence_of(&c, fast);
    sum_rows(&stats, &c, 0, N);
    map(&post, &c);
    assert_int_equal(glb_posterior_solve(&post, &c.prior, &stats), GLB_OK);
    glb_posterior_adjoints(&post, NULL, G_FY);
    // -D Phi Xi^-1 + nu (Y - Phi M) Omega^-1 M' by plain loops
    for (int n = 0; n < N; n++)
      for (int k = 0; k < K; k++) {
        double sum = 0;
        for (int l = 0; l < K; l++) sum -= D * c.Phi[n * K + l] * post.S[l * K + k];
        for (int d = 0; d < D; d++) {
          double residual = c.Y[n * D + d];
          for (int l = 0; l < K; l++) residual -= c.Phi[n * K + l] * post.M[l * D + d];
          sum += residual * G_FY[k * D + d];
        }
        slow[n * K + k] = sum;
      }
    WITHIN(gen_error(fast, slow, N * K), 1e-10, seed, "dPhi");
  }
}

/* Y = Phi W + E with E 2^-30 of Y, all exact in double: the residuals are those of targets E under the prior mean -W, where nothing
 * cancels. */
static void residuals_keep_their_digits_where_the_model_explains_all(void **state) {
  (void)state;
  enum { K = 4, D = 3, N = 40 };
  for (uint32_t seed = 0; seed < SEEDS; seed++) {
    double Phi[N * K], W[K * D], E[N * D], Y[N * D], M0[K * D] = {0}, minus_W[K * D], Xi0[K * K] = {0},
                                                            Omega0[D] = {0};
    double explained[N * D], plain[N * D];
    struct glb_posterior post;
    glb_arena_release(&arena, 0);
    for (int i = 0; i < N * K; i++) Phi[i] = gen_int(-1000, 1000, seed, 100 + (uint32_t)i) * 0x1p-10;
    for (int i = 0; i < K * D; i++)
      minus_W[i] = -(W[i] = gen_int(-1000, 1000, seed, 500 + (uint32_t)i) * 0x1p-10);
    for (int i = 0; i < N * D; i++) E[i] = gen_int(-1000, 1000, seed, 600 + (uint32_t)i) * 0x1p-40;
    for (int i = 0; i < K; i++) Xi0[i * (K + 1)] = 0x1p-60;
    for (int d = 0; d < D; d++) Omega0[d] = 0x1p-60;
    for (int n = 0; n < N; n++)
      for (int d = 0; d < D; d++) {
        Y[n * D + d] = E[n * D + d];
        for (int k = 0; k < K; k++) Y[n * D + d] += Phi[n * K + k] * W[k * D + d];
      }
    struct glb_prior prior = {K, D, GLB_NOISE_DIAGONAL, 1, M0, Xi0, Omega0};
    glb_posterior_map(&post, K, D, doubles(glb_posterior_size(K, D)));
    assert_int_equal(glb_posterior_solve_rows(&post, explained, &prior, (struct glb_rows){Phi, Y, N}),
                     GLB_OK);
    prior.M0 = minus_W;
    assert_int_equal(glb_posterior_solve_rows(&post, plain, &prior, (struct glb_rows){Phi, E, N}), GLB_OK);
    WITHIN(gen_error(explained, plain, N * D), 1e-12, seed, "residual");
  }
}

static void diagonal_noise_is_one_model_a_target(void **state) {
  (void)state;
  for (uint32_t seed = 1; seed < SEEDS; seed += 2) {
    struct gen_case c;
    double sum = 0;
    start(&c, seed);
    const double whole = evidence_of(&c, NULL);
    for (int d = 0; d < c.D; d++) {
      struct gen_case one = c;
      one.D = one.prior.D = 1;
      one.prior.noise = GLB_NOISE_FULL;
      one.Y = doubles((size_t)c.N);
      double *M0 = doubles((size_t)c.K);
      for (int n = 0; n < c.N; n++) one.Y[n] = c.Y[n * c.D + d];
      for (int k = 0; k < c.K; k++) M0[k] = c.M0[k * c.D + d];
      one.prior.M0 = M0;
      one.prior.Omega0 = &c.Omega0[d];
      sum += evidence_of(&one, NULL);
    }
    WITHIN(fabs(sum - whole) / (1 + fabs(whole)), 1e-11, seed, "sum over targets");
  }
}

static void the_kernel_identity_holds(void **state) {
  (void)state;
  for (uint32_t seed = 0; seed < SEEDS; seed++) {
    struct gen_case a, b;
    double representation, correspondence;
    glb_arena_release(&arena, 0);
    const int K = gen_int(1, 12, seed, 2), D = gen_int(1, 6, seed, 3);
    gen_case(&a, &arena, seed, GLB_NOISE_FULL, gen_int(1, 40, seed, 4), K, D);
    gen_case(&b, &arena, seed + 500, GLB_NOISE_FULL, gen_int(1, 40, seed, 5), K, D);
    assert_int_equal(
        glb_kernel_identity(&representation, &correspondence, &a.prior, (struct glb_rows){a.Phi, a.Y, a.N},
                            (struct glb_rows){b.Phi, b.Y, b.N}),
        GLB_OK);
    assert_true(representation > 0);
    WITHIN(fabs(representation - correspondence) / representation, 1e-10, seed, "kernel identity");

    // the left side, from posteriors: tr dM' Xi0 dM
    struct glb_stats stats;
    struct glb_posterior first, second;
    double plain = 0;
    sum_rows(&stats, &a, 0, a.N);
    map(&first, &a);
    assert_int_equal(glb_posterior_solve(&first, &a.prior, &stats), GLB_OK);
    b.prior = a.prior;
    sum_rows(&stats, &b, 0, b.N);
    map(&second, &b);
    assert_int_equal(glb_posterior_solve(&second, &b.prior, &stats), GLB_OK);
    for (int d = 0; d < D; d++)
      for (int k = 0; k < K; k++)
        for (int l = 0; l < K; l++)
          plain += (first.M[k * D + d] - second.M[k * D + d]) * a.Xi0[k * K + l] *
                   (first.M[l * D + d] - second.M[l * D + d]);
    WITHIN(fabs(representation - plain) / plain, 1e-10, seed, "distance of representations");
  }
}

/* Targets of tasks drawn from the prior, each predicted from the rows before it, have uniform probabilities: full noise of one target,
 * and diagonal of three. */
static void predictions_of_drawn_tasks_are_calibrated(void **state) {
  (void)state;
  enum { K = 3, TASKS = 400, ROWS = 20, BINS = 20 };
  for (int noise = 0; noise < 2; noise++) {
    const int D = noise ? 3 : 1, nu0 = 5, count = TASKS * ROWS * D;
    const double M0[K * 3] = {0.5, -1, 2, 0, 1, 0, -2, 0.3, 0}, root[K] = {0.5, 1, 2},
                        Omega0[3] = {2, 0.1, 30};
    double Xi0[K * K] = {0};
    for (int k = 0; k < K; k++) Xi0[k * K + k] = root[k] * root[k];
    const struct glb_prior prior = {.K = K,
                                    .D = D,
                                    .noise = noise ? GLB_NOISE_DIAGONAL : GLB_NOISE_FULL,
                                    .nu0 = nu0,
                                    .M0 = M0,
                                    .Xi0 = Xi0,
                                    .Omega0 = Omega0};
    struct glb_belief belief;
    struct glb_rng rng;
    int bin[BINS] = {0};
    glb_arena_release(&arena, 0);
    glb_belief_map(&belief, K, D, doubles(glb_belief_size(K, D)));
    glb_rng_start(&rng, 1, GLB_STREAM_TEST, (struct glb_rng_at){.slot = (uint32_t)noise});
    for (int task = 0; task < TASKS; task++) {
      double W[K * 3], sigma[3];
      for (int d = 0; d < D; d++) {  // Sigma_dd ~ IG(nu0 / 2, Omega0_d / 2), W ~ N(M0, Sigma_dd Xi0^-1)
        double squares = 0;
        for (int i = 0; i < nu0; i++) {
          const double z = glb_rng_normal(&rng);
          squares += z * z;
        }
        sigma[d] = sqrt(Omega0[d] / squares);
        for (int k = 0; k < K; k++) W[k * D + d] = M0[k * D + d] + sigma[d] * glb_rng_normal(&rng) / root[k];
      }
      glb_belief_reset(&belief, &prior);
      for (int n = 0; n < ROWS; n++) {
        double f[K] = {tanh(glb_rng_normal(&rng)), tanh(glb_rng_normal(&rng)), 1}, y[3], location[3],
               scale[3];
        const double dof = glb_belief_predictive(&belief, f, location, scale);
        for (int d = 0; d < D; d++) {
          y[d] = sigma[d] * glb_rng_normal(&rng);
          for (int k = 0; k < K; k++) y[d] += W[k * D + d] * f[k];
          bin[(int)(BINS * glb_special_student_cdf((y[d] - location[d]) / scale[d], dof))]++;
        }
        glb_belief_observe(&belief, f, y, NULL);
      }
    }
    double chi2 = 0;
    for (int b = 0; b < BINS; b++) {
      const double expected = (double)count / BINS;
      chi2 += (bin[b] - expected) * (bin[b] - expected) / expected;
    }
    if (!(chi2 < 43.8))
      fail_msg("noise %d: chi2 of 19 degrees of freedom is %g, 99.9 %% are below 43.8", noise, chi2);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(evidence_is_the_product_of_predictives_in_any_order),
      cmocka_unit_test(statistics_are_a_commutative_monoid),
      cmocka_unit_test(versions_never_mix),
      cmocka_unit_test(rows_one_by_one_equal_the_batch),
      cmocka_unit_test(statistics_and_rows_lead_to_the_same_posterior),
      cmocka_unit_test(gradients_are_those_of_the_evidence),
      cmocka_unit_test(gradients_off_the_diagonal_count_both_entries),
      cmocka_unit_test(the_order_of_rows_does_not_matter),
      cmocka_unit_test(both_forms_of_the_gradient_agree),
      cmocka_unit_test(residuals_keep_their_digits_where_the_model_explains_all),
      cmocka_unit_test(diagonal_noise_is_one_model_a_target),
      cmocka_unit_test(the_kernel_identity_holds),
      cmocka_unit_test(predictions_of_drawn_tasks_are_calibrated)};
  if (glb_arena_init(&arena, 8 << 20)) return 1;
  const int failed = cmocka_run_group_tests_name("linear model", tests, NULL, NULL);
  glb_arena_finish(&arena);
  return failed;
}
