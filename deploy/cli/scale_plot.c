#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/base/error.h"
#include "common/store/file.h"
#include "common/store/runlog.h"
#include "deploy/cli/scale.h"
#include "deploy/plot/plot.h"

enum { CURVE = 64 };

struct curves {  // what the panels show, by point
  double ranks[GLB_SCALE_POINTS], median[GLB_SCALE_POINTS], low[GLB_SCALE_POINTS], high[GLB_SCALE_POINTS];
  double speedup[GLB_SCALE_POINTS], speedup_low[GLB_SCALE_POINTS], speedup_high[GLB_SCALE_POINTS];
  double ideal[GLB_SCALE_POINTS], fitted[GLB_SCALE_POINTS];
  double part[GLB_SCALE_PARTS + 1][GLB_SCALE_POINTS];
  double learner[GLB_SCALE_POINTS], actor[GLB_SCALE_POINTS], actor_most[GLB_SCALE_POINTS];  // CPU
  double ahead[GLB_SCALE_AHEAD + 1], seconds[GLB_SCALE_AHEAD + 1], ahead_low[GLB_SCALE_AHEAD + 1],
      ahead_high[GLB_SCALE_AHEAD + 1];
  char names[GLB_SCALE_POINTS][16];
  const char *name[GLB_SCALE_POINTS];
  struct glb_plot_series stack[GLB_SCALE_PARTS + 1];
  int stacked;
};

static void fill_point(struct curves *c, int i, const struct glb_scale_study *s) {
  const struct glb_scale_point *p = &s->point[i], *base = &s->point[0];
  c->ranks[i] = p->ranks;
  c->median[i] = p->median;
  c->low[i] = p->low;
  c->high[i] = p->high;
  c->speedup[i] = p->speedup[0];
  c->speedup_low[i] = p->speedup[1];
  c->speedup_high[i] = p->speedup[2];
  c->ideal[i] = s->plan->weak ? p->steps / base->steps : (double)p->ranks / base->ranks;
  c->fitted[i] = s->fitted ? p->median * (1 + s->fit.residual[i]) : NAN;
  c->learner[i] = p->means[GLB_METRIC_learner_cpu];
  c->actor[i] = p->ranks > 1 ? p->means[GLB_METRIC_actor_cpu] : NAN;
  c->actor_most[i] = p->ranks > 1 ? p->means[GLB_METRIC_actor_cpu_max] : NAN;
  snprintf(c->names[i], sizeof c->names[i], "%d", p->ranks);
  c->name[i] = c->names[i];
}

/* The learner's parts that are a hundredth of a round somewhere; the others are one. */
static void fill_parts(struct curves *c, const struct glb_scale_study *s) {
  struct glb_scale_part parts[GLB_SCALE_PARTS];
  const int count = glb_scale_parts(parts);
  double rest[GLB_SCALE_POINTS];
  for (int i = 0; i < s->points; i++) rest[i] = s->point[i].mean;
  for (int k = 0; k < count; k++) {
    double *values = c->part[c->stacked];
    int shown = 0;
    if (parts[k].learner < 0) continue;
    for (int i = 0; i < s->points; i++) {
      const double value = s->point[i].means[parts[k].learner];
      values[i] = isfinite(value) ? value : 0;
      shown |= values[i] > 0.01 * s->point[i].mean;
    }
    if (!shown) continue;
    for (int i = 0; i < s->points; i++) rest[i] -= values[i];
    c->stack[c->stacked++] =
        (struct glb_plot_series){.label = parts[k].name, .marks = GLB_PLOT_BARS, .n = s->points, .y = values};
  }
  for (int i = 0; i < s->points; i++) c->part[c->stacked][i] = rest[i] > 0 ? rest[i] : 0;
  c->stack[c->stacked] = (struct glb_plot_series){
      .label = "rest", .marks = GLB_PLOT_BARS, .n = s->points, .y = c->part[c->stacked]};
  c->stacked++;
}

