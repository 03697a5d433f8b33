#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/store/file.h"
#include "deploy/cli/report.h"
#include "deploy/cli/scale.h"
#include "deploy/plot/plot.h"

enum { PANELS = 8, SERIES = 24, PHASES = 7 };

/* A figure as it is put together. */
struct canvas {
  int panels;
  struct glb_plot_panel panel[PANELS];
  struct glb_plot_series series[PANELS][SERIES];
  char title[PANELS][GLB_REPORT_NAME];
  char legend[GLB_REPORT_GROUPS][GLB_REPORT_LABEL + 8];
  const char *name[GLB_REPORT_EPISODES + GLB_REPORT_GROUPS];  // of places on an axis
  char word[GLB_REPORT_EPISODES + GLB_REPORT_GROUPS][16];
  double stack[2][PHASES + 1][GLB_REPORT_GROUPS];
  double at[GLB_REPORT_GROUPS][GLB_REPORT_GROUPS], pair[3][GLB_REPORT_GROUPS];
  double final[3][GLB_REPORT_GROUPS][GLB_REPORT_GROUPS];
};

/* Groups are one colour through all figures; with one there is nothing to tell apart. */
static void start(struct canvas *c, const struct glb_report_family *f) {
  memset(c, 0, sizeof *c);
  for (int g = 0; g < f->groups; g++)
    snprintf(c->legend[g], sizeof c->legend[g], "%s: %s", f->group[g].letter, f->group[g].label);
}

static struct glb_plot_panel *add_panel(struct canvas *c, const char *title, const char *x, const char *y) {
  const int k = c->panels++;
  snprintf(c->title[k], sizeof c->title[k], "%s", title);
  c->panel[k] = (struct glb_plot_panel){
      .title = c->title[k], .x = {.label = x}, .y = {.label = y}, .series = c->series[k]};
  return &c->panel[k];
}

static void show_share(struct glb_plot_panel *panel) {
  panel->y.low = -0.02;
  panel->y.high = 1.02;
}

static struct glb_plot_series *add_series(struct canvas *c, const struct glb_report_family *f, int g) {
  const int k = c->panels - 1;
  struct glb_plot_series *s = &c->series[k][c->panel[k].count++];
  *s = (struct glb_plot_series){.label = f->groups > 1 ? c->legend[g] : NULL, .colour = g + 1};
  return s;
}

static int land(struct canvas *c, struct glb_report *r, int family, struct glb_report_figure figure,
                const char *what) {
  const struct glb_report_family *f = &r->family[family];
  char path[PATH_MAX];
  if (!c->panels) return GLB_OK;
  int legend = 0;
  for (int s = 0; s < c->panel[0].count; s++) legend |= c->series[0][s].label && f->groups > 1;
  const int thirds = c->panels % 3 == 0;
  const struct glb_plot plot = {.columns = thirds ? 3 : 2,
                                .width = thirds ? 2.5 : 3.5,
                                .height = thirds ? 2.2 : 2.6,
                                .count = c->panels,
                                .panels = c->panel,
                                .legend = legend && !c->panel[0].legend_beside};
  figure.inches = plot.width * (c->panels < plot.columns ? c->panels : plot.columns);
  figure.family = family;
  snprintf(figure.file, sizeof figure.file, "%s-%s.png", f->family->name, what);
  GLB_TRY(glb_file_path(path, r->out, figure.file));
  GLB_TRY(glb_plot_write(&plot, path));
  r->figure[r->figures++] = figure;
  return GLB_OK;
}

// ---- curves ----

static void add_curves(struct canvas *c, const struct glb_report_family *f,
                       const struct glb_report_quantity *q, int number) {
  int measured = 0;
  char title[GLB_REPORT_NAME];
  for (int g = 0; g < f->groups; g++) measured |= f->group[g].curve[number] != NULL;
  if (!measured) return;
  glb_report_quantity_title(title, q);
  const char *unit = glb_metric_unit(q->metric);
  struct glb_plot_panel *panel =
      add_panel(c, title, q->by_round ? "round" : "environment steps", unit[0] ? unit : NULL);
  if (strstr(glb_metric_help(q->metric), "share of")) show_share(panel);
  for (int g = 0; g < f->groups; g++) {
    const struct glb_report_curve *curve = f->group[g].curve[number];
    struct glb_plot_series *s = add_series(c, f, g);
    s->marks = GLB_PLOT_LINE;
    if (!curve) continue;
    s->n = curve->n;
    s->x = q->by_round ? curve->round : curve->steps;
    s->y = curve->iqm;
    s->low = curve->low;
    s->high = curve->high;
    if (curve->n == 1) s->marks = GLB_PLOT_POINTS;
  }
}

