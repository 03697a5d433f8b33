/* memory.h: the trials that an actor has rolled out in the last rounds, or has been given at a restart, by name.
 *
 * Slot groups are handed out as actors become free, so that the slots of a round are known only when they come. Each of the
 * last `rounds` rounds has room for `width` of them; a new round takes the place of the one `rounds` before it. All memory is
 * taken at init, so that what an actor can need is known at start. */
#ifndef ACTORS_MEMORY_H
#define ACTORS_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "common/task/trial.h"

struct glb_memory {
  struct glb_trial_shape shape;
  int rounds, slots;  // window, slots of a round
  int width;          // of a round that are kept at most
  int *used;          // of each round of the window                              (rounds)
  uint32_t *round;    // which round that is                                      (rounds)
  int *column;        // place of each slot, -1: not here                         (rounds x slots)
  size_t bytes;       // of all blocks
  char *blocks;       // owned                                                    (rounds x width blocks)
};

/* GLB_ENOMEM says which key to lower. */
int glb_memory_init(struct glb_memory *memory, struct glb_trial_shape shape, int rounds, int slots,
                    int width);
void glb_memory_finish(struct glb_memory *memory);

/* Places that round has left. */
int glb_memory_room(const struct glb_memory *memory, uint32_t round);

/* A place for trial (round, slot), the one it has where it is here already. GLB_ELIMIT where the round has no room. */
int glb_memory_open(struct glb_memory *memory, struct glb_trial *trial, uint32_t round, uint32_t slot);

/* Maps the trial where it is here; returns whether it is. */
int glb_memory_find(const struct glb_memory *memory, struct glb_trial *trial, uint32_t round, uint32_t slot);

#endif  // ACTORS_MEMORY_H
