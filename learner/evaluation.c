#include "learner/evaluation.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/bootstrap.h"
#include "common/base/error.h"
#include "proto/comm/tickets.h"
#include "proto/comm/trials.h"
#include "proto/wire/message.h"

int glb_evaluation_init(struct glb_evaluation *v, int trials, int E) {
  *v = (struct glb_evaluation){.trials = trials, .E = E};
  v->returns = calloc((size_t)trials * (size_t)E, sizeof *v->returns);
  v->success = calloc((size_t)trials * (size_t)E, sizeof *v->success);
  v->seen = calloc((size_t)trials, 1);
  GLB_CHECK(v->returns && v->success && v->seen, GLB_ENOMEM, "no memory for %d evaluation trials", trials);
  return GLB_OK;
}

void glb_evaluation_finish(struct glb_evaluation *v) {
  if (!v) return;
  free(v->returns);
  free(v->success);
  free(v->seen);
  free(v->whole);
  *v = (struct glb_evaluation){0};
}

// One more place than there are trials, for the one that comes.
int glb_evaluation_keep(struct glb_evaluation *v, struct glb_trial_shape shape) {
  const size_t bytes = glb_trial_bytes(shape);
  v->shape = shape;
  v->whole = calloc((size_t)v->trials + 1, bytes);
  GLB_CHECK(v->whole, GLB_ENOMEM, "no memory for %d trials of %zu bytes: evaluate fewer tasks", v->trials,
            bytes);
  return GLB_OK;
}

void glb_evaluation_trial(const struct glb_evaluation *v, struct glb_trial *trial, size_t i) {
  glb_trial_map(trial, v->shape, v->whole + i * glb_trial_bytes(v->shape));
}

static int check_due(const struct glb_evaluation *v, uint32_t slot, int E) {
  GLB_CHECK(slot < (uint32_t)v->trials && E == v->E && !v->seen[slot], GLB_EWIRE,
            "evaluation trial %u with %d episodes does not belong here", slot, E);
  return GLB_OK;
}

static int take(struct glb_evaluation *v, const uint8_t *frame, size_t size) {
  struct glb_score score;
  double returns[GLB_SCORE_EPISODES];
  uint8_t success[GLB_SCORE_EPISODES];
  score.returns = returns;
  score.success = success;
  GLB_TRY(glb_message_get_score(&score, GLB_SCORE_EPISODES, frame, size));
  GLB_TRY(check_due(v, score.slot, score.E));
  v->seen[score.slot] = 1;
  memcpy(v->returns + score.slot * (uint32_t)v->E, returns, sizeof *returns * (size_t)v->E);
  memcpy(v->success + score.slot * (uint32_t)v->E, success, sizeof *success * (size_t)v->E);
  return GLB_OK;
}

static int take_score(struct glb_evaluation *v, const struct glb_evaluation_links *links, int i) {
  const uint8_t *frame;
  size_t size;
  int from;
  GLB_TRY(glb_mail_receive(links->mail, &frame, &size, &from));
  GLB_TRY_IN(links->desk->world->trace, GLB_PHASE_pack, i, take(v, frame, size));
  return GLB_OK;
}

static int take_trial(struct glb_evaluation *v, const struct glb_evaluation_links *links) {
  struct glb_trial come, place;
  int from;
  glb_evaluation_trial(v, &come, (size_t)v->trials);
  GLB_TRY(glb_trials_receive(links->desk->world, links->mail, &come, &from));
  const uint32_t slot = come.head->slot;
  GLB_TRY(check_due(v, slot, come.head->E));
  v->seen[slot] = 1;
  glb_evaluation_trial(v, &place, slot);
  memcpy(place.block, come.block, glb_trial_bytes(v->shape));
  for (int e = 0; e < v->E; e++) {
    v->returns[slot * (uint32_t)v->E + (uint32_t)e] = glb_trial_return(&place, e);
    v->success[slot * (uint32_t)v->E + (uint32_t)e] = place.success[e];
  }
  return GLB_OK;
}

