/* reduce.h: sums over slot groups on all ranks with the same bits for any number of ranks and any order.
 *
 * Doubles are summed as integers: for each block of elements all ranks agree on the largest binary exponent e
 * of any summand (MPI_MAX), each summand is rounded once to int64 with 62 - e - ceil(log2 G) fractional bits
 * (G: greatest number of summands, fixed by the configuration), and the integers are summed (MPI_SUM), which
 * is exact and associative. The result is closer to the true sum than a sum of doubles in any order: error at
 * most G/2 units of 2^(e - 62 + ceil(log2 G)). A reduction has two phases because e must be known before the
 * first summand is rounded: the caller keeps its summands until then. */
#ifndef PROTO_COMM_REDUCE_H
#define PROTO_COMM_REDUCE_H

#include <stddef.h>
#include <stdint.h>

#include "proto/comm/world.h"

struct glb_reduce {
  int blocks;         // blocks with an exponent each
  size_t *start;      // first element of each block, and the end             (blocks + 1)
  int summands;       // G
  int32_t *exponent;  // of each block                                        (blocks)
  int64_t *sum;       // integers                                             (start[blocks])
};

/* blocks blocks of the given sizes; summands = G >= 1. Allocates; GLB_ENOMEM. */
int glb_reduce_init(struct glb_reduce *reduce, int blocks, const size_t *sizes, int summands);
void glb_reduce_finish(struct glb_reduce *reduce);

/* Start of a reduction on this rank. */
void glb_reduce_begin(struct glb_reduce *reduce);

/* Phase 1: shows a summand of block b (n: its size). GLB_ENONFINITE names block and element. */
int glb_reduce_scan(struct glb_reduce *reduce, int block, const double *summand, size_t n);
/* All ranks: agree on the exponents. */
int glb_reduce_agree(struct glb_reduce *reduce, struct glb_world *world);

/* Phase 2: adds a summand to block b (the same values as scanned). */
void glb_reduce_add(struct glb_reduce *reduce, int block, const double *summand, size_t n);
/* All ranks: the sums arrive on the learner as doubles (out: start[blocks] elements, written there only; NULL
 * elsewhere). */
int glb_reduce_sum(struct glb_reduce *reduce, struct glb_world *world, double *out);

#endif  // PROTO_COMM_REDUCE_H
