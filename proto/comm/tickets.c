#include "proto/comm/tickets.h"

#include <stdlib.h>

#include "common/base/assert.h"
#include "common/base/error.h"
#include "proto/comm/mpi_check.h"
#include "proto/comm/wait.h"

int glb_tickets_init(struct glb_world *world, int most) {
  int *holder = realloc(world->tickets.holder, (size_t)most * sizeof *holder);
  GLB_CHECK(holder, GLB_ENOMEM, "no memory for a table of %d slot groups", most);
  world->tickets.holder = holder;
  world->tickets.most = most;
  return GLB_OK;
}

void glb_tickets_finish(struct glb_world *world) {
  free(world->tickets.holder);
  world->tickets.holder = NULL;
  world->tickets.most = 0;
}

void glb_tickets_open(struct glb_world *world, int groups) {
  struct glb_tickets *tickets = &world->tickets;
  GLB_ASSERT(groups <= tickets->most);
  tickets->job++;
  tickets->groups = groups;
  tickets->next = world->actors;
  for (int g = 0; g < groups; g++)
    tickets->holder[g] = g < world->actors ? glb_world_owner_rank(world, g) : -1;
}

int glb_tickets_holder(const struct glb_world *world, int group) {
  return group < world->tickets.groups ? world->tickets.holder[group] : -1;
}

// the next group, or none: also of a job that is over
static int draw(struct glb_tickets *tickets, int job, int rank) {
  if (job != tickets->job || tickets->next >= tickets->groups) return -1;
  tickets->holder[tickets->next] = rank;
  return tickets->next++;
}

int glb_tickets_serve(struct glb_world *world) {
  if (!world->learner || world->size == 1) return GLB_OK;
  const MPI_Comm all = glb_world_ring(world, GLB_ALL).mpi;
  for (;;) {
    MPI_Status status;
    int found = 0, job;
    GLB_MPI(MPI_Iprobe(MPI_ANY_SOURCE, GLB_TAG_ASK, all, &found, &status));
    if (!found) return GLB_OK;
    GLB_MPI(MPI_Recv(&job, 1, MPI_INT, status.MPI_SOURCE, GLB_TAG_ASK, all, MPI_STATUS_IGNORE));
    const int group = draw(&world->tickets, job, status.MPI_SOURCE);
    GLB_MPI(MPI_Send(&group, 1, MPI_INT, status.MPI_SOURCE, GLB_TAG_TICKET, all));
    world->received += sizeof job;
    world->sent += sizeof group;
  }
}

int glb_tickets_ask(struct glb_world *world) {
  GLB_MPI(MPI_Send(&world->tickets.job, 1, MPI_INT, GLB_LEARNER_RANK, GLB_TAG_ASK,
                   glb_world_ring(world, GLB_ALL).mpi));
  world->sent += sizeof world->tickets.job;
  return GLB_OK;
}

int glb_tickets_take(struct glb_world *world, int *group) {
  MPI_Request request;
  world->watch.peer = GLB_LEARNER_RANK;
  GLB_MPI(MPI_Irecv(&world->tickets.next, 1, MPI_INT, GLB_LEARNER_RANK, GLB_TAG_TICKET,
                    glb_world_ring(world, GLB_ALL).mpi, &request));
  GLB_TRY(glb_wait_request(world, &request));
  world->received += sizeof *group;
  *group = world->tickets.next;
  return GLB_OK;
}