/* From the last point's fitted value on. */
static int fill_ahead(struct curves *c, const struct glb_scale_study *s) {
  const struct glb_scale_fit *f = &s->fit;
  if (!s->fitted || !f->ahead) return 0;
  c->ahead[0] = c->ranks[s->points - 1];
  c->seconds[0] = c->ahead_low[0] = c->ahead_high[0] = c->fitted[s->points - 1];
  for (int i = 0; i < f->ahead; i++) {
    c->ahead[i + 1] = f->projection[i].ranks;
    c->seconds[i + 1] = f->projection[i].seconds;
    c->ahead_low[i + 1] = f->projection[i].low;
    c->ahead_high[i + 1] = f->projection[i].high;
  }
  return f->ahead + 1;
}

int glb_scale_plot(const struct glb_scale_study *s) {
  struct curves c = {.stacked = 0};
  const int n = s->points;
  for (int i = 0; i < n; i++) fill_point(&c, i, s);
  fill_parts(&c, s);
  const int ahead = fill_ahead(&c, s);

  const struct glb_plot_series times[] = {
      {.label = "measured",
       .marks = GLB_PLOT_LINE | GLB_PLOT_POINTS,
       .n = n,
       .x = c.ranks,
       .y = c.median,
       .low = c.low,
       .high = c.high},
      {.label = s->fitted ? "model" : NULL, .marks = GLB_PLOT_LINE, .n = n, .x = c.ranks, .y = c.fitted},
      {.label = ahead ? "projection" : NULL,
       .marks = GLB_PLOT_LINE | GLB_PLOT_DASHED,
       .colour = 2,
       .n = ahead,
       .x = c.ahead,
       .y = c.seconds,
       .low = c.ahead_low,
       .high = c.ahead_high},
  };
  const struct glb_plot_series speedups[] = {
      {.label = "measured",
       .marks = GLB_PLOT_LINE | GLB_PLOT_POINTS,
       .n = n,
       .x = c.ranks,
       .y = c.speedup,
       .low = c.speedup_low,
       .high = c.speedup_high},
      {.label = "ideal",
       .marks = GLB_PLOT_LINE | GLB_PLOT_DASHED,
       .colour = 7,
       .n = n,
       .x = c.ranks,
       .y = c.ideal},
  };
  const struct glb_plot_series cpu[] = {
      {.label = "learner", .marks = GLB_PLOT_POINTS, .n = n, .x = c.ranks, .y = c.learner},
      {.label = "actor, largest", .marks = GLB_PLOT_POINTS, .n = n, .x = c.ranks, .y = c.actor_most},
      {.label = "actor, mean", .marks = GLB_PLOT_POINTS, .n = n, .x = c.ranks, .y = c.actor},
      {.marks = GLB_PLOT_LINE, .colour = 1, .n = s->fitted ? n : 0, .x = c.ranks, .y = s->cpu.fitted_learner},
      {.marks = GLB_PLOT_LINE, .colour = 3, .n = s->fitted ? n : 0, .x = c.ranks, .y = s->cpu.fitted_actor},
  };
  const struct glb_plot_panel panels[] = {
      {.title = "Time of a round",
       .x = {.label = "ranks", .log = 2},
       .y = {.label = "seconds"},
       .count = 3,
       .series = times},
      {.title = s->plan->weak ? "Steps a second, first = 1" : "Speed-up",
       .x = {.label = "ranks", .log = 2},
       .y = {.log = 2},
       .count = 2,
       .series = speedups},
      {.title = "The learner's round",
       .x = {.label = "ranks", .count = n, .names = c.name},
       .y = {.label = "seconds"},
       .count = c.stacked,
       .series = c.stack,
       .stacked = 1,
       .legend_beside = 1},
      {.title = "CPU time of a rank",
       .x = {.label = "ranks", .log = 2},
       .y = {.label = "CPU seconds a round", .log = 10},
       .count = 5,
       .series = cpu},
  };
  char title[160], path[PATH_MAX];
  snprintf(title, sizeof title, "%s scaling of %.64s", s->plan->weak ? "Weak" : "Strong",
           s->plan->config.env_family);
  const struct glb_plot figure = {.title = title, .columns = 2, .count = 4, .panels = panels};
  GLB_TRY(glb_file_path(path, s->plan->out, "scale.png"));
  GLB_TRY(glb_plot_write(&figure, path));
  strcpy(path + strlen(path) - 4, ".svg");
  return glb_plot_write(&figure, path);
}
