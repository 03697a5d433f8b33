/* crew.h: what the ranks that learn exchange in an update of the agent: gradients, so that each can take its part of the step, and
 * then the parts. Parameters are cut into one range for each rank, at[0] .. at[learners]. All ranks that learn call these in the same
 * order; where there is one, nothing is to be done. Shards come in their order whoever computed them, so that their sums
 * have the same bits on any number of ranks. Volume a rank: at most size x shards / learners floats out and in for an exchange, and size
 * floats in for a share. */
#ifndef PROTO_COMM_CREW_H
#define PROTO_COMM_CREW_H

#include <stddef.h>

#include "proto/comm/world.h"

enum { GLB_CREW_SHARDS = 64 };  // at most, and so ranks that learn

/* From each rank the gradients of its shards within this rank's range, and the sums of its shards.
 *   inbox    out     of shard s from inbox + s * stride on, stride >= the range         (shards x stride)
 *   grads    in      of each own shard; element i of one is that of parameter i         (shards / learners)
 *   sums     in/out  n doubles of each shard, own ones filled in                        (shards x n) */
int glb_crew_exchange(struct glb_world *world, float *inbox, size_t stride, float *const *grads,
                      const size_t *at, double *sums, int n);

/* theta, of which each rank has brought its range, to all. */
int glb_crew_share(struct glb_world *world, float *theta, const size_t *at);

#endif  // PROTO_COMM_CREW_H
