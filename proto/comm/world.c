#include "proto/comm/world.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/error.h"
#include "proto/comm/launch.h"
#include "proto/comm/mpi_check.h"
#include "proto/comm/wait.h"

static int check_launch(const struct glb_world *world) {
  const char *source;
  int tasks = glb_launch_tasks(getenv, &source);
  GLB_CHECK(world->size > 1 || tasks == 1, GLB_ESETUP,
            "%s says that at least %d processes were started together, but MPI sees this one alone: start "
            "them with "
            "the launcher of the MPI that glibrl was built with (build/mpirun -n %d glibrl ...), or under "
            "Slurm with "
            "srun --mpi=pmix (srun --mpi=list shows what there is)",
            source, tasks, tasks);
  return GLB_OK;
}

static void assign_roles(struct glb_world *world) {
  int alone = world->size == 1;
  world->learner = world->rank == GLB_LEARNER_RANK;
  world->actors = alone ? 1 : world->size - 1;
  world->actor = alone ? 0 : world->rank - 1;
}

int glb_world_renumber(struct glb_world *world) {
  GLB_MPI(MPI_Comm_rank(world->comm->mpi, &world->rank));
  GLB_MPI(MPI_Comm_size(world->comm->mpi, &world->size));
  assign_roles(world);
  return GLB_OK;
}

static int name_hosts(struct glb_world *world) {
  char mine[GLB_HOST_BYTES] = "";
  gethostname(mine, sizeof mine - 1);
  if (world->learner) {
    world->hosts = calloc((size_t)world->size, sizeof *world->hosts);
    GLB_CHECK(world->hosts, GLB_ENOMEM, "no memory for the names of %d hosts", world->size);
  }
  return glb_world_gather(world, world->hosts, mine, sizeof mine);
}

static int connect_ranks(struct glb_world *world) {
  world->comm = calloc(1, sizeof *world->comm);
  GLB_CHECK(world->comm, GLB_ENOMEM, "communicator: %zu bytes", sizeof *world->comm);
  world->comm->mpi = MPI_COMM_NULL;
  GLB_MPI(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN));
  GLB_MPI(MPI_Comm_dup(MPI_COMM_WORLD, &world->comm->mpi));
  GLB_MPI(MPI_Comm_set_errhandler(world->comm->mpi, MPI_ERRORS_RETURN));
  GLB_TRY(glb_world_renumber(world));
  return check_launch(world);
}

int glb_world_init(struct glb_world *world) {
  int code = GLB_OK, initialised = 0;
  *world =
      (struct glb_world){.rank = GLB_LEARNER_RANK, .size = 1, .watch = {.phase = "the start", .peer = -1}};
  GLB_MPI(MPI_Initialized(&initialised));
  if (initialised) GLB_TRY_OUT(code, out, connect_ranks(world));
  assign_roles(world);
  GLB_TRY_OUT(code, out, name_hosts(world));
  return GLB_OK;
out:
  glb_world_finish(world);
  return code;
}

void glb_world_finish(struct glb_world *world) {
  int finalised = 0;
  if (!world) return;
  if (world->comm) {
    MPI_Finalized(&finalised);
    if (!finalised && world->comm->mpi != MPI_COMM_NULL) MPI_Comm_free(&world->comm->mpi);
    free(world->comm);
  }
  free(world->hosts);
  *world = (struct glb_world){0};
}

void glb_world_phase(struct glb_world *world, const char *phase) {
  world->watch.phase = phase;
  world->watch.peer = -1;
}

int glb_world_owner(const struct glb_world *world, int group) {
  return group % world->actors;
}

int glb_world_owner_rank(const struct glb_world *world, int group) {
  return world->size == 1 ? GLB_LEARNER_RANK : 1 + glb_world_owner(world, group);
}

int glb_world_broadcast(struct glb_world *world, void *data, size_t bytes) {
  char *at = data;
  if (world->size == 1) return GLB_OK;
  for (size_t left = bytes, n; left > 0; left -= n, at += n) {
    MPI_Request request;
    n = left < GLB_MPI_CHUNK ? left : GLB_MPI_CHUNK;
    GLB_MPI(MPI_Ibcast(at, (int)n, MPI_BYTE, GLB_LEARNER_RANK, world->comm->mpi, &request));
    GLB_TRY(glb_wait_request(world, &request));
  }
  *(world->learner ? &world->sent : &world->received) += bytes;
  return GLB_OK;
}

int glb_world_barrier(struct glb_world *world) {
  MPI_Request request;
  if (world->size == 1) return GLB_OK;
  GLB_MPI(MPI_Ibarrier(world->comm->mpi, &request));
  return glb_wait_request(world, &request);
}

int glb_world_agree(struct glb_world *world, int code, int *worst) {
  MPI_Request request;
  *worst = code;
  if (world->size == 1) return GLB_OK;
  GLB_MPI(MPI_Iallreduce(MPI_IN_PLACE, worst, 1, MPI_INT, MPI_MAX, world->comm->mpi, &request));
  world->sent += sizeof *worst;
  world->received += sizeof *worst;
  return glb_wait_request(world, &request);
}

int glb_world_gather(struct glb_world *world, void *all, const void *mine, size_t bytes) {
  MPI_Request request;
  if (world->size == 1) {
    memcpy(all, mine, bytes);
    return GLB_OK;
  }
  GLB_CHECK(bytes <= GLB_MPI_CHUNK, GLB_ELIMIT, "gather of %zu bytes a rank: at most %zu", bytes,
            GLB_MPI_CHUNK);
  GLB_MPI(MPI_Igather(mine, (int)bytes, MPI_BYTE, all, (int)bytes, MPI_BYTE, GLB_LEARNER_RANK,
                      world->comm->mpi, &request));
  GLB_TRY(glb_wait_request(world, &request));
  *(world->learner ? &world->received : &world->sent) +=
      bytes * (size_t)(world->learner ? world->size - 1 : 1);
  return GLB_OK;
}
