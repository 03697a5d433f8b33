#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/store/checkpoint.h"
#include "common/store/file.h"
#include "common/store/h5.h"
#include "common/store/lock.h"
#include "common/store/status.h"
#include "common/task/task.h"
#include "deploy/cli/cli.h"
#include "deploy/cli/lists.h"
#include "deploy/cli/placement.h"
#include "deploy/cli/session.h"
#include "deploy/cli/signals.h"
#include "deploy/cli/tracing.h"
#include "deploy/cli/values.h"
#include "learner/learner.h"
#include "learner/state.h"
#include "proto/comm/survive.h"

static const struct glb_option options[] = {
    {"preset", "NAME", "start from a preset (glibrl params lists them)"},
    {"set", "KEY=VALUE", "set one parameter; may be given many times, the last counts"},
    {"out", "RUN", "run directory: configuration, metrics, checkpoints"},
    {"resume", "auto|never|PATH",
     "go on from RUN's newest checkpoint (auto, the default), refuse to (never), or start from a file"},
    {"max-walltime", "TIME",
     "end with a checkpoint and exit code 75 before this much time ([[H:]M:]S) has passed (default: what "
     "SLURM_JOB_END_TIME leaves)"},
    {"on-actor-loss", "continue|abort",
     "when an actor dies under mpirun --with-ft ulfm: go on without it (default), or end"},
    {"trace", "FILE",
     "write what each rank did when to FILE, to be opened at https://ui.perfetto.dev (the newest events of a "
     "long run)"},
    {"quiet", NULL, "say nothing but warnings and errors"},
    {"verbose", NULL, "say more: the parts of each round, checkpoints"},
    {"override", NULL, "resume although the configuration differs from the checkpoint's"},
};

static void list_choices(void) {
  glb_lists_presets("\nPresets (--preset):\n", 0);
  glb_lists_family_names("\nTask families (--set env.family=NAME; glibrl params says what they are):");
}

const struct glb_usage glb_usage_train = {
    .command = "train",
    .synopsis = "[CONFIG.ini | --preset NAME] [--set KEY=VALUE]... --out RUN",
    .text =
        "Trains GLiBRL on a task family. Under mpirun rank 0 learns and the others act; as one process it "
        "does both.\n"
        "The same seed gives the same bits on any number of ranks. The same command resumes where a run "
        "ended.\n"
        "SIGUSR1 ends it after the round, SIGTERM and SIGINT at once, with a checkpoint and exit code 75: "
        "run it again.",
    .options = options,
    .arguments = 1,
    .count = sizeof options / sizeof *options,
    .lists = list_choices,
    .examples =
        "glibrl train --preset point --out runs/point\n"
        "mpirun -n 3 glibrl train --preset cheetah-dir --set train.seed=1 --out runs/dir-1\n"};

struct request {
  struct glb_config config;
  const char *out, *resume, *walltime, *trace;
  int override, based;          // a preset or a file has been taken
  int level;                    // of the log, the same on all ranks
  double limit;                 // seconds until the job ends, 0: none
  const struct glb_stop *stop;  // what the outside asks, on the learner
  int64_t round;                // that the learner was in when it ended
  double noticed;               // when the newest loss of an actor was, 0: none
  struct glb_lock lock;
};

static int take(void *context, const char *name, const char *value) {
  struct request *r = context;
  if (!name || !strcmp(name, "preset")) return glb_value_config(&r->config, r->based++, name, value);
  if (!strcmp(name, "out")) r->out = value;
  if (!strcmp(name, "resume")) r->resume = value;
  if (!strcmp(name, "max-walltime")) r->walltime = value;
  if (!strcmp(name, "trace")) r->trace = value;
  if (!strcmp(name, "override")) r->override = 1;
  if (!strcmp(name, "quiet")) r->level = GLB_LOG_WARN;
  if (!strcmp(name, "verbose")) r->level = GLB_LOG_DEBUG;
  return GLB_OK;
}

/* --set comes after the file or preset wherever it stands. */
static int take_set(void *context, const char *name, const char *value) {
  struct request *r = context;
  char assignment[64];
  if (name && !strcmp(name, "set")) return glb_config_set(&r->config, value, "--set");
  if (!name || strcmp(name, "on-actor-loss")) return GLB_OK;
  snprintf(assignment, sizeof assignment, "watch.on_actor_loss=%.40s", value);
  return glb_config_set(&r->config, assignment, "--on-actor-loss");
}

static int compare(const struct request *r, struct glb_h5 *file, const char *path) {
  struct glb_config other;
  char keys[2048];
  GLB_TRY(glb_state_config(&other, file));
  GLB_CHECK(!glb_config_diff(&other, &r->config, keys, sizeof keys) || r->override, GLB_EMISMATCH,
            "%s was made with another configuration (checkpoint -> now):\n%sgive the same, another --out, or "
            "--override",
            path, keys);
  return GLB_OK;
}

