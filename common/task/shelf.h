/* shelf.h: the trials of the last rounds, by name.
 *
 * A place for every (round, slot) of a window of `rounds` rounds and of the slots that this rank keeps; a new
 * round takes the place of the one `rounds` before it. All memory is taken at init, so that what a rank can
 * need is known at start. */
#ifndef COMMON_TASK_SHELF_H
#define COMMON_TASK_SHELF_H

#include <stddef.h>
#include <stdint.h>

#include "common/task/trial.h"

struct glb_shelf {
  struct glb_trial_shape shape;
  int rounds, slots;  // window, slots of a round
  int width;          // slots kept here
  int *column;        // place of a slot among those kept, -1: not kept       (slots)
  size_t bytes;       // of all blocks
  char *blocks;       // owned                                   (rounds x width blocks)
};

/* keep (slots): non-zero for slots kept here; NULL: all. GLB_ENOMEM says how much was asked and which key to
 * lower. */
int glb_shelf_init(struct glb_shelf *shelf, struct glb_trial_shape shape, int rounds, int slots,
                   const unsigned char *keep);
void glb_shelf_finish(struct glb_shelf *shelf);

/* Whether the slot is kept here. */
int glb_shelf_keeps(const struct glb_shelf *shelf, uint32_t slot);

/* The place of (round, slot), which must be kept; what stands there may be another round's or empty (T = 0).
 */
void glb_shelf_place(const struct glb_shelf *shelf, struct glb_trial *trial, uint32_t round, uint32_t slot);

/* Number of the place, 0 .. rounds x width - 1. */
size_t glb_shelf_index(const struct glb_shelf *shelf, uint32_t round, uint32_t slot);

/* Whether (round, slot) stands there. */
int glb_shelf_has(const struct glb_shelf *shelf, uint32_t round, uint32_t slot);

#endif  // COMMON_TASK_SHELF_H
