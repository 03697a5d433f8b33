#include <math.h>
#include <string.h>

#include "common/store/runlog.h"
#include "deploy/cli/scale.h"

// ---- least squares ----

/* Solves the n x n system in place by elimination with pivoting; 0 where it is singular. */
static int solve(double A[GLB_SCALE_TERMS][GLB_SCALE_TERMS + 1], int n) {
  for (int k = 0; k < n; k++) {
    int pivot = k;
    for (int i = k + 1; i < n; i++)
      if (fabs(A[i][k]) > fabs(A[pivot][k])) pivot = i;
    if (fabs(A[pivot][k]) < 1e-12) return 0;
    for (int j = 0; j <= n; j++) {
      const double kept = A[k][j];
      A[k][j] = A[pivot][j];
      A[pivot][j] = kept;
    }
    for (int i = 0; i < n; i++) {
      const double factor = A[i][k] / A[k][k];
      for (int j = k; i != k && j <= n; j++) A[i][j] -= factor * A[k][j];
    }
  }
  for (int k = 0; k < n; k++) A[k][n] /= A[k][k];
  return 1;
}

struct problem {
  const double *a, *b;
  int m, n;
};

/* Normal equations of the columns in the set; columns are scaled to unit length, which keeps them well conditioned. */
static int solve_set(double *x, const struct problem *p, unsigned set, const double *length) {
  double A[GLB_SCALE_TERMS][GLB_SCALE_TERMS + 1];
  int column[GLB_SCALE_TERMS], n = 0;
  for (int j = 0; j < p->n; j++)
    if (set >> j & 1) column[n++] = j;
  for (int i = 0; i < n; i++)
    for (int j = 0; j <= n; j++) {
      double sum = 0;
      for (int r = 0; r < p->m; r++)
        sum +=
            p->a[r * p->n + column[i]] * (j < n ? p->a[r * p->n + column[j]] / length[column[j]] : p->b[r]);
      A[i][j] = sum / length[column[i]];
    }
  if (!solve(A, n)) return 0;
  memset(x, 0, sizeof *x * (size_t)p->n);
  for (int i = 0; i < n; i++) {
    x[column[i]] = A[i][n] / length[column[i]];
    if (x[column[i]] < 0) return 0;
  }
  return 1;
}

static double misfit(const struct problem *p, const double *x) {
  double sum = 0;
  for (int r = 0; r < p->m; r++) {
    double d = -p->b[r];
    for (int j = 0; j < p->n; j++) d += p->a[r * p->n + j] * x[j];
    sum += d * d;
  }
  return sum;
}

void glb_scale_nnls(double *x, const double *a, const double *b, int m, int n) {
  const struct problem p = {.a = a, .b = b, .m = m, .n = n};
  double length[GLB_SCALE_TERMS], trial[GLB_SCALE_TERMS];
  memset(x, 0, sizeof *x * (size_t)n);
  for (int j = 0; j < n; j++) {
    double sum = 0;
    for (int r = 0; r < m; r++) sum += a[r * n + j] * a[r * n + j];
    length[j] = sum > 0 ? sqrt(sum) : 1;
  }
  // the optimum is that of the free problem on its positive columns, and feasible
  double least = misfit(&p, x);
  for (unsigned set = 1; set < 1u << n; set++) {
    if (!solve_set(trial, &p, set, length)) continue;
    const double value = misfit(&p, trial);
    if (value >= least) continue;
    least = value;
    memcpy(x, trial, sizeof *x * (size_t)n);
  }
}

// ---- the model of the time ----

static void terms_of(double *terms, int weak, int ranks, int actors) {
  terms[0] = 1;
  terms[1] = weak ? actors : 1.0 / actors;
  terms[2] = log2(ranks);
}

static double seconds_of(const double *coefficient, int weak, int ranks, int actors) {
  double terms[GLB_SCALE_TERMS], sum = 0;
  terms_of(terms, weak, ranks, actors);
  for (int j = 0; j < GLB_SCALE_TERMS; j++) sum += coefficient[j] * terms[j];
  return sum;
}

/* seconds: of each point. Rows are divided by them, so that deviations are relative. */
static void fit(double *coefficient, const struct glb_scale_study *s, const double *seconds) {
  double a[GLB_SCALE_POINTS * GLB_SCALE_TERMS], b[GLB_SCALE_POINTS];
  for (int i = 0; i < s->points; i++) {
    terms_of(a + i * GLB_SCALE_TERMS, s->plan->weak, s->point[i].ranks, s->point[i].actors);
    for (int j = 0; j < GLB_SCALE_TERMS; j++) a[i * GLB_SCALE_TERMS + j] /= seconds[i];
    b[i] = 1;
  }
  glb_scale_nnls(coefficient, a, b, s->points, GLB_SCALE_TERMS);
}