/* The checkpoint to go on from, or NULL. */
static int find_checkpoint(const struct request *r, struct glb_h5 **file) {
  char path[4096] = "";
  const int from_file = strcmp(r->resume, "auto") && strcmp(r->resume, "never");
  *file = NULL;
  if (from_file)
    GLB_TRY(glb_checkpoint_open(file, r->resume));
  else
    GLB_TRY(glb_checkpoint_latest(file, r->out, path, sizeof path));
  if (!*file) return GLB_OK;
  int code = GLB_OK;
  if (!strcmp(r->resume, "never"))
    code = glb_error_raise(GLB_EMISMATCH, __FILE__, __LINE__,
                           "%s has checkpoints already: choose another --out, or --resume auto to go on",
                           r->out);
  else
    code = compare(r, *file, from_file ? r->resume : path);
  if (!code) return GLB_OK;
  glb_h5_close(*file);
  *file = NULL;
  return glb_error_pass(code, __FILE__, __LINE__);
}

/* On the learner's rank: what is asked, the run directory, and where to go on from. */
static int prepare(struct request *r, struct glb_h5 **file, int argc, char **argv, int *status) {
  const struct glb_family *family;
  GLB_TRY(glb_usage_parse(&glb_usage_train, argc, argv, status, take, r));
  GLB_TRY(glb_usage_parse(&glb_usage_train, argc, argv, status, take_set, r));
  if (!r->out) {
    *status = glb_usage_error(&glb_usage_train, "--out RUN is missing");
    return GLB_OK;
  }
  GLB_TRY(glb_config_validate(&r->config));
  GLB_TRY(glb_family_find(&family, r->config.env_family));
  GLB_TRY(glb_signals_limit(&r->limit, r->walltime));
  GLB_TRY(glb_file_folder(r->out));
  GLB_TRY(glb_lock_take(&r->lock, r->out));
  if (r->lock.refused)
    GLB_WARN("%s: the file system has no locks (%s): see to it that no second run writes there", r->out,
             strerror(r->lock.refused));
  GLB_TRY(glb_file_sweep(r->out));
  GLB_TRY(find_checkpoint(r, file));
  if (r->trace) GLB_TRY(glb_tracing_check(r->trace));
  char path[4200], text[16384];
  const size_t length = glb_config_write(&r->config, text, sizeof text);
  snprintf(path, sizeof path, "%s/config.ini", r->out);
  return glb_file_land(path, text, length);
}

/* Threads of a rank that learns: as configured, or one for each of its shards of the agent. */
static int threads_wanted(const struct glb_config *config, const struct glb_world *world) {
  return (int)(config->learner_threads > 0 ? config->learner_threads
                                           : config->agent_shards / world->learners);
}

/* No more than the cores that it may use, where that is left open. */
static int threads_for(const struct glb_config *config, const struct glb_world *world) {
  const int wanted = threads_wanted(config, world);
  cpu_set_t set;
  int cores = 1;
  if (!sched_getaffinity(0, sizeof set, &set)) cores = CPU_COUNT(&set);
  return config->learner_threads > 0 || wanted < cores ? wanted : cores;
}

/* How the run stands now, for who looks from outside. */
static int tell(const struct request *r, const char *state, int exit, int64_t round, const char *why) {
  return glb_status_write(
      r->out,
      &(struct glb_status){
          .state = state, .exit = exit, .round = round, .rounds = r->config.train_rounds, .why = why});
}

/* What has come of a run: finished, stopped or failed; *status gets the exit code of a stop. A failure to say so does not hide
 * the failure itself. GLB_ESTOPPED passes: the other ranks do not know yet. */
static int conclude(struct request *r, const struct glb_learner *l, const struct glb_stop *stop, int code,
                    int *status) {
  const int64_t round = l ? l->round : -1;
  r->round = round;
  if (code == GLB_EPEER && r->config.watch_on_actor_loss == GLB_ON_ACTOR_LOSS_CONTINUE) return code;
  const int stopped = code == GLB_ESTOPPED || (!code && round < r->config.train_rounds);
  if (!stopped && code) {
    struct glb_error_kept why;
    glb_error_keep(&why, code);
    const size_t end = strlen(why.message);
    if (code == GLB_EIO)
      snprintf(why.message + end, sizeof why.message - end, "; then the same command goes on");
    if (tell(r, "failed", 1, round, why.message)) GLB_WARN("%s", glb_error_message());
    return glb_error_again(&why);
  }
  if (!stopped) return tell(r, "finished", 0, round, "");
  const char *why = glb_signals_name(stop->now ? stop->now : stop->soon);
  *status = GLB_EXIT_AGAIN;
  GLB_TRY(tell(r, "stopped", GLB_EXIT_AGAIN, round, why));
  GLB_INFO("stopped by %s; a checkpoint is written: the same command goes on", why);
  return code;
}

