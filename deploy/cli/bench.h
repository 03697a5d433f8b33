/* bench.h: measurements that compare a rate with a limit or peer taken in the same run.
 *
 * A measurement is a function that does some work and returns the units of work done. Measured and limit take
 * turns, so that a drift of the machine hits both alike; the ratio is taken pair by pair and its median is
 * quoted. */
#ifndef DEPLOY_CLI_BENCH_H
#define DEPLOY_CLI_BENCH_H

#include <stdio.h>

/* Does a batch of work (long against a clock reading: 100 us or more) and returns its units (steps, updates,
 * bytes), > 0; where it fails, minus the code of the error that it has raised. */
typedef double (*glb_bench_fn)(void *context);

struct glb_bench;  // collects rows; prints a table or JSON

struct glb_bench_row {      // borrowed during a call; texts are copied
  const char *name;         // "env.cheetah-vel"
  const char *unit;         // of the rate: "step/s"
  glb_bench_fn work;        // what is measured
  const char *limit;        // what the limit is, "bare mj_step loop"; NULL: none
  glb_bench_fn limit_work;  // same units
  void *context;            // of both
  double reach;             // ratio that the project promises; 0: none
};

struct glb_bench_machine {  // where the figures come from
  char cpu[128];            // model name of the processor
  int cores;                // that this process may use
  const char *blas_kernel;  // "Haswell"
  const char *blas_config;  // configuration string of the library
};

enum { GLB_BENCH_REPEATS = 5 };  // fewest pairs that a median is taken of

/* A bench of repeats >= 5 pairs a row, seconds each. table: gets each row as it is measured; NULL: no table.
 */
int glb_bench_create(struct glb_bench **bench, int repeats, double seconds, FILE *table);
void glb_bench_destroy(struct glb_bench *bench);

/* Measures a row: after a warm-up, work and limit in turn, on the CPU clock of the process (all threads) or
 * on the wall clock. The former is for work of one thread, which other programs must not blur. */
int glb_bench_measure(struct glb_bench *bench, const struct glb_bench_row *row);
int glb_bench_measure_wall(struct glb_bench *bench, const struct glb_bench_row *row);

/* The last line of the table: how many promises were met. */
void glb_bench_write_summary(const struct glb_bench *bench, FILE *out);

/* All rows as one JSON object, with the machine and the environment variables of OpenBLAS and OpenMP. */
void glb_bench_write_json(const struct glb_bench *bench, const struct glb_bench_machine *machine, FILE *out);

/* All rows as FOLDER/bench.csv. GLB_EIO. */
int glb_bench_land_csv(const struct glb_bench *bench, const char *folder);

/* The suites, a file each. */
int glb_bench_env(struct glb_bench *bench);
int glb_bench_rollout(struct glb_bench *bench);
int glb_bench_agent(struct glb_bench *bench);
int glb_bench_model(struct glb_bench *bench);
int glb_bench_wire(struct glb_bench *bench);
int glb_bench_reduce(struct glb_bench *bench);

#endif  // DEPLOY_CLI_BENCH_H
