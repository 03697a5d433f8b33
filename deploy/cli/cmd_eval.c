#include <stdio.h>
#include <string.h>

#include "actors/rollout.h"
#include "common/base/error.h"
#include "common/store/checkpoint.h"
#include "common/store/h5.h"
#include "common/task/task.h"
#include "deploy/cli/cli.h"
#include "deploy/cli/scores.h"
#include "deploy/cli/session.h"
#include "deploy/cli/trial_file.h"
#include "deploy/cli/values.h"
#include "learner/evaluation.h"
#include "learner/state.h"

static const struct glb_option options[] = {
    {"tasks", "N", "trials, tasks of the list in turn (default 40)"},
    {"episodes", "K", "episodes of a trial (default: as trained)"},
    {"horizon", "H", "steps of an episode (default: as trained)"},
    {"adapt", "N", "sample the actions of the first N episodes; then keep the belief and take the mode"},
    {"protocol", "metaworld", "as --adapt 10 --episodes 13 --horizon 500: MetaWorld's own evaluation"},
    {"split", "test|train", "held-out tasks, or tasks as in training (default: test)"},
    {"shuffled", NULL, "a control: every trial acts on the belief of another one"},
    {"best", NULL, "the checkpoint of the best evaluation in training, not the newest"},
    {"seed", "S", "seed of start states (default 0)"},
    {"json", NULL, "print JSON"},
    {"csv", "DIR", "the figures as tables too: DIR/episodes.csv, tasks.csv, trials.csv"},
    {"trials", "FILE", "the trials themselves as HDF5: observations, actions, rewards, beliefs, posteriors"},
};

const struct glb_usage glb_usage_eval = {
    .command = "eval",
    .synopsis =
        "RUN [--tasks N] [--episodes K] [--adapt N] [--protocol metaworld] [--split test|train] [--shuffled] "
        "[--json] [--csv DIR] [--trials FILE]",
    .text =
        "Greedy trials on held-out tasks with a checkpoint of RUN: return and success by episode\n"
        "1..K, with interquartile mean and 95 % bootstrap intervals over trials (stratified by kind of "
        "task), and\n"
        "a table by kind of task where a family has several. Runs under mpirun too, with the same result.",
    .options = options,
    .arguments = 1,
    .count = sizeof options / sizeof *options,
    .examples =
        "glibrl eval runs/dir-1\n"
        "glibrl eval runs/vel-0 --tasks 80 --episodes 2 --json\n"
        "glibrl eval runs/ml10 --tasks 250 --protocol metaworld\n"
        "glibrl eval runs/dir-1 --tasks 8 --trials trials.h5\n"};

struct request {
  const char *run, *csv, *trials;
  int64_t tasks, episodes, horizon, adapt, seed;
  int train, shuffled, best, json;
};

static int take_word(struct request *r, const char *name, const char *value) {
  if (!strcmp(name, "split")) {
    r->train = !strcmp(value, "train");
    GLB_CHECK(r->train || !strcmp(value, "test"), GLB_ECONFIG, "--split takes test or train, not \"%s\"",
              value);
    return GLB_OK;
  }
  GLB_CHECK(!strcmp(value, "metaworld"), GLB_ECONFIG, "--protocol takes metaworld, not \"%s\"", value);
  r->adapt = 10;
  r->episodes = 13;
  r->horizon = 500;
  return GLB_OK;
}

static int take(void *context, const char *name, const char *value) {
  struct request *r = context;
  int taken;
  const struct glb_value_range numbers[] = {{"tasks", &r->tasks, 1, 65536},
                                            {"episodes", &r->episodes, 1, GLB_SCORE_EPISODES},
                                            {"horizon", &r->horizon, 1, 100000},
                                            {"adapt", &r->adapt, 1, GLB_SCORE_EPISODES - 1},
                                            {"seed", &r->seed, 0, 2147483647}};
  if (!name) {
    r->run = value;
    return GLB_OK;
  }
  GLB_TRY(glb_value_ranges(&taken, numbers, sizeof numbers / sizeof *numbers, name, value));
  if (taken) return GLB_OK;
  if (!strcmp(name, "csv") || !strcmp(name, "trials")) {
    *(!strcmp(name, "csv") ? &r->csv : &r->trials) = value;
    return GLB_OK;
  }
  if (value) return take_word(r, name, value);
  *(!strcmp(name, "json") ? &r->json : !strcmp(name, "best") ? &r->best : &r->shuffled) = 1;
  return GLB_OK;
}

