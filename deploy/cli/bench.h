/* bench.h: measurements that compare a rate with a limit or peer taken in the same run.
 *
 * A measurement is a function that does some work and returns the units of work done. Measured and limit
 * alternate, so that a drift of the machine hits both alike; the ratio is taken pair by pair and its median
 * is quoted. */
#ifndef DEPLOY_CLI_BENCH_H
#define DEPLOY_CLI_BENCH_H

typedef double (*glb_bench_fn)(
    void *context);  // does a batch of work, returns its units (steps, updates, bytes)

struct glb_bench;  // collects rows; prints a table or JSON

struct glb_bench_row {
  const char *name;   // "env.cheetah-vel"
  const char *unit;   // of the rate: "step/s"
  glb_bench_fn work;  // what is measured
  const char *limit;  // what the limit is, "bare mj_step loop"; NULL: none
  glb_bench_fn limit_work;
  void *context;
  double reach;  // ratio that the project promises; 0: none
};

/* Runs the row: bench's repeats (at least 5) of its seconds each, work and limit in turn, CPU time of the
 * process as the clock of rates where threads = 1, wall time otherwise. */
int glb_bench_measure(struct glb_bench *bench, const struct glb_bench_row *row);
int glb_bench_measure_wall(struct glb_bench *bench, const struct glb_bench_row *row);

/* The suites, a file each. */
int glb_bench_env(struct glb_bench *bench);
int glb_bench_agent(struct glb_bench *bench);
int glb_bench_model(struct glb_bench *bench);
int glb_bench_wire(struct glb_bench *bench);
int glb_bench_reduce(struct glb_bench *bench);

#endif  // DEPLOY_CLI_BENCH_H
