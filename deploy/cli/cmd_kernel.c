#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/model/kernel.h"
#include "common/store/checkpoint.h"
#include "common/store/file.h"
#include "common/store/h5.h"
#include "common/task/task.h"
#include "deploy/cli/cli.h"
#include "deploy/cli/csv.h"
#include "deploy/cli/player.h"
#include "deploy/cli/values.h"
#include "deploy/plot/plot.h"

enum { ROWS_MAX = 400 };  // of a task: the dual form costs their cube

static const struct glb_option options[] = {
    {"tasks", "N", "held-out tasks (default 12)"},
    {"seed", "S", "seed of start states (default 0)"},
    {"untrained", NULL, "draw the basis anew from the run's seed: the identity holds for any basis"},
    {"plot", "FILE", "both bases, as a figure (.png or .svg) with its table, FILE.csv, beside it"},
    {"csv", "DIR", "folder of the tables, not RUN: kernel.csv and kernel-summary.csv, FILE's table"},
};

const struct glb_usage glb_usage_kernel = {
    .command = "kernel",
    .synopsis = "RUN [--tasks N] [--seed S] [--untrained] [--plot FILE] [--csv DIR]",
    .text =
        "Rolls out held-out tasks with the newest checkpoint of RUN and computes, for every pair, the "
        "squared distance of\n"
        "their task representations in weight form and the kernel correspondence of their samples in dual "
        "form\n"
        "(docs/theory/kernel-identity.md). Writes all pairs to RUN/kernel.csv and prints the largest "
        "relative deviation\n"
        "and the rank correlation with the true distance of the task vectors.",
    .options = options,
    .arguments = 1,
    .count = sizeof options / sizeof *options,
    .examples =
        "glibrl kernel runs/vel-0 --tasks 20\n"
        "glibrl kernel runs/vel-0 --tasks 20 --plot runs/vel-0/kernel.png\n"};

struct request {
  const char *run, *plot, *csv;
  int64_t tasks, seed;
  int untrained;
};

static int take(void *context, const char *name, const char *value) {
  struct request *r = context;
  int taken;
  const struct glb_value_range numbers[] = {{"tasks", &r->tasks, 2, 10000}, {"seed", &r->seed, 0, 10000}};
  if (!name) {
    r->run = value;
    return GLB_OK;
  }
  GLB_TRY(glb_value_ranges(&taken, numbers, sizeof numbers / sizeof *numbers, name, value));
  if (!strcmp(name, "plot")) r->plot = value;
  if (!strcmp(name, "csv")) r->csv = value;
  if (!strcmp(name, "untrained")) r->untrained = 1;
  return GLB_OK;
}

struct sample {            // rows of one task, per head
  double *Phi[GLB_HEADS];  // (ROWS_MAX x K)
  double *Y[GLB_HEADS];    // (ROWS_MAX x D)
  int N;
  double task[GLB_TASK_MAX];
};

struct comparison {  // all pairs of tasks, of one basis and head
  int untrained, head, pairs;
  double *representation, *correspondence, *distance,
      *deviation;                    // in memory of representation, owned (pairs)
  double worst, by_kernel, by_task;  // largest deviation; rank correlations of representation with the others
};

struct study {
  struct glb_player player;
  struct request request;
  struct glb_rows_work rows;
  struct glb_head_prior prior[GLB_HEADS];
  struct sample *sample;  // (tasks)
  struct glb_arena arena;
  int untrained;  // the basis is drawn
  int count;      // comparisons so far
  struct comparison comparison[2 * GLB_HEADS];
};

static void lay_out(void *object, struct glb_arena *arena) {
  struct study *y = object;
  const struct glb_space *space = &y->player.session.space;
  const int G = y->player.group, tasks = (int)y->request.tasks;
  y->sample = GLB_TAKE(arena, struct sample, tasks + G);
  glb_rows_init(&y->rows, space, arena, space->trial.T);
  for (int h = 0; h < GLB_HEADS; h++) {
    const struct glb_head *head = &space->model.head[h];
    if (!head->used) continue;
    glb_head_prior_init(&y->prior[h], head, arena);
    for (int i = 0; i < tasks + G; i++) {
      double *Phi = GLB_TAKE(arena, double, ROWS_MAX * head->K),
             *Y = GLB_TAKE(arena, double, ROWS_MAX * head->D);
      if (!Phi) continue;
      y->sample[i].Phi[h] = Phi;
      y->sample[i].Y[h] = Y;
    }
  }
}