static int run(struct glb_evaluation *v, const struct glb_evaluation_links *links, struct glb_order *order) {
  GLB_TRY(glb_desk_order(links->desk, GLB_ACTING, order));
  if (links->partner) GLB_TRY(links->partner->obey(links->partner->self, order));
  glb_world_phase(links->desk->world, "scores of an evaluation");
  for (int i = 0; i < v->trials; i++) GLB_TRY(v->whole ? take_trial(v, links) : take_score(v, links, i));
  return GLB_OK;
}

int glb_evaluation_run(struct glb_evaluation *v, const struct glb_evaluation_links *links,
                       const struct glb_protocol *protocol) {
  uint32_t flags = protocol->split == GLB_SPLIT_TRAIN ? GLB_ORDER_TRAIN_TASKS : 0;
  if (protocol->shuffled) flags |= GLB_ORDER_SHUFFLED;
  if (v->whole) flags |= GLB_ORDER_WHOLE;
  struct glb_order order = {.verb = GLB_VERB_EVALUATE,
                            .update = (uint32_t)v->trials,
                            .first = (uint32_t)protocol->adapt,
                            .last = (uint32_t)v->E,
                            .flags = flags,
                            .version = protocol->seed};
  memset(v->seen, 0, (size_t)v->trials);
  glb_tickets_open(links->desk->world, (v->trials + links->group - 1) / links->group);
  GLB_TRY_IN(links->desk->world->trace, GLB_PHASE_evaluate, -1, run(v, links, &order));
  return GLB_OK;
}

double glb_evaluation_return(const struct glb_evaluation *v, int e) {
  double sum = 0;
  for (int i = 0; i < v->trials; i++) sum += v->returns[i * v->E + e];
  return sum / v->trials;
}

double glb_evaluation_success(const struct glb_evaluation *v, int e) {
  double sum = 0;
  for (int i = 0; i < v->trials; i++) sum += v->success[i * v->E + e];
  return sum / v->trials;
}

/* Mean of the middle half of sorted values; the values at its borders count in part. */
static double iqm(const double *sorted, int n) {
  const double low = 0.25 * n, high = 0.75 * n;
  double sum = 0;
  for (int i = 0; i < n; i++) {
    const double from = i > low ? i : low, to = i + 1 < high ? i + 1 : high;
    if (to > from) sum += (to - from) * sorted[i];
  }
  return sum / (high - low);
}

static double mean_of(const double *values, int n) {
  double sum = 0;
  for (int i = 0; i < n; i++) sum += values[i];
  return sum / n;
}

static void measure(double *statistics, double *sample, int n) {
  statistics[0] = mean_of(sample, n);
  glb_sort(sample, n);
  statistics[1] = iqm(sample, n);
}

int glb_evaluation_interval(struct glb_interval *interval, const double *values, const int *stratum, int n,
                            uint64_t seed) {
  const size_t count = (size_t)n;
  double *work = malloc((count + 2 * GLB_RESAMPLES) * sizeof *work), both[2];
  GLB_CHECK(work, GLB_ENOMEM, "no memory to resample %d values", n);
  double *sample = work + 2 * GLB_RESAMPLES;
  memcpy(sample, values, count * sizeof *sample);
  measure(both, sample, n);
  interval->mean = mean_of(values, n);
  interval->iqm = both[1];
  const struct glb_bootstrap what = {.values = values, .group = stratum, .n = n, .seed = seed};
  const int code = glb_bootstrap_run(work, &what, measure, 2);
  if (!code) {
    glb_bootstrap_interval(&interval->mean_low, &interval->mean_high, work);
    glb_bootstrap_interval(&interval->iqm_low, &interval->iqm_high, work + GLB_RESAMPLES);
  }
  free(work);
  return code ? glb_error_pass(code, __FILE__, __LINE__) : GLB_OK;
}
