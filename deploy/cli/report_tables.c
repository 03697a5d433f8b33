#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "deploy/cli/report.h"
#include "deploy/cli/scale.h"

// ---- cells ----

/* Quoted where it has to be. */
static void put_text(FILE *out, const char *text) {
  if (!strpbrk(text, ",\"\n")) {
    fputs(text, out);
    return;
  }
  fputc('"', out);
  for (; *text; text++) fprintf(out, *text == '"' ? "\"\"" : "%c", *text);
  fputc('"', out);
}

/* Nothing where there is no value. */
static void put_number(FILE *out, double value) {
  fputc(',', out);
  if (isfinite(value)) fprintf(out, "%.9g", value);
}

static void put_group(FILE *out, const struct glb_report_family *f, const struct glb_report_group *g) {
  fprintf(out, "%s,%s", f->family->name, g->letter);
}

static void put_sum(FILE *out, double iqm, double low, double high) {
  put_number(out, iqm);
  put_number(out, low);
  put_number(out, high);
}

/* Calls put for each group. */
static void each_group(FILE *out, const struct glb_report *r,
                       void (*put)(FILE *, const struct glb_report_family *,
                                   const struct glb_report_group *)) {
  for (int i = 0; i < r->families; i++)
    for (int g = 0; g < r->family[i].groups; g++) put(out, &r->family[i], &r->family[i].group[g]);
}

// ---- final figures ----

static void put_group_finals(FILE *out, const struct glb_report_family *f, const struct glb_report_group *g) {
  int count;
  const struct glb_report_quantity *q = glb_report_quantities(&count);
  for (int k = 0; k < count; k++) {
    const struct glb_report_final *final = &g->final[k];
    char name[GLB_REPORT_NAME];
    if (!final->value) continue;
    glb_report_quantity_name(name, &q[k]);
    put_group(out, f, g);
    fputc(',', out);
    put_text(out, g->label);
    fprintf(out, ",%d,%s", g->runs, name);
    put_number(out, final->mean);
    put_sum(out, final->sum.iqm, final->sum.low, final->sum.high);
    put_number(out, final->gap);
    fputc('\n', out);
  }
}

static void put_finals(FILE *out, const struct glb_report *r) {
  fprintf(out, "family,group,configuration,seeds,quantity,mean,iqm,low,high,optimality_gap\n");
  each_group(out, r, put_group_finals);
}

// ---- runs ----

static void put_group_runs(FILE *out, const struct glb_report_family *f, const struct glb_report_group *g) {
  int count;
  const struct glb_report_quantity *q = glb_report_quantities(&count);
  for (int i = 0; i < g->runs; i++) {
    const struct glb_report_run *run = g->run[i];
    const double *row = run->rows.row + (run->rows.count - 1) * GLB_METRICS;
    put_group(out, f, g);
    fprintf(out, ",%lld,", (long long)run->config.train_seed);
    put_text(out, run->path);
    put_number(out, row[GLB_METRIC_round]);
    put_number(out, row[GLB_METRIC_steps]);
    for (int k = 0; k < count; k++)
      if (q[k].final) put_number(out, g->final[k].value ? g->final[k].value[i] : NAN);
    fputc('\n', out);
  }
}

static void put_runs(FILE *out, const struct glb_report *r) {
  int count;
  const struct glb_report_quantity *q = glb_report_quantities(&count);
  fprintf(out, "family,group,seed,run,rounds,steps");
  for (int k = 0; k < count; k++) {
    char name[GLB_REPORT_NAME];
    glb_report_quantity_name(name, &q[k]);
    if (q[k].final) fprintf(out, ",%s", name);
  }
  fputc('\n', out);
  each_group(out, r, put_group_runs);
}

// ---- comparisons ----

static void put_improvements(FILE *out, const struct glb_report *r) {
  fprintf(out, "family,quantity,group,than,probability,low,high\n");
  for (int i = 0; i < r->families; i++) {
    const struct glb_report_family *f = &r->family[i];
    for (int k = 0; k < f->pairs; k++) {
      int count;
      char name[GLB_REPORT_NAME];
      glb_report_quantity_name(name, &glb_report_quantities(&count)[f->compared]);
      fprintf(out, "%s,%s,%s,%s", f->family->name, name, f->group[f->pair[k].y].letter,
              f->group[f->pair[k].x].letter);
      put_sum(out, f->pair[k].probability, f->pair[k].low, f->pair[k].high);
      fputc('\n', out);
    }
  }
}

static void put_group_profile(FILE *out, const struct glb_report_family *f,
                              const struct glb_report_group *g) {
  for (int l = 0; l < GLB_REPORT_LEVELS && f->compared >= 0; l++) {
    put_group(out, f, g);
    put_number(out, f->level[l]);
    put_sum(out, g->share[l], g->share_low[l], g->share_high[l]);
    fputc('\n', out);
  }
}

static void put_profiles(FILE *out, const struct glb_report *r) {
  fprintf(out, "family,group,threshold,share,low,high\n");
  each_group(out, r, put_group_profile);
}

