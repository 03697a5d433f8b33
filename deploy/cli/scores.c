#include "deploy/cli/scores.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actors/env/env.h"
#include "common/base/error.h"
#include "deploy/cli/csv.h"

// ---- kinds of tasks ----

// Number of the kind called label, a new one where it has not been seen.
static int kind_of(struct glb_kinds *kinds, const char *label) {
  for (int k = 0; k < kinds->count; k++)
    if (!strcmp(kinds->label[k], label)) return k;
  kinds->label[kinds->count] = label;
  return kinds->count++;
}

int glb_kinds_init(struct glb_kinds *kinds, const struct glb_family *family,
                   const struct glb_protocol *protocol, int trials, uint32_t round) {
  *kinds = (struct glb_kinds){.label = calloc((size_t)trials, sizeof *kinds->label),
                              .kind = calloc((size_t)trials, sizeof *kinds->kind)};
  GLB_CHECK(kinds->label && kinds->kind, GLB_ENOMEM, "no memory for the tasks of %d trials", trials);
  for (int i = 0; i < trials; i++) {
    double task[GLB_TASK_MAX];
    const char *label;
    GLB_TRY(glb_env_sample(task, family->name, protocol->split, protocol->seed, round, (uint32_t)i));
    GLB_TRY(glb_env_label(&label, family->name, task));
    kinds->kind[i] = kind_of(kinds, label);
  }
  return GLB_OK;
}

void glb_kinds_finish(struct glb_kinds *kinds) {
  free(kinds->label);
  free(kinds->kind);
}

// ---- figures ----

enum what { RETURN, SUCCESS };

// Return or success of trial i, mean over episodes first .. last.
static double value_of(const struct glb_evaluation *v, enum what what, int i, int first, int last) {
  double sum = 0;
  for (int e = first; e <= last; e++)
    sum += what == RETURN ? v->returns[i * v->E + e] : v->success[i * v->E + e];
  return sum / (last - first + 1);
}

// Over all trials, stratified by kind.
static int figures(struct glb_interval *interval, const struct glb_scores *s, enum what what, int first,
                   int last) {
  const struct glb_evaluation *v = s->evaluation;
  double *values = malloc((size_t)v->trials * sizeof *values);
  GLB_CHECK(values, GLB_ENOMEM, "no memory for %d values", v->trials);
  for (int i = 0; i < v->trials; i++) values[i] = value_of(v, what, i, first, last);
  int code = glb_evaluation_interval(interval, values, s->kinds->kind, v->trials, 0);
  free(values);
  GLB_TRY(code);
  return GLB_OK;
}

struct kind_mean {
  int trials;
  double mean;
};

static struct kind_mean mean_of_kind(const struct glb_scores *s, enum what what, int kind, int first,
                                     int last) {
  struct kind_mean m = {0};
  for (int i = 0; i < s->evaluation->trials; i++) {
    if (s->kinds->kind[i] != kind) continue;
    m.trials++;
    m.mean += value_of(s->evaluation, what, i, first, last);
  }
  m.mean /= m.trials;
  return m;
}

// ---- tables ----

static int print_row(const struct glb_scores *s, const char *name, int first, int last) {
  struct glb_interval r, success;
  GLB_TRY(figures(&r, s, RETURN, first, last));
  printf("%9s %10.1f %10.1f   %8.1f .. %-10.1f", name, r.mean, r.iqm, r.iqm_low, r.iqm_high);
  if (s->family->success) {
    GLB_TRY(figures(&success, s, SUCCESS, first, last));
    printf("%7.2f   %4.2f .. %4.2f", success.mean, success.mean_low, success.mean_high);
  }
  printf("\n");
  return GLB_OK;
}

static void print_kinds(const struct glb_scores *s) {
  const struct glb_protocol *p = s->protocol;
  const int E = s->evaluation->E, from = p->adapt ? p->adapt : E - 1;
  printf("\n%-30s %7s %12s %12s%s\n", "task", "trials", "return 1", p->adapt ? "adapted" : "return K",
         s->family->success ? (p->adapt ? "  success 1    adapted" : "  success 1  success K") : "");
  for (int k = 0; k < s->kinds->count; k++) {
    const struct kind_mean first = mean_of_kind(s, RETURN, k, 0, 0),
                           last = mean_of_kind(s, RETURN, k, from, E - 1);
    printf("%-30s %7d %12.1f %12.1f", s->kinds->label[k], first.trials, first.mean, last.mean);
    if (s->family->success)
      printf("%11.2f %10.2f", mean_of_kind(s, SUCCESS, k, 0, 0).mean,
             mean_of_kind(s, SUCCESS, k, from, E - 1).mean);
    printf("\n");
  }
}