/* All quantities of a figure; first and count say which they are. */
static void add_quantities(struct canvas *c, const struct glb_report_family *f, const char *figure,
                           struct glb_report_figure *about) {
  int count;
  const struct glb_report_quantity *q = glb_report_quantities(&count);
  for (int k = 0; k < count; k++) {
    if (strcmp(q[k].figure, figure)) continue;
    if (!about->count++) about->first = k;
    add_curves(c, f, &q[k], k);
  }
}

// ---- adaptation ----

static void add_adaptation(struct canvas *c, const struct glb_report_family *f, int what, int episodes) {
  int measured = 0;
  for (int g = 0; g < f->groups; g++) measured |= f->group[g].adaptation.measured[what];
  if (!measured) return;
  struct glb_plot_panel *panel =
      add_panel(c, what ? "Success by episode" : "Return by episode", "episode of a trial", NULL);
  if (what) show_share(panel);
  const int every = (episodes + 11) / 12;
  for (int e = 0; e < episodes; e++) {
    snprintf(c->word[e], sizeof c->word[e], e % every ? "" : "%d", e + 1);
    c->name[e] = c->word[e];
  }
  panel->x.count = episodes;
  panel->x.names = c->name;
  for (int g = 0; g < f->groups; g++) {
    const struct glb_report_adaptation *a = &f->group[g].adaptation;
    struct glb_plot_series *s = add_series(c, f, g);
    s->marks = GLB_PLOT_LINE | GLB_PLOT_POINTS;
    s->n = a->measured[what] ? a->n : 0;
    s->x = a->at;
    s->y = a->iqm[what];
    s->low = a->low[what];
    s->high = a->high[what];
  }
}

static void draw_adaptation(struct canvas *c, const struct glb_report_family *f,
                            struct glb_report_figure *about) {
  int episodes = 1;
  for (int g = 0; g < f->groups; g++)
    if (f->group[g].adaptation.n && f->group[g].adaptation.last > episodes)
      episodes = f->group[g].adaptation.last;
  if (episodes == 1) return;
  if (episodes > GLB_REPORT_EPISODES) episodes = GLB_REPORT_EPISODES;
  add_adaptation(c, f, 0, episodes);
  add_adaptation(c, f, 1, episodes);
  add_quantities(c, f, "adaptation", about);
}

// ---- task model on held-out tasks ----

static void add_belief(struct canvas *c, const struct glb_report_family *f, int h, int q) {
  static const double ends[2] = {0, 1}, uniform[2] = {1, 1};
  const struct glb_calibration_words *words = glb_calibration_words(q);
  char title[GLB_REPORT_NAME];
  int measured = 0;
  for (int g = 0; g < f->groups; g++) measured |= f->group[g].belief[h][q].n;
  if (!measured || !words->title) return;
  snprintf(title, sizeof title, "%s, %s head", words->title, glb_head_name(h));
  struct glb_plot_panel *panel = add_panel(c, title, words->x, words->y);
  for (int g = 0; g < f->groups; g++) {
    const struct glb_report_band *band = &f->group[g].belief[h][q];
    struct glb_plot_series *s = add_series(c, f, g);
    s->marks = GLB_PLOT_LINE;
    s->n = band->n;
    s->x = band->at;
    s->y = band->iqm;
    s->low = band->low;
    s->high = band->high;
  }
  if (q == GLB_CALIBRATION_PIT)
    c->series[c->panels - 1][panel->count++] = (struct glb_plot_series){
        .marks = GLB_PLOT_LINE | GLB_PLOT_DASHED, .colour = 7, .n = 2, .x = ends, .y = uniform};
}

static void draw_belief(struct canvas *c, const struct glb_report_family *f) {
  for (int h = 0; h < GLB_HEADS; h++)
    for (int q = 0; q < GLB_CALIBRATION_QUANTITIES; q++) add_belief(c, f, h, q);
}

// ---- time ----

static double seconds_of(const struct glb_report_group *g, const struct glb_scale_part *part, int actors) {
  const int metric = actors ? part->mean : part->learner;
  return metric >= 0 && isfinite(g->means[metric]) ? g->means[metric] : 0;
}