/* Every stride-th row of a trial, so that at most ROWS_MAX remain. */
static void keep_rows(struct study *y, struct sample *sample, const struct glb_trial *trial) {
  const struct glb_space *space = &y->player.session.space;
  const int T = trial->head->T, stride = (T + ROWS_MAX - 1) / ROWS_MAX;
  memcpy(sample->task, trial->task, sizeof(double) * (size_t)space->trial.P);
  glb_rows_trial(&y->rows, space, &y->player.acting, y->player.acting.model, trial);
  for (int t = 0; t < T; t += stride, sample->N++)
    for (int h = 0; h < GLB_HEADS; h++) {
      const struct glb_head *head = &space->model.head[h];
      const int K = head->K, D = head->D;
      if (!head->used) continue;
      memcpy(sample->Phi[h] + sample->N * K, y->rows.Phi[h] + t * K, sizeof(double) * (size_t)K);
      memcpy(sample->Y[h] + sample->N * D, y->rows.Y[h] + t * D, sizeof(double) * (size_t)D);
    }
}

static int roll_out(struct study *y) {
  struct glb_player *p = &y->player;
  for (int first = 0; first < y->request.tasks; first += p->group) {
    const struct glb_rollout_request request = {.seed = (uint64_t)y->request.seed,
                                                .round = GLB_ROLLOUT_HELD_OUT_ROUND,
                                                .group = (uint32_t)(first / p->group),
                                                .split = GLB_SPLIT_TEST,
                                                .evaluate = 1};
    GLB_TRY(glb_rollout_run(p->rollout, &p->acting, &request, p->trials));
    for (int i = 0; i < p->group; i++) keep_rows(y, &y->sample[first + i], &p->trials[i]);
  }
  return GLB_OK;
}

/* Ranks from 0, ties by their mean. */
static void rank_values(double *rank, const double *x, int n) {
  for (int i = 0; i < n; i++) {
    int below = 0, equal = 0;
    for (int j = 0; j < n; j++) {
      below += x[j] < x[i];
      equal += x[j] == x[i];
    }
    rank[i] = below + 0.5 * (equal - 1);
  }
}

static double correlation(const double *x, const double *y, int n) {
  double mx = 0, my = 0, xx = 0, yy = 0, xy = 0;
  for (int i = 0; i < n; i++) {
    mx += x[i] / n;
    my += y[i] / n;
  }
  for (int i = 0; i < n; i++) {
    xx += (x[i] - mx) * (x[i] - mx);
    yy += (y[i] - my) * (y[i] - my);
    xy += (x[i] - mx) * (y[i] - my);
  }
  return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : NAN;
}

/* Spearman's rho; rank is scratch of 2 n. */
static double spearman(const double *x, const double *y, int n, double *rank) {
  rank_values(rank, x, n);
  rank_values(rank + n, y, n);
  return correlation(rank, rank + n, n);
}

// ---- comparisons ----

static int comparison_init(struct comparison *c, int untrained, int head, int tasks) {
  *c = (struct comparison){.untrained = untrained, .head = head, .pairs = tasks * (tasks - 1) / 2};
  c->representation = malloc(4 * (size_t)c->pairs * sizeof *c->representation);
  GLB_CHECK(c->representation, GLB_ENOMEM, "no memory for %d pairs", c->pairs);
  c->correspondence = c->representation + c->pairs;
  c->distance = c->correspondence + c->pairs;
  c->deviation = c->distance + c->pairs;
  return GLB_OK;
}

/* Euclidean, of the task vectors. */
static double task_distance(const struct sample *a, const struct sample *b, int P) {
  double sum = 0;
  for (int p = 0; p < P; p++) sum += (a->task[p] - b->task[p]) * (a->task[p] - b->task[p]);
  return sqrt(sum);
}

static int compare_pairs(struct comparison *c, struct study *y) {
  const int h = c->head, tasks = (int)y->request.tasks;
  int n = 0;
  for (int i = 0; i < tasks; i++)
    for (int j = i + 1; j < tasks; j++, n++) {
      const struct sample *a = &y->sample[i], *b = &y->sample[j];
      const struct glb_rows rows_a = {a->Phi[h], a->Y[h], a->N}, rows_b = {b->Phi[h], b->Y[h], b->N};
      double *left = &c->representation[n], *right = &c->correspondence[n];
      GLB_TRY(glb_kernel_identity(left, right, &y->prior[h].prior, rows_a, rows_b));
      c->distance[n] = task_distance(a, b, y->player.session.space.trial.P);
      c->deviation[n] = fabs(*left - *right) / fmax(fabs(*left), fabs(*right));
      if (c->deviation[n] > c->worst) c->worst = c->deviation[n];
    }
  return GLB_OK;
}

