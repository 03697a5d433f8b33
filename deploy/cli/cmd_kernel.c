#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actors/rollout.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/config/text.h"
#include "common/model/kernel.h"
#include "common/store/checkpoint.h"
#include "common/store/h5.h"
#include "common/task/task.h"
#include "deploy/cli/cli.h"
#include "deploy/cli/session.h"
#include "learner/state.h"

enum { ROWS_MAX = 400 };  // of a task: the dual form costs their cube

static const struct glb_option options[] = {
    {"tasks", "N", "held-out tasks (default 12)"},
    {"seed", "S", "seed of start states (default 0)"},
    {"untrained", NULL, "draw the basis anew from the run's seed: the identity holds for any basis"},
};

const struct glb_usage glb_usage_kernel = {
    .command = "kernel",
    .synopsis = "RUN [--tasks N] [--seed S] [--untrained]",
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
    .examples = "glibrl kernel runs/vel-0 --tasks 20\n"};

struct request {
  const char *run;
  int64_t tasks, seed;
  int untrained;
};

static int take(void *context, const char *name, const char *value) {
  struct request *r = context;
  if (!name) {
    r->run = value;
  } else if (!strcmp(name, "untrained")) {
    r->untrained = 1;
  } else {
    int64_t *number = !strcmp(name, "tasks") ? &r->tasks : &r->seed;
    const int64_t low = number == &r->tasks ? 2 : 0;
    GLB_TRY(glb_usage_number(number, name, value, low, 10000));
  }
  return GLB_OK;
}

struct sample {            // rows of one task, per head
  double *Phi[GLB_HEADS];  // (ROWS_MAX x K)
  double *Y[GLB_HEADS];    // (ROWS_MAX x D)
  int N;
  double task[GLB_TASK_MAX];
};

struct study {
  struct glb_session session;
  struct request request;
  struct glb_acting acting;
  struct glb_rollout *rollout;
  struct glb_rows_work rows;
  struct glb_head_prior prior[GLB_HEADS];
  struct sample *sample;  // (tasks)
  struct glb_arena arena;
};

