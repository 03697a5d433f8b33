#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/model/special.h"
#include "common/store/checkpoint.h"
#include "common/store/h5.h"
#include "deploy/cli/calibration.h"
#include "deploy/cli/cli.h"
#include "deploy/cli/player.h"
#include "deploy/cli/values.h"
#include "deploy/plot/plot.h"

enum { LEVELS = 3, BINS = GLB_CALIBRATION_BINS, POINTS = GLB_CALIBRATION_POINTS };
static const double levels[LEVELS] = {0.5, 0.9, 0.95};

static const struct glb_option options[] = {
    {"tasks", "N", "held-out tasks (default 40)"},
    {"seed", "S", "seed of start states (default 0)"},
    {"plot", "FILE", "a figure too (.png or .svg)"},
    {"csv", "DIR", "folder of calibration.csv, not RUN"},
};

const struct glb_usage glb_usage_calibration = {
    .command = "calibration",
    .synopsis = "RUN [--tasks N] [--seed S] [--plot FILE] [--csv DIR]",
    .text =
        "Rolls out held-out tasks with the newest checkpoint of RUN and looks at what the task model "
        "predicts of\n"
        "each row from those before it in the trial: whether the predictive is calibrated (probability "
        "integral\n"
        "transform, coverage of its central intervals), how the posterior contracts and how predictions get "
        "better\n"
        "with the steps of a trial. Prints a summary of each head and writes all curves to "
        "RUN/calibration.csv,\n"
        "which glibrl report takes for its figures.",
    .options = options,
    .arguments = 1,
    .count = sizeof options / sizeof *options,
    .examples =
        "glibrl calibration runs/dir-1\n"
        "glibrl calibration runs/ml1 --tasks 50 --plot runs/ml1/calibration.png\n"};

struct request {
  const char *run, *plot, *csv;
  int64_t tasks, seed;
};

static int take(void *context, const char *name, const char *value) {
  struct request *r = context;
  int taken;
  const struct glb_value_range numbers[] = {{"tasks", &r->tasks, 1, 10000}, {"seed", &r->seed, 0, 10000}};
  if (!name) {
    r->run = value;
    return GLB_OK;
  }
  GLB_TRY(glb_value_ranges(&taken, numbers, sizeof numbers / sizeof *numbers, name, value));
  if (!strcmp(name, "plot")) r->plot = value;
  if (!strcmp(name, "csv")) r->csv = value;
  return GLB_OK;
}

struct sums {  // of one head over all rows of all trials
  double rows, targets, predictive;
  double bin[BINS], within[LEVELS];
  double reached[POINTS], deviation[POINTS], density[POINTS];  // by step
};

struct study {
  struct glb_player player;
  struct request request;
  struct glb_rows_work rows;
  struct glb_mind mind;
  double *location[GLB_HEADS], *scale[GLB_HEADS];  // (D)
  struct glb_arena arena;
  int width;  // steps of a point
  struct sums sums[GLB_HEADS];
  struct glb_calibration result;
};

static void lay_out(void *object, struct glb_arena *arena) {
  struct study *y = object;
  const struct glb_space *space = &y->player.session.space;
  glb_rows_init(&y->rows, space, arena, space->trial.T);
  glb_mind_init(&y->mind, space, arena);
  for (int h = 0; h < GLB_HEADS; h++) {
    const struct glb_head *head = &space->model.head[h];
    if (!head->used) continue;
    y->location[h] = GLB_TAKE(arena, double, head->D);
    y->scale[h] = GLB_TAKE(arena, double, head->D);
  }
}

// ---- a trial, row by row ----

static void place(struct sums *s, double probability) {
  const int bin = (int)(probability * BINS);
  s->bin[bin < BINS ? bin : BINS - 1]++;
  for (int l = 0; l < LEVELS; l++) s->within[l] += fabs(2 * probability - 1) <= levels[l];
  s->targets++;
}

/* Of the weights, over that of the prior: geometric mean over features. */
static double deviation_of(const struct glb_belief *belief, const struct glb_prior *prior) {
  const int K = belief->K;
  double sum = 0;
  for (int k = 0; k < K; k++) sum += 0.5 * log(belief->S[k * K + k] * prior->Xi0[k * K + k]);
  return exp(sum / K);
}

