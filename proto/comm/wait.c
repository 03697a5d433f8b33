#include "proto/comm/wait.h"

#include "common/base/clock.h"
#include "common/base/error.h"
#include "proto/comm/mpi_check.h"

static const double shortest = 20e-6, longest = 1e-3;  // seconds

int glb_wait_pause(const struct glb_world *world, double begin) {
  double waited = glb_clock_wall() - begin, pause = waited / 16;
  GLB_CHECK(!glb_stop_now(world->stop), GLB_ESTOPPED, "asked to stop while waiting for other ranks");
  if (waited < shortest) return GLB_OK;
  if (pause < shortest) pause = shortest;
  if (pause > longest) pause = longest;
  glb_clock_sleep(pause);
  return GLB_OK;
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
    GLB_TRY(glb_wait_pause(world, begin));
  }
  glb_wait_count(world, begin);
  return GLB_OK;
}
