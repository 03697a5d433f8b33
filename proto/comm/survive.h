/* survive.h: going on without ranks that have died, where MPI can (ULFM, user-level failure mitigation: Open MPI 5 under
 * mpirun --with-ft ulfm). Elsewhere a death ends the job, and nothing here ever finds one. */
#ifndef PROTO_COMM_SURVIVE_H
#define PROTO_COMM_SURVIVE_H

#include "proto/comm/world.h"

/* Whether this rank knows of a dead one. Local and cheap. */
int glb_world_has_lost(const struct glb_world *world);

/* Whether a rank that MPI started has died: MPI_Finalize, which waits for all, may then wait for ever. */
int glb_world_is_maimed(void);

struct glb_lost {
  int rank;  // its number before
  char host[GLB_HOST_BYTES];
};

/* After GLB_EPEER, on every rank that is left, whatever it was doing: all its waits have ended with that code or will. The
 * world is then that of the survivors, with new numbers; memory that waits under way had handed to MPI must stay.
 *   lost    out  those that are gone, count of them; hosts on the learner only   (old size)
 * GLB_EPEER again where the learner is among them; GLB_EMPI. */
int glb_world_survive(struct glb_world *world, struct glb_lost *lost, int *count);

#endif  // PROTO_COMM_SURVIVE_H
