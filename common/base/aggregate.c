#include "common/base/aggregate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"

double glb_aggregate_mean(const double *values, int n) {
  double sum = 0;
  for (int i = 0; i < n; i++) sum += values[i];
  return sum / n;
}

double glb_aggregate_iqm(double *values, int n) {
  const int cut = n / 4;
  glb_sort(values, n);
  return glb_aggregate_mean(values + cut, n - 2 * cut);
}

double glb_aggregate_gap(const double *values, int n, double target) {
  double sum = 0;
  for (int i = 0; i < n; i++) sum += fmin(values[i], target);
  return target - sum / n;
}

double glb_aggregate_above(const double *values, int n, double threshold) {
  int above = 0;
  for (int i = 0; i < n; i++) above += values[i] > threshold;
  return (double)above / n;
}

double glb_aggregate_improvement(const double *x, int nx, const double *y, int ny) {
  double better = 0;
  for (int i = 0; i < nx; i++)
    for (int j = 0; j < ny; j++) better += x[i] > y[j] ? 1 : x[i] == y[j] ? 0.5 : 0;
  return better / ((double)nx * ny);
}

// ---- resamples ----

static void copy(double *statistics, double *sample, int n) {
  memcpy(statistics, sample, (size_t)n * sizeof *sample);
}

int glb_aggregate_draw(int *index, const int *stratum, int n, uint64_t seed) {
  const size_t count = (size_t)n;
  double *places = malloc(count * (1 + GLB_RESAMPLES) * sizeof *places);
  GLB_CHECK(places, GLB_ENOMEM, "no memory to resample %d values", n);
  double *drawn = places + count;
  for (int i = 0; i < n; i++) places[i] = i;
  const struct glb_bootstrap what = {.values = places, .group = stratum, .n = n, .seed = seed};
  const int code = glb_bootstrap_run(drawn, &what, copy, n);
  for (int k = 0; k < GLB_RESAMPLES && !code; k++)
    for (int i = 0; i < n; i++) index[k * n + i] = (int)drawn[i * GLB_RESAMPLES + k];
  free(places);
  return code ? glb_error_pass(code, __FILE__, __LINE__) : GLB_OK;
}

struct glb_aggregate glb_aggregate_sum_up(const double *values, const int *index, int n, double *work) {
  double *sample = work, *replicates = work + n;
  struct glb_aggregate a = {.low = NAN, .high = NAN};
  memcpy(sample, values, (size_t)n * sizeof *sample);
  a.iqm = glb_aggregate_iqm(sample, n);
  if (n < 2) return a;
  for (int k = 0; k < GLB_RESAMPLES; k++) {
    for (int i = 0; i < n; i++) sample[i] = values[index[k * n + i]];
    replicates[k] = glb_aggregate_iqm(sample, n);
  }
  glb_bootstrap_interval(&a.low, &a.high, replicates);
  return a;
}
