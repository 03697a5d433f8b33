#include "learner/progress.h"

#include <math.h>
#include <stdarg.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/store/runlog.h"

void glb_progress_init(struct glb_progress *p, FILE *out, int plain, int64_t rounds, int64_t first) {
  *p = (struct glb_progress){.out = out,
                             .terminal = out && !plain && isatty(fileno(out)),
                             .rounds = rounds,
                             .first = first,
                             .start = glb_clock_wall()};
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

/* Output that cannot be written is no reason to end a run: it is all in the metrics. */
static void flush(FILE *out) {
  if (fflush(out) || ferror(out)) clearerr(out);
}

void glb_progress_show(struct glb_progress *p, const double *row) {
  char line[256], left[24] = "";
  if (!p->out) return;
  const double done = row[GLB_METRIC_round] - (double)p->first, total = (double)(p->rounds - p->first);
  if (done > 0) clock_text(left, sizeof left, (glb_clock_wall() - p->start) / done * (total - done));

  int used = snprintf(line, sizeof line, "round %.0f/%lld", row[GLB_METRIC_round], (long long)p->rounds);
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

  if (p->terminal) {
    fprintf(p->out, "\r%-*s", p->width, line);
    p->width = used;
  } else {
    fprintf(p->out, "%s\n", line);
  }
  flush(p->out);
}

void glb_progress_say(struct glb_progress *p, const char *format, ...) {
  va_list args;
  if (!p->out) return;
  if (p->terminal && p->width) fprintf(p->out, "\r%*s\r", p->width, "");
  p->width = 0;
  va_start(args, format);
  vfprintf(p->out, format, args);
  va_end(args);
  fputc('\n', p->out);
  flush(p->out);
}
