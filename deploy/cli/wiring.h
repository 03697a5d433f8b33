/* wiring.h: what MPI carries between the learner and every other rank, tried out: frames there and back, a broadcast, a
 * reduction, each with values that are known. */
#ifndef DEPLOY_CLI_WIRING_H
#define DEPLOY_CLI_WIRING_H

#include "proto/comm/world.h"

/* What came out wrong. */
enum { GLB_WIRING_MAIL = 1, GLB_WIRING_BROADCAST = 2, GLB_WIRING_REDUCTION = 4 };

struct glb_wiring {
  double round_trip;  // seconds of a frame of 64 bytes there and back, as ranks wait in a run: the median
  double rate;        // bytes a second of frames of 1 MiB, there and back: the median
  int wrong;          // flags
};

/* All ranks, which have no mailbox yet. wires (size), of the learner to each rank, is written there only, NULL elsewhere; that of
 * the learner itself has only flags. A wrong value is no error; GLB_EMPI, GLB_EWIRE, GLB_ENOMEM are. */
int glb_wiring_try(struct glb_wiring *wires, struct glb_world *world);

#endif  // DEPLOY_CLI_WIRING_H
