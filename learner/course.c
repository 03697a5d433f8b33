#include "learner/course.h"

#include <math.h>
#include <string.h>

static const enum glb_metric of_evaluation[] = {GLB_METRIC_eval_return_first, GLB_METRIC_eval_return_last,
                                                GLB_METRIC_eval_success};

void glb_course_init(struct glb_course *c, int64_t rounds, int lag, double first) {
  *c = (struct glb_course){.evaluated = NAN, .from = first, .rounds = rounds, .lag = lag};
  for (int m = 0; m < GLB_METRICS; m++) c->row[m] = NAN;
}

void glb_course_add(struct glb_course *c, const double *row) {
  double held[3];
  const int back = row[GLB_METRIC_round] <= c->row[GLB_METRIC_round];
  const int restarted = row[GLB_METRIC_seconds] < c->row[GLB_METRIC_seconds];
  for (int i = 0; i < 3; i++) held[i] = back ? NAN : c->row[of_evaluation[i]];
  memcpy(c->row, row, sizeof c->row);
  if (back) c->evaluated = NAN;
  if (!isnan(row[GLB_METRIC_eval_return_first]))
    c->evaluated = row[GLB_METRIC_round];
  else
    for (int i = 0; i < 3; i++) c->row[of_evaluation[i]] = held[i];
  if (back || restarted || !(c->from < row[GLB_METRIC_round])) {
    c->from = row[GLB_METRIC_round];
    c->since = row[GLB_METRIC_seconds];
  }
}

double glb_course_pace(const struct glb_course *c) {
  const double done = c->row[GLB_METRIC_round] - c->from;
  return done > 0 ? (c->row[GLB_METRIC_seconds] - c->since) / done : NAN;
}

double glb_course_left(const struct glb_course *c) {
  const double left = (double)c->rounds - c->row[GLB_METRIC_round];
  return left >= 0 ? left * glb_course_pace(c) : NAN;
}
