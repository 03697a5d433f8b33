#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/log.h"
#include "deploy/cli/report.h"

// ---- quantities ----

#define Q(figure, name, by_round, final) \
  { figure, NULL, GLB_METRIC_##name, -1, by_round, final }
static const struct glb_report_quantity quantities[] = {
    Q("learning", eval_return_last, 0, 1),
    Q("learning", eval_return_first, 0, 1),
    Q("learning", eval_success, 0, 1),
    Q("learning", train_return, 0, 1),
    {"adaptation", "Eval return, last - first", GLB_METRIC_eval_return_last, GLB_METRIC_eval_return_first, 0,
     1},
    Q("model", evidence_reward, 1, 0),
    Q("model", predictive_reward, 1, 0),
    Q("model", log_rank_reward, 1, 0),
    Q("model", evidence_transition, 1, 0),
    Q("model", predictive_transition, 1, 0),
    Q("model", log_rank_transition, 1, 0),
    Q("busy", learner_busy, 1, 0),
    Q("busy", actor_busy, 1, 0),
};
#undef Q
_Static_assert(sizeof quantities / sizeof *quantities <= GLB_REPORT_QUANTITIES,
               "more quantities than places");

const struct glb_report_quantity *glb_report_quantities(int *count) {
  *count = sizeof quantities / sizeof *quantities;
  return quantities;
}

void glb_report_quantity_name(char name[GLB_REPORT_NAME], const struct glb_report_quantity *q) {
  snprintf(name, GLB_REPORT_NAME, "%s%s%s", glb_metric_name(q->metric), q->minus < 0 ? "" : " - ",
           q->minus < 0 ? "" : glb_metric_name(q->minus));
}

void glb_report_quantity_title(char title[GLB_REPORT_NAME], const struct glb_report_quantity *q) {
  snprintf(title, GLB_REPORT_NAME, "%s", q->title ? q->title : glb_metric_name(q->metric));
  title[0] = (char)toupper((unsigned char)title[0]);
  for (char *c = title; *c; c++)
    if (*c == '_') *c = ' ';
}

static double value_of(const double *row, const struct glb_report_quantity *q) {
  return q->minus < 0 ? row[q->metric] : row[q->metric] - row[q->minus];
}

static int is_return(const struct glb_report_quantity *q) {
  return q->minus < 0 && strstr(glb_metric_name(q->metric), "return");
}

// ---- rounds that all runs of a group have ----

struct history {
  int n, runs;
  double *round, *steps;  // owned, steps a mean over runs               (n)
  double *value;          // owned                                       (n x runs)
};

static void history_finish(struct history *h) {
  free(h->round);
  free(h->steps);
  free(h->value);
}

/* Row of a round, NULL: there is none. Rows ascend; *from is where the last one was. */
static const double *row_of(const struct glb_round_rows *rows, double round, size_t *from) {
  while (*from < rows->count && rows->row[*from * GLB_METRICS + GLB_METRIC_round] < round) ++*from;
  const double *row = rows->row + *from * GLB_METRICS;
  return *from < rows->count && row[GLB_METRIC_round] == round ? row : NULL;
}

/* Values of a round in all runs, into the next place; 1 when it is whole. */
static int take_round(struct history *h, const struct glb_report_group *g,
                      const struct glb_report_quantity *q, double round, size_t *from) {
  h->round[h->n] = round;
  h->steps[h->n] = 0;
  for (int i = 0; i < g->runs; i++) {
    const double *row = row_of(&g->run[i]->rows, round, &from[i]);
    const double value = row ? value_of(row, q) : NAN;
    if (!isfinite(value)) return 0;
    h->value[h->n * h->runs + i] = value;
    h->steps[h->n] += row[GLB_METRIC_steps] / g->runs;
  }
  return 1;
}

static int history_init(struct history *h, const struct glb_report_group *g,
                        const struct glb_report_quantity *q) {
  const struct glb_round_rows *first = &g->run[0]->rows;
  size_t from[GLB_REPORT_RUNS] = {0};
  *h = (struct history){.runs = g->runs,
                        .round = malloc(first->count * sizeof(double)),
                        .steps = malloc(first->count * sizeof(double)),
                        .value = malloc(first->count * (size_t)g->runs * sizeof(double))};
  GLB_CHECK(h->round && h->steps && h->value, GLB_ENOMEM, "no memory for %zu rounds", first->count);
  for (size_t k = 0; k < first->count; k++)
    h->n += take_round(h, g, q, first->row[k * GLB_METRICS + GLB_METRIC_round], from);
  return GLB_OK;
}

// ---- curves and final figures ----

static double mean_of(const double *values, int n, int stride) {
  double sum = 0;
  for (int i = 0; i < n; i++) sum += values[i * stride];
  return sum / n;
}

/* work: 2 runs + GLB_RESAMPLES, as of all that follow. */
static void fill_curve(struct glb_report_curve *c, const struct history *h, const struct glb_report_group *g,
                       double *work) {
  c->width = (h->n + GLB_REPORT_POINTS - 1) / GLB_REPORT_POINTS;
  for (int from = 0; from < h->n; from += c->width, c->n++) {
    const int n = from + c->width < h->n ? c->width : h->n - from;
    for (int i = 0; i < g->runs; i++) work[i] = mean_of(h->value + from * h->runs + i, n, h->runs);
    const struct glb_aggregate a = glb_aggregate_sum_up(work, g->index, g->runs, work + g->runs);
    c->round[c->n] = mean_of(h->round + from, n, 1);
    c->steps[c->n] = mean_of(h->steps + from, n, 1);
    c->iqm[c->n] = a.iqm;
    c->low[c->n] = a.low;
    c->high[c->n] = a.high;
  }
}

static void fill_final(struct glb_report_final *f, const struct history *h, const struct glb_report_group *g,
                       const struct glb_report *r, int gapped, double *work) {
  const int n = h->n < r->last ? h->n : r->last;
  for (int i = 0; i < g->runs; i++) f->value[i] = mean_of(h->value + (h->n - n) * h->runs + i, n, h->runs);
  f->mean = glb_aggregate_mean(f->value, g->runs);
  f->gap = r->has_target && gapped ? glb_aggregate_gap(f->value, g->runs, r->target) : NAN;
  f->sum = glb_aggregate_sum_up(f->value, g->index, g->runs, work);
}

static int sum_up_quantity(struct glb_report_group *g, int q, const struct glb_report *r, double *work) {
  struct history h;
  int code = GLB_OK;
  GLB_TRY_OUT(code, out, history_init(&h, g, &quantities[q]));
  if (!h.n) goto out;  // not measured
  g->curve[q] = calloc(1, sizeof *g->curve[q]);
  g->final[q].value = quantities[q].final ? malloc((size_t)g->runs * sizeof(double)) : NULL;
  if (!g->curve[q] || (quantities[q].final && !g->final[q].value)) {
    code = glb_error_raise(GLB_ENOMEM, __FILE__, __LINE__, "no memory for a curve of %d runs", g->runs);
    goto out;
  }
  fill_curve(g->curve[q], &h, g, work);
  if (quantities[q].final) fill_final(&g->final[q], &h, g, r, is_return(&quantities[q]), work);
out:
  history_finish(&h);
  return code;
}

// ---- adaptation ----

static int episodes_of(const struct glb_report_group *g, const struct glb_family *family) {
  const int64_t set = g->run[0]->config.train_episodes_per_task;
  return set ? (int)set : family->episodes;
}

static void put_adaptation(struct glb_report_group *g, int what, int place, double at, const double *values,
                           double *work) {
  struct glb_report_adaptation *a = &g->adaptation;
  const struct glb_aggregate sum = glb_aggregate_sum_up(values, g->index, g->runs, work);
  a->measured[what] = 1;
  a->at[place] = at;
  a->iqm[what][place] = sum.iqm;
  a->low[what][place] = sum.low;
  a->high[what][place] = sum.high;
}

/* eval.json of all runs of the family, of one length in each group; success: what all tell of. */
static int has_evaluations(const struct glb_report_family *f, int *success) {
  int with = 0, runs = 0, even = 1;
  *success = 1;
  for (int g = 0; g < f->groups; g++)
    for (int i = 0; i < f->group[g].runs; i++, runs++) {
      const struct glb_report_run *run = f->group[g].run[i];
      with += run->episodes > 0;
      even &= run->episodes == f->group[g].run[0]->episodes;
      *success &= run->success;
    }
  if (with && with < runs)
    GLB_WARN("%s: %d of %d runs have an eval.json: adaptation is shown from the metrics", f->family->name,
             with, runs);
  else if (with && !even)
    GLB_WARN(
        "%s: eval.json of runs of a group have different numbers of episodes: adaptation is shown from the "
        "metrics",
        f->family->name);
  return with == runs && even;
}

static void sum_up_adaptation(struct glb_report_group *g, const struct glb_family *family, int from_eval,
                              int success, double *work) {
  struct glb_report_adaptation *a = &g->adaptation;
  a->last = episodes_of(g, family);
  a->from_eval = from_eval;
  if (from_eval) {
    a->n = a->last = g->run[0]->episodes;
    for (int e = 0; e < a->n; e++) {
      for (int i = 0; i < g->runs; i++) work[i] = g->run[i]->returns[e];
      put_adaptation(g, 0, e, e, work, work + g->runs);
      for (int i = 0; i < g->runs; i++) work[i] = g->run[i]->successes[e];
      if (success) put_adaptation(g, 1, e, e, work, work + g->runs);
    }
    return;
  }
  const double *first = g->final[1].value, *last = g->final[0].value;  // as the table of quantities has them
  if (!first || !last || a->last < 2) return;
  a->n = 2;
  put_adaptation(g, 0, 0, 0, first, work);
  put_adaptation(g, 0, 1, a->last - 1, last, work);
}

// ---- task model on held-out tasks ----

/* calibration.csv of all runs of the family, of one length in each group. */
static int has_calibrations(const struct glb_report_family *f) {
  int with = 0, runs = 0, even = 1;
  for (int g = 0; g < f->groups; g++)
    for (int i = 0; i < f->group[g].runs; i++, runs++) {
      const struct glb_calibration *first = f->group[g].run[0]->calibration,
                                   *own = f->group[g].run[i]->calibration;
      with += own != NULL;
      for (int h = 0; h < GLB_HEADS && first && own; h++)
        for (int q = 0; q < GLB_CALIBRATION_QUANTITIES; q++)
          even &= own->curve[h][q].n == first->curve[h][q].n;
    }
  if (with && with < runs)
    GLB_WARN("%s: %d of %d runs have a calibration.csv: none is shown", f->family->name, with, runs);
  else if (with && !even)
    GLB_WARN("%s: calibration.csv of runs of a group are of unlike trials: none is shown", f->family->name);
  return with == runs && even;
}

static void sum_up_belief(struct glb_report_group *g, double *work) {
  for (int h = 0; h < GLB_HEADS; h++)
    for (int q = 0; q < GLB_CALIBRATION_QUANTITIES; q++) {
      const struct glb_calibration_curve *first = &g->run[0]->calibration->curve[h][q];
      struct glb_report_band *band = &g->belief[h][q];
      band->n = first->n;
      for (int k = 0; k < band->n; k++) {
        for (int i = 0; i < g->runs; i++) work[i] = g->run[i]->calibration->curve[h][q].value[k];
        const struct glb_aggregate sum = glb_aggregate_sum_up(work, g->index, g->runs, work + g->runs);
        band->at[k] = first->at[k];
        band->iqm[k] = sum.iqm;
        band->low[k] = sum.low;
        band->high[k] = sum.high;
      }
    }
}

static void sum_up_means(struct glb_report_group *g) {
  for (int m = 0; m < GLB_METRICS; m++) {
    double sum = 0;
    size_t n = 0;
    for (int i = 0; i < g->runs; i++)
      for (size_t k = 0; k < g->run[i]->rows.count; k++) {
        const double value = g->run[i]->rows.row[k * GLB_METRICS + (size_t)m];
        if (isfinite(value)) sum += value, n++;
      }
    g->means[m] = n ? sum / (double)n : NAN;
  }
}

// ---- comparisons ----

/* The first final quantity that all groups have. */
static int comparable(const struct glb_report_family *f) {
  for (int q = 0; q < (int)(sizeof quantities / sizeof *quantities); q++) {
    int all = quantities[q].final && f->groups > 1;
    for (int g = 0; g < f->groups; g++) all &= f->group[g].final[q].value != NULL;
    if (all) return q;
  }
  return -1;
}

/* From below the smallest final value of all groups to the largest. */
static void fill_levels(struct glb_report_family *f) {
  double low = INFINITY, high = -INFINITY;
  for (int g = 0; g < f->groups; g++)
    for (int i = 0; i < f->group[g].runs; i++) {
      low = fmin(low, f->group[g].final[f->compared].value[i]);
      high = fmax(high, f->group[g].final[f->compared].value[i]);
    }
  const double margin = high > low ? 0.05 * (high - low) : 0.05 * fmax(fabs(high), 1);
  for (int k = 0; k < GLB_REPORT_LEVELS; k++)
    f->level[k] = low - margin + (high + margin - (low - margin)) * k / (GLB_REPORT_LEVELS - 1);
}

static void resample(double *sample, const double *values, const struct glb_report_group *g, int k) {
  for (int i = 0; i < g->runs; i++) sample[i] = values[g->index[k * g->runs + i]];
}

static void fill_profile(struct glb_report_family *f, struct glb_report_group *g, double *work) {
  const double *values = g->final[f->compared].value;
  double *sample = work, *replicates = work + g->runs;
  for (int l = 0; l < GLB_REPORT_LEVELS; l++) {
    g->share[l] = glb_aggregate_above(values, g->runs, f->level[l]);
    g->share_low[l] = g->share_high[l] = NAN;
    if (g->runs < 2) continue;
    for (int k = 0; k < GLB_RESAMPLES; k++) {
      resample(sample, values, g, k);
      replicates[k] = glb_aggregate_above(sample, g->runs, f->level[l]);
    }
    glb_bootstrap_interval(&g->share_low[l], &g->share_high[l], replicates);
  }
}

/* work: runs of both + GLB_RESAMPLES. */
static void fill_pair(struct glb_report_improvement *p, const struct glb_report_family *f, double *work) {
  const struct glb_report_group *x = &f->group[p->x], *y = &f->group[p->y];
  const double *vx = x->final[f->compared].value, *vy = y->final[f->compared].value;
  double *sx = work, *sy = work + x->runs, *replicates = sy + y->runs;
  p->probability = glb_aggregate_improvement(vy, y->runs, vx, x->runs);
  p->low = p->high = NAN;
  if (x->runs < 2 || y->runs < 2) return;
  for (int k = 0; k < GLB_RESAMPLES; k++) {
    resample(sx, vx, x, k);
    resample(sy, vy, y, k);
    replicates[k] = glb_aggregate_improvement(sy, y->runs, sx, x->runs);
  }
  glb_bootstrap_interval(&p->low, &p->high, replicates);
}

static void compare(struct glb_report_family *f, double *work) {
  f->compared = comparable(f);
  if (f->compared < 0) return;
  fill_levels(f);
  for (int g = 0; g < f->groups; g++) fill_profile(f, &f->group[g], work);
  for (int x = 0; x < f->groups; x++)
    for (int y = x + 1; y < f->groups; y++) {
      struct glb_report_improvement *pair = &f->pair[f->pairs++];
      pair->x = x;
      pair->y = y;
      fill_pair(pair, f, work);
    }
}

// ---- all of it ----

static int sum_up_group(struct glb_report_group *g, int number, const struct glb_report *r, double *work) {
  int count, measured = 0;
  glb_report_quantities(&count);
  g->index = malloc((size_t)g->runs * GLB_RESAMPLES * sizeof *g->index);
  GLB_CHECK(g->index, GLB_ENOMEM, "no memory to resample %d runs", g->runs);
  GLB_TRY(glb_aggregate_draw(g->index, NULL, g->runs, (uint64_t)number));
  for (int q = 0; q < count; q++) {
    GLB_TRY(sum_up_quantity(g, q, r, work));
    measured |= g->curve[q] != NULL;
  }
  GLB_CHECK(measured, GLB_EINVAL, "the %d runs with the configuration of %s have no round in common", g->runs,
            g->run[0]->path);
  sum_up_means(g);
  return GLB_OK;
}

int glb_report_sum_up(struct glb_report *r) {
  double *work = malloc((2 * GLB_REPORT_RUNS + GLB_RESAMPLES) * sizeof *work);
  int code = GLB_OK;
  GLB_CHECK(work, GLB_ENOMEM, "no memory to resample");
  for (int i = 0; i < r->families; i++) {
    struct glb_report_family *f = &r->family[i];
    int success;
    const int from_eval = has_evaluations(f, &success), calibrated = has_calibrations(f);
    for (int g = 0; g < f->groups; g++) {
      GLB_TRY_OUT(code, out, sum_up_group(&f->group[g], g, r, work));
      sum_up_adaptation(&f->group[g], f->family, from_eval, success, work);
      if (calibrated) sum_up_belief(&f->group[g], work);
    }
    compare(f, work);
  }
out:
  free(work);
  return code;
}
