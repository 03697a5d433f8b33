#include "proto/comm/parcel.h"

#include <stdlib.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "proto/comm/mpi_check.h"
#include "proto/comm/wait.h"

int glb_parcel_send(struct glb_world *world, const void *data, size_t bytes) {
  MPI_Request request;
  GLB_CHECK(bytes <= GLB_MPI_CHUNK, GLB_ELIMIT, "a parcel of %zu bytes: at most %zu", bytes, GLB_MPI_CHUNK);
  glb_world_phase(world, "the learner to take a parcel");
  GLB_MPI(MPI_Isend(data, (int)bytes, MPI_BYTE, GLB_LEARNER_RANK, GLB_TAG_PARCEL,
                    world->comm->ring[GLB_ALL].mpi, &request));
  GLB_TRY(glb_wait_request(world, &request));
  world->sent += bytes;
  return GLB_OK;
}

/* Whether a parcel of rank has come; its size. */
static int await(struct glb_world *world, int rank, int *found, MPI_Message *message, int *bytes,
                 double until) {
  const double begin = glb_clock_wall();
  MPI_Status status;
  *bytes = 0;
  for (;;) {
    GLB_MPI(MPI_Improbe(rank, GLB_TAG_PARCEL, world->comm->ring[GLB_ALL].mpi, found, message, &status));
    if (*found || (until > 0 && glb_clock_wall() > until)) break;
    GLB_TRY(glb_wait_pause(world, begin));
  }
  glb_wait_count(world, begin);
  if (*found) GLB_MPI(MPI_Get_count(&status, MPI_BYTE, bytes));
  return GLB_OK;
}

int glb_parcel_take(struct glb_world *world, int rank, void **data, size_t *bytes, double until) {
  MPI_Message message;
  MPI_Request request;
  int found, count;
  *data = NULL;
  glb_world_phase(world, "a parcel");
  world->watch.peer = rank;
  GLB_TRY(await(world, rank, &found, &message, &count, until));
  if (!found) return GLB_OK;
  *bytes = (size_t)count;
  *data = malloc(*bytes + 1);
  GLB_CHECK(*data, GLB_ENOMEM, "no memory for a parcel of %zu bytes from rank %d", *bytes, rank);
  GLB_MPI(MPI_Imrecv(*data, count, MPI_BYTE, &message, &request));
  GLB_TRY(glb_wait_request(world, &request));
  world->received += *bytes;
  return GLB_OK;
}
