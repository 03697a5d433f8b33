/* aggregate.h: what a few repeated runs say together: statistics of their scores, and how sure these are.
 * R. Agarwal et al., Deep Reinforcement Learning at the Edge of the Statistical Precipice, NeurIPS 2021; the same numbers as the
 * authors' package rliable gives (tests/golden/report). */
#ifndef COMMON_BASE_AGGREGATE_H
#define COMMON_BASE_AGGREGATE_H

#include <stdint.h>

#include "common/base/bootstrap.h"

double glb_aggregate_mean(const double *values, int n);

/* Interquartile mean: mean of what is left without the floor(n / 4) smallest and largest; of less than four values their mean.
 * Sorts the values. */
double glb_aggregate_iqm(double *values, int n);

/* Optimality gap: target - mean of min(value, target). */
double glb_aggregate_gap(const double *values, int n, double target);

/* Share of values above a threshold: a point of the performance profile. */
double glb_aggregate_above(const double *values, int n, double threshold);

/* Probability of improvement: share of pairs (x, y) with x > y, ties half. */
double glb_aggregate_improvement(const double *x, int nx, const double *y, int ny);

/* Which of n values are in each resample: index[k * n + i], for all that is computed from the same runs, so that all of it sees the
 * same resamples. Stratified as glb_bootstrap, whose order a resample has: place i holds a value of i's stratum where values of a
 * stratum lie side by side, strata ascending. GLB_ENOMEM. */
int glb_aggregate_draw(int *index, const int *stratum, int n, uint64_t seed);  // (GLB_RESAMPLES x n)

/* IQM of n values and the middle 95 % of that of the resamples; of one value it is no interval (NAN). work: n + GLB_RESAMPLES. */
struct glb_aggregate {
  double iqm, low, high;
};
struct glb_aggregate glb_aggregate_sum_up(const double *values, const int *index, int n, double *work);

#endif  // COMMON_BASE_AGGREGATE_H
