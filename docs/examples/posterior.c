/* posterior.c: the linear model of GLiBRL in a program of one's own: posterior, evidence, and the same one row at a time.
 *
 *   cc posterior.c $(pkg-config --cflags --libs glibrl) -o posterior && ./posterior
 *
 * One task, one target: y = 2 x - 1 and noise, with features phi = (x, 1). */
#include <math.h>
#include <stdio.h>

#include "common/base/error.h"
#include "common/la/setup.h"
#include "common/model/belief.h"
#include "common/model/posterior.h"
#include "common/model/stats.h"

enum { N = 20, K = 2, D = 1 };

static void make_rows(double Phi[N][K], double Y[N][D]) {
  for (int i = 0; i < N; i++) {
    const double x = 0.1 * i - 1, noise = 0.2 * sin(37.0 * i);
    Phi[i][0] = x;
    Phi[i][1] = 1;
    Y[i][0] = 2 * x - 1 + noise;
  }
}

/* All rows at once: statistics, then a posterior whose cost does not depend on N. */
static int from_statistics(const struct glb_prior *prior, double Phi[N][K], double Y[N][D]) {
  double statistics[64], block[256];
  struct glb_stats stats;
  struct glb_posterior post;
  GLB_CHECK(glb_stats_size(K, D) <= 64 && glb_posterior_size(K, D) <= 256, GLB_ELIMIT,
            "more than there is room for");
  glb_stats_map(&stats, K, D, statistics);
  glb_posterior_map(&post, K, D, block);

  glb_stats_zero(&stats);
  GLB_TRY(glb_stats_add(&stats, 1, Phi[0], Y[0], N));
  GLB_TRY(glb_posterior_solve(&post, prior, &stats));

  const double noise = post.Omega[0] / post.nu;
  for (int k = 0; k < K; k++)
    printf("weight %d: mean %.9f, standard deviation %.9f\n", k, post.M[k * D],
           sqrt(noise * post.S[k * K + k]));
  printf("noise: standard deviation %.9f\n", sqrt(noise));
  printf("log evidence: %.9f\n", glb_posterior_evidence(&post, prior));
  return GLB_OK;
}

/* Row by row: the evidence is the sum of what each row was worth before it was known. */
static int row_by_row(const struct glb_prior *prior, double Phi[N][K], double Y[N][D]) {
  double block[256], sum = 0;
  struct glb_belief belief;
  GLB_CHECK(glb_belief_size(K, D) <= 256, GLB_ELIMIT, "more than there is room for");
  glb_belief_map(&belief, K, D, block);
  glb_belief_reset(&belief, prior);
  for (int i = 0; i < N; i++) {
    double log_predictive;
    glb_belief_observe(&belief, Phi[i], Y[i], &log_predictive);
    sum += log_predictive;
  }
  printf("row by row: weight 0: mean %.9f; sum of log predictive densities: %.9f\n", belief.M[0], sum);
  return GLB_OK;
}

static int run(void) {
  static const double M0[K * D] = {0, 0}, Xi0[K * K] = {1, 0, 0, 1}, Omega0[D * D] = {0.1};
  const struct glb_prior prior = {
      .K = K, .D = D, .noise = GLB_NOISE_FULL, .nu0 = D + 2, .M0 = M0, .Xi0 = Xi0, .Omega0 = Omega0};
  double Phi[N][K], Y[N][D];
  make_rows(Phi, Y);
  GLB_TRY(glb_blas_setup());
  GLB_TRY(from_statistics(&prior, Phi, Y));
  return row_by_row(&prior, Phi, Y);
}

int main(void) {
  const int code = run();
  if (code) fprintf(stderr, "posterior: %s (%s)\n", glb_error_message(), glb_error_name(code));
  return code != GLB_OK;
}
