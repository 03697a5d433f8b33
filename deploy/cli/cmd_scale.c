#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/log.h"
#include "common/config/text.h"
#include "common/store/file.h"
#include "common/store/lock.h"
#include "common/task/task.h"
#include "deploy/cli/cli.h"
#include "deploy/cli/scale.h"
#include "deploy/cli/signals.h"
#include "deploy/cli/values.h"

static const struct glb_option options[] = {
    {"preset", "NAME", "start from a preset (glibrl params lists them)"},
    {"set", "KEY=VALUE", "set one parameter; may be given many times, the last counts"},
    {"ranks", "LIST",
     "numbers of ranks, ascending (default: 1,2,4); what others are compared with comes first"},
    {"weak", NULL,
     "weak scaling: train.slots is the slots of each actor, so that work grows with the actors"},
    {"rounds", "N", "rounds of a run that are measured (default: 20)"},
    {"warmup", "W",
     "rounds before them (default: one more than the first rounds that train.random_rounds and "
     "model.warmup_rounds make different)"},
    {"repeats", "R",
     "runs of each number of ranks (default: 3; with --precision at most so many, default: 10)"},
    {"precision", "P",
     "repeat until the 95 % interval of the median is within this share of it on each side (0.02)"},
    {"launcher", "COMMAND",
     "what starts ranks; -n RANKS is put behind it (default: \"mpirun --bind-to none\", the mpirun beside "
     "this "
     "program)"},
    {"out", "DIR", "folder of the study: runs, scale.h5, scale.csv, scale.md, scale.png, scale.svg"},
    {"csv", "DIR",
     "folder of the tables, if another: scale.csv and, with a projection, scale-projection.csv"},
};

const struct glb_usage glb_usage_scale = {
    .command = "scale",
    .synopsis = "[CONFIG.ini | --preset NAME] [--set KEY=VALUE]... --ranks LIST --out DIR [--csv DIR]",
    .text =
        "A scaling study: trains on each number of ranks, and reports the median time of a round with its 95 "
        "% "
        "interval,\n"
        "speed-up, efficiency, where time goes, what limits it, and a fitted model with a projection. "
        "Evaluations and\n"
        "checkpoints are left out. The same command goes on where a study ended; runs that are there count.",
    .options = options,
    .arguments = 1,
    .count = sizeof options / sizeof *options,
    .examples =
        "glibrl scale --preset cheetah-vel --ranks 1,2,4 --out studies/vel\n"
        "glibrl scale --preset ml10 --set train.slots=8 --weak --ranks 2,4,8,16 --precision 0.02 --out "
        "studies/ml10\n"
        "glibrl scale --preset ml10 --launcher \"srun --mpi=pmix\" --ranks 2,64,128 --out studies/slurm\n"};

struct request {
  struct glb_scale_plan plan;
  int based;   // a preset or a file has been taken
  int warmed;  // --warmup was given
};

static int take_number(int *out, const char *name, const char *value, int low, int high) {
  int64_t number;
  GLB_TRY(glb_value_number(&number, name, value, low, high));
  *out = (int)number;
  return GLB_OK;
}

static int take(void *context, const char *name, const char *value) {
  struct request *r = context;
  struct glb_scale_plan *p = &r->plan;
  if (!name || !strcmp(name, "preset")) return glb_value_config(&p->config, r->based++, name, value);
  if (!strcmp(name, "ranks"))
    return glb_value_list(p->ranks, &p->points, GLB_SCALE_POINTS, 65536, name, value);
  if (!strcmp(name, "rounds")) return take_number(&p->rounds, name, value, 2, 100000);
  if (!strcmp(name, "repeats")) return take_number(&p->repeats, name, value, 1, GLB_SCALE_REPEATS);
  if (!strcmp(name, "weak")) p->weak = 1;
  if (!strcmp(name, "launcher")) p->launcher = value;
  if (!strcmp(name, "out")) p->out = value;
  if (!strcmp(name, "csv")) p->csv = value;
  if (!strcmp(name, "warmup")) {
    r->warmed = 1;
    return take_number(&p->warmup, name, value, 0, 100000);
  }
  if (!strcmp(name, "precision"))
    GLB_CHECK(glb_text_parse_real(&p->precision, value) && p->precision > 0 && p->precision < 1, GLB_ECONFIG,
              "--precision takes a share between 0 and 1 such as 0.02, not \"%s\"", value);
  return GLB_OK;
}

static int take_set(void *context, const char *name, const char *value) {
  struct request *r = context;
  return name && !strcmp(name, "set") ? glb_config_set(&r->plan.config, value, "--set") : GLB_OK;
}