/* The phases that take most, in their order, and the rest. */
static void add_phases(struct canvas *c, const struct glb_report_family *f, int actors) {
  struct glb_scale_part parts[GLB_SCALE_PARTS];
  double most[GLB_SCALE_PARTS] = {0}, bound = 0;
  const int count = glb_scale_parts(parts);
  double any = 0;
  int places = 0;
  for (int k = 0; k < count; k++)
    for (int g = 0; g < f->groups; g++) {
      most[k] = fmax(most[k], seconds_of(&f->group[g], &parts[k], actors));
      any += most[k];
    }
  if (!any) return;
  for (int k = 0; k < count; k++) {
    int larger = 0;
    for (int j = 0; j < count; j++) larger += most[j] > most[k] || (most[j] == most[k] && j < k);
    if (larger == PHASES) bound = most[k];  // the first that has no colour of its own
  }
  struct glb_plot_panel *panel = add_panel(c, actors ? "Actors, mean" : "Learner", NULL, "seconds a round");
  double(*stack)[GLB_REPORT_GROUPS] = c->stack[actors];
  for (int k = 0; k < count; k++) {
    const int own = most[k] > bound;
    for (int g = 0; g < f->groups; g++)
      stack[own ? places : PHASES][g] += seconds_of(&f->group[g], &parts[k], actors);
    if (own)
      c->series[c->panels - 1][panel->count++] = (struct glb_plot_series){
          .label = parts[k].name, .marks = GLB_PLOT_BARS, .n = f->groups, .y = stack[places++]};
  }
  c->series[c->panels - 1][panel->count++] = (struct glb_plot_series){
      .label = "the rest", .marks = GLB_PLOT_BARS, .colour = PHASES + 1, .n = f->groups, .y = stack[PHASES]};
  for (int g = 0; g < f->groups; g++) c->name[g] = f->group[g].letter;
  panel->x = (struct glb_plot_axis){.label = f->groups > 1 ? NULL : f->group[0].label,
                                    .count = f->groups > 1 ? f->groups : 0,
                                    .names = c->name};
  if (f->groups == 1) {
    c->name[0] = "";
    panel->x.count = 1;
  }
  panel->stacked = panel->legend_beside = 1;
}

// ---- comparison ----

static void add_finals(struct canvas *c, const struct glb_report_family *f) {
  char title[GLB_REPORT_NAME], name[GLB_REPORT_NAME];
  int count;
  const struct glb_report_quantity *q = glb_report_quantities(&count);
  glb_report_quantity_title(name, &q[f->compared]);
  snprintf(title, sizeof title, "%.40s, final", name);
  struct glb_plot_panel *panel = add_panel(c, title, NULL, NULL);
  panel->x.count = f->groups;
  panel->x.names = c->name;
  for (int g = 0; g < f->groups; g++) {
    const struct glb_aggregate *a = &f->group[g].final[f->compared].sum;
    c->name[g] = f->group[g].letter;
    c->at[g][0] = g;
    c->final[0][g][0] = a->iqm;
    c->final[1][g][0] = a->low;
    c->final[2][g][0] = a->high;
    struct glb_plot_series *s = add_series(c, f, g);
    *s = (struct glb_plot_series){.label = s->label,
                                  .marks = GLB_PLOT_POINTS,
                                  .colour = s->colour,
                                  .n = 1,
                                  .x = c->at[g],
                                  .y = c->final[0][g],
                                  .low = c->final[1][g],
                                  .high = c->final[2][g]};
  }
}

static void add_profiles(struct canvas *c, const struct glb_report_family *f) {
  struct glb_plot_panel *panel = add_panel(c, "Performance profile", "return", "share of runs above it");
  show_share(panel);
  for (int g = 0; g < f->groups; g++) {
    const struct glb_report_group *group = &f->group[g];
    struct glb_plot_series *s = add_series(c, f, g);
    *s = (struct glb_plot_series){.label = s->label,
                                  .marks = GLB_PLOT_LINE,
                                  .colour = s->colour,
                                  .n = GLB_REPORT_LEVELS,
                                  .x = f->level,
                                  .y = group->share,
                                  .low = group->share_low,
                                  .high = group->share_high};
  }
}

