// test_metaworld_tasks.c: task lists of the benchmarks against those of the package, bit for bit (make_metaworld.py).
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <stdio.h>
#include <stdlib.h>

#include "actors/env/metaworld/benchmark.h"
#include "common/base/error.h"
#include "common/store/h5.h"
#include "tests/harness/must.h"

static struct glb_h5 *file;

static int open_file(void **state) {
  (void)state;
  char path[1024];
  snprintf(path, sizeof path, "%s/tests/golden/env/metaworld_tasks.h5", getenv("GLIBRL_SOURCE"));
  must(glb_h5_open(&file, path));
  return 0;
}

static int close_file(void **state) {
  (void)state;
  glb_h5_close(file);
  return 0;
}

static void check_environment(const struct glb_benchmark *benchmark, enum glb_split split, uint32_t seed,
                              int index, const char *group) {
  int count;
  const struct glb_sawyer_task *task = &glb_sawyer_task_table(&count)[benchmark->lists[split].envs[index]];
  double recorded[GLB_BENCHMARK_GOALS * GLB_SAWYER_VECTOR], v[GLB_SAWYER_VECTOR];
  char path[128];
  snprintf(path, sizeof path, "%s/%s-v3", group, task->name);
  must(glb_h5_read(file, path, GLB_H5_F64, (size_t)(GLB_BENCHMARK_GOALS * task->n), recorded));
  for (int goal = 0; goal < GLB_BENCHMARK_GOALS; goal++) {
    glb_benchmark_draw(v, benchmark, split, seed, index, goal);
    for (int i = 0; i < GLB_SAWYER_VECTOR; i++) {
      const double expected = i < task->n ? recorded[goal * task->n + i] : 0;
      if (v[i] != expected)
        fail_msg("%s, goal %d: v[%d] is %.17g, recorded %.17g", path, goal, i, v[i], expected);
    }
  }
}

static void check_benchmark(const char *name, const char *recorded_name, uint32_t seed) {
  static const char *splits[] = {"train", "test"};
  struct glb_benchmark benchmark;
  must(glb_benchmark_find(&benchmark, name));
  for (int split = 0; split < 2; split++) {
    char group[64];
    snprintf(group, sizeof group, "%s/seed%u/%s", recorded_name, seed, splits[split]);
    for (int i = 0; i < benchmark.lists[split].count; i++)
      check_environment(&benchmark, (enum glb_split)split, seed, i, group);
  }
}

static void test_lists(void **state) {
  (void)state;
  check_benchmark("ml10", "ML10", 0);
  check_benchmark("ml10", "ML10", 3);
  check_benchmark("ml45", "ML45", 1);
}

// of one environment: its list is the front of that of a benchmark which begins with it; testing has the next seed's
static void test_single(void **state) {
  (void)state;
  struct glb_benchmark one, ten;
  double a[GLB_SAWYER_VECTOR], b[GLB_SAWYER_VECTOR];
  must(glb_benchmark_find(&one, "ml1-reach"));
  must(glb_benchmark_find(&ten, "ml10"));
  glb_benchmark_draw(a, &one, GLB_SPLIT_TRAIN, 3, 0, 49);
  glb_benchmark_draw(b, &ten, GLB_SPLIT_TRAIN, 3, 0, 49);
  assert_memory_equal(a, b, sizeof a);
  glb_benchmark_draw(a, &one, GLB_SPLIT_TEST, 2, 0, 49);
  assert_memory_equal(a, b, sizeof a);
  assert_int_equal(glb_benchmark_find(&one, "ml1-rech"), GLB_ECONFIG);
  assert_int_equal(glb_benchmark_find(&one, "ml11"), GLB_ECONFIG);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_lists),
      cmocka_unit_test(test_single),
  };
  return cmocka_run_group_tests(tests, open_file, close_file);
}
