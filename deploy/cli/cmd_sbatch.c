#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/log.h"
#include "common/config/config.h"
#include "common/task/task.h"
#include "deploy/cli/cli.h"
#include "deploy/cli/job.h"
#include "deploy/cli/lists.h"
#include "deploy/cli/values.h"
#include "proto/comm/world.h"

static const struct glb_option options[] = {
    {"preset", "NAME", "what to train, as for glibrl train (glibrl params lists presets)"},
    {"set", "KEY=VALUE", "set one parameter; may be given many times, the last counts"},
    {"out", "RUN", "run directory; {seed} in it stands for the seed"},
    {"seeds", "LIST", "a job for each seed: 0-4, or 1,3,8, or 0-9%2 for two at a time; RUN must have {seed}"},
    {"ranks", "N", "MPI ranks, of which learner.ranks learn (default: as many as are of use)"},
    {"nodes", "N", "nodes to share the ranks out to (default: 1)"},
    {"learner-cpus", "N", "CPUs of the learner (default: learner.threads, or agent.shards where that is 0)"},
    {"actor-cpus", "N", "CPUs of an actor, which has one thread (default: 1; 2 for a core with two threads)"},
    {"time", "TIME", "limit, as sbatch takes it: minutes, H:M:S, D-H:M:S (default: 4:00:00)"},
    {"signal", "SECONDS",
     "send SIGUSR1 so long before the limit; give more than a round takes (default: 300)"},
    {"requeues", "N", "how often a job that was cut off goes on by itself (default: 100; 0: never)"},
    {"partition", "NAME", "partition"},
    {"account", "NAME", "account"},
    {"name", "NAME", "name of the job (default: that of the preset or file)"},
    {"sbatch", "OPTION", "one more option of sbatch, such as --mem=8G; may be given many times"},
    {"module", "NAME", "module to load; may be given many times"},
    {"print", NULL, "write the script to standard output, which is what happens anyway"},
    {"launcher", "mpirun|srun", "who starts the ranks (default: mpirun, which brings its own PMIx)"},
    {"mpi", "TYPE", "what srun --mpi takes (default: pmix); srun --mpi=list lists them"},
    {"container", "IMAGE", "run glibrl in this Apptainer image"},
    {"program", "PATH", "glibrl on the nodes (default: this one; in a container: glibrl)"},
};

static void list_choices(void) {
  glb_lists_presets("\nPresets (--preset):\n", 0);
}

const struct glb_usage glb_usage_sbatch = {
    .command = "sbatch",
    .synopsis = "[CONFIG.ini | --preset NAME] [--set KEY=VALUE]... --out RUN [OPTION]...",
    .text =
        "Prints a Slurm job script for a training run. Preset and keys are checked now, not when the job "
        "starts.\n"
        "The job ends with a checkpoint before its time is up and queues again, until the run is finished.",
    .options = options,
    .arguments = 1,
    .count = sizeof options / sizeof *options,
    .lists = list_choices,
    .examples =
        "glibrl sbatch --preset cheetah-vel --out runs/vel-1 | sbatch\n"
        "glibrl sbatch --preset ml10 --seeds 0-4 --time 1-0 --out runs/ml10-{seed} > ml10.sbatch\n"
        "glibrl sbatch my.ini --ranks 9 --nodes 2 --launcher srun --module openmpi --out runs/mine"};

struct request {
  struct glb_job job;
  struct glb_config config;
  const char *launcher;
  int *status;
};

// ---- options ----

static int take_base(struct request *r, const char *name, const char *value) {
  GLB_TRY(glb_value_config(&r->config, r->job.preset || r->job.file, name, value));
  *(name ? &r->job.preset : &r->job.file) = value;
  return GLB_OK;
}

static int take_more(struct glb_words *words, const char *name, const char *value) {
  GLB_CHECK(words->count < GLB_JOB_WORDS, GLB_ELIMIT, "--%s is given more than %d times", name,
            GLB_JOB_WORDS);
  words->word[words->count++] = value;
  return GLB_OK;
}

// A name that stands in a line of the script as it is.
static int take_name(const char **out, const char *name, const char *value) {
  GLB_CHECK(*value && !strpbrk(value, " '\"\\#"), GLB_ECONFIG,
            "--%s \"%s\": a word without blanks, quotes, \\ and # is needed", name, value);
  *out = value;
  return GLB_OK;
}

