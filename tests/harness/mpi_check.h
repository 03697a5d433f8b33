/* mpi_check.h: checks in programs of several ranks. A failing check prints its rank and values; the program
 * goes on and fails at its end on all ranks. Rank 0 alone tells of success. A call that fails (CHECK_OK) ends
 * the job: the other ranks would wait for ever. */
#ifndef TESTS_HARNESS_MPI_CHECK_H
#define TESTS_HARNESS_MPI_CHECK_H

#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/error.h"
#include "proto/comm/world.h"

static struct {
  struct glb_world world;
  int failures;
} check;

#define CHECK(condition, ...)                                                                     \
  do {                                                                                            \
    if (!(condition)) {                                                                           \
      fprintf(stderr, "[rank %d] %s:%d: %s: ", check.world.rank, __FILE__, __LINE__, #condition); \
      fprintf(stderr, __VA_ARGS__);                                                               \
      fputc('\n', stderr);                                                                        \
      check.failures++;                                                                           \
    }                                                                                             \
  } while (0)

#define CHECK_OK(call)                                                                               \
  do {                                                                                               \
    if (call) {                                                                                      \
      fprintf(stderr, "[rank %d] %s:%d: %s: %s (%s)\n", check.world.rank, __FILE__, __LINE__, #call, \
              glb_error_message(), glb_error_trace());                                               \
      MPI_Abort(MPI_COMM_WORLD, 1);                                                                  \
    }                                                                                                \
  } while (0)

static inline void check_begin(int *argc, char ***argv) {
  int provided;
  MPI_Init_thread(argc, argv, MPI_THREAD_FUNNELED, &provided);
  CHECK_OK(glb_world_init(&check.world));
}

/* The exit code of the program, equal on all ranks. */
static inline int check_end(const char *name) {
  int worst, rank = check.world.rank, size = check.world.size;
  CHECK_OK(glb_world_agree(&check.world, check.failures, &worst));
  glb_world_finish(&check.world);
  MPI_Finalize();
  if (rank == 0) printf("%s %s on %d ranks\n", worst ? "not ok" : "ok", name, size);
  return worst ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif  // TESTS_HARNESS_MPI_CHECK_H
