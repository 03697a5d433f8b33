#include "proto/comm/crew.h"

#include "common/base/assert.h"
#include "common/base/error.h"
#include "proto/comm/mpi_check.h"
#include "proto/comm/wait.h"

// the ranges as MPI wants them, from element `from` on
struct cut {
  int count[GLB_CREW_SHARDS], start[GLB_CREW_SHARDS];
};

static void cut(struct cut *cut, const size_t *at, int ranks) {
  for (int j = 0; j < ranks; j++) {
    cut->count[j] = (int)(at[j + 1] - at[j]);
    cut->start[j] = (int)at[j];
  }
}

int glb_crew_exchange(struct glb_world *world, float *inbox, size_t stride, float *const *grads,
                      const size_t *at, double *sums, int n) {
  const struct glb_ring ring = glb_world_ring(world, GLB_LEARNING);
  const int own = world->shards / world->learners;
  struct cut out, in;
  MPI_Request request[GLB_CREW_SHARDS + 1];
  if (ring.size == 1) return GLB_OK;
  GLB_ASSERT(world->shards <= GLB_CREW_SHARDS);
  glb_world_phase(world, "gradients of the other learners");
  cut(&out, at, ring.size);
  const size_t mine = at[ring.rank + 1] - at[ring.rank];
  for (int j = 0; j < ring.size; j++) {
    in.count[j] = (int)mine;
    in.start[j] = (int)((size_t)(j * own) * stride);
  }
  GLB_MPI(
      MPI_Iallgather(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, sums, own * n, MPI_DOUBLE, ring.mpi, &request[own]));
  for (int i = 0; i < own; i++)
    GLB_MPI(MPI_Ialltoallv(grads[i], out.count, out.start, MPI_FLOAT, inbox + (size_t)i * stride, in.count,
                           in.start, MPI_FLOAT, ring.mpi, &request[i]));
  for (int i = 0; i <= own; i++) GLB_TRY(glb_wait_request(world, &request[i]));
  const size_t others = (size_t)(ring.size - 1);
  world->sent += (size_t)own * (at[ring.size] - at[0] - mine) * sizeof(float) +
                 others * (size_t)(own * n) * sizeof(double);
  world->received += others * (size_t)own * (mine * sizeof(float) + (size_t)n * sizeof(double));
  return GLB_OK;
}

int glb_crew_share(struct glb_world *world, float *theta, const size_t *at) {
  const struct glb_ring ring = glb_world_ring(world, GLB_LEARNING);
  struct cut parts;
  MPI_Request request;
  if (ring.size == 1) return GLB_OK;
  glb_world_phase(world, "parameters of the other learners");
  cut(&parts, at, ring.size);
  GLB_MPI(MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, theta, parts.count, parts.start, MPI_FLOAT,
                          ring.mpi, &request));
  GLB_TRY(glb_wait_request(world, &request));
  const size_t mine = at[ring.rank + 1] - at[ring.rank];
  world->sent += mine * sizeof(float) * (size_t)(ring.size - 1);
  world->received += (at[ring.size] - at[0] - mine) * sizeof(float);
  return GLB_OK;
}
