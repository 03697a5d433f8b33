/* desk.h: what is the same on every rank after a broadcast, and the two reductions of a model update.
 *
 * The learner writes snapshot, theta and adjoints and broadcasts them; actors read them. A rank that does
 * both has one desk for both halves: there a broadcast is nothing, so that one process runs the same code as
 * many. */
#ifndef PROTO_COMM_DESK_H
#define PROTO_COMM_DESK_H

#include <stddef.h>
#include <stdint.h>

#include "proto/comm/reduce.h"
#include "proto/comm/world.h"
#include "proto/wire/message.h"

struct glb_desk_sizes {
  size_t snapshot;        // floats
  size_t theta;           // floats
  size_t adjoints;        // doubles
  int statistics_blocks;  // reduction blocks and their sizes
  const size_t *statistics_sizes;
  int statistics_summands;
  int gradient_blocks;
  const size_t *gradient_sizes;
  int gradient_summands;
};

enum glb_use {                                    // what a rank that acts uses
  GLB_USE_BUSY,                                   // seconds its acting half has computed
  GLB_USE_CPU,                                    // CPU seconds of its process
  GLB_USE_SENT,                                   // bytes
  GLB_USE_RECEIVED,                               // bytes
  GLB_USE_SECONDS,                                // seconds in each phase that metrics tell of
  GLB_USE_MEMORY = GLB_USE_SECONDS + GLB_PHASES,  // resident, in bytes: as it is, not used up
  GLB_USES
};
struct glb_desk_usage {  // of all of them, sum and extremes
  double sum[GLB_USES], least[GLB_USES], most[GLB_USES];
};

struct glb_desk {
  struct glb_world *world;  // kept
  size_t snapshot_size, theta_size, adjoints_size;
  float *snapshot;   // what actors act with
  float *theta;      // learning basis and prior
  double *adjoints;  // of the model update under way
  struct glb_reduce statistics, gradient;
  double busy;                  // seconds the acting half has computed, in all
  double before[GLB_USES];      // what this rank had used when it told of it last
  struct glb_desk_usage usage;  // on the learner: what ranks that act have told since it was last set to zero
};

int glb_desk_init(struct glb_desk *desk, struct glb_world *world, const struct glb_desk_sizes *sizes);
void glb_desk_finish(struct glb_desk *desk);

/* All ranks of a circle. The order itself: filled by the learner, received by the others. After the order to stop, those that act
 * wait for each other. */
int glb_desk_order(struct glb_desk *desk, enum glb_circle circle, struct glb_order *order);

/* The learner and the actors. */
int glb_desk_snapshot(
    struct glb_desk *desk);  // broadcast, then all tell what they have used since the one before
int glb_desk_theta(struct glb_desk *desk);
int glb_desk_adjoints(struct glb_desk *desk);

/* A rank that learns and acts tells now, without a snapshot; no other does. */
void glb_desk_tell(struct glb_desk *desk);

/* What a rank contributes to a reduction: scan shows its summands, add adds them (see reduce.h). */
struct glb_contribution {
  void *self;
  int (*scan)(void *self, struct glb_reduce *reduce);
  void (*add)(void *self, struct glb_reduce *reduce);
};

/* The learner and the actors: one whole reduction. mine NULL: this rank has nothing to add. out: learner only. */
int glb_desk_reduce(struct glb_desk *desk, struct glb_reduce *reduce, const struct glb_contribution *mine,
                    double *out);

/* The acting half of a rank that also learns; NULL members where the learner is alone. */
struct glb_partner {
  void *self;
  int (*obey)(void *self, const struct glb_order *order);   // all but broadcasts and reductions
  int (*adopt)(void *self, const struct glb_trial *trial);  // a trial to keep, at a restart
  struct glb_contribution statistics, gradient;
};

#endif  // PROTO_COMM_DESK_H
