#include "learner/guard.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/errand.h"
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
  g->parcel.learner = l;
  GLB_TRY(glb_errand_create(&g->writer));
  GLB_TRY(glb_state_keep(&g->parcel.state, l));
  return glb_state_keep(&g->kept, l);
}

void glb_guard_finish(struct glb_guard *g) {
  glb_errand_destroy(g->writer);
  free(g->parcel.rows.row);
  free(g->parcel.state);
  free(g->kept);
}

int glb_guard_holds(const struct glb_guard *g, uint32_t round) {
  return glb_errand_busy(g->writer) && glb_state_needs(g->parcel.state, round);
}

int glb_guard_release(struct glb_guard *g, uint32_t round) {
  if (glb_guard_holds(g, round)) GLB_TRY(glb_errand_wait(g->writer));
  return GLB_OK;
}

int glb_guard_round(struct glb_guard *g, struct glb_learner *l) {
  const double now = glb_clock_wall();
  g->slowest = fmax(g->slowest, now - g->begun);
  g->begun = now;
  if (!glb_errand_busy(g->writer)) GLB_TRY(glb_errand_wait(g->writer));
  return glb_state_keep(&g->kept, l);
}

/* What an evaluation is judged by; NAN in a row without one. */
static double score_of(const struct glb_learner *l, const double *row) {
  return row[l->link.space->family->success ? GLB_METRIC_eval_success : GLB_METRIC_eval_return_last];
}

/* Whether the newest row has the best evaluation of all after the first round. */
static int is_best(const struct glb_learner *l) {
  const struct glb_round_rows rows = glb_runlog_rows(l->log);
  const double score = score_of(l, rows.row + (rows.count - 1) * GLB_METRICS);
  int best = l->link.config->checkpoint_best && score == score;
  for (size_t i = 0; i + 1 < rows.count; i++) {
    const double *row = rows.row + i * GLB_METRICS;
    if (row[GLB_METRIC_round] > 0 && score_of(l, row) >= score) best = 0;
  }
  return best;
}

/* ---- the writer's side ---- */

static int write_parcel(void *context) {
  const struct glb_guard_parcel *parcel = context;
  const char *run = parcel->learner->link.run;
  const double start = glb_clock_wall();
  GLB_TRY(glb_state_write(parcel->state, parcel->learner));
  GLB_TRY(glb_runlog_land(run, &parcel->rows));
  if (parcel->best) GLB_TRY(glb_checkpoint_mark_best(run, glb_state_kept_round(parcel->state)));
  GLB_DEBUG_LOG("checkpoint of round %lld written in %.3f s%s",
                (long long)glb_state_kept_round(parcel->state), glb_clock_wall() - start,
                parcel->best ? ", the best evaluation so far" : "");
  return GLB_OK;
}

/* ---- the learner's side ---- */

static int copy_rows(struct glb_round_rows *copy, const struct glb_runlog *log) {
  const struct glb_round_rows rows = glb_runlog_rows(log);
  const size_t bytes = rows.count * GLB_METRICS * sizeof *rows.row;
  double *more = realloc(copy->row, bytes + 1);
  GLB_CHECK(more, GLB_ENOMEM, "no memory for %zu rows of metrics", rows.count);
  *copy = (struct glb_round_rows){.row = memcpy(more, rows.row, bytes), .count = rows.count};
  return GLB_OK;
}

/* Hands what was kept of the round to the writer. */
static int send_off(struct glb_guard *g, struct glb_learner *l, int best) {
  if (g->saved_round == l->round) return GLB_OK;
  GLB_TRY(glb_errand_wait(g->writer));
  GLB_TRY(glb_learner_archive(l, glb_state_kept_last(g->kept)));
  GLB_TRY(copy_rows(&g->parcel.rows, l->log));
  struct glb_state_kept *state = g->kept;
  g->kept = g->parcel.state;
  g->parcel.state = state;
  g->parcel.best = best;
  g->saved = glb_clock_wall();
  g->saved_round = l->round;
  return glb_errand_send(g->writer, write_parcel, &g->parcel);
}

int glb_guard_checkpoint(struct glb_guard *g, struct glb_learner *l) {
  const struct glb_config *config = l->link.config;
  const int best = is_best(l);
  const int late =
      config->checkpoint_seconds > 0 && glb_clock_wall() - g->saved >= config->checkpoint_seconds;
  if (best || late || glb_schedule_checkpoint(config, l->round - 1)) GLB_TRY(send_off(g, l, best));
  return GLB_OK;
}

int glb_guard_over(const struct glb_guard *g, const struct glb_learner *l) {
  const struct glb_stop *stop = l->link.stop;
  if (!stop) return 0;
  return stop->soon || stop->now || (stop->deadline && glb_clock_wall() + 1.5 * g->slowest > stop->deadline);
}

int glb_guard_save(struct glb_guard *g, struct glb_learner *l) {
  GLB_TRY(send_off(g, l, 0));
  return glb_errand_wait(g->writer);
}

/* The checkpoint under way, and then that of the round finished since. */
static int write_rest(struct glb_guard *g, struct glb_learner *l) {
  GLB_TRY(glb_errand_wait(g->writer));
  if (!g->kept || glb_state_kept_round(g->kept) <= g->saved_round) return GLB_OK;
  const struct glb_round_rows rows = glb_runlog_rows(l->log);
  GLB_TRY(glb_learner_archive(l, glb_state_kept_last(g->kept)));
  GLB_TRY(glb_state_write(g->kept, l));
  return glb_runlog_land(l->link.run, &rows);
}

int glb_guard_rescue(struct glb_guard *g, struct glb_learner *l, int code) {
  struct glb_error_kept why;
  glb_error_keep(&why, code);
  // Several ranks that learn are in step only where all have met the same, or none was at work.
  const int in_step = code == GLB_ESTOPPED || code == GLB_ENONFINITE || code == GLB_ENOTPD;
  const int failed = l->link.world->learners == 1 || in_step ? write_rest(g, l) : glb_errand_wait(g->writer);
  if (failed && code == GLB_ESTOPPED) return glb_error_pass(failed, __FILE__, __LINE__);
  if (failed) GLB_WARN("the last finished round is lost: %s", glb_error_message());
  return glb_error_again(&why);
}
