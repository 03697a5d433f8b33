#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "common/base/error.h"
#include "common/store/file.h"
#include "deploy/cli/cli.h"
#include "deploy/cli/csv.h"
#include "deploy/cli/simulate.h"
#include "deploy/cli/values.h"
#include "deploy/plot/plot.h"

enum { POINTS = 32, ACTORS = 100000 };
static const double waits = 0.01;  // share of a round that a saturated learner waits at most

static const struct glb_option options[] = {
    {"set", "NAME=VALUE", "one parameter of the cluster; may be given many times"},
    {"actors", "LIST",
     "numbers of actors, ascending (default: 1,2,4,8,16,32,64,128,256,512,1000,2000,5000,10000)"},
    {"out", "DIR",
     "folder for simulate.md, simulate.csv, simulate.png and simulate.svg (default: the table alone, "
     "printed)"},
    {"csv", "DIR", "folder of simulate.csv, if another, or if it alone is wanted"},
};

static void list_parameters(void) {
  printf("\nParameters (--set):\n");
#define S(name, initial, low, high, unit, help) \
  printf("  %-19s %-9g %-7s %s\n", #name, (double)(initial), unit, help);
#include "deploy/cli/simulate.def"
#undef S
}

const struct glb_usage glb_usage_simulate = {
    .command = "simulate",
    .synopsis = "[--set NAME=VALUE]... [--actors LIST] [--out DIR] [--csv DIR]",
    .text =
        "Simulates rounds on a cluster that is not there, from the times "
        "of their parts, and says with how many "
        "actors the\n"
        "learner saturates and how efficient more of them are. A "
        "projection, not a measurement: assumptions are in "
        "docs/scaling.md.",
    .options = options,
    .count = sizeof options / sizeof *options,
    .lists = list_parameters,
    .examples =
        "glibrl simulate --set agent=0.01 --set agent_updates=400\n"
        "glibrl simulate --set learners=32 --set slots_per_actor=8 --set "
        "rollout=2.5 --out studies/cluster\n"};

struct request {
  struct glb_cluster cluster;
  int actors[POINTS], points;
  const char *out, *csv;
};

static int take(void *context, const char *name, const char *value) {
  struct request *r = context;
  if (!strcmp(name, "set")) return glb_cluster_set(&r->cluster, value);
  if (!strcmp(name, "actors")) return glb_value_list(r->actors, &r->points, POINTS, ACTORS, name, value);
  *(!strcmp(name, "out") ? &r->out : &r->csv) = value;
  return GLB_OK;
}

// ---- what is told ----

struct result {
  const struct request *request;
  struct glb_simulated point[POINTS];
  int points, saturation;  // actors with which one learner rank is saturated, 0: more than there may be
};

/* Work a second of an actor, against the first point. */
static double efficiency(const struct result *r, int i) {
  const struct glb_simulated *p = &r->point[i], *base = &r->point[0];
  return (p->slots / p->seconds / p->actors) / (base->slots / base->seconds / base->actors);
}

static void put_table(FILE *out, const struct result *r) {
  fprintf(out,
          "| actors | learners | slots | s a round | slots/s | efficiency | learner waits | model updates | "
          "agent updates | "
          "trials in | actors idle | learner takes in, MB "
          "|\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n");
  for (int i = 0; i < r->points; i++) {
    const struct glb_simulated *p = &r->point[i];
    fprintf(
        out,
        "| %d | %d | %d | %.4g | %.4g | %.0f %% | %.0f %% | %.0f %% | %.0f %% | %.0f %% | %.0f %% | %.4g |\n",
        p->actors, p->learners, p->slots, p->seconds, p->slots / p->seconds, 100 * efficiency(r, i),
        100 * p->wait / p->seconds, 100 * p->model / p->seconds, 100 * p->agent / p->seconds,
        100 * p->collect / p->seconds, 100 * p->idle / p->seconds, p->bytes / 1e6);
  }
  if (r->saturation)
    fprintf(out,
            "\nOne learner rank is saturated (waits for trials less than %.0f %% of a round) from %d actor%s "
            "on.\n",
            100 * waits, r->saturation, r->saturation > 1 ? "s" : "");
  else if (r->request->cluster.slots == 0)
    fprintf(out, "\nOne learner rank still waits for trials with %d actors.\n", ACTORS);
}

static void put_page(FILE *out, const struct result *r) {
  const double *values = (const double *)&r->request->cluster;
  int i = 0;
  fprintf(out,
          "# A simulated cluster\n\n**A projection, not a measurement**, by `glibrl simulate`.\n\n"
          "![Simulated](simulate.png)\n\n");
  put_table(out, r);
  fprintf(out, "\n| parameter | value | unit | |\n|---|--:|---|---|\n");
#define S(name, initial, low, high, unit, help) \
  fprintf(out, "| %s | %g | %s | %s |\n", #name, values[i++], unit, help);
#include "deploy/cli/simulate.def"
#undef S
}

static void put_csv(struct glb_csv *csv, const void *context) {
  const struct result *r = context;
  glb_csv_head(csv, "actors,learners,slots,seconds,efficiency,wait,model,sync,agent,collect,idle,bytes");
  for (int i = 0; i < r->points; i++) {
    const struct glb_simulated *p = &r->point[i];
    const double values[] = {p->seconds, efficiency(r, i), p->wait, p->model, p->sync,
                             p->agent,   p->collect,       p->idle, p->bytes};
    glb_csv_integer(csv, p->actors);
    glb_csv_integer(csv, p->learners);
    glb_csv_integer(csv, p->slots);
    for (size_t k = 0; k < sizeof values / sizeof *values; k++) glb_csv_real(csv, values[k]);
    glb_csv_end(csv);
  }
}

static int land_page(const struct result *r) {
  char path[PATH_MAX];
  struct glb_landing landing;
  GLB_TRY(glb_file_path(path, r->request->out, "simulate.md"));
  GLB_TRY(glb_file_begin(&landing, path));
  put_page(landing.out, r);
  return glb_file_settle(&landing, GLB_OK);
}

static int plot(const struct result *r) {
  double actors[POINTS], share[4][POINTS], efficient[POINTS], seconds[POINTS];
  char path[PATH_MAX];
  for (int i = 0; i < r->points; i++) {
    const struct glb_simulated *p = &r->point[i];
    actors[i] = p->actors;
    seconds[i] = p->seconds;
    efficient[i] = efficiency(r, i);
    share[0][i] = 1 - p->wait / p->seconds;
    share[1][i] = 1 - p->idle / p->seconds;
    share[2][i] = p->sync / p->seconds;
    share[3][i] = p->collect / p->seconds;
  }
  const unsigned marks = GLB_PLOT_LINE | GLB_PLOT_POINTS;
  const struct glb_plot_series times = {.marks = marks, .n = r->points, .x = actors, .y = seconds};
  const struct glb_plot_series one = {.marks = marks, .n = r->points, .x = actors, .y = efficient};
  const struct glb_plot_series shares[] = {
      {.label = "learner does not wait", .marks = marks, .n = r->points, .x = actors, .y = share[0]},
      {.label = "actors roll out", .marks = marks, .n = r->points, .x = actors, .y = share[1]},
      {.label = "model updates, other ranks", .marks = marks, .n = r->points, .x = actors, .y = share[2]},
      {.label = "trials in", .marks = marks, .n = r->points, .x = actors, .y = share[3]},
  };
  const struct glb_plot_axis x = {.label = "actors", .log = 10}, whole = {.low = 0, .high = 1.05};
  const struct glb_plot_panel panels[] = {
      {.title = "Time of a round", .x = x, .y = {.label = "seconds"}, .count = 1, .series = &times},
      {.title = "Efficiency", .x = x, .y = whole, .count = 1, .series = &one},
      {.title = "Shares of a round", .x = x, .y = whole, .count = 4, .series = shares},
  };
  const struct glb_plot figure = {
      .title = "Simulated: a projection, not a measurement", .count = 3, .panels = panels};
  GLB_TRY(glb_file_path(path, r->request->out, "simulate.png"));
  GLB_TRY(glb_plot_write(&figure, path));
  GLB_TRY(glb_file_path(path, r->request->out, "simulate.svg"));
  return glb_plot_write(&figure, path);
}

static int simulate(struct result *r) {
  const struct request *q = r->request;
  for (; r->points < q->points; r->points++)
    GLB_TRY(glb_simulate(&r->point[r->points], &q->cluster, q->actors[r->points]));
  if (q->cluster.slots == 0) GLB_TRY(glb_simulate_saturation(&r->saturation, &q->cluster, waits, ACTORS));
  put_table(stdout, r);
  const struct glb_csv_table table = {"simulate.csv", put_csv, 0};
  const char *csv = q->csv ? q->csv : q->out;
  if (csv) GLB_TRY(glb_csv_folder(csv, &table, 1, r));
  if (!q->out) return GLB_OK;
  GLB_TRY(glb_file_folder(q->out));
  GLB_TRY(land_page(r));
  return plot(r);
}

int glb_cmd_simulate(int argc, char **argv, int *status) {
  struct request r = {.actors = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000, 2000, 5000, 10000},
                      .points = 14};
  struct result result = {.request = &r};
  glb_cluster_init(&r.cluster);
  const int code = glb_usage_parse(&glb_usage_simulate, argc, argv, status, take, &r);
  if (code) return code == GLB_USAGE_HELP ? GLB_OK : glb_error_pass(code, __FILE__, __LINE__);
  GLB_TRY(simulate(&result));
  return GLB_OK;
}
