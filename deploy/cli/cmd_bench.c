#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/config/text.h"
#include "common/la/setup.h"
#include "deploy/cli/bench.h"
#include "deploy/cli/cli.h"

static const struct suite {
  const char *name;
  int (*run)(struct glb_bench *bench);
} suites[] = {
    {"env", glb_bench_env},     {"rollout", glb_bench_rollout}, {"agent", glb_bench_agent},
    {"model", glb_bench_model}, {"wire", glb_bench_wire},       {"reduce", glb_bench_reduce},
};
enum { SUITES = sizeof suites / sizeof suites[0] };

static const struct glb_option options[] = {
    {"json", NULL, "one JSON object instead of a table"},
    {"csv", "DIR", "the rows as a table too, DIR/bench.csv"},
    {"repeats", "N", "pairs a ratio's median is taken of, 5 to 1000 (default: 5)"},
    {"seconds", "S", "length of each measurement (default: 0.3)"},
};

const struct glb_usage glb_usage_bench = {
    .command = "bench",
    .synopsis =
        "[env|rollout|agent|model|wire|reduce|all]... [--json] [--csv DIR] [--repeats N] [--seconds S]",
    .text =
        "Measures the speed of parts of the program, each against a limit that is taken in turn with it: the "
        "bare\n"
        "simulator, the matrix products alone, a memory copy. Rates move with the machine; ratios of one run "
        "are what\n"
        "to compare. Work of one thread is timed on the CPU clock.",
    .options = options,
    .arguments = 64,
    .words = "env|rollout|agent|model|wire|reduce|all",
    .count = sizeof options / sizeof options[0],
    .examples = "glibrl bench env\nglibrl bench all --json > bench.json",
};

struct request {
  int json, repeats;
  double seconds;
  const char *csv;
  unsigned chosen;  // bit i: suites[i]
  int *status;
};

static int take_suite(struct request *request, const char *name) {
  unsigned chosen = strcmp(name, "all") == 0 ? (1u << SUITES) - 1 : 0;
  for (int i = 0; i < SUITES; i++) {
    if (strcmp(name, suites[i].name) == 0) chosen = 1u << i;
  }
  if (!chosen) {
    struct glb_text_nearest nearest = {.word = name};
    for (int i = 0; i < SUITES; i++) glb_text_offer(&nearest, suites[i].name);
    *request->status =
        nearest.best[0]
            ? glb_usage_error(&glb_usage_bench, "no suite \"%s\"; did you mean %s?", name, nearest.best)
            : glb_usage_error(&glb_usage_bench,
                              "no suite \"%s\"; there are env, rollout, agent, model, wire, reduce and all",
                              name);
    return GLB_ECONFIG;
  }
  request->chosen |= chosen;
  return GLB_OK;
}

// a number from low to high
static int take_number(struct request *request, double *number, const char *name, const char *value,
                       double low, double high) {
  char *end;
  *number = strtod(value, &end);
  if (*value && !*end && *number >= low && *number <= high) return GLB_OK;
  *request->status = glb_usage_error(&glb_usage_bench, "--%s \"%s\": a number from %g to %g is needed", name,
                                     value, low, high);
  return GLB_ECONFIG;
}

static int take(void *context, const char *name, const char *value) {
  struct request *request = context;
  double number;
  if (!name) return take_suite(request, value);
  if (strcmp(name, "json") == 0) {
    request->json = 1;
  } else if (strcmp(name, "csv") == 0) {
    request->csv = value;
  } else if (strcmp(name, "seconds") == 0) {
    return take_number(request, &request->seconds, name, value, 1e-3, 3600);
  } else {
    const int code = take_number(request, &number, name, value, GLB_BENCH_REPEATS, 1000);
    if (code) return code;
    request->repeats = (int)number;
  }
  return GLB_OK;
}

// the first "model name" of the processor list
static void read_cpu(char *cpu, size_t size) {
  char line[256];
  snprintf(cpu, size, "unknown");
  FILE *file = fopen("/proc/cpuinfo", "r");
  if (!file) return;
  while (fgets(line, sizeof line, file)) {
    const char *colon = strncmp(line, "model name", 10) == 0 ? strchr(line, ':') : NULL;
    if (!colon) continue;
    snprintf(cpu, size, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
    break;
  }
  fclose(file);
}

static void describe(struct glb_bench_machine *machine) {
  cpu_set_t cpus;
  read_cpu(machine->cpu, sizeof machine->cpu);
  machine->cores = sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? CPU_COUNT(&cpus) : 1;
  machine->blas_kernel = glb_blas_kernel();
  machine->blas_config = glb_blas_config();
}

static int run_suites(struct glb_bench *bench, unsigned chosen) {
  for (int i = 0; i < SUITES; i++) {
    if (chosen >> i & 1) GLB_TRY(suites[i].run(bench));
  }
  return GLB_OK;
}

int glb_cmd_bench(int argc, char **argv, int *status) {
  struct request request = {.repeats = GLB_BENCH_REPEATS, .seconds = 0.3, .status = status};
  int code = glb_usage_parse(&glb_usage_bench, argc, argv, status, take, &request);
  if (code == GLB_USAGE_HELP) return GLB_OK;
  if (code) return code;
  if (!request.chosen) request.chosen = (1u << SUITES) - 1;

  struct glb_bench *bench;
  struct glb_bench_machine machine;
  GLB_TRY(glb_blas_setup());
  describe(&machine);
  if (!request.json)
    printf("%s, %d cores; OpenBLAS kernel %s\n", machine.cpu, machine.cores, machine.blas_kernel);
  GLB_TRY(glb_bench_create(&bench, request.repeats, request.seconds, request.json ? NULL : stdout));
  GLB_TRY_OUT(code, out, run_suites(bench, request.chosen));
  if (request.json)
    glb_bench_write_json(bench, &machine, stdout);
  else
    glb_bench_write_summary(bench, stdout);
  if (request.csv) GLB_TRY_OUT(code, out, glb_bench_land_csv(bench, request.csv));
out:
  glb_bench_destroy(bench);
  return code;
}
