#include "learner/progress.h"

#include <math.h>
#include <stdarg.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/store/runlog.h"

/* Output that cannot be written is no reason to end a run: it is all in the metrics. */
static void flush(FILE *out) {
  if (fflush(out) || ferror(out)) clearerr(out);
}

/* A line of the log, which any thread may write, takes the place of the board, and the board comes below it. */
static void make_way(void *context, int after) {
  struct glb_progress *p = context;
  if (!after) {
    flockfile(p->out);
    glb_board_wipe(&p->board, p->out);
    flush(p->out);
    return;
  }
  if (p->board.lines) glb_board_draw(&p->board, p->out);
  flush(p->out);
  funlockfile(p->out);
}

void glb_progress_init(struct glb_progress *p, FILE *out, int plain, const char *run,
                       const struct glb_course *course) {
  *p = (struct glb_progress){.out = out,
                             .run = run,
                             .start = glb_clock_wall(),
                             .terminal = out && !plain && glb_board_fits(out),
                             .course = *course};
  glb_board_init(&p->board);
  if (p->terminal) glb_log_around(make_way, p);
}

void glb_progress_finish(struct glb_progress *p) {
  if (p->terminal) glb_log_around(NULL, NULL);
}

static void clock_text(char *text, size_t size, double seconds) {
  const long s = lround(seconds);
  if (s >= 3600)
    snprintf(text, size, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
  else
    snprintf(text, size, "%ld:%02ld", s / 60, s % 60);
}

/* Part of a line: nothing where the value was not measured. */
static int part(char *line, size_t size, int used, const char *format, double value) {
  if (isnan(value) || used >= (int)size) return used;
  return used + snprintf(line + used, size - (size_t)used, format, value);
}

/* For files and pipes. */
static void print_line(struct glb_progress *p, const double *row) {
  char line[256], left[24] = "";
  const double seconds = glb_course_left(&p->course);
  if (!isnan(seconds)) clock_text(left, sizeof left, seconds);

  int used =
      snprintf(line, sizeof line, "round %.0f/%lld", row[GLB_METRIC_round], (long long)p->course.rounds);
  used = part(line, sizeof line, used, "  steps %.0f", row[GLB_METRIC_steps]);
  used = part(line, sizeof line, used, " (%.0f/s)", row[GLB_METRIC_steps_per_second]);
  used = part(line, sizeof line, used, "  return %.1f", row[GLB_METRIC_train_return_first]);
  if (row[GLB_METRIC_train_return_last] != row[GLB_METRIC_train_return_first])
    used = part(line, sizeof line, used, "..%.1f", row[GLB_METRIC_train_return_last]);
  if (row[GLB_METRIC_diverged] > 0)
    used = part(line, sizeof line, used, "  diverged %.0f", row[GLB_METRIC_diverged]);
  used = part(line, sizeof line, used, "  held-out %.1f", row[GLB_METRIC_eval_return_first]);
  if (row[GLB_METRIC_eval_return_last] != row[GLB_METRIC_eval_return_first])
    used = part(line, sizeof line, used, "..%.1f", row[GLB_METRIC_eval_return_last]);
  used = part(line, sizeof line, used, "  evidence %.2f", row[GLB_METRIC_evidence_reward]);
  used = part(line, sizeof line, used, "/%.2f", row[GLB_METRIC_evidence_transition]);
  used = part(line, sizeof line, used, "  learner %.0f%%", 100 * row[GLB_METRIC_learner_busy]);
  used = part(line, sizeof line, used, " actors %.0f%%", 100 * row[GLB_METRIC_actor_busy]);
  if (left[0] && used < (int)sizeof line)
    used += snprintf(line + used, sizeof line - (size_t)used, "  left %s", left);

  fprintf(p->out, "%s\n", line);
}

static void draw(struct glb_progress *p) {
  const struct glb_board_run run = {.name = p->run, .state = "running", .note = "", .course = &p->course};
  flockfile(p->out);
  glb_board_one(&p->board, &run, glb_board_columns(p->out));
  glb_board_draw(&p->board, p->out);
  funlockfile(p->out);
}

void glb_progress_show(struct glb_progress *p, const double *row) {
  if (!p->out) return;
  glb_course_add(&p->course, row);
  if (p->terminal)
    draw(p);
  else
    print_line(p, row);
  flush(p->out);
}

void glb_progress_say(struct glb_progress *p, const char *format, ...) {
  va_list args;
  if (!p->out) return;
  flockfile(p->out);
  p->board.lines = p->board.shown = 0;
  va_start(args, format);
  vfprintf(p->out, format, args);
  va_end(args);
  fputc('\n', p->out);
  flush(p->out);
  funlockfile(p->out);
}
