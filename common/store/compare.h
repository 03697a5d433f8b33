/* compare.h: where two runs part: the first round and metric of their rows, and the first element of their
 * checkpoints, that do not have the same bits. */
#ifndef COMMON_STORE_COMPARE_H
#define COMMON_STORE_COMPARE_H

#include <stddef.h>
#include <stdint.h>

#include "common/store/h5.h"
#include "common/store/runlog.h"

struct glb_rows_compared {
  size_t rounds;        // that both have; none: the rest is 0
  int64_t first, last;  // of these rounds
  int differ;     // metrics that differ in the first round in which one does; 0: none in any, the rest is 0
  int64_t round;  // that round
  enum glb_metric metric;  // first of its metrics that differs, in the order of metrics.def
  double a, b;             // its values
};

/* Compares the rounds that both have, in ascending order, by the metrics that come from the seed: the same
 * bits, or both not a number. evaluations: those of held-out tasks too, in rounds in which both made them. */
void glb_compare_rows(struct glb_rows_compared *result, const struct glb_round_rows *a,
                      const struct glb_round_rows *b, int evaluations);

enum { GLB_COMPARE_NAME = 512, GLB_COMPARE_TEXT = 128 };

struct glb_blocks_compared {
  size_t blocks;                 // compared, counting those that only one file has
  size_t differ;                 // of these; none: the rest is 0
  char block[GLB_COMPARE_NAME];  // the first that differs
  int rank;                      // its dimensions; -1: type or shape differ, or one file does not have it
  size_t index[GLB_H5_RANK];     // first element that differs
  char a[GLB_COMPARE_TEXT];      // the element in full precision; with rank -1 "float32 (64 x 3)" or "absent"
  char b[GLB_COMPARE_TEXT];
};

/* Compares the data sets below a group by their bytes, those of a in name order and then those that only b
 * has, and adds to result, which is zero before the first group. A file may lack the group. GLB_EFORMAT,
 * GLB_ENOMEM. */
int glb_compare_group(struct glb_blocks_compared *result, struct glb_h5 *a, struct glb_h5 *b,
                      const char *group);

#endif  // COMMON_STORE_COMPARE_H
