#include <errno.h>
#include <limits.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/config/config.h"
#include "common/config/text.h"
#include "common/store/file.h"
#include "common/store/follow.h"
#include "common/store/status.h"
#include "deploy/cli/cli.h"
#include "learner/board.h"
#include "learner/course.h"

static const struct glb_option options[] = {
    {"once", NULL, "show how things stand and end"},
    {"interval", "SECONDS", "time from one look to the next (default: 2)"},
};

const struct glb_usage glb_usage_top = {
    .command = "top",
    .synopsis = "RUN... [--once] [--interval SECONDS]",
    .text =
        "Shows how runs stand, from their folders alone: from another terminal, or from another host that "
        "sees the files.\n"
        "One RUN with all that matters, several with a line each. Ends when none of them is running.\n"
        "States: running, finished, stopped (checkpointed, the same command goes on), failed; died: its "
        "process is no more;\n"
        "silent: no round for ten times as long as one takes, and two minutes at least.",
    .options = options,
    .arguments = GLB_BOARD_RUNS,
    .count = sizeof options / sizeof *options,
    .examples =
        "glibrl top runs/dir-1\n"
        "glibrl top runs/* --once\n"};

/* A run is silent after so many rounds' time, and so many seconds, without a row. */
static const double silent_rounds = 10, silent_seconds = 120;

struct watched {
  const char *run;
  struct glb_follow follow;
  struct glb_status_seen status;
  struct glb_course course;
  const char *state;
  char note[1200];
};

struct request {
  struct watched *runs;
  int count, once;
  double interval;
};

static int take(void *context, const char *name, const char *value) {
  struct request *r = context;
  if (!name) r->runs[r->count++].run = value;
  if (name && !strcmp(name, "once")) r->once = 1;
  if (name && !strcmp(name, "interval"))
    GLB_CHECK(glb_text_parse_real(&r->interval, value) && r->interval >= 0.1 && r->interval <= 3600,
              GLB_ECONFIG, "--interval takes seconds from 0.1 to 3600, not \"%.40s\"", value);
  return GLB_OK;
}

static int begin(struct watched *w) {
  char path[PATH_MAX + 16];
  struct glb_config config;
  GLB_TRY(glb_follow_init(&w->follow, w->run));
  snprintf(path, sizeof path, "%s/status.json", w->run);
  GLB_CHECK(glb_file_exists(path) || glb_file_exists(w->follow.path), GLB_EIO,
            "%s has neither status.json nor metrics.jsonl: no run has begun there; give the --out of glibrl "
            "train",
            w->run);
  glb_config_init(&config);
  snprintf(path, sizeof path, "%s/config.ini", w->run);
  const int known = !glb_config_read(&config, path);
  glb_course_init(&w->course, known ? config.train_rounds : -1, known ? (int)config.schedule_lag : -1, NAN);
  return GLB_OK;
}

/* Whether the process of status.json is known to be no more: only its own host can tell. */
static int is_dead(const struct glb_status_seen *status) {
  char host[sizeof status->host] = "";
  gethostname(host, sizeof host - 1);
  return status->process > 0 && !strcmp(host, status->host) && kill((pid_t)status->process, 0) &&
         errno == ESRCH;
}

static int is_silent(const struct watched *w, double age) {
  const double pace = glb_course_pace(&w->course);
  return age > silent_seconds && !(age <= silent_rounds * pace);
}

static void judge_running(struct watched *w) {
  const double age = glb_follow_age(&w->follow);
  const char *host = w->status.host;
  if (is_dead(&w->status)) {
    w->state = "died";
    snprintf(w->note, sizeof w->note,
             "process %ld on %s is no more and has left no reason: the same command goes on from the newest "
             "checkpoint",
             w->status.process, host);
  } else if (isnan(w->course.row[GLB_METRIC_round])) {
    snprintf(w->note, sizeof w->note, "no round yet, on %s", host);
  } else {
    if (is_silent(w, age)) w->state = "silent";
    snprintf(w->note, sizeof w->note, "last round %.0f s ago on %s", age, host);
  }
}

