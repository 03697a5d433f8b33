#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/store/file.h"
#include "common/store/h5.h"
#include "common/store/runlog.h"
#include "deploy/cli/csv.h"
#include "deploy/cli/scale.h"

// ---- parts of a round ----

static int find_metric(const char *prefix, const char *name, const char *suffix) {
  char wanted[64];
  snprintf(wanted, sizeof wanted, "%s%s%s", prefix, name, suffix);
  for (int m = 0; m < GLB_METRICS; m++)
    if (!strcmp(glb_metric_name(m), wanted)) return m;
  return -1;
}

static void add_part(struct glb_scale_part *parts, int *count, const char *name) {
  for (int i = 0; i < *count; i++)
    if (!strcmp(parts[i].name, name)) return;
  if (*count == GLB_SCALE_PARTS) return;
  parts[(*count)++] = (struct glb_scale_part){.name = name,
                                              .learner = find_metric("time_", name, ""),
                                              .least = find_metric("actor_", name, "_min"),
                                              .mean = find_metric("actor_", name, ""),
                                              .most = find_metric("actor_", name, "_max")};
}

static int ends(const char *name, const char *end) {
  const size_t length = strlen(name), more = strlen(end);
  return length > more && !strcmp(name + length - more, end);
}

/* Metrics in seconds by name: time_X is the learner's, actor_X, actor_X_min and actor_X_max are the actors'. The model updates as a whole are
 * none where their parts are. */
int glb_scale_parts(struct glb_scale_part parts[GLB_SCALE_PARTS]) {
  const int whole = find_metric("time_", "solve", "") >= 0;
  int count = 0;
  for (int m = 0; m < GLB_METRICS; m++) {
    const char *name = glb_metric_name(m);
    if (strcmp(glb_metric_unit(m), "s") || strstr(name, "_cpu")) continue;
    if (!strncmp(name, "time_", 5) && !(whole && !strcmp(name, "time_model")))
      add_part(parts, &count, name + 5);
    if (!strncmp(name, "actor_", 6) && !ends(name, "_min") && !ends(name, "_max"))
      add_part(parts, &count, name + 6);
  }
  return count;
}

static double value_of(const struct glb_scale_point *p, int metric) {
  return metric >= 0 && isfinite(p->means[metric]) ? p->means[metric] : 0;
}

/* Seconds of the round that no part accounts for. */
static double rest_of(const struct glb_scale_point *p) {
  struct glb_scale_part parts[GLB_SCALE_PARTS];
  const int count = glb_scale_parts(parts);
  double sum = 0;
  for (int i = 0; i < count; i++) sum += value_of(p, parts[i].learner);
  return p->mean > sum ? p->mean - sum : 0;
}

// ---- what limits ----

static const struct verdict {
  const char *part, *text;
} verdicts[] = {
    {"wait",
     "the learner waits for trials, so the actors limit it: more of them help as far as there are slot "
     "groups"},
    {"sync", "the learner waits for the slowest actor's part of a model update"},
    {"reduce", "sums over ranks: communication limits it"},
    {"broadcast", "orders and parameters on their way to the actors: communication limits it"},
    {"model", "model updates, in which learner, actors and network take turns"},
    {"pack", "trials into and out of frames: fewer slots or more learner ranks help"},
};

void glb_scale_bottleneck(char *text, int size, const struct glb_scale_point *p) {
  struct glb_scale_part parts[GLB_SCALE_PARTS];
  const int count = glb_scale_parts(parts);
  const char *name = "rest", *why = "the learner's own work: more actors do not help, more learner ranks may";
  double most = rest_of(p);
  for (int i = 0; i < count; i++)
    if (value_of(p, parts[i].learner) > most) most = value_of(p, parts[i].learner), name = parts[i].name;
  for (size_t i = 0; i < sizeof verdicts / sizeof *verdicts; i++)
    if (!strcmp(name, verdicts[i].part)) why = verdicts[i].text;
  if (p->ranks == 1) why = "one process does everything in turn";
  snprintf(
      text, (size_t)size,
      "On %d rank%s the largest part of the learner's round is `%s`, %.0f %% of it: %s. The learner computes "
      "%.0f %% of the round, the actors %.0f %%.",
      p->ranks, p->ranks > 1 ? "s" : "", name, 100 * most / p->mean, why,
      100 * value_of(p, GLB_METRIC_learner_busy), 100 * value_of(p, GLB_METRIC_actor_busy));
}

