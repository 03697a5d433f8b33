#include "proto/comm/survive.h"

#include <string.h>

#include "common/base/error.h"
#include "proto/comm/mpi_check.h"

#ifdef OMPI_HAVE_MPI_EXT_FTMPI

// Ranks of a communicator that are known to have died.
static int count_failed(MPI_Comm comm) {
  MPI_Group failed;
  int count = 0;
  if (MPIX_Comm_get_failed(comm, &failed) != MPI_SUCCESS) return 0;
  MPI_Group_size(failed, &count);
  MPI_Group_free(&failed);
  return count;
}

int glb_world_has_lost(const struct glb_world *world) {
  int revoked = 0;
  if (world->size == 1) return 0;
  const MPI_Comm all = world->comm->ring[GLB_ALL].mpi;
  if (MPIX_Comm_is_revoked(all, &revoked) == MPI_SUCCESS && revoked) return 1;
  return count_failed(all) > 0;
}

int glb_world_is_maimed(void) {
  return count_failed(MPI_COMM_WORLD) > 0;
}

// numbers in the old communicator of those that are not in the new one
static int name_lost(MPI_Comm old, MPI_Comm left, struct glb_lost *lost, int *count) {
  MPI_Group before, after, gone;
  GLB_MPI(MPI_Comm_group(old, &before));
  GLB_MPI(MPI_Comm_group(left, &after));
  GLB_MPI(MPI_Group_difference(before, after, &gone));
  GLB_MPI(MPI_Group_size(gone, count));
  for (int i = 0; i < *count; i++) GLB_MPI(MPI_Group_translate_ranks(gone, 1, &i, before, &lost[i].rank));
  MPI_Group_free(&gone);
  MPI_Group_free(&after);
  MPI_Group_free(&before);
  return GLB_OK;
}

// Names the hosts of the lost, ascending by rank, and closes the gaps they leave among the others.
static void take_hosts(struct glb_world *world, struct glb_lost *lost, int count) {
  int at = 0, next = 0;
  for (int rank = 0; world->hosts && rank < world->size; rank++) {
    const int gone = next < count && lost[next].rank == rank;
    memcpy(gone ? lost[next].host : world->hosts[at], world->hosts[rank], GLB_HOST_BYTES);
    next += gone;
    at += !gone;
  }
}

int glb_world_survive(struct glb_world *world, struct glb_lost *lost, int *count) {
  struct glb_ring *all = &world->comm->ring[GLB_ALL];
  MPI_Comm left;
  MPIX_Comm_revoke(all->mpi);  // those who wait for others learn of it
  GLB_MPI(MPIX_Comm_shrink(all->mpi, &left));
  GLB_MPI(MPI_Comm_set_errhandler(left, MPI_ERRORS_RETURN));
  GLB_TRY(name_lost(all->mpi, left, lost, count));
  take_hosts(world, lost, *count);
  world->lost += *count;
  all->mpi = left;  // the old one stays: requests on it have not ended
  GLB_TRY(glb_world_renumber(world));
  GLB_CHECK(
      *count == 0 || lost[0].rank != GLB_LEARNER_RANK, GLB_EPEER,
      "the rank that learns is gone: start the same command again, it goes on from the newest checkpoint");
  return GLB_OK;
}

#else

int glb_world_has_lost(const struct glb_world *world) {
  (void)world;
  return 0;
}

int glb_world_is_maimed(void) {
  return 0;
}

int glb_world_survive(struct glb_world *world, struct glb_lost *lost, int *count) {
  (void)world, (void)lost, (void)count;
  GLB_RAISE(GLB_EMPI, "this MPI cannot go on without a rank");
}

#endif