static int record(const struct glb_session *s, const struct glb_scores *scores, const char *path) {
  struct glb_acting acting;
  glb_acting_map(&acting, &s->space, s->desk.snapshot);
  const struct glb_trial_file trials = {.space = &s->space, .acting = &acting, .scores = scores};
  return glb_trial_file_write(&trials, path);
}

/* The learner's rank: snapshot of the run to the actors, scores back. */
static int lead(struct glb_session *s, const struct request *r, struct glb_h5 *file) {
  const struct glb_evaluation_links links = {.desk = &s->desk,
                                             .mail = s->mail,
                                             .partner = glb_session_partner(s),
                                             .group = (int)s->config.actor_group};
  const struct glb_protocol protocol = {.seed = (uint64_t)r->seed,
                                        .split = r->train ? GLB_SPLIT_TRAIN : GLB_SPLIT_TEST,
                                        .adapt = (int)r->adapt,
                                        .shuffled = r->shuffled};
  struct glb_order snapshot = {.verb = GLB_VERB_SNAPSHOT, .version = 1}, stop = {.verb = GLB_VERB_STOP};
  struct glb_evaluation v = {0};
  struct glb_kinds kinds = {0};
  const struct glb_scores scores = {
      .family = s->space.family, .protocol = &protocol, .evaluation = &v, .kinds = &kinds};
  int code = GLB_OK;
  GLB_TRY_OUT(code, out, glb_evaluation_init(&v, (int)r->tasks, s->space.trial.E));
  GLB_TRY_OUT(code, out,
              glb_kinds_init(&kinds, s->space.family, &protocol, (int)r->tasks, GLB_ROLLOUT_HELD_OUT_ROUND));
  GLB_TRY_OUT(code, out, glb_state_snapshot(s->desk.snapshot, &s->space, file));
  GLB_TRY_OUT(code, out, glb_desk_order(&s->desk, GLB_ACTING, &snapshot));
  GLB_TRY_OUT(code, out, glb_desk_snapshot(&s->desk));
  if (r->trials) GLB_TRY_OUT(code, out, glb_evaluation_keep(&v, s->space.trial));
  GLB_TRY_OUT(code, out, glb_evaluation_run(&v, &links, &protocol));
  GLB_TRY_OUT(code, out, glb_desk_order(&s->desk, GLB_ACTING, &stop));
  if (r->csv) GLB_TRY_OUT(code, out, glb_scores_land_csv(&scores, r->csv));
  if (r->trials) GLB_TRY_OUT(code, out, record(s, &scores, r->trials));
  GLB_TRY_OUT(code, out, r->json ? glb_scores_print_json(&scores) : glb_scores_print(&scores));
out:
  glb_kinds_finish(&kinds);
  glb_evaluation_finish(&v);
  return code;
}

/* The learner's rank: what is asked, the checkpoint, and its configuration with as little memory as
 * evaluation needs. */
static int prepare(struct request *r, struct glb_config *config, struct glb_h5 **file, int argc, char **argv,
                   int *status) {
  const struct glb_family *family;
  GLB_TRY(glb_usage_parse(&glb_usage_eval, argc, argv, status, take, r));
  if (!r->run) {
    *status = glb_usage_error(&glb_usage_eval, "RUN is missing");
    return GLB_OK;
  }
  GLB_TRY(r->best ? glb_checkpoint_best(file, r->run) : glb_checkpoint_need(file, r->run));
  GLB_TRY(glb_state_config(config, *file));
  GLB_TRY(glb_family_find(&family, config->env_family));
  if (!r->episodes)
    r->episodes = config->train_episodes_per_task ? config->train_episodes_per_task : family->episodes;
  GLB_CHECK(r->adapt < r->episodes, GLB_ECONFIG,
            "--adapt %lld leaves none of %lld episodes to be evaluated: raise --episodes",
            (long long)r->adapt, (long long)r->episodes);
  GLB_CHECK(!r->shuffled || config->actor_group > 1, GLB_ECONFIG,
            "--shuffled needs slots side by side, and the run has actor.group = 1");
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
    int64_t trial[] = {r.episodes, r.horizon};
    GLB_TRY_OUT(code, out, glb_world_broadcast(&world, GLB_ALL, trial, sizeof trial));
    GLB_TRY_OUT(code, out, glb_session_sizes(&s, (int)trial[0], (int)trial[1]));
    GLB_TRY_OUT(code, out, glb_session_join(&s, &world, groups));
    GLB_TRY_OUT(code, out, world.learner ? lead(&s, &r, file) : glb_actor_run(s.actor));
  }
out:
  glb_session_finish(&s);
  glb_h5_close(file);
  glb_world_finish(&world);
  return code == GLB_USAGE_HELP ? GLB_OK : code;
}