// ---- the page ----

static void put_machine(FILE *out, const struct glb_scale_plan *plan) {
  char host[64] = "", line[256], cpu[256] = "unknown processor";
  FILE *in = fopen("/proc/cpuinfo", "r");
  gethostname(host, sizeof host - 1);
  while (in && fgets(line, sizeof line, in)) {
    if (strncmp(line, "model name", 10) || !strchr(line, ':')) continue;
    snprintf(cpu, sizeof cpu, "%.*s", (int)strcspn(strchr(line, ':') + 2, "\n"), strchr(line, ':') + 2);
    break;
  }
  if (in) fclose(in);
  const long cores = sysconf(_SC_NPROCESSORS_ONLN);
  fprintf(out, "Written on %s, %s, %ld cores.", host, cpu, cores);
  if (!plan->launcher && plan->ranks[plan->points - 1] > cores)
    fprintf(out, " **More ranks than cores**: times of those do not tell of a machine with a core for each.");
  fprintf(out, "\n\n");
}

static void put_head(FILE *out, const struct glb_scale_study *s) {
  const struct glb_scale_plan *plan = s->plan;
  const struct glb_config *c = &plan->config;
  fprintf(out, "# %s scaling of %s\n\n", plan->weak ? "Weak" : "Strong", c->env_family);
  put_machine(out, plan);
  fprintf(out, "%lld slots %s in groups of %lld, %lld model and %lld agent updates a round, lag %lld.\n",
          (long long)c->train_slots, plan->weak ? "for each actor" : "a round", (long long)c->actor_group,
          (long long)c->model_updates, (long long)c->agent_updates, (long long)c->schedule_lag);
  fprintf(out,
          "Each run: %d rounds, of which %d after a warm-up of %d are counted. Launcher: `%s`. Runs took "
          "turns over the "
          "numbers of ranks.\nIntervals: 95 %%, bootstrap over runs and over rounds within them.\n\n",
          plan->warmup + plan->rounds + 1, plan->rounds, plan->warmup,
          plan->launcher ? plan->launcher : "mpirun --bind-to none");
}

