#include "proto/comm/clocks.h"

#include <math.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "proto/comm/mpi_check.h"
#include "proto/comm/wait.h"

enum { EXCHANGES = 32, VAIN = 5 };  // at most; in a row that were no better

static int give(struct glb_world *world, int rank, const void *data, int bytes) {
  MPI_Request request;
  GLB_MPI(MPI_Isend(data, bytes, MPI_BYTE, rank, GLB_TAG_CLOCK, world->comm->ring[GLB_ALL].mpi, &request));
  return glb_wait_request(world, &request);
}

static int take(struct glb_world *world, int rank, void *data, int bytes) {
  MPI_Request request;
  GLB_MPI(MPI_Irecv(data, bytes, MPI_BYTE, rank, GLB_TAG_CLOCK, world->comm->ring[GLB_ALL].mpi, &request));
  return glb_wait_request(world, &request);
}

struct question {
  int last;                          // no answer is wanted
  struct glb_clock_reading reading;  // the best so far
};

/* The learner's side of some exchanges with rank: they end when one after the other has been no shorter than the shortest. */
static int read_of(struct glb_world *world, int rank) {
  struct question q = {.reading.error = INFINITY};
  for (int n = 0, vain = 0; n < EXCHANGES && vain < VAIN; n++) {
    double there;
    const double a = glb_clock_wall();
    GLB_TRY(give(world, rank, &q, sizeof q));
    GLB_TRY(take(world, rank, &there, sizeof there));
    const double b = glb_clock_wall(), error = (b - a) / 2;
    vain = error < 0.9 * q.reading.error ? 0 : vain + 1;
    if (error >= q.reading.error) continue;
    q.reading = (struct glb_clock_reading){.at = there, .offset = there - (a + b) / 2, .error = error};
  }
  q.last = 1;
  return give(world, rank, &q, sizeof q);
}

static int answer(struct glb_clock_reading *reading, struct glb_world *world) {
  for (;;) {
    struct question q;
    GLB_TRY(take(world, GLB_LEARNER_RANK, &q, sizeof q));
    const double now = glb_clock_wall();
    *reading = q.reading;
    if (q.last) return GLB_OK;
    GLB_TRY(give(world, GLB_LEARNER_RANK, &now, sizeof now));
  }
}

int glb_clock_read(struct glb_clock_reading *reading, struct glb_world *world) {
  *reading = (struct glb_clock_reading){.at = glb_clock_wall()};
  glb_world_phase(world, "a look at the clocks");
  if (!world->learner) return answer(reading, world);
  for (int rank = 0; rank < world->size; rank++)
    if (rank != world->rank) GLB_TRY(read_of(world, rank));
  return GLB_OK;
}

double glb_clock_common(double at, const struct glb_clock_reading *first,
                        const struct glb_clock_reading *last) {
  const double span = last->at - first->at;
  const double drift = span > 0 ? (last->offset - first->offset) / span : 0;
  return at - first->offset - drift * (at - first->at);
}
