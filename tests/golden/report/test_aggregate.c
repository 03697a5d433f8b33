/* Statistics of runs against those of the package rliable, recorded by make_rliable.py. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/aggregate.h"
#include "common/base/error.h"
#include "common/store/h5.h"

enum { MAX = 64 };

struct algorithm {
  int runs, n;         // n: runs x tasks
  double scores[MAX];  // task by task                     (tasks x runs)
  int task[MAX];       // of each score
  int index[GLB_RESAMPLES * MAX];
  double profile[MAX], band[2 * MAX], iqm, interval[2], gap;
};

struct test_case {
  int tasks, taus;
  double tau[MAX], improvement, improvement_interval[2];
  struct algorithm x, y;
};

static int read_int(struct glb_h5 *file, const char *object, const char *name) {
  int64_t value;
  assert_int_equal(glb_h5_read_int(file, object, name, &value), GLB_OK);
  return (int)value;
}

static void read_array(double *data, struct glb_h5 *file, int number, const char *name, const char *which,
                       int count) {
  char path[64];
  snprintf(path, sizeof path, "case%d/%s%s", number, name, which);
  if (glb_h5_read(file, path, GLB_H5_F64, (size_t)count, data)) fail_msg("%s", glb_error_message());
}

static void read_algorithm(struct algorithm *a, struct glb_h5 *file, int number, const char *which,
                           const struct test_case *t) {
  double scores[MAX];
  a->n = a->runs * t->tasks;
  read_array(scores, file, number, "", which, a->n);
  for (int m = 0; m < t->tasks; m++)
    for (int r = 0; r < a->runs; r++) {
      a->scores[m * a->runs + r] = scores[r * t->tasks + m];
      a->task[m * a->runs + r] = m;
    }
  read_array(a->profile, file, number, "profile_", which, t->taus);
  read_array(a->band, file, number, "band_", which, 2 * t->taus);
  read_array(&a->iqm, file, number, "iqm_", which, 1);
  read_array(a->interval, file, number, "iqm_interval_", which, 2);
  read_array(&a->gap, file, number, "gap_", which, 1);
  assert_int_equal(glb_aggregate_draw(a->index, a->task, a->n, (uint64_t)which[0]), GLB_OK);
}

static void read_case(struct test_case *t, struct glb_h5 *file, int number) {
  char group[16];
  snprintf(group, sizeof group, "case%d", number);
  t->tasks = read_int(file, group, "tasks");
  t->taus = read_int(file, group, "taus");
  t->x.runs = read_int(file, group, "runs_x");
  t->y.runs = read_int(file, group, "runs_y");
  read_array(t->tau, file, number, "taus", "", t->taus);
  read_array(&t->improvement, file, number, "improvement", "", 1);
  read_array(t->improvement_interval, file, number, "improvement_interval", "", 2);
  read_algorithm(&t->x, file, number, "x", t);
  read_algorithm(&t->y, file, number, "y", t);
}

static void expect(int number, const char *what, double found, double expected, double tolerance) {
  if (!(fabs(found - expected) <= tolerance))
    fail_msg("case %d, %s: %.9g, rliable has %.9g", number, what, found, expected);
}

/* Intervals come from other random numbers and from fewer of them: their ends lie within a fifth of their width. */
static void expect_interval(int number, const char *what, double low, double high, const double *expected) {
  const double tolerance = 0.2 * (expected[1] - expected[0]);
  expect(number, what, low, expected[0], tolerance);
  expect(number, what, high, expected[1], tolerance);
}

static void check_algorithm(int number, const struct algorithm *a, const struct test_case *t, double gamma) {
  static double work[MAX + GLB_RESAMPLES];
  const struct glb_aggregate s = glb_aggregate_sum_up(a->scores, a->index, a->n, work);
  expect(number, "IQM", s.iqm, a->iqm, 1e-9);
  expect(number, "optimality gap", glb_aggregate_gap(a->scores, a->n, gamma), a->gap, 1e-9);
  expect_interval(number, "interval of IQM", s.low, s.high, a->interval);
  for (int i = 0; i < t->taus; i++) {
    double low, high, sample[MAX];
    expect(number, "profile", glb_aggregate_above(a->scores, a->n, t->tau[i]), a->profile[i], 1e-9);
    for (int k = 0; k < GLB_RESAMPLES; k++) {
      for (int j = 0; j < a->n; j++) sample[j] = a->scores[a->index[k * a->n + j]];
      work[k] = glb_aggregate_above(sample, a->n, t->tau[i]);
    }
    glb_bootstrap_interval(&low, &high, work);
    // shares come in steps of one score
    expect(number, "band, low", low, a->band[i], 1.001 / a->n);
    expect(number, "band, high", high, a->band[t->taus + i], 1.001 / a->n);
  }
}

/* Mean over tasks of the probability of improvement; k < 0: of the scores, else of resample k. */
static double improvement(const struct test_case *t, int k) {
  double x[MAX], y[MAX], sum = 0;
  for (int i = 0; i < t->x.n; i++) x[i] = t->x.scores[k < 0 ? i : t->x.index[k * t->x.n + i]];
  for (int i = 0; i < t->y.n; i++) y[i] = t->y.scores[k < 0 ? i : t->y.index[k * t->y.n + i]];
  for (int m = 0; m < t->tasks; m++)
    sum += glb_aggregate_improvement(x + m * t->x.runs, t->x.runs, y + m * t->y.runs, t->y.runs);
  return sum / t->tasks;
}

static void agrees_with_rliable(void **state) {
  static double replicates[GLB_RESAMPLES];
  static struct test_case t;
  struct glb_h5 *file;
  double gamma, low, high;
  char path[4096];
  (void)state;
  snprintf(path, sizeof path, "%s/tests/golden/report/rliable.h5", getenv("GLIBRL_SOURCE"));
  if (glb_h5_open(&file, path)) fail_msg("%s", glb_error_message());
  assert_int_equal(glb_h5_read_real(file, "/", "gamma", &gamma), GLB_OK);
  const int cases = read_int(file, "/", "cases");
  assert_true(cases > 3);
  for (int i = 0; i < cases; i++) {
    read_case(&t, file, i);
    check_algorithm(i, &t.x, &t, gamma);
    check_algorithm(i, &t.y, &t, gamma);
    expect(i, "probability of improvement", improvement(&t, -1), t.improvement, 1e-9);
    for (int k = 0; k < GLB_RESAMPLES; k++) replicates[k] = improvement(&t, k);
    glb_bootstrap_interval(&low, &high, replicates);
    expect_interval(i, "interval of the probability of improvement", low, high, t.improvement_interval);
  }
  glb_h5_close(file);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_rliable)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
