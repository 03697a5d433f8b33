#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/store/file.h"
#include "common/store/runlog.h"
#include "deploy/cli/scale.h"
#include "proto/comm/world.h"

static const double nap = 0.05;  // between looks at a run that is under way
enum { WORDS = 64 };

// ---- the points of a plan ----

int glb_scale_learners(const struct glb_config *config, int ranks) {
  return glb_world_learners(ranks, (int)config->learner_ranks, (int)config->agent_shards);
}

static void configure(struct glb_config *config, const struct glb_scale_plan *plan,
                      const struct glb_scale_point *point) {
  *config = plan->config;
  config->train_slots = point->slots;
  config->train_rounds = plan->warmup + plan->rounds + 1;  // the last ends with an evaluation
  config->eval_interval = 0;
  config->eval_trials = 1;
  config->checkpoint_interval = 0;
  config->checkpoint_seconds = 0;
  config->checkpoint_keep = 1;
  config->checkpoint_best = 0;
}

static int prepare_point(struct glb_scale_point *p, const struct glb_scale_plan *plan, int ranks) {
  const struct glb_config *c = &plan->config;
  struct glb_config config;
  p->ranks = ranks;
  p->learners = glb_scale_learners(c, ranks);
  p->actors = ranks > 1 ? ranks - p->learners : 1;
  GLB_CHECK(!plan->weak || c->train_slots <= 65536 / p->actors, GLB_ECONFIG,
            "%d actors of %lld slots each are more than 65536 slots: fewer --ranks, or a smaller train.slots",
            p->actors, (long long)c->train_slots);
  p->slots = (int)c->train_slots * (plan->weak ? p->actors : 1);
  configure(&config, plan, p);
  GLB_TRY(glb_config_validate(&config));
  GLB_CHECK(
      p->actors <= p->slots / (int)c->actor_group, GLB_ESETUP,
      "%d ranks are %d actors, but %d slots in groups of %lld are work for %d: give train.slots = %lld or "
      "more, or fewer --ranks",
      ranks, p->actors, p->slots, (long long)c->actor_group, p->slots / (int)c->actor_group,
      (long long)c->actor_group * p->actors);
  p->means = calloc(GLB_METRICS, sizeof *p->means);
  p->replicates = calloc(GLB_RESAMPLES, sizeof *p->replicates);
  GLB_CHECK(p->means && p->replicates, GLB_ENOMEM, "no memory for a point of the study");
  return GLB_OK;
}

static void warn_of_crowd(const struct glb_scale_plan *plan) {
  cpu_set_t set;
  const int most = plan->ranks[plan->points - 1];
  const int cores = sched_getaffinity(0, sizeof set, &set) ? 1 : CPU_COUNT(&set);
  if (!plan->launcher && most > cores)
    GLB_WARN("%d ranks will share %d core%s here: their times do not tell of a machine with a core for each",
             most, cores, cores == 1 ? "" : "s");
}

int glb_scale_prepare(struct glb_scale_study *study, const struct glb_scale_plan *plan) {
  *study = (struct glb_scale_study){.plan = plan};
  for (; study->points < plan->points; study->points++)
    GLB_TRY(prepare_point(&study->point[study->points], plan, plan->ranks[study->points]));
  warn_of_crowd(plan);
  return GLB_OK;
}

void glb_scale_finish(struct glb_scale_study *study) {
  for (int i = 0; i < GLB_SCALE_POINTS; i++) {
    struct glb_scale_point *p = &study->point[i];
    for (int r = 0; r < p->runs; r++) {
      free(p->run[r].seconds);
      free(p->run[r].means);
    }
    free(p->means);
    free(p->replicates);
  }
}

// ---- starting a run ----

struct names {  // of a run
  char run[PATH_MAX], config[PATH_MAX], log[PATH_MAX];
};

static int name_run(struct names *n, const struct glb_scale_plan *plan, const struct glb_scale_point *p,
                    int repeat) {
  char base[PATH_MAX];
  const int length = snprintf(base, sizeof base, "%s/runs/%s-ranks-%d-run-%d", plan->out,
                              plan->weak ? "weak" : "strong", p->ranks, repeat + 1);
  GLB_CHECK(length < PATH_MAX - 64, GLB_EIO, "%.60s...: name too long", plan->out);
  snprintf(n->run, sizeof n->run, "%.*s", PATH_MAX - 64, base);
  snprintf(n->config, sizeof n->config, "%.*s.ini", PATH_MAX - 64, base);
  snprintf(n->log, sizeof n->log, "%.*s.log", PATH_MAX - 64, base);
  return GLB_OK;
}

struct command {
  char launcher[1024], ranks[16];
  char mpirun[PATH_MAX];
  const char *words[WORDS + 16];
  int count;
};

static void add(struct command *c, const char *word) {
  c->words[c->count++] = word;
}

