#include "learner/guard.h"

#include <math.h>
#include <stdlib.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/store/checkpoint.h"
#include "common/task/task.h"
#include "learner/learner.h"
#include "learner/schedule.h"
#include "learner/state.h"

int glb_guard_start(struct glb_guard *g, struct glb_learner *l) {
  g->saved = g->begun = glb_clock_wall();
  g->saved_round = l->round;
  return glb_state_keep(&g->kept, l);
}

void glb_guard_finish(struct glb_guard *g) {
  free(g->kept);
}

int glb_guard_round(struct glb_guard *g, struct glb_learner *l) {
  const double now = glb_clock_wall();
  g->slowest = fmax(g->slowest, now - g->begun);
  g->begun = now;
  return glb_state_keep(&g->kept, l);
}

/* What an evaluation is judged by; NAN in a row without one. */
static double score_of(const struct glb_learner *l, const double *row) {
  return row[l->link.space->family->success ? GLB_METRIC_eval_success : GLB_METRIC_eval_return_last];
}

/* Whether the newest row has the best evaluation of all after the first round. */
static int is_best(const struct glb_learner *l) {
  size_t count;
  const double *rows = glb_runlog_rows(l->log, &count);
  const double score = score_of(l, rows + (count - 1) * GLB_METRICS);
  int best = l->link.config->checkpoint_best && score == score;
  for (size_t i = 0; i + 1 < count; i++) {
    const double *row = rows + i * GLB_METRICS;
    if (row[GLB_METRIC_round] > 0 && score_of(l, row) >= score) best = 0;
  }
  return best;
}

int glb_guard_save(struct glb_guard *g, struct glb_learner *l) {
  if (g->saved_round == l->round) return GLB_OK;
  GLB_TRY(glb_state_save(l));
  GLB_TRY(glb_runlog_land(l->log));
  g->saved = glb_clock_wall();
  g->saved_round = l->round;
  return GLB_OK;
}

int glb_guard_checkpoint(struct glb_guard *g, struct glb_learner *l) {
  const struct glb_config *config = l->link.config;
  const int best = is_best(l);
  const int late =
      config->checkpoint_seconds > 0 && glb_clock_wall() - g->saved >= config->checkpoint_seconds;
  if (best || late || glb_schedule_checkpoint(config, l->round - 1)) GLB_TRY(glb_guard_save(g, l));
  if (best) GLB_TRY(glb_checkpoint_mark_best(l->link.run, l->round));
  return GLB_OK;
}

int glb_guard_over(const struct glb_guard *g, const struct glb_learner *l) {
  const struct glb_stop *stop = l->link.stop;
  if (!stop) return 0;
  return stop->soon || stop->now || (stop->deadline && glb_clock_wall() + 1.5 * g->slowest > stop->deadline);
}

int glb_guard_rescue(struct glb_guard *g, struct glb_learner *l, int code) {
  char why[1024];
  if (!g->kept || glb_state_kept_round(g->kept) <= g->saved_round) return code;
  snprintf(why, sizeof why, "%s", glb_error_message());
  int failed = glb_state_rescue(g->kept, l);
  if (!failed) failed = glb_runlog_land(l->log);
  if (failed && code == GLB_ESTOPPED) return glb_error_pass(failed, __FILE__, __LINE__);
  if (failed)
    GLB_WARN("round %lld is lost: %s", (long long)glb_state_kept_round(g->kept), glb_error_message());
  GLB_RAISE(code, "%s", why);
}
