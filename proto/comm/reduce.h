/* reduce.h: sums over slot groups on all ranks with the same bits for any number of ranks and any order.
 *
 * Doubles are summed as integers. For each block of elements all ranks agree on the least e with |x| < 2^e
 * for every summand element x (MPI_MAX); each x is rounded once to int64 with 62 - e - ceil(log2 G)
 * fractional bits (G: greatest number of summands over all ranks, fixed by the configuration); the integers
 * are summed, which is exact and associative, along a binomial tree of ranks. The error is at most G/2 units
 * of 2^(e - 62 + ceil(log2 G)), and half a unit of the double that the sum is turned into: elements of one
 * block should be of like magnitude, since e is that of the largest. A reduction has two phases because e
 * must be known before the first summand is rounded: the caller keeps its summands until then. */
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
  int64_t *inbox;     // those of another rank                                (start[blocks], at most 2^27)
};

/* blocks blocks of the given sizes; summands = G >= 1. Allocates; GLB_ENOMEM. */
int glb_reduce_init(struct glb_reduce *reduce, int blocks, const size_t *sizes, int summands);
void glb_reduce_finish(struct glb_reduce *reduce);

/* Start of a reduction on this rank: no summands. */
void glb_reduce_begin(struct glb_reduce *reduce);

/* Phase 1: shows a summand of block b (n: its size). GLB_ENONFINITE names block and element. */
int glb_reduce_scan(struct glb_reduce *reduce, int block, const double *summand, size_t n);

/* All ranks: agree on the exponents. */
int glb_reduce_agree(struct glb_reduce *reduce, struct glb_world *world);

/* Phase 2: adds a summand to block b (the same values as scanned). Summands over all ranks: at most G. */
void glb_reduce_add(struct glb_reduce *reduce, int block, const double *summand, size_t n);

/* All ranks: the sums arrive on the learner as doubles (out: start[blocks] elements, written there only; NULL
 * elsewhere). sum is overwritten. GLB_ENONFINITE names a block whose sum is beyond the range of a double. */
int glb_reduce_sum(struct glb_reduce *reduce, struct glb_world *world, double *out);

#endif  // PROTO_COMM_REDUCE_H