static int correlate(struct comparison *c) {
  double *rank = malloc(2 * (size_t)c->pairs * sizeof *rank);
  GLB_CHECK(rank, GLB_ENOMEM, "no memory for %d pairs", c->pairs);
  c->by_kernel = spearman(c->representation, c->correspondence, c->pairs, rank);
  c->by_task = spearman(c->representation, c->distance, c->pairs, rank);
  free(rank);
  return GLB_OK;
}

static void print_comparison(const struct comparison *c) {
  printf(
      "%-10s  %d pairs  largest relative deviation %.2e  rank correlation with kernel correspondence %.3f, "
      "with task distance %.3f%s\n",
      glb_head_name(c->head), c->pairs, c->worst, c->by_kernel, c->by_task,
      c->untrained ? "  (untrained)" : "");
}

static int compare_all(struct study *y) {
  for (int h = 0; h < GLB_HEADS; h++) {
    if (!y->player.session.space.model.head[h].used) continue;
    struct comparison *c = &y->comparison[y->count++];
    GLB_TRY(comparison_init(c, y->untrained, h, (int)y->request.tasks));
    GLB_TRY(compare_pairs(c, y));
    GLB_TRY(correlate(c));
    print_comparison(c);
  }
  return GLB_OK;
}

// ---- files ----

static const char *basis_name(const struct comparison *c) {
  return c->untrained ? "untrained" : "trained";
}

static void put_pairs(struct glb_csv *csv, const void *context) {
  const struct study *y = context;
  const int tasks = (int)y->request.tasks;
  glb_csv_head(csv, "basis,head,i,j,representation,correspondence,deviation,task_distance");
  for (int k = 0; k < y->count; k++) {
    const struct comparison *c = &y->comparison[k];
    int n = 0;
    for (int i = 0; i < tasks; i++)
      for (int j = i + 1; j < tasks; j++, n++) {
        const double values[] = {c->representation[n], c->correspondence[n], c->deviation[n], c->distance[n]};
        glb_csv_text(csv, basis_name(c));
        glb_csv_text(csv, glb_head_name(c->head));
        glb_csv_integer(csv, i);
        glb_csv_integer(csv, j);
        for (int v = 0; v < 4; v++) glb_csv_real(csv, values[v]);
        glb_csv_end(csv);
      }
  }
}

static void put_summary(struct glb_csv *csv, const void *context) {
  const struct study *y = context;
  glb_csv_head(csv, "basis,head,pairs,largest_deviation,rank_correlation_kernel,rank_correlation_task");
  for (int k = 0; k < y->count; k++) {
    const struct comparison *c = &y->comparison[k];
    glb_csv_text(csv, basis_name(c));
    glb_csv_text(csv, glb_head_name(c->head));
    glb_csv_integer(csv, c->pairs);
    glb_csv_real(csv, c->worst);
    glb_csv_real(csv, c->by_kernel);
    glb_csv_real(csv, c->by_task);
    glb_csv_end(csv);
  }
}

/* The line of equal sides from the smallest value to the largest, representation against kernel correspondence or (by_task) task
 * distance; the trained basis lies above the other. */
struct scatter {
  double ends[2];
  struct glb_plot_series series[3];
};

static void find_ends(double ends[2], const struct comparison *c) {
  for (int n = 0; n < c->pairs; n++) {
    ends[0] = fmin(ends[0], c->correspondence[n]);
    ends[1] = fmax(ends[1], c->correspondence[n]);
  }
}

