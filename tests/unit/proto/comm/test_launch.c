/* Which environments mean that several copies were started together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "proto/comm/launch.h"

struct variable {
  const char *name;
  char value[32];
};
static struct variable environment[6];

static char *lookup(const char *name) {
  for (struct variable *variable = environment; variable < environment + 6; variable++)
    if (variable->name && !strcmp(variable->name, name)) return variable->value;
  return NULL;
}

static const struct {
  struct variable set[6];
  int tasks;
  const char *source;
} cases[] = {
    {{{NULL, ""}}, 1, NULL},
    // mpirun of Open MPI and of MPICH, srun --mpi=pmi2, srun --mpi=pmix
    {{{"OMPI_COMM_WORLD_SIZE", "4"}}, 4, "OMPI_COMM_WORLD_SIZE"},
    {{{"OMPI_COMM_WORLD_SIZE", "1"}}, 1, "OMPI_COMM_WORLD_SIZE"},
    {{{"PMI_SIZE", "8"}, {"PMI_RANK", "0"}}, 8, "PMI_SIZE"},
    {{{"PMIX_RANK", "3"}}, 4, "PMIX_RANK"},
    {{{"PMIX_RANK", "0"}}, 1, NULL},
    {{{"PMIX_RANK", "0"}, {"SLURM_STEP_ID", "2"}, {"SLURM_STEP_NUM_TASKS", "3"}}, 3, "SLURM_STEP_NUM_TASKS"},
    // a step of srun
    {{{"SLURM_STEP_ID", "0"}, {"SLURM_STEP_NUM_TASKS", "4"}, {"SLURM_PROCID", "2"}},
     4,
     "SLURM_STEP_NUM_TASKS"},
    {{{"SLURM_STEP_ID", "0"}, {"SLURM_STEP_NUM_TASKS", "1"}, {"SLURM_NTASKS", "8"}},
     1,
     "SLURM_STEP_NUM_TASKS"},
    // a plain start within an allocation: batch script, its step by name and by number, an interactive step
    {{{"SLURM_NTASKS", "8"}, {"SLURM_PROCID", "0"}, {"SLURM_JOB_ID", "7"}}, 1, NULL},
    {{{"SLURM_NTASKS", "8"}, {"SLURM_STEP_ID", "batch"}, {"SLURM_STEP_NUM_TASKS", "8"}}, 1, NULL},
    {{{"SLURM_NTASKS", "8"}, {"SLURM_STEP_ID", "4294967291"}, {"SLURM_STEP_NUM_TASKS", "8"}}, 1, NULL},
    {{{"SLURM_NTASKS", "8"}, {"SLURM_STEP_ID", "4294967290"}, {"SLURM_STEP_NUM_TASKS", "8"}}, 1, NULL},
    // one rank by mpirun whose daemon is a step on two nodes
    {{{"OMPI_COMM_WORLD_SIZE", "1"}, {"SLURM_STEP_ID", "0"}, {"SLURM_STEP_NUM_TASKS", "2"}},
     1,
     "OMPI_COMM_WORLD_SIZE"},
    // values that are no numbers say nothing
    {{{"OMPI_COMM_WORLD_SIZE", ""}, {"PMI_SIZE", "two"}, {"PMIX_RANK", "-1"}}, 1, NULL},
    {{{"PMI_SIZE", "99999999999"}}, INT32_MAX, "PMI_SIZE"},
};

static void test_cases(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const char *source = "untouched";
    memcpy(environment, cases[i].set, sizeof environment);
    int tasks = glb_launch_tasks(lookup, &source);
    if (tasks != cases[i].tasks) fail_msg("case %zu: %d tasks, not %d", i, tasks, cases[i].tasks);
    if (tasks > 1) assert_string_equal(source, cases[i].source);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases)};
  return cmocka_run_group_tests_name("launch", tests, NULL, NULL);
}