static void put_times(FILE *out, const struct glb_scale_study *s) {
  fprintf(out,
          "| ranks | learners | actors | slots | runs | s a round | 95 %% | steps/s | speed-up | 95 %% | "
          "efficiency |\n"
          "|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
  for (int i = 0; i < s->points; i++) {
    const struct glb_scale_point *p = &s->point[i];
    fprintf(out, "| %d | %d | %d | %d | %d | %.4g | %.4g .. %.4g | %.4g | %.3g | %.3g .. %.3g | %.0f %% |\n",
            p->ranks, p->learners, p->actors, p->slots, p->runs, p->median, p->low, p->high,
            p->steps / p->median, p->speedup[0], p->speedup[1], p->speedup[2], 100 * p->efficiency[0]);
  }
  fprintf(out, "\nSpeed-up: %s than on %d rank%s. Efficiency: speed-up over %s.\n\n",
          s->plan->weak ? "steps a second more" : "rounds a second more", s->point[0].ranks,
          s->point[0].ranks > 1 ? "s" : "", s->plan->weak ? "the work there is more (slots)" : "ranks");
}

static void put_cell(FILE *out, const struct glb_scale_point *p, int metric) {
  if (metric < 0)
    fprintf(out, " |");
  else
    fprintf(out, " %.3g |", value_of(p, metric));
}

/* Learner, and smallest, mean and largest of the actors, for each number of ranks. */
static void put_parts(FILE *out, const struct glb_scale_study *s) {
  struct glb_scale_part parts[GLB_SCALE_PARTS];
  const int count = glb_scale_parts(parts);
  fprintf(out, "## Where time goes\n\nSeconds a round, means over rounds.\n\n| part |");
  for (int i = 0; i < s->points; i++)
    fprintf(out, " %d: learner | actors, smallest | mean | largest |", s->point[i].ranks);
  fprintf(out, "\n|---|");
  for (int i = 0; i < s->points; i++) fprintf(out, "--:|--:|--:|--:|");
  fprintf(out, "\n");
  for (int k = 0; k < count; k++) {
    fprintf(out, "| %s |", parts[k].name);
    for (int i = 0; i < s->points; i++) {
      put_cell(out, &s->point[i], parts[k].learner);
      put_cell(out, &s->point[i], parts[k].least);
      put_cell(out, &s->point[i], parts[k].mean);
      put_cell(out, &s->point[i], parts[k].most);
    }
    fprintf(out, "\n");
  }
  fprintf(out, "| rest |");
  for (int i = 0; i < s->points; i++) fprintf(out, " %.3g | | | |", rest_of(&s->point[i]));
  fprintf(out, "\n| whole round |");
  for (int i = 0; i < s->points; i++) fprintf(out, " %.3g | | | |", s->point[i].mean);
  fprintf(out, "\n\n");
}

static double cpu_of_all(const struct glb_scale_point *p) {
  const double learner = value_of(p, GLB_METRIC_learner_cpu);
  return p->ranks == 1 ? learner : p->learners * learner + p->actors * value_of(p, GLB_METRIC_actor_cpu);
}

static void put_cpu(FILE *out, const struct glb_scale_study *s) {
  const struct glb_scale_point *base = &s->point[0];
  const double *l = s->cpu.learner, *a = s->cpu.actor;
  fprintf(out,
          "## CPU time\n\nSeconds a round of one rank, waiting left out but for polling: what ranks that "
          "share a core do not "
          "take from each other.\n\n| ranks | learner | actor, mean | actor, largest | all ranks | more than "
          "on %d, a rank "
          "|\n|--:|--:|--:|--:|--:|--:|\n",
          base->ranks);
  for (int i = 0; i < s->points; i++) {
    const struct glb_scale_point *p = &s->point[i];
    const double work = s->plan->weak ? p->steps / base->steps : 1;
    fprintf(out, "| %d | %.4g | %.4g | %.4g | %.4g | %.3g |\n", p->ranks, value_of(p, GLB_METRIC_learner_cpu),
            value_of(p, GLB_METRIC_actor_cpu), value_of(p, GLB_METRIC_actor_cpu_max), cpu_of_all(p),
            (cpu_of_all(p) - work * cpu_of_all(base)) / p->ranks);
  }
  fprintf(out, "\n");
  if (s->fitted)
    fprintf(out,
            "Learner: %.3g + %.3g log2(ranks) + %.3g ranks. Actor: %.3g + %.3g / actors + %.3g log2(ranks). "
            "More than one "
            "rank; non-negative least squares of relative deviations.\n\n",
            l[0], l[1], l[2], a[0], a[1], a[2]);
}

/* Metrics in bytes but those of memory. */
static void put_bytes(FILE *out, const struct glb_scale_study *s) {
  fprintf(out, "## Communication\n\n| a round |");
  for (int i = 0; i < s->points; i++)
    fprintf(out, " %d rank%s |", s->point[i].ranks, s->point[i].ranks > 1 ? "s" : "");
  fprintf(out, "\n|---|");
  for (int i = 0; i < s->points; i++) fprintf(out, "--:|");
  for (int m = 0; m < GLB_METRICS; m++) {
    if (strcmp(glb_metric_unit(m), "byte") || strstr(glb_metric_name(m), "memory")) continue;
    fprintf(out, "\n| %s, MB |", glb_metric_name(m));
    for (int i = 0; i < s->points; i++) fprintf(out, " %.4g |", value_of(&s->point[i], m) / 1e6);
  }
  fprintf(out, "\n\n");
}

static void put_fit(FILE *out, const struct glb_scale_study *s) {
  const struct glb_scale_fit *f = &s->fit;
  fprintf(out, "## Model\n\n");
  if (!s->fitted) {
    fprintf(out, "Three numbers of ranks are needed for a fit.\n");
    return;
  }
  fprintf(out,
          "t = %.4g + %.4g %s + %.4g log2(ranks) seconds, non-negative least squares of relative "
          "deviations%s.\n\n",
          f->coefficient[0], f->coefficient[1], f->weak ? "actors" : "/ actors", f->coefficient[2],
          f->points <= GLB_SCALE_TERMS ? "; as many terms as points, so that the deviations say little" : "");
  fprintf(out, "| ranks | measured, s | model, s | deviation |\n|--:|--:|--:|--:|\n");
  for (int i = 0; i < f->points; i++)
    fprintf(out, "| %d | %.4g | %.4g | %+.1f %% |\n", s->point[i].ranks, s->point[i].median,
            s->point[i].median * (1 + f->residual[i]), 100 * f->residual[i]);
  if (!f->ahead) return;
  fprintf(out,
          "\n**Projection, not measured**: the model beyond its points. The interval holds only if the model "
          "does.\n\n"
          "| ranks | actors | projected s a round | 95 %% |\n|--:|--:|--:|--:|\n");
  for (int i = 0; i < f->ahead; i++) {
    const struct glb_scale_ahead *a = &f->projection[i];
    fprintf(out, "| %d | %d | %.4g | %.4g .. %.4g |\n", a->ranks, a->actors, a->seconds, a->low, a->high);
  }
}

static void put_page(FILE *out, const struct glb_scale_study *s) {
  char text[512];
  put_head(out, s);
  fprintf(out, "![Scaling](scale.png)\n\n");
  put_times(out, s);
  glb_scale_bottleneck(text, sizeof text, &s->point[s->points - 1]);
  fprintf(out, "%s\n\n", text);
  put_parts(out, s);
  put_cpu(out, s);
  put_bytes(out, s);
  put_fit(out, s);
}

// ---- the tables ----

/* What the model says of a point; NaN where there is none. */
static double fitted(const struct glb_scale_study *s, int i) {
  return s->fitted ? s->point[i].median * (1 + s->fit.residual[i]) : NAN;
}

/* A line a point: what the page has, and the mean of every metric. */
static void put_csv(struct glb_csv *csv, const void *context) {
  const struct glb_scale_study *s = context;
  glb_csv_names(csv,
                "ranks,learners,actors,slots,runs,rounds,median_s,low_s,high_s,mean_s,steps_per_s,speedup,"
                "speedup_low,speedup_high,efficiency,fitted_s");
  for (int m = 0; m < GLB_METRICS; m++) glb_csv_names(csv, glb_metric_name(m));
  glb_csv_end(csv);
  for (int i = 0; i < s->points; i++) {
    const struct glb_scale_point *p = &s->point[i];
    const int counts[] = {p->ranks, p->learners, p->actors, p->slots, p->runs, s->plan->rounds};
    const double values[] = {
        p->median,     p->low,        p->high,       p->mean,          p->steps / p->median,
        p->speedup[0], p->speedup[1], p->speedup[2], p->efficiency[0], fitted(s, i)};
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) glb_csv_integer(csv, counts[k]);
    for (size_t k = 0; k < sizeof values / sizeof *values; k++) glb_csv_real(csv, values[k]);
    for (int m = 0; m < GLB_METRICS; m++) glb_csv_real(csv, p->means[m]);
    glb_csv_end(csv);
  }
}