static struct glb_plot_panel make_panel(struct scatter *s, const struct comparison *trained,
                                        const struct comparison *untrained, int by_task) {
  const struct comparison *both[] = {untrained, trained};
  *s = (struct scatter){.ends = {INFINITY, -INFINITY}};
  find_ends(s->ends, trained);
  find_ends(s->ends, untrained);
  s->series[0] = (struct glb_plot_series){.label = "equal",
                                          .marks = GLB_PLOT_LINE | GLB_PLOT_DASHED,
                                          .colour = 7,
                                          .n = by_task ? 0 : 2,
                                          .x = s->ends,
                                          .y = s->ends};
  for (int k = 0; k < 2; k++)
    s->series[k + 1] = (struct glb_plot_series){.label = basis_name(both[k]),
                                                .marks = GLB_PLOT_POINTS,
                                                .colour = 2 - k,
                                                .n = both[k]->pairs,
                                                .x = by_task ? both[k]->distance : both[k]->correspondence,
                                                .y = both[k]->representation};
  return (struct glb_plot_panel){
      .title = trained->head == GLB_HEAD_REWARD ? "Reward head" : "Transition head",
      .x = {.label = by_task ? "distance of the tasks" : "kernel correspondence", .log = by_task ? 0 : 10},
      .y = {.label = "squared distance of representations", .log = 10},
      .count = 3,
      .series = s->series};
}

/* A line of panels for each head. */
static int plot_all(const struct study *y) {
  struct scatter scatter[2 * GLB_HEADS];
  struct glb_plot_panel panels[2 * GLB_HEADS];
  const int heads = y->count / 2;
  for (int k = 0; k < 2 * heads; k++)
    panels[k] = make_panel(&scatter[k], &y->comparison[k / 2], &y->comparison[heads + k / 2], k % 2);
  const struct glb_plot plot = {.columns = 2, .legend = 1, .count = 2 * heads, .panels = panels};
  return glb_plot_write(&plot, y->request.plot);
}

static int write_files(const struct study *y) {
  char path[PATH_MAX];
  const char *plot = y->request.plot, *folder = y->request.csv ? y->request.csv : y->request.run;
  const struct glb_csv_table tables[] = {{"kernel.csv", put_pairs, 0},
                                         {"kernel-summary.csv", put_summary, !y->request.csv}};
  GLB_TRY(glb_csv_folder(folder, tables, 2, y));
  GLB_TRY(glb_file_path(path, folder, "kernel.csv"));
  printf("pairs: %s\n", path);
  if (!plot) return GLB_OK;
  GLB_TRY(plot_all(y));
  GLB_CHECK(snprintf(path, sizeof path, "%s.csv", plot) < PATH_MAX, GLB_EIO, "%.60s...: name too long", plot);
  GLB_TRY(glb_csv_land(path, put_summary, y));
  printf("figure: %s, table: %s\n", plot, path);
  return GLB_OK;
}

/* Rolls out and compares with one basis, the one of the checkpoint or one drawn as training began with. */
static int study_basis(struct study *y, int untrained) {
  const struct glb_space *space = &y->player.session.space;
  y->untrained = untrained;
  if (untrained)
    glb_model_draw(&space->model, y->player.acting.model, (uint64_t)y->player.session.config.train_seed);
  for (int h = 0; h < GLB_HEADS; h++)
    if (space->model.head[h].used)
      glb_head_prior_load(&y->prior[h], &space->model, h, y->player.acting.model);
  for (int i = 0; i < y->request.tasks + y->player.group; i++) y->sample[i].N = 0;
  GLB_TRY(roll_out(y));
  return compare_all(y);
}

static int run_study(struct study *y, struct glb_h5 *file) {
  GLB_TRY(glb_player_init(&y->player, file, 0, 0));
  GLB_TRY(glb_arena_lay(&y->arena, lay_out, y));
  if (y->request.plot || !y->request.untrained) GLB_TRY(study_basis(y, 0));
  if (y->request.plot || y->request.untrained) GLB_TRY(study_basis(y, 1));
  return write_files(y);
}

int glb_cmd_kernel(int argc, char **argv, int *status) {
  struct study y = {.request = {.tasks = 12}};
  struct glb_h5 *file;
  int code = glb_usage_parse(&glb_usage_kernel, argc, argv, status, take, &y.request);
  if (code) return code == GLB_USAGE_HELP ? GLB_OK : code;
  if (!y.request.run) {
    *status = glb_usage_error(&glb_usage_kernel, "RUN is missing");
    return GLB_OK;
  }
  GLB_TRY(glb_checkpoint_need(&file, y.request.run));
  code = run_study(&y, file);
  glb_h5_close(file);
  for (int k = 0; k < y.count; k++) free(y.comparison[k].representation);
  glb_arena_finish(&y.arena);
  glb_player_finish(&y.player);
  GLB_TRY(code);
  return GLB_OK;
}