// ---- adaptation ----

static void put_group_adaptation(FILE *out, const struct glb_report_family *f,
                                 const struct glb_report_group *g) {
  const struct glb_report_adaptation *a = &g->adaptation;
  for (int what = 0; what < 2; what++)
    for (int e = 0; e < a->n && a->measured[what]; e++) {
      put_group(out, f, g);
      fprintf(out, ",%s,%s,%d", a->from_eval ? "eval.json" : "metrics", what ? "success" : "return",
              (int)a->at[e] + 1);
      put_sum(out, a->iqm[what][e], a->low[what][e], a->high[what][e]);
      fputc('\n', out);
    }
}

static void put_adaptation(FILE *out, const struct glb_report *r) {
  fprintf(out, "family,group,source,quantity,episode,iqm,low,high\n");
  each_group(out, r, put_group_adaptation);
}

// ---- task model on held-out tasks ----

static void put_group_belief(FILE *out, const struct glb_report_family *f, const struct glb_report_group *g) {
  for (int h = 0; h < GLB_HEADS; h++)
    for (int q = 0; q < GLB_CALIBRATION_QUANTITIES; q++) {
      const struct glb_report_band *band = &g->belief[h][q];
      for (int k = 0; k < band->n; k++) {
        put_group(out, f, g);
        fprintf(out, ",%s,%s", glb_head_name(h), glb_calibration_words(q)->name);
        put_number(out, band->at[k]);
        put_sum(out, band->iqm[k], band->low[k], band->high[k]);
        fputc('\n', out);
      }
    }
}

static void put_belief(FILE *out, const struct glb_report *r) {
  fprintf(out, "family,group,head,quantity,at,iqm,low,high\n");
  each_group(out, r, put_group_belief);
}

// ---- time ----

static void put_group_phases(FILE *out, const struct glb_report_family *f, const struct glb_report_group *g) {
  struct glb_scale_part parts[GLB_SCALE_PARTS];
  const int count = glb_scale_parts(parts);
  for (int k = 0; k < count; k++) {
    put_group(out, f, g);
    fprintf(out, ",%s", parts[k].name);
    put_number(out, parts[k].learner < 0 ? NAN : g->means[parts[k].learner]);
    put_number(out, parts[k].least < 0 ? NAN : g->means[parts[k].least]);
    put_number(out, parts[k].mean < 0 ? NAN : g->means[parts[k].mean]);
    put_number(out, parts[k].most < 0 ? NAN : g->means[parts[k].most]);
    fputc('\n', out);
  }
}

static void put_phases(FILE *out, const struct glb_report *r) {
  fprintf(out, "family,group,phase,learner_s,actors_shortest_s,actors_mean_s,actors_longest_s\n");
  each_group(out, r, put_group_phases);
}

// ---- curves ----

static void put_group_curves(FILE *out, const struct glb_report_family *f, const struct glb_report_group *g) {
  int count;
  const struct glb_report_quantity *q = glb_report_quantities(&count);
  for (int k = 0; k < count; k++) {
    const struct glb_report_curve *c = g->curve[k];
    char name[GLB_REPORT_NAME];
    glb_report_quantity_name(name, &q[k]);
    for (int i = 0; c && i < c->n; i++) {
      put_group(out, f, g);
      fprintf(out, ",%s", name);
      put_number(out, c->round[i]);
      put_number(out, c->steps[i]);
      put_sum(out, c->iqm[i], c->low[i], c->high[i]);
      fputc('\n', out);
    }
  }
}

static void put_curves(FILE *out, const struct glb_report *r) {
  fprintf(out, "family,group,quantity,round,steps,iqm,low,high\n");
  each_group(out, r, put_group_curves);
}

// ---- the tables ----

static const struct glb_report_table tables[] = {
    {"finals", "Final figures",
     "Mean and interquartile mean over seeds, with the 95 % interval of the latter.", 1, put_finals},
    {"improvement", "Probability of improvement",
     "That a run of the group ends above a run of the other one.", 1, put_improvements},
    {"adaptation", "By episode", "Held-out tasks: interquartile mean over seeds of their means over trials.",
     1, put_adaptation},
    {"belief", "Task model on held-out tasks", "", 0, put_belief},
    {"phases", "Seconds a round", "Mean over runs and rounds.", 0, put_phases},
    {"runs", "Runs", "Each run's own final figures.", 1, put_runs},
    {"curves", "All curves", "", 0, put_curves},
    {"profiles", "Performance profiles", "", 0, put_profiles},
};

const struct glb_report_table *glb_report_tables(int *count) {
  *count = sizeof tables / sizeof *tables;
  return tables;
}

int glb_report_table_text(char **text, size_t *size, const struct glb_report_table *table,
                          const struct glb_report *report) {
  FILE *out = open_memstream(text, size);
  GLB_CHECK(out, GLB_ENOMEM, "no memory for table %s", table->name);
  table->put(out, report);
  GLB_CHECK(!fclose(out), GLB_ENOMEM, "no memory for table %s", table->name);
  return GLB_OK;
}