/* Of all pairs; where these are many, of those with the first group. */
static void add_improvements(struct canvas *c, const struct glb_report_family *f) {
  static const double even[2] = {0.5, 0.5}, ends[2] = {-0.5, GLB_REPORT_GROUPS};
  const int all = f->pairs <= 3;
  struct glb_plot_panel *panel =
      add_panel(c, all ? "Improvement" : "Improvement over A", NULL, "probability");
  int n = 0;
  for (int k = 0; k < f->pairs; k++) {
    const struct glb_report_improvement *p = &f->pair[k];
    const int place = GLB_REPORT_EPISODES + n;
    if (!all && p->x) continue;
    snprintf(c->word[place], sizeof c->word[place], "%s%s%s", f->group[p->y].letter, all ? " > " : "",
             all ? f->group[p->x].letter : "");
    c->name[place] = c->word[place];
    c->pair[0][n] = p->probability;
    c->pair[1][n] = p->low;
    c->pair[2][n++] = p->high;
  }
  panel->x.count = n;
  panel->x.names = c->name + GLB_REPORT_EPISODES;
  show_share(panel);
  const int k = c->panels - 1;
  c->series[k][panel->count++] = (struct glb_plot_series){
      .marks = GLB_PLOT_LINE | GLB_PLOT_DASHED, .colour = 7, .n = 2, .x = ends, .y = even};
  c->series[k][panel->count++] = (struct glb_plot_series){
      .marks = GLB_PLOT_POINTS, .colour = 7, .n = n, .y = c->pair[0], .low = c->pair[1], .high = c->pair[2]};
}

// ---- all of it ----

static int plot_family(struct canvas *c, struct glb_report *r, int number) {
  const struct glb_report_family *f = &r->family[number];
  struct glb_report_figure
      learning = {.title = "Learning"},
      adaptation = {.title = "Adaptation"}, model = {.title = "Task model"}, busy = {.title = "Busy ranks"},
      phases = {.title = "Where time goes",
                .words =
                    "Mean over runs and rounds; the phases are explained in "
                    "docs/howto/see-where-time-goes.md."},
      compared = {.title = "Comparison"},
      belief = {.title = "Task model on held-out tasks",
                .words =
                    "Each row of a trial as predicted from those before it (glibrl calibration). Left: "
                    "probability integral transform of the predictive, 1 everywhere where it is calibrated, "
                    "a hill where it is too wide, a valley where it is too narrow. Middle: standard "
                    "deviation of the weights over the prior's. Right: log predictive density."};
  start(c, f);
  add_quantities(c, f, "learning", &learning);
  GLB_TRY(land(c, r, number, learning, "learning"));
  start(c, f);
  draw_adaptation(c, f, &adaptation);
  adaptation.words = f->group[0].adaptation.from_eval
                         ? "By episode: eval.json of each run."
                         : "By episode: the last evaluation in training, which tells of the first and last.";
  GLB_TRY(land(c, r, number, adaptation, "adaptation"));
  start(c, f);
  if (f->compared >= 0) {
    add_finals(c, f);
    add_profiles(c, f);
    add_improvements(c, f);
    compared.words =
        "Left: IQM over runs. Middle: share of runs whose final figure is above what the axis says. Right: "
        "probability that a run of one configuration ends above a run of the other.";
  }
  GLB_TRY(land(c, r, number, compared, "comparison"));
  start(c, f);
  add_quantities(c, f, "model", &model);
  GLB_TRY(land(c, r, number, model, "model"));
  start(c, f);
  draw_belief(c, f);
  GLB_TRY(land(c, r, number, belief, "belief"));
  start(c, f);
  add_quantities(c, f, "busy", &busy);
  GLB_TRY(land(c, r, number, busy, "busy"));
  start(c, f);
  add_phases(c, f, 0);
  add_phases(c, f, 1);
  return land(c, r, number, phases, "phases");
}

int glb_report_plot(struct glb_report *r) {
  struct canvas *c = malloc(sizeof *c);
  r->figure = calloc((size_t)r->families * GLB_REPORT_FIGURES, sizeof *r->figure);
  int code = c && r->figure ? GLB_OK
                            : glb_error_raise(GLB_ENOMEM, __FILE__, __LINE__,
                                              "no memory for figures of %d families", r->families);
  for (int i = 0; i < r->families && !code; i++) code = plot_family(c, r, i);
  free(c);
  return code ? glb_error_pass(code, __FILE__, __LINE__) : GLB_OK;
}
