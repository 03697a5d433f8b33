/* parcel.h: one block of bytes from each other rank to the learner, of any size that MPI counts, such as a rank's events at the
 * end of a run. */
#ifndef PROTO_COMM_PARCEL_H
#define PROTO_COMM_PARCEL_H

#include <stddef.h>

#include "proto/comm/world.h"

/* To the learner; returns when it is through. bytes > 2^30: GLB_ELIMIT. */
int glb_parcel_send(struct glb_world *world, const void *data, size_t bytes);

/* The next one of rank, waited for until glb_clock_wall is `until` (0: without end): *data is owned by the caller (free), NULL
 * where none has come. GLB_ENOMEM, GLB_EMPI. */
int glb_parcel_take(struct glb_world *world, int rank, void **data, size_t *bytes, double until);

#endif  // PROTO_COMM_PARCEL_H
