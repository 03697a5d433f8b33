#include "learner/evaluation.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/rng.h"
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

int glb_evaluation_run(struct glb_evaluation *v, const struct glb_evaluation_links *links, uint64_t seed) {
  struct glb_order order = {.verb = GLB_VERB_EVALUATE, .update = (uint32_t)v->trials, .version = seed};
  memset(v->seen, 0, (size_t)v->trials);
  GLB_TRY(glb_desk_order(links->desk, &order));
  if (links->partner) GLB_TRY(links->partner->obey(links->partner->self, &order));
  for (int i = 0; i < v->trials; i++) {
    const uint8_t *frame;
    size_t size;
    int from;
    GLB_TRY(glb_mail_receive(links->mail, &frame, &size, &from));
    GLB_TRY(take(v, frame, size));
  }
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

int glb_evaluation_interval(struct glb_interval *interval, double *values, int n, uint64_t seed) {
  double *sample = malloc((size_t)n * sizeof *sample), *means = malloc(RESAMPLES * sizeof *means);
  if (!sample || !means) {
    free(sample);
    free(means);
    GLB_RAISE(GLB_ENOMEM, "no memory to resample %d values", n);
  }
  qsort(values, (size_t)n, sizeof *values, ascending);
  interval->mean = 0;
  for (int i = 0; i < n; i++) interval->mean += values[i] / n;
  interval->iqm = iqm(values, n);
  for (int k = 0; k < RESAMPLES; k++) {
    struct glb_rng rng;
    glb_rng_start(&rng, seed, GLB_STREAM_BOOTSTRAP, (struct glb_rng_at){.round = (uint32_t)k});
    for (int i = 0; i < n; i++) sample[i] = values[glb_rng_below(&rng, (uint32_t)n)];
    qsort(sample, (size_t)n, sizeof *sample, ascending);
    means[k] = iqm(sample, n);
  }
  qsort(means, RESAMPLES, sizeof *means, ascending);
  interval->low = means[RESAMPLES * 25 / 1000];
  interval->high = means[RESAMPLES * 975 / 1000 - 1];
  free(sample);
  free(means);
  return GLB_OK;
}
