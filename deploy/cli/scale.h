/* scale.h: a scaling study: what is measured, and what is made of it. The command is cmd_scale.c; scale_run.c starts runs and
 * reads them, scale_fit.c fits a model of the time, scale_report.c writes tables and scale_plot.c the figure. */
#ifndef DEPLOY_CLI_SCALE_H
#define DEPLOY_CLI_SCALE_H

#include "common/base/bootstrap.h"
#include "common/base/stop.h"
#include "common/config/config.h"

enum {
  GLB_SCALE_POINTS = 24,
  GLB_SCALE_REPEATS = 100,
  GLB_SCALE_PARTS = 64,
  GLB_SCALE_TERMS = 3,
  GLB_SCALE_AHEAD = 8
};

struct glb_scale_plan {
  struct glb_config config;  // of all runs, but for train.slots of a weak study
  int ranks[GLB_SCALE_POINTS], points;
  int weak;
  int rounds, warmup;  // of each run, that are measured and that come before them
  int repeats;         // runs of each number of ranks; with a precision at most
  double precision;    // half width of the interval over the median to repeat for, 0: no such wish
  const char *launcher, *out, *csv;  // csv: folder of the tables, NULL: out
  const char *program;               // this one's path
  const struct glb_stop *stop;       // what the outside asks
};

/* What one run has told: `rounds` rounds. */
struct glb_scale_run {
  double *seconds;  // of each round, owned                             (rounds)
  double steps;     // of a round, mean
  double *means;    // of each metric over the rounds, owned             (GLB_METRICS)
};

struct glb_scale_point {  // one number of ranks
  int ranks, learners, actors, slots;
  int runs;
  struct glb_scale_run run[GLB_SCALE_REPEATS];
  double *means;                     // of each metric over runs and rounds, owned     (GLB_METRICS)
  double steps;                      // of a round
  double mean;                       // seconds of a round: means add up over phases, medians do not
  double median, low, high;          // seconds of a round, and the median's 95 % interval
  double speedup[3], efficiency[3];  // against the first point: of the medians, and the interval's ends
  double *replicates;                // of the median, by resample, owned               (GLB_RESAMPLES)
};

/* seconds(point) = sum of coefficients times terms, none of them negative. A strong study's terms are 1, 1 / actors and
 * log2 ranks; a weak one's 1, actors and log2 ranks. Fitted to relative deviations. */
struct glb_scale_fit {
  int weak, points;
  double coefficient[GLB_SCALE_TERMS];
  double residual[GLB_SCALE_POINTS];  // (fitted - measured) / measured
  double worst;                       // largest of them, without sign
  int ahead;                          // numbers of ranks projected to
  struct glb_scale_ahead {
    int ranks, actors;
    double seconds, low, high;  // projection, and its 95 % interval over resamples of the measured points
  } projection[GLB_SCALE_AHEAD];
};

/* CPU seconds a round of one rank, which sharing a core does not change much:
 *   learner(point) = l[0] + l[1] log2 ranks + l[2] ranks          actor(point) = a[0] + a[1] / actors + a[2] log2 ranks
 * Fitted as above. */
struct glb_scale_cpu {
  double learner[GLB_SCALE_TERMS], actor[GLB_SCALE_TERMS];
  double fitted_learner[GLB_SCALE_POINTS], fitted_actor[GLB_SCALE_POINTS];
};

struct glb_scale_study {
  const struct glb_scale_plan *plan;
  int points;
  struct glb_scale_point point[GLB_SCALE_POINTS];
  int fitted;  // there is a fit: three points or more
  struct glb_scale_fit fit;
  struct glb_scale_cpu cpu;
};

/* Ranks that learn and act, and slots of a point of the plan. Checks what can be checked before anything is started. GLB_ECONFIG,
 * GLB_ESETUP. */
int glb_scale_prepare(struct glb_scale_study *study, const struct glb_scale_plan *plan);
void glb_scale_finish(struct glb_scale_study *study);

/* How many of so many ranks learn. */
int glb_scale_learners(const struct glb_config *config, int ranks);

/* Does run number `repeat` (from 0) of a point, or the rest of it, or takes it as it is; adds what it has told. GLB_ESTOPPED where
 * it was asked to stop; GLB_ESETUP where the run failed. */
int glb_scale_measure(struct glb_scale_study *study, int point, int repeat);

/* Median and interval of a point's runs so far. GLB_ENOMEM. */
int glb_scale_sum_up(const struct glb_scale_study *study, struct glb_scale_point *point);

/* Speed-ups and, with three points or more, the fits and the projection. */
void glb_scale_conclude(struct glb_scale_study *study);

/* Non-negative least squares: x of n values (n <= GLB_SCALE_TERMS) that minimises the sum over m rows of
 * (a[row * n + .] x - b[row])^2. Exact: the best of all sets of columns that may be positive. */
void glb_scale_nnls(double *x, const double *a, const double *b, int m, int n);

/* One part of the learner's round, or of the actors', as far as the metrics tell. */
struct glb_scale_part {
  const char *name;       // "agent"
  int learner;            // metric of the learner, -1: none
  int least, mean, most;  // metrics of the actors: smallest, mean and largest, -1: none
};
/* Parts in the metrics' order; returns their number. */
int glb_scale_parts(struct glb_scale_part parts[GLB_SCALE_PARTS]);

/* A sentence about what limits a point. */
void glb_scale_bottleneck(char *text, int size, const struct glb_scale_point *point);

/* OUT/scale.h5, scale.md; scale.csv and with a projection scale-projection.csv, there or in CSV; scale.png and scale.svg. GLB_EIO, GLB_ENOMEM. */
int glb_scale_report(const struct glb_scale_study *study);
int glb_scale_plot(const struct glb_scale_study *study);

#endif  // DEPLOY_CLI_SCALE_H