static int take_word(struct request *r, const char *name, const char *value) {
  struct glb_job *job = &r->job;
  const struct {
    const char *name, **out;
  } words[] = {{"out", &job->out},         {"seeds", &job->seeds},     {"time", &job->time},
               {"container", &job->image}, {"program", &job->program}, {"launcher", &r->launcher}},
    names[] = {
        {"partition", &job->partition}, {"account", &job->account}, {"name", &job->name}, {"mpi", &job->mpi}};
  const struct {
    const char *name;
    struct glb_words *words;
  } lists[] = {{"set", &job->sets}, {"sbatch", &job->lines}, {"module", &job->modules}};
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
    if (!strcmp(name, lists[i].name)) return take_more(lists[i].words, name, value);
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!strcmp(name, names[i].name)) return take_name(names[i].out, name, value);
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (!strcmp(name, words[i].name)) *words[i].out = value;
  return GLB_OK;
}

static int take(void *context, const char *name, const char *value) {
  struct request *r = context;
  int taken;
  const struct glb_value_range numbers[] = {{"ranks", &r->job.ranks, 1, 65537},
                                            {"nodes", &r->job.nodes, 1, 65536},
                                            {"learner-cpus", &r->job.learner_cpus, 1, 1024},
                                            {"actor-cpus", &r->job.actor_cpus, 1, 1024},
                                            {"signal", &r->job.signal, 1, 65535},  // Slurm's own limit
                                            {"requeues", &r->job.requeues, 0, 1000000}};
  if (!value) return GLB_OK;  // --print
  for (const char *c = value; *c; c++)
    GLB_CHECK((unsigned char)*c >= ' ' && *c != 127, GLB_ECONFIG,
              "--%s: a control character cannot stand in a script", name ? name : "CONFIG.ini");
  if (!name || !strcmp(name, "preset")) return take_base(r, name, value);
  GLB_TRY(glb_value_ranges(&taken, numbers, sizeof numbers / sizeof *numbers, name, value));
  if (taken) return GLB_OK;
  return take_word(r, name, value);
}

// ---- what was left open ----

// The file's name without folder and ending, as a job's name.
static void name_after(char *name, size_t size, const char *path) {
  const char *slash = strrchr(path, '/'), *from = slash ? slash + 1 : path;
  snprintf(name, size, "%.*s", (int)strcspn(from, "."), from);
  for (char *c = name; *c; c++)
    if (strchr(" '\"\\#", *c)) *c = '-';
}

// The mpirun beside a program, or the one on PATH.
static void find_mpirun(char *path, size_t size, const char *program) {
  const char *slash = strrchr(program, '/');
  if (slash) snprintf(path, size, "%.*s/mpirun", (int)(slash - program), program);
  if (!slash || access(path, X_OK)) snprintf(path, size, "mpirun");
}

static int64_t groups_of(const struct glb_config *config) {
  return config->train_slots / config->actor_group;
}

static void complete(struct request *r) {
  struct glb_job *job = &r->job;
  const struct glb_config *config = &r->config;
  job->seed = config->train_seed;
  if (!job->ranks) job->ranks = groups_of(config) + config->learner_ranks;
  job->learners = glb_world_learners((int)job->ranks, (int)config->learner_ranks, (int)config->agent_shards);
  if (!job->learner_cpus) job->learner_cpus = config->learner_threads;
  if (!job->learner_cpus) job->learner_cpus = config->agent_shards / job->learners;
}

// ---- what cannot work, and what is a waste ----

