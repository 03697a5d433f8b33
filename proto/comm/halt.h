/* halt.h: the learner tells all other ranks to leave what they do at once. Those that listen (world->halts) end their waits, and
 * the sending of frames, with GLB_ESTOPPED. Collective calls are no longer possible then; parcels are, once a rank has stopped to
 * listen. */
#ifndef PROTO_COMM_HALT_H
#define PROTO_COMM_HALT_H

#include "proto/comm/world.h"

/* On the learner; returns at once. GLB_EMPI. */
int glb_world_halt(struct glb_world *world);

/* Whether this rank listens and has been told so. Costs a look into MPI. */
int glb_world_halted(struct glb_world *world);

#endif  // PROTO_COMM_HALT_H