/* The launcher's words, then -n RANKS; the mpirun beside this program where none is given. */
static int add_launcher(struct command *c, const struct glb_scale_plan *plan, int ranks) {
  char *rest;
  snprintf(c->ranks, sizeof c->ranks, "%d", ranks);
  if (!plan->launcher) {
    const char *slash = strrchr(plan->program, '/');
    GLB_CHECK(snprintf(c->mpirun, sizeof c->mpirun, "%.*s/mpirun", (int)(slash - plan->program),
                       plan->program) < PATH_MAX &&
                  !access(c->mpirun, X_OK),
              GLB_ESETUP, "no mpirun beside %s: give --launcher", plan->program);
    add(c, c->mpirun);
    add(c, "--bind-to");
    add(c, "none");
  } else {
    GLB_CHECK(snprintf(c->launcher, sizeof c->launcher, "%s", plan->launcher) < (int)sizeof c->launcher,
              GLB_ELIMIT, "--launcher is longer than %zu bytes", sizeof c->launcher - 1);
    for (char *word = strtok_r(c->launcher, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
      GLB_CHECK(c->count < WORDS, GLB_ELIMIT, "--launcher has more than %d words", WORDS);
      add(c, word);
    }
  }
  add(c, "-n");
  add(c, c->ranks);
  return GLB_OK;
}

static int make_command(struct command *c, const struct glb_scale_plan *plan, const struct glb_scale_point *p,
                        const struct names *n) {
  *c = (struct command){.count = 0};
  if (p->ranks > 1) GLB_TRY(add_launcher(c, plan, p->ranks));
  add(c, plan->program);
  add(c, "train");
  add(c, n->config);
  add(c, "--out");
  add(c, n->run);
  return GLB_OK;
}

/* In the child: a process group of its own, so that a key pressed at the terminal reaches it through this program alone. */
static void become(const struct command *c, const char *log) {
  const int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0666);
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (out >= 0) {
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
  }
  // more ranks than cores are a choice of who asks for them (Open MPI 5, 4)
  setenv("PRTE_MCA_rmaps_default_mapping_policy", ":oversubscribe", 0);
  setenv("OMPI_MCA_rmaps_base_oversubscribe", "1", 0);
  setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0);
  char *words[WORDS + 17] = {0};
  for (int i = 0; i < c->count; i++) words[i] = strdup(c->words[i]);
  execvp(words[0], words);
  fprintf(stderr, "%s: %s\n", words[0], strerror(errno));
  _exit(127);
}

/* Waits for the run; a wish to stop is passed on once. */
static int await(pid_t child, const struct glb_stop *stop, int *status) {
  int told = 0;
  for (;;) {
    const pid_t ended = waitpid(child, status, WNOHANG);
    GLB_CHECK(ended >= 0 || errno == EINTR, GLB_ESETUP, "cannot wait for a run: %s", strerror(errno));
    if (ended == child) return GLB_OK;
    if (!told && stop && (stop->now || stop->soon)) told = !kill(child, SIGTERM);
    glb_clock_sleep(nap);
  }
}

static int start(const struct glb_scale_plan *plan, const struct glb_scale_point *p, const struct names *n,
                 int *status) {
  struct glb_config config;
  struct command command;
  char text[16384];
  configure(&config, plan, p);
  GLB_TRY(glb_file_land(n->config, text, glb_config_write(&config, text, sizeof text)));
  GLB_TRY(make_command(&command, plan, p, n));
  fflush(NULL);
  const pid_t child = fork();
  GLB_CHECK(child >= 0, GLB_ESETUP, "cannot start a run: %s", strerror(errno));
  if (!child) become(&command, n->log);
  return await(child, plan->stop, status);
}

// ---- reading it ----

/* A run that is there already must be one of this study. */
static int check_same(const struct glb_scale_plan *plan, const struct glb_scale_point *p,
                      const struct names *n) {
  char path[PATH_MAX + 16], keys[2048];
  struct glb_config wanted, found;
  snprintf(path, sizeof path, "%s/config.ini", n->run);
  if (!glb_file_exists(path)) return GLB_OK;
  configure(&wanted, plan, p);
  glb_config_init(&found);
  GLB_TRY(glb_config_read(&found, path));
  GLB_CHECK(!glb_config_diff(&found, &wanted, keys, sizeof keys), GLB_EMISMATCH,
            "%s was measured with another configuration (then -> now):\n%sgive the same, or another --out",
            n->run, keys);
  return GLB_OK;
}

static int complete(const struct glb_scale_plan *plan, const struct glb_round_rows *rows) {
  if (!rows->count) return 0;
  const double *last = rows->row + (rows->count - 1) * GLB_METRICS;
  return last[GLB_METRIC_round] >= plan->warmup + plan->rounds + 1;
}

