#include "proto/comm/wait.h"

#include <stdio.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "proto/comm/halt.h"
#include "proto/comm/mpi_check.h"
#include "proto/comm/survive.h"
#include "proto/comm/tickets.h"

static const double shortest = 20e-6, longest = 1e-3;  // seconds
static const double look_every = 0.02;

// "rank 0 has waited 300 s for trials: 12 of 16 of round 7 have come, missing from rank 3"
static void describe(const struct glb_world *world, double waited, char *text, size_t size) {
  const struct glb_watch *watch = &world->watch;
  char peer[32] = "", missing[512] = "";
  if (watch->peer >= 0) snprintf(peer, sizeof peer, " from rank %d", watch->peer);
  if (watch->missing) watch->missing(watch->context, missing, sizeof missing);
  snprintf(text, size, "rank %d has waited %.0f s for %s%s%s%s", world->rank, waited, watch->phase, peer,
           missing[0] ? ": " : "", missing);
}

static int look_at_watch(struct glb_world *world, double waited) {
  struct glb_watch *watch = &world->watch;
  const int late = watch->limit > 0 && waited > watch->limit;
  char text[768];
  if (!late && (watch->patience <= 0 || waited <= watch->patience || waited <= 2 * watch->reported))
    return GLB_OK;
  describe(world, waited, text, sizeof text);
  GLB_CHECK(!late, GLB_ESILENT,
            "%s, and gives up (watch.limit): start the same command again, without hosts that are gone",
            text);
  GLB_WARN("%s", text);
  watch->reported = waited;
  return GLB_OK;
}

static int look_around(struct glb_world *world) {
  const double now = glb_clock_wall();
  if (now - world->watch.looked < look_every) return GLB_OK;
  world->watch.looked = now;
  GLB_CHECK(!glb_world_halted(world), GLB_ESTOPPED, "told to stop while waiting for %s", world->watch.phase);
  GLB_CHECK(!glb_world_has_lost(world), GLB_EPEER, "another rank died while this one waited for %s",
            world->watch.phase);
  return GLB_OK;
}

int glb_wait_pause(struct glb_world *world, double begin) {
  double waited = glb_clock_wall() - begin, pause = waited / 16;
  GLB_CHECK(!glb_stop_now(world->stop), GLB_ESTOPPED, "asked to stop while waiting for %s",
            world->watch.phase);
  GLB_TRY(glb_tickets_serve(world));
  if (waited < shortest) return GLB_OK;
  GLB_TRY(look_around(world));
  GLB_TRY(look_at_watch(world, waited));
  if (pause < shortest) pause = shortest;
  if (pause > longest) pause = longest;
  glb_clock_sleep(pause);
  return GLB_OK;
}

void glb_wait_count(struct glb_world *world, double begin) {
  world->waited += glb_clock_wall() - begin;
  world->watch.reported = 0;
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
