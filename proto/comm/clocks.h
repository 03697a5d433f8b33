/* clocks.h: how far the clocks of ranks are apart. Each host has its own, and they drift. */
#ifndef PROTO_COMM_CLOCKS_H
#define PROTO_COMM_CLOCKS_H

#include "proto/comm/world.h"

struct glb_clock_reading {
  double at;      // glb_clock_wall of this rank when it was taken
  double offset;  // this rank's clock less the learner's
  double error;   // |offset - true offset| is at most this
};

/* All ranks: each learns how its clock stands to the learner's. The learner asks and gets the rank's time back, some
 * times over; in the shortest exchange, begun at a and ended at b, the rank's clock was read between the two: offset is its reading less
 * (a + b)/2, error is (b - a)/2. */
int glb_clock_read(struct glb_clock_reading *reading, struct glb_world *world);

/* A time of this rank's clock on the learner's, by the line through two readings. */
double glb_clock_common(double at, const struct glb_clock_reading *first,
                        const struct glb_clock_reading *last);

#endif  // PROTO_COMM_CLOCKS_H