static void put_projection(struct glb_csv *csv, const void *context) {
  const struct glb_scale_study *s = context;
  glb_csv_head(csv, "ranks,actors,projected_s,low_s,high_s");
  for (int i = 0; i < s->fit.ahead; i++) {
    const struct glb_scale_ahead *a = &s->fit.projection[i];
    glb_csv_integer(csv, a->ranks);
    glb_csv_integer(csv, a->actors);
    glb_csv_real(csv, a->seconds);
    glb_csv_real(csv, a->low);
    glb_csv_real(csv, a->high);
    glb_csv_end(csv);
  }
}

static int land_page(const struct glb_scale_study *s) {
  char path[PATH_MAX];
  struct glb_landing landing;
  GLB_TRY(glb_file_path(path, s->plan->out, "scale.md"));
  GLB_TRY(glb_file_begin(&landing, path));
  put_page(landing.out, s);
  return glb_file_settle(&landing, GLB_OK);
}

// ---- the arrays ----

enum { COLUMNS = 16 };

struct column {
  const char *name, *unit, *help;
  double value[GLB_SCALE_POINTS];
};

static void fill_row(struct column *c, int i, const struct glb_scale_study *s) {
  const struct glb_scale_point *p = &s->point[i];
  const double values[COLUMNS] = {
      p->ranks,      p->learners,   p->actors,     p->slots,         p->runs,
      p->median,     p->low,        p->high,       p->mean,          p->steps / p->median,
      p->speedup[0], p->speedup[1], p->speedup[2], p->efficiency[0], fitted(s, i),
      p->steps};
  for (int k = 0; k < COLUMNS; k++) c[k].value[i] = values[k];
}