/* A learner at its start, or where the checkpoint in file left it. */
static int make_learner(struct glb_learner **learner, const struct request *r,
                        const struct glb_learner_links *links, struct glb_h5 *file) {
  GLB_TRY(glb_learner_create(learner, links));
  if (!file) return GLB_OK;
  GLB_TRY(glb_state_load(*learner, file));
  if (r->noticed > 0)
    GLB_INFO("going on after round %lld, %.2f s after the loss was noticed", (long long)(*learner)->round,
             glb_clock_wall() - r->noticed);
  else
    GLB_INFO("going on after round %lld", (long long)(*learner)->round);
  return GLB_OK;
}

static int learn(struct glb_session *s, struct request *r, struct glb_h5 *file, int *status) {
  const struct glb_stop *stop = r->stop;
  struct glb_pool *pool = NULL;
  struct glb_learner *learner = NULL;
  int code = GLB_OK;
  GLB_TRY_OUT(code, out, tell(r, "running", -1, -1, ""));
  GLB_TRY_OUT(code, out, glb_pool_create(&pool, threads_for(&s->config, s->world)));
  const struct glb_learner_links links = {.config = &s->config,
                                          .space = &s->space,
                                          .fit = &s->fit,
                                          .world = s->world,
                                          .desk = &s->desk,
                                          .mail = s->mail,
                                          .partner = glb_session_partner(s),
                                          .pool = pool,
                                          .run = r->out,
                                          .stop = stop,
                                          .quiet = r->level < GLB_LOG_INFO};
  glb_trace_begin(s->world->trace, GLB_PHASE_setup, -1);
  code = make_learner(&learner, r, &links, file);
  glb_trace_end(s->world->trace);
  if (code) goto out;
  GLB_INFO("%s: %d actor%s, %d learner%s of %d thread%s, %lld slots in groups of %lld", s->config.env_family,
           s->world->actors, s->world->actors == 1 ? "" : "s", s->world->learners,
           s->world->learners == 1 ? "" : "s", glb_pool_threads(pool), glb_pool_threads(pool) == 1 ? "" : "s",
           (long long)s->config.train_slots, (long long)s->config.actor_group);
  GLB_TRY_OUT(code, out, glb_learner_run(learner));
out:
  code = conclude(r, learner, stop, code, status);
  if (code != GLB_EPEER || s->world->learners == 1)
    glb_learner_destroy(learner);
  else if (learner)
    glb_guard_finish(&learner->guard);  // MPI may still be writing to the rest
  glb_pool_destroy(pool);
  return code;
}

static void tell_place(void *context, int warn, const char *what, const char *line) {
  (void)context, (void)what;
  glb_log(warn ? GLB_LOG_WARN : GLB_LOG_INFO, "%s", line);
}

/* Where the ranks are, and CPUs of their own where that is wanted. */
static int take_places(const struct glb_config *config, struct glb_world *world) {
  const int threads = threads_wanted(config, world);
  struct glb_place mine, *all = calloc((size_t)world->size, sizeof *all);
  int code = GLB_OK, bound;
  GLB_CHECK(all, GLB_ENOMEM, "no memory for the places of %d ranks", world->size);
  glb_placement_probe(&mine);
  GLB_TRY_OUT(code, out, glb_world_gather(world, GLB_ALL, world->learner ? all : NULL, &mine, sizeof mine));
  if (config->learner_bind) {
    GLB_TRY_OUT(code, out, glb_placement_bind(world, all, threads, &bound));
    glb_placement_probe(&mine);
    GLB_TRY_OUT(code, out, glb_world_gather(world, GLB_ALL, world->learner ? all : NULL, &mine, sizeof mine));
  }
  if (world->learner && world->size > 1)
    glb_placement_tell(all, world->size, world->learners, threads, tell_place, NULL);
out:
  free(all);
  return code;
}

/* Beside the learner. */
static int assist(struct glb_session *s) {
  struct glb_pool *pool = NULL;
  struct glb_replica *replica = NULL;
  int code = GLB_OK;
  GLB_TRY_OUT(code, out, glb_pool_create(&pool, threads_for(&s->config, s->world)));
  const struct glb_replica_links links = {.config = &s->config,
                                          .space = &s->space,
                                          .world = s->world,
                                          .desk = &s->desk,
                                          .mail = s->mail,
                                          .pool = pool};
  GLB_TRY_OUT(code, out, glb_replica_create(&replica, &links));
  GLB_TRY_OUT(code, out, glb_replica_run(replica));
out:
  if (code != GLB_EPEER) glb_replica_destroy(replica);  // MPI may still be writing to it
  glb_pool_destroy(pool);
  return code;
}

