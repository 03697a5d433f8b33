/* mpi_session.h: a session of the ranks of a test. */
#ifndef TESTS_HARNESS_MPI_SESSION_H
#define TESTS_HARNESS_MPI_SESSION_H

#include "deploy/cli/session.h"
#include "tests/harness/mpi_check.h"

/* Joins check.world with "section.name=value" keys; groups: slot groups there are. */
static inline void check_join(struct glb_session *session, const char *const *keys, size_t count,
                              int groups) {
  glb_config_init(&session->config);
  for (size_t i = 0; i < count; i++) CHECK_OK(glb_config_set(&session->config, keys[i], "test"));
  CHECK_OK(glb_session_sizes(session, 0, 0));
  CHECK_OK(glb_session_join(session, &check.world, groups));
}

#endif  // TESTS_HARNESS_MPI_SESSION_H