static void judge(struct watched *w) {
  w->state = w->status.state[0] ? w->status.state : "unknown";
  w->note[0] = '\0';
  if (!strcmp(w->state, "unknown")) snprintf(w->note, sizeof w->note, "there is no status.json");
  if (!strcmp(w->state, "running")) judge_running(w);
  if (!strcmp(w->state, "failed")) snprintf(w->note, sizeof w->note, "failed: %s", w->status.why);
  if (!strcmp(w->state, "stopped"))
    snprintf(w->note, sizeof w->note, "stopped by %s: the same command goes on", w->status.why);
}

/* Takes what is new; *changed is set where there is. */
static int look(struct watched *w, int *changed) {
  double row[GLB_METRICS];
  char before[sizeof w->status.state];
  snprintf(before, sizeof before, "%s", w->state ? w->state : "");
  GLB_TRY(glb_status_read(&w->status, w->run));
  if (w->status.rounds >= 0) w->course.rounds = w->status.rounds;
  while (glb_follow_next(&w->follow, row)) {
    glb_course_add(&w->course, row);
    *changed = 1;
  }
  judge(w);
  if (strcmp(before, w->state) != 0) *changed = 1;
  return GLB_OK;
}

static int is_running(const struct watched *w) {
  return !strcmp(w->state, "running") || !strcmp(w->state, "silent");
}

static void lay_out(struct glb_board *board, const struct request *r) {
  struct glb_board_run runs[GLB_BOARD_RUNS];
  const int columns = glb_board_columns(stdout);
  for (int i = 0; i < r->count; i++) {
    struct watched *w = &r->runs[i];
    runs[i] =
        (struct glb_board_run){.name = w->run, .state = w->state, .note = w->note, .course = &w->course};
  }
  if (r->count == 1)
    glb_board_one(board, runs, columns);
  else
    glb_board_many(board, runs, r->count, columns);
}

static int watch(const struct request *r, struct glb_board *board) {
  const int in_place = !r->once && glb_board_fits(stdout);
  for (int looks = 0;; looks++) {
    int changed = 0, running = 0;
    for (int i = 0; i < r->count; i++) {
      GLB_TRY(look(&r->runs[i], &changed));
      running += is_running(&r->runs[i]);
    }
    lay_out(board, r);
    if (in_place) {
      glb_board_draw(board, stdout);
    } else if (changed) {
      if (looks) putchar('\n');
      glb_board_print(board, stdout);
    }
    GLB_CHECK(!fflush(stdout), GLB_EIO, "standard output cannot be written");
    if (r->once || !running) return GLB_OK;
    glb_clock_sleep(r->interval);
  }
}

static int top(struct request *r, int argc, char **argv, int *status) {
  struct glb_board board;
  GLB_TRY(glb_usage_parse(&glb_usage_top, argc, argv, status, take, r));
  if (!r->count) {
    *status = glb_usage_error(&glb_usage_top, "RUN is missing");
    return GLB_OK;
  }
  for (int i = 0; i < r->count; i++) GLB_TRY(begin(&r->runs[i]));
  glb_board_init(&board);
  return watch(r, &board);
}

int glb_cmd_top(int argc, char **argv, int *status) {
  struct request r = {.runs = calloc(GLB_BOARD_RUNS, sizeof *r.runs), .interval = 2};
  GLB_CHECK(r.runs, GLB_ENOMEM, "no memory for %d runs", GLB_BOARD_RUNS);
  const int code = top(&r, argc, argv, status);
  for (int i = 0; i < r.count; i++) glb_follow_finish(&r.runs[i].follow);
  free(r.runs);
  if (code == GLB_USAGE_HELP) return GLB_OK;
  GLB_TRY(code);
  return GLB_OK;
}