/* Seconds and means of the rounds after the warm-up. */
static int take(struct glb_scale_run *run, const struct glb_scale_plan *plan,
                const struct glb_round_rows *rows, const char *name) {
  int taken = 0;
  run->seconds = calloc((size_t)plan->rounds, sizeof *run->seconds);
  run->means = calloc(GLB_METRICS, sizeof *run->means);
  GLB_CHECK(run->seconds && run->means, GLB_ENOMEM, "no memory for the rounds of %s", name);
  for (size_t i = 1; i < rows->count && taken < plan->rounds; i++) {
    const double *row = rows->row + i * GLB_METRICS, *before = row - GLB_METRICS;
    if (row[GLB_METRIC_round] != plan->warmup + taken + 1) continue;
    const double steps = row[GLB_METRIC_steps] - before[GLB_METRIC_steps];
    run->seconds[taken++] = steps / row[GLB_METRIC_steps_per_second];
    run->steps += steps / plan->rounds;
    for (int m = 0; m < GLB_METRICS; m++) run->means[m] += row[m] / plan->rounds;
  }
  GLB_CHECK(taken == plan->rounds, GLB_EFORMAT, "%s: %d of %d rounds after the warm-up are in metrics.jsonl",
            name, taken, plan->rounds);
  return GLB_OK;
}

static int read_run(struct glb_scale_point *p, const struct glb_scale_plan *plan, const char *name,
                    int *there) {
  struct glb_round_rows rows;
  struct glb_scale_run run = {0};
  int code = GLB_OK;
  GLB_TRY(glb_runlog_read(&rows, name));
  *there = complete(plan, &rows);
  if (*there) code = take(&run, plan, &rows, name);
  free(rows.row);
  if (*there && !code) {
    p->run[p->runs++] = run;
    return GLB_OK;
  }
  free(run.seconds);
  free(run.means);
  return code;
}

/* The end of what a failed run has said. */
static void last_words(char *text, size_t size, const char *log) {
  char *said;
  size_t length;
  text[0] = '\0';
  if (glb_file_read(&said, &length, log, 1 << 26)) return;
  const size_t keep = length < size - 1 ? length : size - 1;
  memcpy(text, said + length - keep, keep);
  text[keep] = '\0';
  free(said);
}

static int go_on(const struct glb_scale_plan *plan) {
  GLB_CHECK(!(plan->stop && (plan->stop->now || plan->stop->soon)), GLB_ESTOPPED, "asked to stop");
  return GLB_OK;
}

int glb_scale_measure(struct glb_scale_study *study, int point, int repeat) {
  const struct glb_scale_plan *plan = study->plan;
  struct glb_scale_point *p = &study->point[point];
  struct names n;
  char said[512];
  int there, status = 0;
  GLB_TRY(name_run(&n, plan, p, repeat));
  GLB_TRY(check_same(plan, p, &n));
  GLB_TRY(read_run(p, plan, n.run, &there));
  if (there) return GLB_OK;

  GLB_TRY(go_on(plan));
  GLB_TRY(start(plan, p, &n, &status));
  GLB_TRY(read_run(p, plan, n.run, &there));
  if (there) return GLB_OK;
  GLB_TRY(go_on(plan));
  last_words(said, sizeof said, n.log);
  GLB_RAISE(GLB_ESETUP, "a run on %d ranks ended with %s %d; %s ends with:\n%s", p->ranks,
            WIFSIGNALED(status) ? "signal" : "exit code",
            WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), n.log, said);
}

// ---- summing up ----

int glb_scale_sum_up(const struct glb_scale_study *study, struct glb_scale_point *p) {
  const int rounds = study->plan->rounds, n = p->runs * rounds;
  double *values = malloc((size_t)n * sizeof *values), sorted[GLB_RESAMPLES];
  int *run = malloc((size_t)n * sizeof *run), code = GLB_ENOMEM;
  memset(p->means, 0, GLB_METRICS * sizeof *p->means);
  p->steps = p->mean = 0;
  for (int i = 0; values && run && i < n; i++) {
    values[i] = p->run[i / rounds].seconds[i % rounds];
    run[i] = i / rounds;
    p->mean += values[i] / n;
  }
  for (int r = 0; r < p->runs; r++) {
    p->steps += p->run[r].steps / p->runs;
    for (int m = 0; m < GLB_METRICS; m++) p->means[m] += p->run[r].means[m] / p->runs;
  }
  if (values && run) {
    // runs differ among each other: they are drawn, then rounds within them; points are drawn independently
    const struct glb_bootstrap what = {
        .values = values, .group = run, .n = n, .clustered = 1, .seed = (uint64_t)p->ranks};
    code = glb_bootstrap_run(p->replicates, &what, glb_median, 1);
    memcpy(sorted, p->replicates, sizeof sorted);
    if (!code) glb_bootstrap_interval(&p->low, &p->high, sorted);
    glb_median(&p->median, values, n);
  }
  free(run);
  free(values);
  GLB_CHECK(code != GLB_ENOMEM, GLB_ENOMEM, "no memory to sum up %d rounds", n);
  return code;
}
