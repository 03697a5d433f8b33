#include "proto/comm/wait.h"

#include "common/base/clock.h"
#include "common/base/error.h"
#include "proto/comm/mpi_check.h"

static const double shortest = 20e-6, longest = 1e-3;  // seconds

void glb_wait_pause(double begin) {
  double waited = glb_clock_wall() - begin, pause = waited / 16;
  if (waited < shortest) return;
  if (pause < shortest) pause = shortest;
  if (pause > longest) pause = longest;
  glb_clock_sleep(pause);
}

void glb_wait_count(struct glb_world *world, double begin) {
  world->waited += glb_clock_wall() - begin;
}

int glb_wait_request(struct glb_world *world, MPI_Request *request) {
  double begin = glb_clock_wall();
  for (;;) {
    int done = 0;
    GLB_MPI(MPI_Test(request, &done, MPI_STATUS_IGNORE));
    if (done) break;
    glb_wait_pause(begin);
  }
  glb_wait_count(world, begin);
  return GLB_OK;
}
