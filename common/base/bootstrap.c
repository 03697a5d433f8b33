#include "common/base/bootstrap.h"

#include <stdlib.h>

#include "common/base/error.h"
#include "common/base/rng.h"

static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

void glb_sort(double *values, int n) {
  qsort(values, (size_t)n, sizeof *values, ascending);
}

void glb_median(double *median, double *sample, int n) {
  glb_sort(sample, n);
  *median = (sample[(n - 1) / 2] + sample[n / 2]) / 2;
}

/* Values side by side by group. Value i has its group in first[i] .. first[i] + size[i] - 1; group g starts at start[g]. */
struct grouped {
  double *values;             // (n)
  int *first, *size, *start;  // (n)
  int n, groups, largest;
};

static void group(struct grouped *g, const struct glb_bootstrap *what) {
  int done = 0;
  for (int next = 0; done < what->n; next++) {
    const int from = done;
    for (int i = 0; i < what->n; i++)
      if ((what->group ? what->group[i] : 0) == next) g->values[done++] = what->values[i];
    for (int i = from; i < done; i++) g->first[i] = from, g->size[i] = done - from;
    if (done == from) continue;
    g->start[g->groups++] = from;
    if (done - from > g->largest) g->largest = done - from;
  }
}

static int draw_strata(double *sample, const struct grouped *g, struct glb_rng *rng) {
  for (int i = 0; i < g->n; i++)
    sample[i] = g->values[g->first[i] + (int)glb_rng_below(rng, (uint32_t)g->size[i])];
  return g->n;
}

static int draw_clusters(double *sample, const struct grouped *g, struct glb_rng *rng) {
  int n = 0;
  for (int j = 0; j < g->groups; j++) {
    const int from = g->start[glb_rng_below(rng, (uint32_t)g->groups)];
    for (int i = 0; i < g->size[from]; i++)
      sample[n++] = g->values[from + (int)glb_rng_below(rng, (uint32_t)g->size[from])];
  }
  return n;
}

static void resample(double *replicates, const struct glb_bootstrap *what, const struct grouped *g,
                     double *sample, double *statistics, glb_statistics_fn measure, int count) {
  for (int k = 0; k < GLB_RESAMPLES; k++) {
    struct glb_rng rng;
    glb_rng_start(&rng, what->seed, GLB_STREAM_BOOTSTRAP, (struct glb_rng_at){.round = (uint32_t)k});
    const int n = what->clustered ? draw_clusters(sample, g, &rng) : draw_strata(sample, g, &rng);
    measure(statistics, sample, n);
    for (int s = 0; s < count; s++) replicates[s * GLB_RESAMPLES + k] = statistics[s];
  }
}

int glb_bootstrap_run(double *replicates, const struct glb_bootstrap *what, glb_statistics_fn measure,
                      int count) {
  const size_t n = (size_t)what->n;
  int code = GLB_OK;
  int *index = malloc(3 * n * sizeof *index);
  double *values = malloc((n + (size_t)count) * sizeof *values), *sample = NULL;
  if (index && values) {
    struct grouped g = {.values = values, .first = index, .size = index + n, .start = index + 2 * n};
    g.n = what->n;
    group(&g, what);
    sample = malloc((size_t)g.groups * (size_t)g.largest * sizeof *sample);
    if (sample) resample(replicates, what, &g, sample, values + n, measure, count);
  }
  if (!sample)
    code = glb_error_raise(GLB_ENOMEM, __FILE__, __LINE__, "no memory to resample %d values", what->n);
  free(sample);
  free(values);
  free(index);
  return code;
}

static double percentile(const double *sorted, int per_mille) {
  const int at = GLB_RESAMPLES * per_mille / 1000;
  return sorted[per_mille > 500 ? at - 1 : at];
}

void glb_bootstrap_interval(double *low, double *high, double *replicates) {
  glb_sort(replicates, GLB_RESAMPLES);
  *low = percentile(replicates, 25);
  *high = percentile(replicates, 975);
}
