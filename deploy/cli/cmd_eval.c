#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/config/text.h"
#include "common/store/checkpoint.h"
#include "common/store/h5.h"
#include "common/task/task.h"
#include "deploy/cli/cli.h"
#include "deploy/cli/session.h"
#include "learner/evaluation.h"
#include "learner/state.h"

static const struct glb_option options[] = {
    {"tasks", "N", "held-out trials, tasks of the list in turn (default 40)"},
    {"episodes", "K", "episodes of a trial (default: as trained)"},
    {"seed", "S", "seed of start states (default 0)"},
    {"json", NULL, "print JSON"},
};

static const struct glb_usage usage = {
    .command = "eval",
    .synopsis = "RUN [--tasks N] [--episodes K] [--seed S] [--json]",
    .text =
        "Greedy trials on held-out tasks with the newest checkpoint of RUN: return and success by episode "
        "1..K, with\n"
        "interquartile mean and 95 % bootstrap interval over trials. Runs under mpirun too, with the same "
        "result.",
    .options = options,
    .arguments = 1,
    .count = sizeof options / sizeof *options,
    .examples = "glibrl eval runs/dir-1\nglibrl eval runs/vel-0 --tasks 80 --episodes 2 --json\n"};

struct request {
  const char *run;
  long tasks, episodes, seed;
  int json;
};

static int number(long *out, const char *name, const char *value, long low, long high) {
  int64_t n;
  GLB_CHECK(glb_text_parse_int(&n, value) && n >= low && n <= high, GLB_ECONFIG,
            "--%s takes a whole number from %ld to %ld, not \"%s\"", name, low, high, value);
  *out = (long)n;
  return GLB_OK;
}

static int take(void *context, const char *name, const char *value) {
  struct request *r = context;
  if (!name)
    r->run = value;
  else if (!strcmp(name, "tasks"))
    return number(&r->tasks, name, value, 1, 65536);
  else if (!strcmp(name, "episodes"))
    return number(&r->episodes, name, value, 1, GLB_SCORE_EPISODES);
  else if (!strcmp(name, "seed"))
    return number(&r->seed, name, value, 0, 2147483647);
  else
    r->json = 1;
  return GLB_OK;
}

/* One episode's figures over trials. */
static int by_episode(struct glb_interval *interval, const struct glb_evaluation *v, int e) {
  double *values = malloc((size_t)v->trials * sizeof *values);
  GLB_CHECK(values, GLB_ENOMEM, "no memory for %d values", v->trials);
  for (int i = 0; i < v->trials; i++) values[i] = v->returns[i * v->E + e];
  int code = glb_evaluation_interval(interval, values, v->trials, 0);
  free(values);
  GLB_TRY(code);
  return GLB_OK;
}

static int print_table(const struct glb_evaluation *v, const struct glb_family *family) {
  printf("%s: %d held-out trials, greedy\n", family->name, v->trials);
  printf("%8s %10s %10s %22s%s\n", "episode", "mean", "IQM", "95 % interval of IQM",
         family->success ? "  success" : "");
  for (int e = 0; e < v->E; e++) {
    struct glb_interval i;
    GLB_TRY(by_episode(&i, v, e));
    printf("%8d %10.1f %10.1f %10.1f .. %-8.1f", e + 1, i.mean, i.iqm, i.low, i.high);
    if (family->success) printf(" %8.2f", glb_evaluation_success(v, e));
    printf("\n");
  }
  return GLB_OK;
}

