#include "proto/comm/world.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/error.h"
#include "proto/comm/launch.h"
#include "proto/comm/mpi_check.h"
#include "proto/comm/tickets.h"
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

static const struct glb_ring alone = {.mpi = MPI_COMM_NULL, .size = 1};

struct glb_ring glb_world_ring(const struct glb_world *world, enum glb_circle circle) {
  return world->comm ? world->comm->ring[circle] : alone;
}

static void assign_roles(struct glb_world *world, int learners, int shards) {
  const int single = world->size == 1, rank = world->rank;
  world->learners = learners;
  world->shards = shards;
  world->learner = rank == GLB_LEARNER_RANK;
  world->replica = rank < learners ? rank : -1;
  world->actors = single ? 1 : world->size - learners;
  world->actor = single ? 0 : rank < learners ? -1 : rank - learners;
}

int glb_world_renumber(struct glb_world *world) {
  struct glb_ring *ring = world->comm->ring;
  GLB_MPI(MPI_Comm_rank(ring[GLB_ALL].mpi, &ring[GLB_ALL].rank));
  GLB_MPI(MPI_Comm_size(ring[GLB_ALL].mpi, &ring[GLB_ALL].size));
  world->rank = ring[GLB_ALL].rank;
  world->size = ring[GLB_ALL].size;
  ring[GLB_ACTING] = ring[GLB_ALL];
  ring[GLB_LEARNING] = alone;
  assign_roles(world, 1, 1);
  return GLB_OK;
}

/* A circle of those ranks that are in it. */
static int gather_circle(struct glb_world *world, enum glb_circle circle, int in) {
  struct glb_ring *ring = &world->comm->ring[circle];
  *ring = alone;
  GLB_MPI(MPI_Comm_split(world->comm->ring[GLB_ALL].mpi, in ? 0 : MPI_UNDEFINED, world->rank, &ring->mpi));
  if (!in) return GLB_OK;
  GLB_MPI(MPI_Comm_set_errhandler(ring->mpi, MPI_ERRORS_RETURN));
  GLB_MPI(MPI_Comm_rank(ring->mpi, &ring->rank));
  GLB_MPI(MPI_Comm_size(ring->mpi, &ring->size));
  return GLB_OK;
}

int glb_world_learners(int size, int wanted, int shards) {
  int learners = wanted < size - 1 ? wanted : size - 1;
  while (learners > 1 && shards % learners) learners--;
  return learners > 1 ? learners : 1;
}

int glb_world_enlist(struct glb_world *world, int wanted, int shards) {
  assign_roles(world, glb_world_learners(world->size, wanted, shards), shards);
  world->tickets.job = 0;
  if (world->learners == 1) return GLB_OK;
  GLB_TRY(gather_circle(world, GLB_ACTING, world->learner || world->actor >= 0));
  GLB_TRY(gather_circle(world, GLB_LEARNING, world->replica >= 0));
  return GLB_OK;
}

static int name_hosts(struct glb_world *world) {
  char mine[GLB_HOST_BYTES] = "";
  gethostname(mine, sizeof mine - 1);
  if (world->learner) {
    world->hosts = calloc((size_t)world->size, sizeof *world->hosts);
    GLB_CHECK(world->hosts, GLB_ENOMEM, "no memory for the names of %d hosts", world->size);
  }
  return glb_world_gather(world, GLB_ALL, world->hosts, mine, sizeof mine);
}

static int connect_ranks(struct glb_world *world) {
  world->comm = calloc(1, sizeof *world->comm);
  GLB_CHECK(world->comm, GLB_ENOMEM, "communicator: %zu bytes", sizeof *world->comm);
  MPI_Comm *all = &world->comm->ring[GLB_ALL].mpi;
  for (int i = 0; i < GLB_CIRCLES; i++) world->comm->ring[i] = alone;
  GLB_MPI(MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN));
  GLB_MPI(MPI_Comm_dup(MPI_COMM_WORLD, all));
  GLB_MPI(MPI_Comm_set_errhandler(*all, MPI_ERRORS_RETURN));
  GLB_TRY(glb_world_renumber(world));
  return check_launch(world);
}

