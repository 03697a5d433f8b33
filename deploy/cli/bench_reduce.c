#include "deploy/cli/bench.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "proto/comm/reduce.h"

/* Statistics of 16 features and one target, and a gradient, of each of 16 slot groups. */
enum { GROUPS = 16, STATISTICS = 1 + 16 * 16 + 16 + 1, GRADIENT = 8000, TOTAL = STATISTICS + GRADIENT };
enum { BATCH = 10 };

/* Sums that do not depend on the order, against plain sums of doubles. */
struct sums {
  struct glb_world world;
  struct glb_reduce reduce;
  double *summands;  // (GROUPS x TOTAL)
  double *out;       // (TOTAL)
};

static int reduce_once(struct sums *sums) {
  struct glb_reduce *reduce = &sums->reduce;
  glb_reduce_begin(reduce);
  for (int g = 0; g < GROUPS; g++) {
    const double *summand = sums->summands + (size_t)g * TOTAL;
    GLB_TRY(glb_reduce_scan(reduce, 0, summand, STATISTICS));
    GLB_TRY(glb_reduce_scan(reduce, 1, summand + STATISTICS, GRADIENT));
  }
  GLB_TRY(glb_reduce_agree(reduce, &sums->world));
  for (int g = 0; g < GROUPS; g++) {
    const double *summand = sums->summands + (size_t)g * TOTAL;
    glb_reduce_add(reduce, 0, summand, STATISTICS);
    glb_reduce_add(reduce, 1, summand + STATISTICS, GRADIENT);
  }
  return glb_reduce_sum(reduce, &sums->world, sums->out);
}

static double fixed(void *context) {
  for (int i = 0; i < BATCH; i++) {
    int code = reduce_once(context);
    if (code) return -code;
  }
  return (double)BATCH * GROUPS * TOTAL;
}

static void add_once(struct sums *sums) {
  memset(sums->out, 0, TOTAL * sizeof *sums->out);
  for (int g = 0; g < GROUPS; g++)
    for (int i = 0; i < TOTAL; i++) sums->out[i] += sums->summands[(size_t)g * TOTAL + (size_t)i];
  __asm__ volatile("" ::: "memory");  // each sum is made
}

static double plain(void *context) {
  for (int i = 0; i < BATCH; i++) add_once(context);
  return (double)BATCH * GROUPS * TOTAL;
}

static void finish(struct sums *sums) {
  glb_reduce_finish(&sums->reduce);
  free(sums->summands);
  free(sums->out);
}

static int init(struct sums *sums) {
  const size_t sizes[] = {STATISTICS, GRADIENT};
  *sums = (struct sums){.world = {.size = 1, .learner = 1, .actors = 1}};
  sums->summands = malloc((size_t)GROUPS * TOTAL * sizeof *sums->summands);
  sums->out = malloc(TOTAL * sizeof *sums->out);
  GLB_CHECK(sums->summands && sums->out, GLB_ENOMEM, "bench reduce: %d doubles", (GROUPS + 1) * TOTAL);
  for (int i = 0; i < GROUPS * TOTAL; i++) sums->summands[i] = (i % 2 ? -1.0 : 1.0) / (1 + i % 1000);
  return glb_reduce_init(&sums->reduce, 2, sizes, GROUPS);
}

int glb_bench_reduce(struct glb_bench *bench) {
  struct sums sums = {0};
  const struct glb_bench_row row = {"reduce.fixed", "element/s", fixed, "plain sums of doubles",
                                    plain,          &sums,       0};
  int code;
  GLB_TRY_OUT(code, out, init(&sums));
  GLB_TRY_OUT(code, out, glb_bench_measure(bench, &row));
out:
  finish(&sums);
  return code;
}