/* The first rounds have other work than those that follow. */
static void settle(struct request *r) {
  struct glb_scale_plan *p = &r->plan;
  const int64_t random = p->config.train_random_rounds, more = p->config.model_warmup_rounds;
  const int first = (int)(random > more ? random : more);
  if (!r->warmed) p->warmup = first + 1;
  if (p->warmup < first)
    GLB_WARN("--warmup %d: the first %d rounds do other work than those after them", p->warmup, first);
  if (!p->repeats) p->repeats = p->precision > 0 ? 10 : 3;
}

static int precise(const struct glb_scale_plan *plan, const struct glb_scale_point *p) {
  return plan->precision > 0 && p->runs > 1 && (p->high - p->low) / 2 <= plan->precision * p->median;
}

static int measure_point(struct glb_scale_study *s, int i, int repeat) {
  struct glb_scale_point *p = &s->point[i];
  GLB_TRY(glb_scale_measure(s, i, repeat));
  GLB_TRY(glb_scale_sum_up(s, p));
  printf("%d rank%s, %d run%s: median %.4g s a round [%.4g, %.4g]\n", p->ranks, p->ranks > 1 ? "s" : "",
         p->runs, p->runs > 1 ? "s" : "", p->median, p->low, p->high);
  fflush(stdout);
  return GLB_OK;
}

/* In turn, so that a machine that gets slower does so for all numbers of ranks. */
static int measure(struct glb_scale_study *s) {
  for (int repeat = 0; repeat < s->plan->repeats; repeat++)
    for (int i = 0; i < s->points; i++)
      if (!precise(s->plan, &s->point[i])) GLB_TRY(measure_point(s, i, repeat));
  for (int i = 0; i < s->points; i++)
    if (s->plan->precision > 0 && !precise(s->plan, &s->point[i]))
      GLB_WARN("%d ranks: after %d runs the interval is still %.1f %% of the median on each side",
               s->point[i].ranks, s->point[i].runs,
               50 * (s->point[i].high - s->point[i].low) / s->point[i].median);
  return GLB_OK;
}

static int run_study(struct glb_scale_study *s, const struct glb_scale_plan *plan) {
  char limits[512];
  GLB_TRY(glb_scale_prepare(s, plan));
  GLB_TRY(measure(s));
  glb_scale_conclude(s);
  GLB_TRY(glb_scale_report(s));
  GLB_TRY(glb_scale_plot(s));
  glb_scale_bottleneck(limits, sizeof limits, &s->point[s->points - 1]);
  printf("%s\nwrote %s/scale.md, scale.csv, scale.h5, scale.png, scale.svg\n", limits, plan->out);
  return GLB_OK;
}

/* In the locked folder. */
static int study(const struct glb_scale_plan *plan, int *status) {
  char runs[PATH_MAX];
  GLB_TRY(glb_file_path(runs, plan->out, "runs"));
  GLB_TRY(glb_file_folder(runs));
  struct glb_scale_study *s = calloc(1, sizeof *s);
  GLB_CHECK(s, GLB_ENOMEM, "no memory for a study");
  const int code = run_study(s, plan);
  glb_scale_finish(s);
  free(s);
  if (code == GLB_ESTOPPED) {
    *status = GLB_EXIT_AGAIN;
    GLB_INFO("stopped; the same command goes on");
    return GLB_OK;
  }
  return code ? glb_error_pass(code, __FILE__, __LINE__) : GLB_OK;
}

int glb_cmd_scale(int argc, char **argv, int *status) {
  char program[PATH_MAX];
  struct request r = {.plan = {.ranks = {1, 2, 4}, .points = 3, .rounds = 20}};
  struct glb_lock lock = {-1};
  const struct glb_family *family;
  glb_config_init(&r.plan.config);
  int code = glb_usage_parse(&glb_usage_scale, argc, argv, status, take, &r);
  if (!code) code = glb_usage_parse(&glb_usage_scale, argc, argv, status, take_set, &r);
  if (code) return code == GLB_USAGE_HELP ? GLB_OK : glb_error_pass(code, __FILE__, __LINE__);
  if (!r.plan.out) {
    *status = glb_usage_error(&glb_usage_scale, "--out DIR is missing");
    return GLB_OK;
  }
  settle(&r);
  GLB_TRY(glb_family_find(&family, r.plan.config.env_family));
  GLB_TRY(glb_value_program(program, sizeof program));
  r.plan.program = program;
  r.plan.stop = glb_signals_take(1);
  GLB_TRY(glb_file_folder(r.plan.out));
  GLB_TRY(glb_lock_take(&lock, r.plan.out));
  code = study(&r.plan, status);
  glb_lock_release(&lock);
  return code ? glb_error_pass(code, __FILE__, __LINE__) : GLB_OK;
}
