#include "learner/evaluation.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/rng.h"
#include "proto/comm/tickets.h"
#include "proto/wire/message.h"

enum { RESAMPLES = 2000 };

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
  *v = (struct glb_evaluation){0};
}

static int take(struct glb_evaluation *v, const uint8_t *frame, size_t size) {
  struct glb_score score;
  double returns[GLB_SCORE_EPISODES];
  uint8_t success[GLB_SCORE_EPISODES];
  score.returns = returns;
  score.success = success;
  GLB_TRY(glb_message_get_score(&score, GLB_SCORE_EPISODES, frame, size));
  GLB_CHECK(score.slot < (uint32_t)v->trials && score.E == v->E && !v->seen[score.slot], GLB_EWIRE,
            "a score of trial %u with %d episodes does not belong here", score.slot, score.E);
  v->seen[score.slot] = 1;
  memcpy(v->returns + score.slot * (uint32_t)v->E, returns, sizeof *returns * (size_t)v->E);
  memcpy(v->success + score.slot * (uint32_t)v->E, success, sizeof *success * (size_t)v->E);
  return GLB_OK;
}

static int run(struct glb_evaluation *v, const struct glb_evaluation_links *links, struct glb_order *order) {
  struct glb_world *world = links->desk->world;
  GLB_TRY(glb_desk_order(links->desk, GLB_ACTING, order));
  if (links->partner) GLB_TRY(links->partner->obey(links->partner->self, order));
  glb_world_phase(world, "scores of an evaluation");
  for (int i = 0; i < v->trials; i++) {
    const uint8_t *frame;
    size_t size;
    int from;
    GLB_TRY(glb_mail_receive(links->mail, &frame, &size, &from));
    GLB_TRY_IN(world->trace, GLB_PHASE_pack, i, take(v, frame, size));
  }
  return GLB_OK;
}

int glb_evaluation_run(struct glb_evaluation *v, const struct glb_evaluation_links *links,
                       const struct glb_protocol *protocol) {
  uint32_t flags = protocol->split == GLB_SPLIT_TRAIN ? GLB_ORDER_TRAIN_TASKS : 0;
  if (protocol->shuffled) flags |= GLB_ORDER_SHUFFLED;
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

static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
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

/* Values side by side by stratum, and where each stratum starts: of value i of the grouped ones, the first and the number of
 * those it is resampled among. */
struct grouped {
  double *values;     // (n)
  int *first, *size;  // (n)
};

static void group(struct grouped *g, const double *values, const int *stratum, int n) {
  int done = 0;
  for (int next = 0; done < n; next++) {
    const int from = done;
    for (int i = 0; i < n; i++)
      if ((stratum ? stratum[i] : 0) == next) g->values[done++] = values[i];
    for (int i = from; i < done; i++) g->first[i] = from, g->size[i] = done - from;
  }
}

static double mean_of(const double *values, int n) {
  double sum = 0;
  for (int i = 0; i < n; i++) sum += values[i];
  return sum / n;
}

static double percentile(const double *sorted, int per_mille) {
  const int at = RESAMPLES * per_mille / 1000;
  return sorted[per_mille > 500 ? at - 1 : at];
}

static void bootstrap(struct glb_interval *interval, const struct grouped *g, double *sample, double *means,
                      double *iqms, int n, uint64_t seed) {
  for (int k = 0; k < RESAMPLES; k++) {
    struct glb_rng rng;
    glb_rng_start(&rng, seed, GLB_STREAM_BOOTSTRAP, (struct glb_rng_at){.round = (uint32_t)k});
    for (int i = 0; i < n; i++)
      sample[i] = g->values[g->first[i] + (int)glb_rng_below(&rng, (uint32_t)g->size[i])];
    means[k] = mean_of(sample, n);
    qsort(sample, (size_t)n, sizeof *sample, ascending);
    iqms[k] = iqm(sample, n);
  }
  qsort(means, RESAMPLES, sizeof *means, ascending);
  qsort(iqms, RESAMPLES, sizeof *iqms, ascending);
  interval->mean_low = percentile(means, 25);
  interval->mean_high = percentile(means, 975);
  interval->iqm_low = percentile(iqms, 25);
  interval->iqm_high = percentile(iqms, 975);
}

int glb_evaluation_interval(struct glb_interval *interval, const double *values, const int *stratum, int n,
                            uint64_t seed) {
  const size_t count = (size_t)n;
  double *work = malloc((2 * count + 2 * RESAMPLES) * sizeof *work);
  int *index = malloc(2 * count * sizeof *index);
  if (work && index) {
    struct grouped g = {.values = work, .first = index, .size = index + n};
    double *sample = work + n, *means = sample + n, *iqms = means + RESAMPLES;
    group(&g, values, stratum, n);
    interval->mean = mean_of(values, n);
    memcpy(sample, values, count * sizeof *sample);
    qsort(sample, count, sizeof *sample, ascending);
    interval->iqm = iqm(sample, n);
    bootstrap(interval, &g, sample, means, iqms, n, seed);
  }
  free(index);
  free(work);
  GLB_CHECK(work && index, GLB_ENOMEM, "no memory to resample %d values", n);
  return GLB_OK;
}