static void follow_row(struct study *y, int h, int t) {
  struct glb_belief *belief = &y->mind.belief[h];
  struct sums *s = &y->sums[h];
  const double *f = y->rows.Phi[h] + t * belief->K, *target = y->rows.Y[h] + t * belief->D;
  double *location = y->location[h], *scale = y->scale[h], density;
  const double dof = glb_belief_predictive(belief, f, location, scale);
  const int point = t / y->width;
  for (int d = 0; d < belief->D; d++)
    place(s, glb_special_student_cdf((target[d] - location[d]) / scale[d], dof));
  s->deviation[point] += deviation_of(belief, &y->mind.prior[h].prior);
  glb_belief_observe(belief, f, target, &density);
  s->density[point] += density;
  s->predictive += density;
  s->reached[point]++;
  s->rows++;
}

static void follow(struct study *y, const struct glb_trial *trial) {
  const struct glb_space *space = &y->player.session.space;
  glb_rows_trial(&y->rows, space, &y->player.acting, y->player.acting.model, trial);
  glb_mind_reset(&y->mind, space);
  for (int t = 0; t < trial->head->T; t++)
    for (int h = 0; h < GLB_HEADS; h++)
      if (space->model.head[h].used) follow_row(y, h, t);
}

static int roll_out(struct study *y) {
  struct glb_player *p = &y->player;
  const int tasks = (int)y->request.tasks;
  for (int first = 0; first < tasks; first += p->group) {
    const struct glb_rollout_request request = {.seed = (uint64_t)y->request.seed,
                                                .round = GLB_ROLLOUT_HELD_OUT_ROUND,
                                                .group = (uint32_t)(first / p->group),
                                                .split = GLB_SPLIT_TEST,
                                                .evaluate = 1};
    GLB_TRY(glb_rollout_run(p->rollout, &p->acting, &request, p->trials));
    for (int i = 0; i < p->group && first + i < tasks; i++) follow(y, &p->trials[i]);
  }
  return GLB_OK;
}

// ---- curves ----

static void add_point(struct glb_calibration_curve *curve, double at, double value) {
  curve->at[curve->n] = at;
  curve->value[curve->n++] = value;
}

static void sum_up(struct study *y, int h) {
  const struct sums *s = &y->sums[h];
  struct glb_calibration_curve *curve = y->result.curve[h];
  for (int b = 0; b < BINS; b++)
    add_point(&curve[GLB_CALIBRATION_PIT], (b + 0.5) / BINS, s->bin[b] * BINS / s->targets);
  for (int l = 0; l < LEVELS; l++)
    add_point(&curve[GLB_CALIBRATION_COVERAGE], levels[l], s->within[l] / s->targets);
  for (int k = 0; k < POINTS && s->reached[k]; k++) {
    const double at = k * y->width + 0.5 * (y->width - 1);  // rows seen before
    add_point(&curve[GLB_CALIBRATION_DEVIATION], at, s->deviation[k] / s->reached[k]);
    add_point(&curve[GLB_CALIBRATION_PREDICTIVE], at, s->density[k] / s->reached[k]);
  }
}

static void print_head(const struct study *y, int h) {
  const struct glb_calibration_curve *curve = y->result.curve[h], *cover = &curve[GLB_CALIBRATION_COVERAGE],
                                     *deviation = &curve[GLB_CALIBRATION_DEVIATION],
                                     *predictive = &curve[GLB_CALIBRATION_PREDICTIVE];
  printf("%s head, %.0f rows of %d trials\n", glb_head_name(h), y->sums[h].rows, (int)y->request.tasks);
  printf("  central intervals of the predictive hold  ");
  for (int l = 0; l < LEVELS; l++)
    printf("%s%.1f %% (%.0f)", l ? ", " : "", 100 * cover->value[l], 100 * levels[l]);
  printf("\n  deviation of the weights over the prior's %.3g at the end of a trial\n",
         deviation->value[deviation->n - 1]);
  printf("  log predictive of a row, nats             %.4g; %.4g at the start, %.4g at the end of a trial\n",
         y->sums[h].predictive / y->sums[h].rows, predictive->value[0], predictive->value[predictive->n - 1]);
}

