/* wait.h: waits that leave the core to those who work. Private to this room.
 *
 * A wait is a loop of tests: in its first 20 us it tests without a pause, then it sleeps between tests. A
 * pause is a sixteenth of the time waited so far, at least 20 us and at most 1 ms: a short wait is noticed at
 * once, a long one costs next to no CPU time. One that lasts longer than world->watch.patience is reported, and one
 * longer than world->watch.limit is given up.
 *
 *     double begin = glb_clock_wall();
 *     for (;;) { test; if (done) break; GLB_TRY(glb_wait_pause(world, begin)); }
 *     glb_wait_count(world, begin); */
#ifndef PROTO_COMM_WAIT_H
#define PROTO_COMM_WAIT_H

#include <mpi.h>

#include "proto/comm/world.h"

/* The pause between two tests of a wait that began at begin (glb_clock_wall). GLB_ESTOPPED where the run is to end at
 * once, GLB_EPEER where a rank has died, GLB_ESILENT beyond the limit. */
int glb_wait_pause(struct glb_world *world, double begin);

/* Adds the time since begin to world->waited. */
void glb_wait_count(struct glb_world *world, double begin);

/* Waits until request is done; it is MPI_REQUEST_NULL then. GLB_EMPI. */
int glb_wait_request(struct glb_world *world, MPI_Request *request);

#endif  // PROTO_COMM_WAIT_H