int glb_world_init(struct glb_world *world) {
  int code = GLB_OK, initialised = 0;
  *world =
      (struct glb_world){.rank = GLB_LEARNER_RANK, .size = 1, .watch = {.phase = "the start", .peer = -1}};
  GLB_MPI(MPI_Initialized(&initialised));
  if (initialised) GLB_TRY_OUT(code, out, connect_ranks(world));
  if (!world->comm) assign_roles(world, 1, 1);
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
    struct glb_ring *ring = world->comm->ring;
    MPI_Finalized(&finalised);
    if (ring[GLB_ACTING].mpi == ring[GLB_ALL].mpi) ring[GLB_ACTING] = alone;
    for (int i = 0; i < GLB_CIRCLES && !finalised; i++)
      if (ring[i].mpi != MPI_COMM_NULL) MPI_Comm_free(&ring[i].mpi);
    free(world->comm);
  }
  free(world->hosts);
  glb_tickets_finish(world);
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
  return world->size == 1 ? GLB_LEARNER_RANK : world->learners + glb_world_owner(world, group);
}

int glb_world_keeper(const struct glb_world *world, int slot) {
  return slot % world->shards / (world->shards / world->learners);
}

int glb_world_broadcast(struct glb_world *world, enum glb_circle circle, void *data, size_t bytes) {
  const struct glb_ring ring = glb_world_ring(world, circle);
  char *at = data;
  if (ring.size == 1) return GLB_OK;
  for (size_t left = bytes, n; left > 0; left -= n, at += n) {
    MPI_Request request;
    n = left < GLB_MPI_CHUNK ? left : GLB_MPI_CHUNK;
    GLB_MPI(MPI_Ibcast(at, (int)n, MPI_BYTE, GLB_LEARNER_RANK, ring.mpi, &request));
    GLB_TRY(glb_wait_request(world, &request));
  }
  *(world->learner ? &world->sent : &world->received) += bytes;
  return GLB_OK;
}

int glb_world_barrier(struct glb_world *world, enum glb_circle circle) {
  const struct glb_ring ring = glb_world_ring(world, circle);
  MPI_Request request;
  if (ring.size == 1) return GLB_OK;
  GLB_MPI(MPI_Ibarrier(ring.mpi, &request));
  return glb_wait_request(world, &request);
}

int glb_world_agree(struct glb_world *world, int code, int *worst) {
  MPI_Request request;
  *worst = code;
  if (world->size == 1) return GLB_OK;
  GLB_MPI(MPI_Iallreduce(MPI_IN_PLACE, worst, 1, MPI_INT, MPI_MAX, world->comm->ring[GLB_ALL].mpi, &request));
  world->sent += sizeof *worst;
  world->received += sizeof *worst;
  return glb_wait_request(world, &request);
}

static int start_reduction(struct glb_world *world, const struct glb_ring *ring, double *values, int n,
                           MPI_Op op, MPI_Request *request) {
  GLB_MPI(MPI_Ireduce(world->learner ? MPI_IN_PLACE : values, values, n, MPI_DOUBLE, op, GLB_LEARNER_RANK,
                      ring->mpi, request));
  *(world->learner ? &world->received : &world->sent) += (size_t)n * sizeof *values;
  return GLB_OK;
}

int glb_world_sum_up(struct glb_world *world, enum glb_circle circle, double *sum, int n, double *most,
                     int m) {
  const struct glb_ring ring = glb_world_ring(world, circle);
  MPI_Request sums, largest;
  if (ring.size == 1) return GLB_OK;
  GLB_TRY(start_reduction(world, &ring, sum, n, MPI_SUM, &sums));
  GLB_TRY(start_reduction(world, &ring, most, m, MPI_MAX, &largest));
  GLB_TRY(glb_wait_request(world, &sums));
  return glb_wait_request(world, &largest);
}

int glb_world_gather(struct glb_world *world, enum glb_circle circle, void *all, const void *mine,
                     size_t bytes) {
  const struct glb_ring ring = glb_world_ring(world, circle);
  MPI_Request request;
  if (ring.size == 1) {
    memcpy(all, mine, bytes);
    return GLB_OK;
  }
  GLB_CHECK(bytes <= GLB_MPI_CHUNK, GLB_ELIMIT, "gather of %zu bytes a rank: at most %zu", bytes,
            GLB_MPI_CHUNK);
  GLB_MPI(MPI_Igather(mine, (int)bytes, MPI_BYTE, all, (int)bytes, MPI_BYTE, GLB_LEARNER_RANK, ring.mpi,
                      &request));
  GLB_TRY(glb_wait_request(world, &request));
  *(world->learner ? &world->received : &world->sent) += bytes * (size_t)(world->learner ? ring.size - 1 : 1);
  return GLB_OK;
}