static int join(struct glb_session *s, struct glb_world *world) {
  GLB_TRY(glb_world_enlist(world, (int)s->config.learner_ranks, (int)s->config.agent_shards));
  GLB_TRY(take_places(&s->config, world));
  GLB_TRY(glb_session_sizes(s, 0, 0));
  return glb_session_join(s, world, (int)(s->config.train_slots / s->config.actor_group));
}

static int take_part(struct request *r, struct glb_h5 *file, struct glb_world *world, int *status) {
  struct glb_session s = {.config = r->config};
  int code = GLB_OK;
  glb_trace_begin(world->trace, GLB_PHASE_setup, -1);
  code = join(&s, world);
  glb_trace_end(world->trace);
  if (code) goto out;
  if (world->learners == 1) world->stop = r->stop;  // else only where all that learn are in step
  world->watch.patience = s.config.watch_patience;
  world->watch.limit = s.config.watch_limit;
  if (world->actor == 0)
    GLB_INFO("an actor remembers up to %.1f MB of trials", (double)glb_actor_memory(s.actor) / 1e6);
  if (world->learner)
    GLB_TRY_OUT(code, out, learn(&s, r, file, status));
  else if (world->replica >= 0)
    GLB_TRY_OUT(code, out, assist(&s));
  else
    GLB_TRY_OUT(code, out, glb_actor_run(s.actor));
out:
  if ((code == GLB_ESTOPPED || code == GLB_EPEER || code == GLB_ESILENT) && world->size > 1)
    glb_session_abandon(&s);
  else
    glb_session_finish(&s);
  return code;
}

/* After the death of actors: the survivors find together, and the learner goes back to the round that was finished last. */
static int regroup(struct request *r, struct glb_h5 **file, struct glb_world *world) {
  struct glb_lost *lost = calloc((size_t)world->size, sizeof *lost);
  int count;
  GLB_CHECK(lost, GLB_ENOMEM, "no memory for %d ranks", world->size);
  const char *phase = world->watch.phase;
  r->noticed = glb_clock_wall();
  int code = glb_world_survive(world, lost, &count);
  for (int i = 0; !code && world->learner && i < count; i++)
    GLB_WARN("rank %d on %s was lost in round %lld, noticed while waiting for %s; %d actor%s left",
             lost[i].rank, lost[i].host, (long long)r->round, phase, world->actors,
             world->actors == 1 ? " is" : "s are");
  free(lost);
  GLB_TRY(code);
  if (!world->learner) return GLB_OK;
  glb_h5_close(*file);
  GLB_TRY(glb_checkpoint_latest(file, r->out, NULL, 0));
  return GLB_OK;
}

static int train(struct request *r, struct glb_h5 **file, struct glb_world *world, int *status) {
  for (;;) {
    const int code = take_part(r, *file, world, status);
    if (code != GLB_EPEER || r->config.watch_on_actor_loss == GLB_ON_ACTOR_LOSS_ABORT) return code;
    GLB_TRY_IN(world->trace, GLB_PHASE_setup, -1, regroup(r, file, world));
  }
}

int glb_cmd_train(int argc, char **argv, int *status) {
  struct request r = {.resume = "auto", .level = GLB_LOG_INFO, .lock = {-1}};
  struct glb_world world;
  struct glb_tracing tracing;
  struct glb_h5 *file = NULL;
  int go = 0;
  GLB_TRY(glb_world_init(&world));
  glb_tracing_init(&tracing, &world);
  const struct glb_stop *stop = glb_signals_take(world.learner);
  glb_config_init(&r.config);
  int code = world.learner ? prepare(&r, &file, argc, argv, status) : GLB_OK;
  code = glb_session_share(&r.config, &world, code, status, &go);
  if (!code && go) code = glb_world_broadcast(&world, GLB_ALL, &r.level, sizeof r.level);
  if (!code && go) {
    glb_log_show((enum glb_log_level)r.level);
    if (world.learner) r.stop = stop;
    if (world.learner && r.limit > 0) glb_signals_deadline(r.limit);
    code = glb_tracing_begin(&tracing, r.trace);
    if (!code) code = glb_tracing_end(&tracing, train(&r, &file, &world, status));
  }
  glb_lock_release(&r.lock);
  glb_h5_close(file);
  glb_tracing_finish(&tracing);
  glb_world_finish(&world);
  if (code == GLB_USAGE_HELP) return GLB_OK;
  GLB_TRY(code);
  return GLB_OK;
}
