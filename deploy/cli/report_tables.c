#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "deploy/cli/csv.h"
#include "deploy/cli/report.h"
#include "deploy/cli/scale.h"

// ---- cells ----

static void put_group(struct glb_csv *csv, const struct glb_report_family *f,
                      const struct glb_report_group *g) {
  glb_csv_text(csv, f->family->name);
  glb_csv_text(csv, g->letter);
}

static void put_quantity(struct glb_csv *csv, int quantity) {
  int count;
  char name[GLB_REPORT_NAME];
  glb_report_quantity_name(name, &glb_report_quantities(&count)[quantity]);
  glb_csv_text(csv, name);
}

static void put_sum(struct glb_csv *csv, double iqm, double low, double high) {
  glb_csv_real(csv, iqm);
  glb_csv_real(csv, low);
  glb_csv_real(csv, high);
}

/* Calls put for each group. */
static void each_group(struct glb_csv *csv, const struct glb_report *r,
                       void (*put)(struct glb_csv *, const struct glb_report_family *,
                                   const struct glb_report_group *)) {
  for (int i = 0; i < r->families; i++)
    for (int g = 0; g < r->family[i].groups; g++) put(csv, &r->family[i], &r->family[i].group[g]);
}

// ---- final figures ----

static void put_group_finals(struct glb_csv *csv, const struct glb_report_family *f,
                             const struct glb_report_group *g) {
  int count;
  glb_report_quantities(&count);
  for (int k = 0; k < count; k++) {
    const struct glb_report_final *final = &g->final[k];
    if (!final->value) continue;
    put_group(csv, f, g);
    glb_csv_text(csv, g->label);
    glb_csv_integer(csv, g->runs);
    put_quantity(csv, k);
    glb_csv_real(csv, final->mean);
    put_sum(csv, final->sum.iqm, final->sum.low, final->sum.high);
    glb_csv_real(csv, final->gap);
    glb_csv_end(csv);
  }
}

static void put_finals(struct glb_csv *csv, const struct glb_report *r) {
  glb_csv_head(csv, "family,group,configuration,seeds,quantity,mean,iqm,low,high,optimality_gap");
  each_group(csv, r, put_group_finals);
}

// ---- runs ----

static void put_run(struct glb_csv *csv, const struct glb_report_family *f, const struct glb_report_group *g,
                    const struct glb_report_run *run) {
  put_group(csv, f, g);
  glb_csv_integer(csv, run->config.train_seed);
  glb_csv_text(csv, run->path);
}

static void put_group_runs(struct glb_csv *csv, const struct glb_report_family *f,
                           const struct glb_report_group *g) {
  int count;
  const struct glb_report_quantity *q = glb_report_quantities(&count);
  for (int i = 0; i < g->runs; i++) {
    const struct glb_report_run *run = g->run[i];
    const double *row = run->rows.row + (run->rows.count - 1) * GLB_METRICS;
    put_run(csv, f, g, run);
    glb_csv_real(csv, row[GLB_METRIC_round]);
    glb_csv_real(csv, row[GLB_METRIC_steps]);
    for (int k = 0; k < count; k++)
      if (q[k].final) glb_csv_real(csv, g->final[k].value ? g->final[k].value[i] : NAN);
    glb_csv_end(csv);
  }
}

static void put_runs(struct glb_csv *csv, const struct glb_report *r) {
  int count;
  const struct glb_report_quantity *q = glb_report_quantities(&count);
  glb_csv_names(csv, "family,group,seed,run,rounds,steps");
  for (int k = 0; k < count; k++)
    if (q[k].final) put_quantity(csv, k);
  glb_csv_end(csv);
  each_group(csv, r, put_group_runs);
}

// ---- comparisons ----