static int check_words(struct request *r) {
  struct glb_job *job = &r->job;
  const int by_srun = !strcmp(r->launcher, "srun");
  GLB_CHECK(by_srun || !strcmp(r->launcher, "mpirun"), GLB_ECONFIG,
            "--launcher takes mpirun or srun, not \"%s\"", r->launcher);
  GLB_CHECK(by_srun || !job->mpi, GLB_ECONFIG, "--mpi goes with --launcher srun");
  if (by_srun && !job->mpi) job->mpi = "pmix";
  if (!job->seeds) return GLB_OK;
  GLB_CHECK(glb_job_is_list(job->seeds), GLB_ECONFIG,
            "--seeds takes a list such as 0-4 or 1,3,8 or 0-9%%2, not \"%s\"", job->seeds);
  GLB_CHECK(strstr(job->out, "{seed}"), GLB_ECONFIG,
            "--seeds needs a run directory for each: --out %s-{seed}", job->out);
  for (int i = 0; i < job->sets.count; i++)
    GLB_CHECK(strncmp(job->sets.word[i], "train.seed=", 11), GLB_ECONFIG,
              "--seeds and --set %s: give one of them", job->sets.word[i]);
  return GLB_OK;
}

static int check_time(const struct glb_job *job) {
  const int64_t limit = glb_job_seconds(job->time);
  GLB_CHECK(limit > 0, GLB_ECONFIG, "--time takes minutes, H:M:S or D-H:M:S, not \"%s\"", job->time);
  GLB_CHECK(limit > job->signal, GLB_ECONFIG,
            "--time %s is %lld s, and --signal wants the run to end %lld s before: give more time, or less "
            "to --signal",
            job->time, (long long)limit, (long long)job->signal);
  return GLB_OK;
}

static int check_ranks(const struct request *r) {
  const struct glb_job *job = &r->job;
  const int64_t groups = groups_of(&r->config), actors = job->ranks > 1 ? job->ranks - job->learners : 1;
  const int64_t most = (groups + actors - 1) / actors, enough = (groups + most - 1) / most;
  GLB_CHECK(actors <= groups, GLB_ECONFIG,
            "%lld actors for %lld slot groups: --ranks %lld is the most that is of use, or raise train.slots "
            "or lower actor.group",
            (long long)actors, (long long)groups, (long long)(groups + job->learners));
  GLB_CHECK(job->nodes <= job->ranks, GLB_ECONFIG,
            "%lld nodes for %lld ranks: lower --nodes or raise --ranks", (long long)job->nodes,
            (long long)job->ranks);
  if (enough < actors)
    GLB_WARN("%lld slot groups for %lld actors: some have %lld, as with --ranks %lld, which is as fast",
             (long long)groups, (long long)actors, (long long)most, (long long)(enough + job->learners));
  if (!r->config.checkpoint_interval && r->config.checkpoint_seconds <= 0)
    GLB_WARN("checkpoint.interval is 0: a job that crashes starts its run anew");
  return GLB_OK;
}

/* All that glibrl train would check before it starts, and what concerns Slurm. */
static int check(struct request *r) {
  const struct glb_family *family;
  for (int i = 0; i < r->job.sets.count; i++)
    GLB_TRY(glb_config_set(&r->config, r->job.sets.word[i], "--set"));
  GLB_TRY(glb_config_validate(&r->config));
  GLB_TRY(glb_family_find(&family, r->config.env_family));
  complete(r);
  GLB_TRY(check_words(r));
  GLB_TRY(check_time(&r->job));
  GLB_TRY(check_ranks(r));
  return GLB_OK;
}

int glb_cmd_sbatch(int argc, char **argv, int *status) {
  char program[PATH_MAX], mpirun[PATH_MAX + 8], name[64];
  struct request r = {.job = {.command = argv,
                              .words = argc,
                              .nodes = 1,
                              .actor_cpus = 1,
                              .time = "4:00:00",
                              .signal = 300,
                              .requeues = 100},
                      .launcher = "mpirun"};
  struct glb_job *job = &r.job;
  glb_config_init(&r.config);
  GLB_TRY(glb_usage_parse(&glb_usage_sbatch, argc, argv, status, take, &r));
  if (!job->out) {
    *status = glb_usage_error(&glb_usage_sbatch, "--out RUN is missing");
    return GLB_OK;
  }
  GLB_TRY(check(&r));
  if (!job->program && !job->image) GLB_TRY(glb_value_program(program, sizeof program));
  if (!job->program) job->program = job->image ? "glibrl" : program;
  find_mpirun(mpirun, sizeof mpirun, job->program);
  job->mpirun = mpirun;
  name_after(name, sizeof name, job->preset ? job->preset : job->file ? job->file : "glibrl");
  if (!job->name) job->name = name;
  glb_job_write(stdout, job);
  return GLB_OK;
}
