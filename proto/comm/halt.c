#include "proto/comm/halt.h"

#include "proto/comm/mpi_check.h"

int glb_world_halt(struct glb_world *world) {
  for (int rank = 0; rank < world->size; rank++) {
    MPI_Request request;
    if (rank == world->rank) continue;
    GLB_MPI(MPI_Isend(NULL, 0, MPI_BYTE, rank, GLB_TAG_HALT, world->comm->ring[GLB_ALL].mpi, &request));
    GLB_MPI(MPI_Request_free(&request));
  }
  return GLB_OK;
}

int glb_world_halted(struct glb_world *world) {
  int told = 0;
  if (!world->halts || world->size == 1) return 0;
  return MPI_Iprobe(GLB_LEARNER_RANK, GLB_TAG_HALT, world->comm->ring[GLB_ALL].mpi, &told,
                    MPI_STATUS_IGNORE) == MPI_SUCCESS &&
         told;
}