static void put_improvements(struct glb_csv *csv, const struct glb_report *r) {
  glb_csv_head(csv, "family,quantity,group,than,probability,low,high");
  for (int i = 0; i < r->families; i++) {
    const struct glb_report_family *f = &r->family[i];
    for (int k = 0; k < f->pairs; k++) {
      glb_csv_text(csv, f->family->name);
      put_quantity(csv, f->compared);
      glb_csv_text(csv, f->group[f->pair[k].y].letter);
      glb_csv_text(csv, f->group[f->pair[k].x].letter);
      put_sum(csv, f->pair[k].probability, f->pair[k].low, f->pair[k].high);
      glb_csv_end(csv);
    }
  }
}

static void put_group_profile(struct glb_csv *csv, const struct glb_report_family *f,
                              const struct glb_report_group *g) {
  for (int l = 0; l < GLB_REPORT_LEVELS && f->compared >= 0; l++) {
    put_group(csv, f, g);
    glb_csv_real(csv, f->level[l]);
    put_sum(csv, g->share[l], g->share_low[l], g->share_high[l]);
    glb_csv_end(csv);
  }
}

static void put_profiles(struct glb_csv *csv, const struct glb_report *r) {
  glb_csv_head(csv, "family,group,threshold,share,low,high");
  each_group(csv, r, put_group_profile);
}

// ---- adaptation ----

static void put_group_adaptation(struct glb_csv *csv, const struct glb_report_family *f,
                                 const struct glb_report_group *g) {
  const struct glb_report_adaptation *a = &g->adaptation;
  for (int what = 0; what < 2; what++)
    for (int e = 0; e < a->n && a->measured[what]; e++) {
      put_group(csv, f, g);
      glb_csv_text(csv, a->from_eval ? "eval.json" : "metrics");
      glb_csv_text(csv, what ? "success" : "return");
      glb_csv_integer(csv, (int)a->at[e] + 1);
      put_sum(csv, a->iqm[what][e], a->low[what][e], a->high[what][e]);
      glb_csv_end(csv);
    }
}

static void put_adaptation(struct glb_csv *csv, const struct glb_report *r) {
  glb_csv_head(csv, "family,group,source,quantity,episode,iqm,low,high");
  each_group(csv, r, put_group_adaptation);
}

// ---- task model on held-out tasks ----

static void put_group_belief(struct glb_csv *csv, const struct glb_report_family *f,
                             const struct glb_report_group *g) {
  for (int h = 0; h < GLB_HEADS; h++)
    for (int q = 0; q < GLB_CALIBRATION_QUANTITIES; q++) {
      const struct glb_report_band *band = &g->belief[h][q];
      for (int k = 0; k < band->n; k++) {
        put_group(csv, f, g);
        glb_csv_text(csv, glb_head_name(h));
        glb_csv_text(csv, glb_calibration_words(q)->name);
        glb_csv_real(csv, band->at[k]);
        put_sum(csv, band->iqm[k], band->low[k], band->high[k]);
        glb_csv_end(csv);
      }
    }
}

static void put_belief(struct glb_csv *csv, const struct glb_report *r) {
  glb_csv_head(csv, "family,group,head,quantity,at,iqm,low,high");
  each_group(csv, r, put_group_belief);
}

// ---- time ----

static void put_group_phases(struct glb_csv *csv, const struct glb_report_family *f,
                             const struct glb_report_group *g) {
  struct glb_scale_part parts[GLB_SCALE_PARTS];
  const int count = glb_scale_parts(parts);
  for (int k = 0; k < count; k++) {
    put_group(csv, f, g);
    glb_csv_text(csv, parts[k].name);
    glb_csv_real(csv, parts[k].learner < 0 ? NAN : g->means[parts[k].learner]);
    glb_csv_real(csv, parts[k].least < 0 ? NAN : g->means[parts[k].least]);
    glb_csv_real(csv, parts[k].mean < 0 ? NAN : g->means[parts[k].mean]);
    glb_csv_real(csv, parts[k].most < 0 ? NAN : g->means[parts[k].most]);
    glb_csv_end(csv);
  }
}

static void put_phases(struct glb_csv *csv, const struct glb_report *r) {
  glb_csv_head(csv, "family,group,phase,learner_s,actors_shortest_s,actors_mean_s,actors_longest_s");
  each_group(csv, r, put_group_phases);
}

// ---- curves ----