int glb_scores_print(const struct glb_scores *s) {
  const struct glb_evaluation *v = s->evaluation;
  const struct glb_protocol *p = s->protocol;
  printf("%s: %d trials on %s tasks, greedy", s->family->name, v->trials,
         p->split == GLB_SPLIT_TEST ? "held-out" : "training");
  if (p->adapt) printf(" after %d episodes of adaptation", p->adapt);
  printf("%s\n", p->shuffled ? ", with the context of another task" : "");
  printf("%9s %10s %10s   %-22s%s\n", "episode", "mean", "IQM", "95 % interval of IQM",
         s->family->success ? "success   95 % interval" : "");
  for (int e = 0; e < v->E; e++) {
    char name[16];
    snprintf(name, sizeof name, "%d", e + 1);
    GLB_TRY(print_row(s, name, e, e));
  }
  if (p->adapt) GLB_TRY(print_row(s, "adapted", p->adapt, v->E - 1));
  if (s->kinds->count > 1) print_kinds(s);
  return GLB_OK;
}

// ---- JSON ----

// success is null for a family without a success flag
static int put_figures(const struct glb_scores *s, int first, int last) {
  struct glb_interval r, success;
  GLB_TRY(figures(&r, s, RETURN, first, last));
  printf(
      "\"return_mean\": %.9g, \"return_mean_low\": %.9g, \"return_mean_high\": %.9g, \"return_iqm\": %.9g, "
      "\"return_iqm_low\": %.9g, \"return_iqm_high\": %.9g, ",
      r.mean, r.mean_low, r.mean_high, r.iqm, r.iqm_low, r.iqm_high);
  if (!s->family->success) {
    printf("\"success\": null}");
    return GLB_OK;
  }
  GLB_TRY(figures(&success, s, SUCCESS, first, last));
  printf("\"success\": %.9g, \"success_low\": %.9g, \"success_high\": %.9g}", success.mean, success.mean_low,
         success.mean_high);
  return GLB_OK;
}

// One number for each episode of a kind.
static void put_means(const struct glb_scores *s, const char *name, enum what what, int kind) {
  printf(", \"%s\": [", name);
  for (int e = 0; e < s->evaluation->E; e++)
    printf("%s%.9g", e ? ", " : "", mean_of_kind(s, what, kind, e, e).mean);
  printf("]");
}

static void put_tasks(const struct glb_scores *s) {
  printf("\"tasks\": [");
  for (int k = 0; k < s->kinds->count; k++) {
    printf("%s{\"label\": \"%s\", \"trials\": %d", k ? ", " : "", s->kinds->label[k],
           mean_of_kind(s, RETURN, k, 0, 0).trials);
    put_means(s, "return_mean", RETURN, k);
    if (s->family->success) put_means(s, "success", SUCCESS, k);
    printf("}");
  }
  printf("], ");
}

// Every trial's numbers, a row each.
static void put_trials(const struct glb_evaluation *v, const char *name, enum what what) {
  printf("\"%s\": [", name);
  for (int i = 0; i < v->trials; i++)
    for (int e = 0; e < v->E; e++)
      printf("%s%s%.17g%s", i && !e ? ", " : "", e ? ", " : "[", value_of(v, what, i, e, e),
             e + 1 < v->E ? "" : "]");
  printf("]");
}

int glb_scores_print_json(const struct glb_scores *s) {
  const struct glb_evaluation *v = s->evaluation;
  const struct glb_protocol *p = s->protocol;
  printf(
      "{\"family\": \"%s\", \"split\": \"%s\", \"trials\": %d, \"adaptation_episodes\": %d, \"shuffled\": "
      "%s, ",
      s->family->name, p->split == GLB_SPLIT_TEST ? "test" : "train", v->trials, p->adapt,
      p->shuffled ? "true" : "false");
  printf("\"episodes\": [");
  for (int e = 0; e < v->E; e++) {
    printf("%s{\"episode\": %d, ", e ? ", " : "", e + 1);
    GLB_TRY(put_figures(s, e, e));
  }
  printf("], \"adapted\": ");
  if (p->adapt) {
    printf("{");
    GLB_TRY(put_figures(s, p->adapt, v->E - 1));
  } else {
    printf("null");
  }
  printf(", ");
  put_tasks(s);
  put_trials(v, "returns", RETURN);
  if (s->family->success) {
    printf(", ");
    put_trials(v, "successes", SUCCESS);
  }
  printf("}\n");
  return GLB_OK;
}