// ---- files ----

static int plot_all(const struct study *y) {
  static const double ends[2] = {0, 1}, one[2] = {1, 1};
  struct glb_plot_series series[GLB_HEADS * GLB_CALIBRATION_QUANTITIES][2];
  struct glb_plot_panel panels[GLB_HEADS * GLB_CALIBRATION_QUANTITIES];
  char title[GLB_HEADS * GLB_CALIBRATION_QUANTITIES][64];
  int count = 0;
  for (int h = 0; h < GLB_HEADS; h++)
    for (int q = 0; q < GLB_CALIBRATION_QUANTITIES; q++) {
      const struct glb_calibration_words *words = glb_calibration_words(q);
      const struct glb_calibration_curve *curve = &y->result.curve[h][q];
      if (!words->title || !curve->n) continue;
      snprintf(title[count], sizeof title[count], "%s, %s head", words->title, glb_head_name(h));
      series[count][0] = (struct glb_plot_series){
          .marks = GLB_PLOT_LINE, .colour = 1, .n = curve->n, .x = curve->at, .y = curve->value};
      series[count][1] = (struct glb_plot_series){
          .marks = GLB_PLOT_LINE | GLB_PLOT_DASHED, .colour = 7, .n = 2, .x = ends, .y = one};
      panels[count] = (struct glb_plot_panel){.title = title[count],
                                              .x = {.label = words->x},
                                              .y = {.label = words->y},
                                              .count = q == GLB_CALIBRATION_PIT ? 2 : 1,
                                              .series = series[count]};
      count++;
    }
  const struct glb_plot plot = {.columns = 3, .count = count, .panels = panels};
  return glb_plot_write(&plot, y->request.plot);
}

static int write_files(const struct study *y) {
  const struct glb_csv_table table = {"calibration.csv", glb_calibration_put, 0};
  const char *folder = y->request.csv ? y->request.csv : y->request.run;
  GLB_TRY(glb_csv_folder(folder, &table, 1, &y->result));
  printf("curves: %s/calibration.csv\n", folder);
  if (!y->request.plot) return GLB_OK;
  GLB_TRY(plot_all(y));
  printf("figure: %s\n", y->request.plot);
  return GLB_OK;
}

static int run_study(struct study *y, struct glb_h5 *file) {
  GLB_TRY(glb_player_init(&y->player, file, 0, 0));
  GLB_TRY(glb_arena_lay(&y->arena, lay_out, y));
  const struct glb_space *space = &y->player.session.space;
  y->width = (space->trial.T + POINTS - 1) / POINTS;
  glb_mind_load(&y->mind, space, &y->player.acting);
  GLB_TRY(roll_out(y));
  for (int h = 0; h < GLB_HEADS; h++) {
    if (!space->model.head[h].used) continue;
    sum_up(y, h);
    print_head(y, h);
  }
  return write_files(y);
}

int glb_cmd_calibration(int argc, char **argv, int *status) {
  struct study *y = calloc(1, sizeof *y);
  struct glb_h5 *file;
  GLB_CHECK(y, GLB_ENOMEM, "no memory for calibration curves");
  y->request.tasks = 40;
  int code = glb_usage_parse(&glb_usage_calibration, argc, argv, status, take, &y->request);
  if (code == GLB_USAGE_HELP) {
    code = GLB_OK;
  } else if (!code && !y->request.run) {
    *status = glb_usage_error(&glb_usage_calibration, "RUN is missing");
  } else if (!code) {
    GLB_TRY_OUT(code, out, glb_checkpoint_need(&file, y->request.run));
    code = run_study(y, file);
    glb_h5_close(file);
  }
out:
  glb_arena_finish(&y->arena);
  glb_player_finish(&y->player);
  free(y);
  return code ? glb_error_pass(code, __FILE__, __LINE__) : GLB_OK;
}