static void put_group_curves(struct glb_csv *csv, const struct glb_report_family *f,
                             const struct glb_report_group *g) {
  int count;
  glb_report_quantities(&count);
  for (int k = 0; k < count; k++) {
    const struct glb_report_curve *c = g->curve[k];
    for (int i = 0; c && i < c->n; i++) {
      put_group(csv, f, g);
      put_quantity(csv, k);
      glb_csv_real(csv, c->round[i]);
      glb_csv_real(csv, c->steps[i]);
      put_sum(csv, c->iqm[i], c->low[i], c->high[i]);
      glb_csv_end(csv);
    }
  }
}

static void put_curves(struct glb_csv *csv, const struct glb_report *r) {
  glb_csv_head(csv, "family,group,quantity,round,steps,iqm,low,high");
  each_group(csv, r, put_group_curves);
}

// ---- metrics ----

static void put_group_metrics(struct glb_csv *csv, const struct glb_report_family *f,
                              const struct glb_report_group *g) {
  for (int i = 0; i < g->runs; i++)
    for (size_t n = 0; n < g->run[i]->rows.count; n++) {
      put_run(csv, f, g, g->run[i]);
      for (int m = 0; m < GLB_METRICS; m++)
        glb_csv_real(csv, g->run[i]->rows.row[n * GLB_METRICS + (size_t)m]);
      glb_csv_end(csv);
    }
}

static void put_metrics(struct glb_csv *csv, const struct glb_report *r) {
  glb_csv_names(csv, "family,group,seed,run");
  for (int m = 0; m < GLB_METRICS; m++) glb_csv_names(csv, glb_metric_name((enum glb_metric)m));
  glb_csv_end(csv);
  each_group(csv, r, put_group_metrics);
}

static void put_units(struct glb_csv *csv, const struct glb_report *r) {
  (void)r;
  glb_csv_head(csv, "metric,units,help");
  for (int m = 0; m < GLB_METRICS; m++) {
    glb_csv_text(csv, glb_metric_name((enum glb_metric)m));
    glb_csv_text(csv, glb_metric_unit((enum glb_metric)m));
    glb_csv_text(csv, glb_metric_help((enum glb_metric)m));
    glb_csv_end(csv);
  }
}

// ---- the tables ----

static const struct glb_report_table tables[] = {
    {"finals", "Final figures",
     "Mean and interquartile mean over seeds, with the 95 % interval of the latter.", GLB_REPORT_SHOWN,
     put_finals},
    {"improvement", "Probability of improvement",
     "That a run of the group ends above a run of the other one.", GLB_REPORT_SHOWN, put_improvements},
    {"adaptation", "By episode", "Held-out tasks: interquartile mean over seeds of their means over trials.",
     GLB_REPORT_SHOWN, put_adaptation},
    {"belief", "Task model on held-out tasks", "", GLB_REPORT_LINKED, put_belief},
    {"phases", "Seconds a round", "Mean over runs and rounds.", GLB_REPORT_LINKED, put_phases},
    {"runs", "Runs", "Each run's own final figures.", GLB_REPORT_SHOWN, put_runs},
    {"curves", "All curves", "", GLB_REPORT_LINKED, put_curves},
    {"profiles", "Performance profiles", "", GLB_REPORT_LINKED, put_profiles},
    {"metrics", "Metrics of every round", "", GLB_REPORT_FILE, put_metrics},
    {"metrics-units", "What the metrics are", "", GLB_REPORT_FILE, put_units},
};

const struct glb_report_table *glb_report_tables(int *count) {
  *count = sizeof tables / sizeof *tables;
  return tables;
}

int glb_report_table_text(char **text, size_t *size, const struct glb_report_table *table,
                          const struct glb_report *report) {
  FILE *out = open_memstream(text, size);
  GLB_CHECK(out, GLB_ENOMEM, "no memory for table %s", table->name);
  table->put(&(struct glb_csv){.out = out}, report);
  GLB_CHECK(!fclose(out), GLB_ENOMEM, "no memory for table %s", table->name);
  return GLB_OK;
}