static void lay_out(void *object, struct glb_arena *arena) {
  struct study *y = object;
  const struct glb_space *space = &y->session.space;
  const int G = (int)y->session.config.actor_group, tasks = (int)y->request.tasks;
  y->sample = GLB_TAKE(arena, struct sample, tasks + G);
  float *snapshot = GLB_TAKE(arena, float, glb_acting_size(space));
  if (snapshot) glb_acting_map(&y->acting, space, snapshot);
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
  const struct glb_space *space = &y->session.space;
  const int T = trial->head->T, stride = (T + ROWS_MAX - 1) / ROWS_MAX;
  memcpy(sample->task, trial->task, sizeof(double) * (size_t)space->trial.P);
  glb_rows_trial(&y->rows, space, &y->acting, y->acting.model, trial);
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
  const struct glb_space *space = &y->session.space;
  const int G = (int)y->session.config.actor_group;
  const size_t bytes = glb_trial_bytes(space->trial);
  struct glb_trial *trials = calloc((size_t)G, sizeof *trials);
  char *blocks = aligned_alloc(64, bytes * (size_t)G);
  int code = trials && blocks ? GLB_OK
                              : glb_error_raise(GLB_ENOMEM, __FILE__, __LINE__, "no memory for %d trials", G);
  for (int i = 0; i < G && !code; i++) glb_trial_map(&trials[i], space->trial, blocks + (size_t)i * bytes);
  for (int first = 0; first < y->request.tasks && !code; first += G) {
    const struct glb_rollout_request request = {.seed = (uint64_t)y->request.seed,
                                                .round = GLB_ROLLOUT_HELD_OUT_ROUND,
                                                .group = (uint32_t)(first / G),
                                                .split = GLB_SPLIT_TEST,
                                                .evaluate = 1};
    code = glb_rollout_run(y->rollout, &y->acting, &request, trials);
    for (int i = 0; i < G && !code; i++) keep_rows(y, &y->sample[first + i], &trials[i]);
  }
  free(blocks);
  free(trials);
  GLB_TRY(code);
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

/* All pairs of one head: a line each to csv, a summary to stdout. pair: scratch, 5 x pairs. */
static int each_pair(struct study *y, int h, FILE *csv, double *pair, int pairs) {
  double *left = pair, *right = pair + pairs, *truth = pair + 2 * pairs, worst = 0;
  const int P = y->session.space.trial.P, tasks = (int)y->request.tasks;
  int n = 0;
  for (int i = 0; i < tasks; i++)
    for (int j = i + 1; j < tasks; j++, n++) {
      const struct sample *a = &y->sample[i], *b = &y->sample[j];
      const struct glb_rows rows_a = {a->Phi[h], a->Y[h], a->N}, rows_b = {b->Phi[h], b->Y[h], b->N};
      GLB_TRY(glb_kernel_identity(&left[n], &right[n], &y->prior[h].prior, rows_a, rows_b));
      const double deviation = fabs(left[n] - right[n]) / fmax(fabs(left[n]), fabs(right[n]));
      double distance = 0;
      for (int p = 0; p < P; p++) distance += (a->task[p] - b->task[p]) * (a->task[p] - b->task[p]);
      truth[n] = sqrt(distance);
      if (deviation > worst) worst = deviation;
      fprintf(csv, "%s,%d,%d,%.17g,%.17g,%.3g,%.17g\n", h == GLB_HEAD_REWARD ? "reward" : "transition", i, j,
              left[n], right[n], deviation, truth[n]);
    }
  printf(
      "%-10s  %d pairs  largest relative deviation %.2e  rank correlation with kernel correspondence %.3f, "
      "with task distance %.3f\n",
      h == GLB_HEAD_REWARD ? "reward" : "transition", n, worst, spearman(left, right, n, pair + 3 * pairs),
      spearman(left, truth, n, pair + 3 * pairs));
  return GLB_OK;
}

static int compare_all(struct study *y) {
  const int tasks = (int)y->request.tasks, pairs = tasks * (tasks - 1) / 2;
  char path[4200];
  snprintf(path, sizeof path, "%s/kernel.csv", y->request.run);
  double *pair = malloc(5 * (size_t)pairs * sizeof *pair);
  GLB_CHECK(pair, GLB_ENOMEM, "no memory for %d pairs", pairs);
  FILE *csv = fopen(path, "w");
  int code = csv ? GLB_OK : glb_error_raise(GLB_EIO, __FILE__, __LINE__, "cannot write %s", path);
  if (csv) fprintf(csv, "head,i,j,representation,correspondence,deviation,task_distance\n");
  for (int h = 0; h < GLB_HEADS && !code; h++)
    if (y->session.space.model.head[h].used) code = each_pair(y, h, csv, pair, pairs);
  free(pair);
  if (csv && fclose(csv) && !code)
    code = glb_error_raise(GLB_EIO, __FILE__, __LINE__, "cannot write %s", path);
  GLB_TRY(code);
  printf("pairs: %s\n", path);
  return GLB_OK;
}

static int run_study(struct study *y, struct glb_h5 *file) {
  struct glb_session *s = &y->session;
  GLB_TRY(glb_state_config(&s->config, file));
  GLB_TRY(glb_session_sizes(s, 0, 0));
  GLB_TRY(glb_arena_lay(&y->arena, lay_out, y));
  GLB_TRY(glb_state_snapshot(y->acting.block, &s->space, file));
  if (y->request.untrained) glb_model_draw(&s->space.model, y->acting.model, (uint64_t)s->config.train_seed);
  for (int h = 0; h < GLB_HEADS; h++)
    if (s->space.model.head[h].used) glb_head_prior_load(&y->prior[h], &s->space.model, h, y->acting.model);
  GLB_TRY(glb_rollout_create(&y->rollout, &s->config, &s->space));
  GLB_TRY(roll_out(y));
  return compare_all(y);
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
  glb_rollout_destroy(y.rollout);
  glb_session_finish(&y.session);
  glb_arena_finish(&y.arena);
  GLB_TRY(code);
  return GLB_OK;
}