static int write_columns(struct glb_h5 *file, const struct glb_scale_study *s) {
  struct column c[COLUMNS] = {
      {"ranks", "rank", "ranks in all", {0}},
      {"learners", "rank", "ranks that learn", {0}},
      {"actors", "rank", "ranks that act", {0}},
      {"slots", "slot", "trials of a round", {0}},
      {"runs", "run", "runs that were measured", {0}},
      {"median", "s", "time of a round, median over runs and rounds", {0}},
      {"median_low", "s", "lower end of its 95 % interval", {0}},
      {"median_high", "s", "upper end", {0}},
      {"mean", "s", "time of a round, mean", {0}},
      {"steps_per_second", "step/s", "environment steps over the median", {0}},
      {"speedup", "", "against the first number of ranks", {0}},
      {"speedup_low", "", "lower end of its 95 % interval", {0}},
      {"speedup_high", "", "upper end", {0}},
      {"efficiency", "", "speed-up over ranks; weak: the first median over this one", {0}},
      {"fitted", "s", "what the model says of the time of a round", {0}},
      {"steps", "step", "environment steps of a round", {0}},
  };
  const size_t n = (size_t)s->points;
  for (int i = 0; i < s->points; i++) fill_row(c, i, s);
  for (int k = 0; k < COLUMNS; k++) {
    GLB_TRY(glb_h5_write(file, c[k].name, GLB_H5_F64, 1, &n, c[k].value, c[k].unit));
    GLB_TRY(glb_h5_write_text(file, c[k].name, "help", c[k].help));
  }
  return GLB_OK;
}

static int write_metrics(struct glb_h5 *file, const struct glb_scale_study *s) {
  double values[GLB_SCALE_POINTS];
  char name[GLB_H5_NAME];
  const size_t n = (size_t)s->points;
  for (int m = 0; m < GLB_METRICS; m++) {
    for (int i = 0; i < s->points; i++) values[i] = s->point[i].means[m];
    snprintf(name, sizeof name, "metrics/%s", glb_metric_name(m));
    GLB_TRY(glb_h5_write(file, name, GLB_H5_F64, 1, &n, values, glb_metric_unit(m)));
    GLB_TRY(glb_h5_write_text(file, name, "help", glb_metric_help(m)));
  }
  return GLB_OK;
}

