/* bootstrap.h: how sure a statistic of a sample is: percentile bootstrap (B. Efron, Annals of Statistics 7, 1979). */
#ifndef COMMON_BASE_BOOTSTRAP_H
#define COMMON_BASE_BOOTSTRAP_H

#include <stdint.h>

enum { GLB_RESAMPLES = 2000 };

struct glb_bootstrap {   // borrowed
  const double *values;  // (n)
  const int *group;      // of each value, 0 .. groups - 1; NULL: all in one           (n)
  int n;
  int clustered;  // groups are themselves a sample (repeated runs): they are drawn with replacement, then values within each. Else
                  // they are strata: each value is drawn among those of its group
  uint64_t seed;
};

/* count statistics of a sample of n values, which it may put in another order. */
typedef void (*glb_statistics_fn)(double *statistics, double *sample, int n);

/* Statistics of GLB_RESAMPLES resamples: replicates[s * GLB_RESAMPLES + k] is number s of resample k, a function of (values, seed, k)
 * alone (stream BOOTSTRAP). GLB_ENOMEM. */
int glb_bootstrap_run(double *replicates, const struct glb_bootstrap *what, glb_statistics_fn measure,
                      int count);

/* The middle 95 % of GLB_RESAMPLES replicates, which are sorted by it. */
void glb_bootstrap_interval(double *low, double *high, double *replicates);

void glb_sort(double *values, int n);  // ascending

/* Median, as glb_statistics_fn; sorts the sample. */
void glb_median(double *median, double *sample, int n);

#endif  // COMMON_BASE_BOOTSTRAP_H