/* Twice as many ranks again and again, as long as there is a slot group for each actor. */
static void choose_ahead(struct glb_scale_fit *f, const struct glb_scale_study *s) {
  const struct glb_scale_point *last = &s->point[s->points - 1];
  const struct glb_config *c = &s->plan->config;
  for (int ranks = 2 * last->ranks; f->ahead < 3; ranks *= 2) {
    const int actors = ranks - glb_scale_learners(c, ranks);
    if (!s->plan->weak && actors > last->slots / (int)c->actor_group) return;
    f->projection[f->ahead++] = (struct glb_scale_ahead){.ranks = ranks, .actors = actors};
  }
}

static void project(struct glb_scale_fit *f, const struct glb_scale_study *s) {
  double seconds[GLB_SCALE_POINTS], coefficient[GLB_SCALE_TERMS];
  for (int a = 0; a < f->ahead; a++) {
    struct glb_scale_ahead *ahead = &f->projection[a];
    double replicates[GLB_RESAMPLES];
    ahead->seconds = seconds_of(f->coefficient, f->weak, ahead->ranks, ahead->actors);
    for (int k = 0; k < GLB_RESAMPLES; k++) {
      for (int i = 0; i < s->points; i++) seconds[i] = s->point[i].replicates[k];
      fit(coefficient, s, seconds);
      replicates[k] = seconds_of(coefficient, f->weak, ahead->ranks, ahead->actors);
    }
    glb_bootstrap_interval(&ahead->low, &ahead->high, replicates);
  }
}

static void fit_study(struct glb_scale_study *s) {
  struct glb_scale_fit *f = &s->fit;
  double seconds[GLB_SCALE_POINTS];
  *f = (struct glb_scale_fit){.weak = s->plan->weak, .points = s->points};
  for (int i = 0; i < s->points; i++) seconds[i] = s->point[i].median;
  fit(f->coefficient, s, seconds);
  for (int i = 0; i < s->points; i++) {
    const struct glb_scale_point *p = &s->point[i];
    f->residual[i] = seconds_of(f->coefficient, f->weak, p->ranks, p->actors) / p->median - 1;
    if (fabs(f->residual[i]) > f->worst) f->worst = fabs(f->residual[i]);
  }
  choose_ahead(f, s);
  project(f, s);
}

// ---- CPU time ----

/* One side's fit; points whose time was not measured, or where one process does both, are left out. */
static void fit_cpu(double *coefficient, double *fitted, const struct glb_scale_study *s, int learner) {
  double a[GLB_SCALE_POINTS * GLB_SCALE_TERMS], terms[GLB_SCALE_POINTS][GLB_SCALE_TERMS], b[GLB_SCALE_POINTS];
  int rows = 0;
  for (int i = 0; i < s->points; i++) {
    const struct glb_scale_point *p = &s->point[i];
    const double cpu = p->means[learner ? GLB_METRIC_learner_cpu : GLB_METRIC_actor_cpu];
    terms[i][0] = 1;
    terms[i][1] = learner ? log2(p->ranks) : 1.0 / p->actors;
    terms[i][2] = learner ? p->ranks : log2(p->ranks);
    if (p->ranks == 1 || !(cpu > 0)) continue;
    for (int j = 0; j < GLB_SCALE_TERMS; j++) a[rows * GLB_SCALE_TERMS + j] = terms[i][j] / cpu;
    b[rows++] = 1;
  }
  glb_scale_nnls(coefficient, a, b, rows, GLB_SCALE_TERMS);
  for (int i = 0; i < s->points; i++) {
    fitted[i] = s->point[i].ranks > 1 ? 0 : NAN;
    for (int j = 0; j < GLB_SCALE_TERMS; j++) fitted[i] += coefficient[j] * terms[i][j];
  }
}

// ---- speed-up ----

/* Ratios of a resample of the first point and one of this, which were drawn independently. */
static void compare(struct glb_scale_point *p, const struct glb_scale_study *s) {
  const struct glb_scale_point *base = &s->point[0];
  double ratios[GLB_RESAMPLES];
  // a weak study does more work with more actors: what it does a second counts
  const double work = p->steps / base->steps;
  for (int k = 0; k < GLB_RESAMPLES; k++) ratios[k] = work * base->replicates[k] / p->replicates[k];
  p->speedup[0] = work * base->median / p->median;
  glb_bootstrap_interval(&p->speedup[1], &p->speedup[2], ratios);
  if (p == base) p->speedup[1] = p->speedup[2] = 1;
  const double ideal = s->plan->weak ? work : (double)p->ranks / base->ranks;
  for (int i = 0; i < 3; i++) p->efficiency[i] = p->speedup[i] / ideal;
}

void glb_scale_conclude(struct glb_scale_study *s) {
  for (int i = 0; i < s->points; i++) compare(&s->point[i], s);
  s->fitted = s->points >= 3;
  if (!s->fitted) return;
  fit_study(s);
  fit_cpu(s->cpu.learner, s->cpu.fitted_learner, s, 1);
  fit_cpu(s->cpu.actor, s->cpu.fitted_actor, s, 0);
}