/* seconds/ranks-N: of each round of each run. */
static int write_rounds(struct glb_h5 *file, const struct glb_scale_study *s) {
  char name[GLB_H5_NAME];
  for (int i = 0; i < s->points; i++) {
    const struct glb_scale_point *p = &s->point[i];
    const size_t rounds = (size_t)s->plan->rounds, dims[2] = {(size_t)p->runs, rounds};
    double *all = malloc(dims[0] * rounds * sizeof *all);
    GLB_CHECK(all, GLB_ENOMEM, "no memory for the rounds of %d runs", p->runs);
    for (int r = 0; r < p->runs; r++)
      memcpy(all + (size_t)r * rounds, p->run[r].seconds, rounds * sizeof *all);
    snprintf(name, sizeof name, "seconds/ranks-%d", p->ranks);
    const int code = glb_h5_write(file, name, GLB_H5_F64, 2, dims, all, "s");
    free(all);
    GLB_TRY(code);
    GLB_TRY(glb_h5_write_text(file, name, "help", "time of each round, a row a run"));
  }
  return GLB_OK;
}

static int write_fit(struct glb_h5 *file, const struct glb_scale_fit *f) {
  const size_t terms = GLB_SCALE_TERMS, dims[2] = {(size_t)f->ahead, 4};
  double rows[GLB_SCALE_AHEAD][4];
  GLB_TRY(glb_h5_write(file, "fit/coefficients", GLB_H5_F64, 1, &terms, f->coefficient, "s"));
  GLB_TRY(glb_h5_write_text(file, "fit/coefficients", "help",
                            "of the model's terms: time of a round is their sum"));
  GLB_TRY(glb_h5_write_text(file, "fit/coefficients", "terms",
                            f->weak ? "1, actors, log2(ranks)" : "1, 1/actors, log2(ranks)"));
  if (!f->ahead) return GLB_OK;
  for (int i = 0; i < f->ahead; i++) {
    const struct glb_scale_ahead *a = &f->projection[i];
    const double row[4] = {a->ranks, a->seconds, a->low, a->high};
    memcpy(rows[i], row, sizeof row);
  }
  GLB_TRY(glb_h5_write(file, "fit/projection", GLB_H5_F64, 2, dims, rows, ""));
  GLB_TRY(
      glb_h5_write_text(file, "fit/projection", "help", "the model beyond its points, with 95 % intervals"));
  return glb_h5_write_text(file, "fit/projection", "columns",
                           "ranks, seconds, low, high: a projection, not measured");
}

static int write_all(struct glb_h5 *file, const struct glb_scale_study *s) {
  char text[16384], path[PATH_MAX];
  GLB_TRY(write_columns(file, s));
  GLB_TRY(write_metrics(file, s));
  GLB_TRY(write_rounds(file, s));
  if (s->fitted) GLB_TRY(write_fit(file, &s->fit));
  glb_config_write(&s->plan->config, text, sizeof text);
  GLB_TRY(glb_h5_write_text(file, "", "configuration", text));
  GLB_TRY(glb_h5_write_text(file, "", "study", s->plan->weak ? "weak" : "strong"));
  GLB_TRY(glb_h5_write_int(file, "", "warmup", s->plan->warmup));
  GLB_TRY(glb_file_path(path, s->plan->out, "scale.h5"));
  return glb_h5_land(file, path);
}

int glb_scale_report(const struct glb_scale_study *s) {
  struct glb_h5 *file;
  const struct glb_csv_table tables[] = {
      {"scale.csv", put_csv, 0}, {"scale-projection.csv", put_projection, !s->fitted || !s->fit.ahead}};
  GLB_TRY(land_page(s));
  GLB_TRY(glb_csv_folder(s->plan->csv ? s->plan->csv : s->plan->out, tables, 2, s));
  GLB_TRY(glb_h5_create(&file));
  const int code = write_all(file, s);
  glb_h5_close(file);
  return code ? glb_error_pass(code, __FILE__, __LINE__) : GLB_OK;
}