/* success is null for a family without a success flag. */
static int print_json(const struct glb_evaluation *v, const struct glb_family *family) {
  printf("{\"family\": \"%s\", \"trials\": %d, \"episodes\": [", family->name, v->trials);
  for (int e = 0; e < v->E; e++) {
    struct glb_interval i;
    char success[32] = "null";
    if (family->success) snprintf(success, sizeof success, "%.9g", glb_evaluation_success(v, e));
    GLB_TRY(by_episode(&i, v, e));
    printf(
        "%s{\"episode\": %d, \"return_mean\": %.9g, \"return_iqm\": %.9g, \"return_iqm_low\": %.9g, "
        "\"return_iqm_high\": %.9g, \"success\": %s}",
        e ? ", " : "", e + 1, i.mean, i.iqm, i.low, i.high, success);
  }
  printf("], \"returns\": [");
  for (int i = 0; i < v->trials * v->E; i++)
    printf("%s%s%.17g%s", i ? ", " : "", i % v->E ? "" : "[", v->returns[i], (i + 1) % v->E ? "" : "]");
  printf("]}\n");
  return GLB_OK;
}

/* The learner's rank: snapshot of the run to the actors, scores back. */
static int lead(struct glb_session *s, const struct request *r, struct glb_h5 *file) {
  const struct glb_evaluation_links links = {
      .desk = &s->desk, .mail = s->mail, .partner = glb_session_partner(s)};
  struct glb_order snapshot = {.verb = GLB_VERB_SNAPSHOT, .version = 1}, stop = {.verb = GLB_VERB_STOP};
  struct glb_evaluation v = {0};
  int code = GLB_OK;
  GLB_TRY_OUT(code, out, glb_evaluation_init(&v, (int)r->tasks, s->space.trial.E));
  GLB_TRY_OUT(code, out, glb_state_snapshot(s->desk.snapshot, &s->space, file));
  GLB_TRY_OUT(code, out, glb_desk_order(&s->desk, &snapshot));
  GLB_TRY_OUT(code, out, glb_desk_snapshot(&s->desk));
  GLB_TRY_OUT(code, out, glb_evaluation_run(&v, &links, (uint64_t)r->seed));
  GLB_TRY_OUT(code, out, glb_desk_order(&s->desk, &stop));
  GLB_TRY_OUT(code, out, r->json ? print_json(&v, s->space.family) : print_table(&v, s->space.family));
out:
  glb_evaluation_finish(&v);
  return code;
}

/* The learner's rank: what is asked, the checkpoint, and its configuration with as little memory as
 * evaluation needs. */
static int prepare(struct request *r, struct glb_config *config, struct glb_h5 **file, int argc, char **argv,
                   int *status) {
  GLB_TRY(glb_usage_parse(&usage, argc, argv, status, take, r));
  if (!r->run) {
    *status = glb_usage_error(&usage, "RUN is missing");
    return GLB_OK;
  }
  GLB_TRY(glb_checkpoint_need(file, r->run));
  GLB_TRY(glb_state_config(config, *file));
  config->replay_trials = config->train_slots;
  config->eval_trials = r->tasks;
  return GLB_OK;
}

int glb_cmd_eval(int argc, char **argv, int *status) {
  struct request r = {.tasks = 40};
  struct glb_session s = {0};
  struct glb_world world;
  struct glb_h5 *file = NULL;
  int go = 0;
  GLB_TRY(glb_world_init(&world));
  int code = world.learner ? prepare(&r, &s.config, &file, argc, argv, status) : GLB_OK;
  code = glb_session_share(&s.config, &world, code, status, &go);
  if (!code && go) {
    const int groups = (int)((s.config.eval_trials + s.config.actor_group - 1) / s.config.actor_group);
    int64_t episodes = r.episodes;
    GLB_TRY_OUT(code, out, glb_world_broadcast(&world, &episodes, sizeof episodes));
    GLB_TRY_OUT(code, out, glb_session_sizes(&s, (int)episodes));
    GLB_TRY_OUT(code, out, glb_session_join(&s, &world, groups));
    GLB_TRY_OUT(code, out, world.learner ? lead(&s, &r, file) : glb_actor_run(s.actor));
  }
out:
  glb_session_finish(&s);
  glb_h5_close(file);
  glb_world_finish(&world);
  return code == GLB_USAGE_HELP ? GLB_OK : code;
}