// ---- CSV ----

/* What is told of all trials: each episode, and with adaptation the mean of those after it. */
struct summary {
  const struct glb_scores *scores;
  int rows;
  struct glb_interval *returns, *success;  // (rows), owned together by returns
};

static int sum_up(struct summary *y, const struct glb_scores *s) {
  const int E = s->evaluation->E, adapt = s->protocol->adapt;
  *y = (struct summary){.scores = s, .rows = E + (adapt > 0)};
  y->returns = calloc(2 * (size_t)y->rows, sizeof *y->returns);
  GLB_CHECK(y->returns, GLB_ENOMEM, "no memory for the figures of %d episodes", E);
  y->success = y->returns + y->rows;
  for (int i = 0; i < y->rows; i++) {
    const int first = i < E ? i : adapt, last = i < E ? i : E - 1;
    GLB_TRY(figures(&y->returns[i], s, RETURN, first, last));
    if (s->family->success) GLB_TRY(figures(&y->success[i], s, SUCCESS, first, last));
  }
  return GLB_OK;
}

static void csv_episodes(struct glb_csv *csv, const void *context) {
  const struct summary *y = context;
  glb_csv_head(csv,
               "episode,return_mean,return_mean_low,return_mean_high,return_iqm,return_iqm_low,"
               "return_iqm_high,success,success_low,success_high");
  for (int i = 0; i < y->rows; i++) {
    const struct glb_interval *r = &y->returns[i], *success = &y->success[i];
    const double values[] = {r->mean,       r->mean_low,       r->mean_high,
                             r->iqm,        r->iqm_low,        r->iqm_high,
                             success->mean, success->mean_low, success->mean_high};
    if (i < y->scores->evaluation->E)
      glb_csv_integer(csv, i + 1);
    else
      glb_csv_text(csv, "adapted");
    for (int k = 0; k < 9; k++) glb_csv_real(csv, k < 6 || y->scores->family->success ? values[k] : NAN);
    glb_csv_end(csv);
  }
}

/* Success, nothing where the family has no flag. */
static double success_of(const struct glb_scores *s, double value) {
  return s->family->success ? value : NAN;
}

static void csv_tasks(struct glb_csv *csv, const void *context) {
  const struct glb_scores *s = ((const struct summary *)context)->scores;
  glb_csv_head(csv, "label,trials,episode,return_mean,success");
  for (int k = 0; k < s->kinds->count; k++)
    for (int e = 0; e < s->evaluation->E; e++) {
      const struct kind_mean r = mean_of_kind(s, RETURN, k, e, e);
      glb_csv_text(csv, s->kinds->label[k]);
      glb_csv_integer(csv, r.trials);
      glb_csv_integer(csv, e + 1);
      glb_csv_real(csv, r.mean);
      glb_csv_real(csv, success_of(s, mean_of_kind(s, SUCCESS, k, e, e).mean));
      glb_csv_end(csv);
    }
}

static void csv_trials(struct glb_csv *csv, const void *context) {
  const struct glb_scores *s = ((const struct summary *)context)->scores;
  glb_csv_head(csv, "trial,label,episode,return,success");
  for (int i = 0; i < s->evaluation->trials; i++)
    for (int e = 0; e < s->evaluation->E; e++) {
      glb_csv_integer(csv, i);
      glb_csv_text(csv, s->kinds->label[s->kinds->kind[i]]);
      glb_csv_integer(csv, e + 1);
      glb_csv_real(csv, value_of(s->evaluation, RETURN, i, e, e));
      glb_csv_real(csv, success_of(s, value_of(s->evaluation, SUCCESS, i, e, e)));
      glb_csv_end(csv);
    }
}

int glb_scores_land_csv(const struct glb_scores *s, const char *folder) {
  static const struct glb_csv_table tables[] = {
      {"episodes.csv", csv_episodes, 0}, {"tasks.csv", csv_tasks, 0}, {"trials.csv", csv_trials, 0}};
  struct summary y;
  int code = sum_up(&y, s);
  if (!code) code = glb_csv_folder(folder, tables, sizeof tables / sizeof *tables, &y);
  free(y.returns);
  GLB_TRY(code);
  return GLB_OK;
}
