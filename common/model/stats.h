/* stats.h: sufficient statistics of some transitions under one basis version, as one contiguous buffer of
 * doubles.
 *
 *   [ n | FF (K x K) | FY (K x D) | YY (D x D) ]      FF = Phi'Phi, FY = Phi'Y, YY = Y'Y
 *
 * One buffer, so that a reduction is one call, a checkpoint one data set and a sum one loop. Both triangles
 * of FF and YY are filled. Statistics add only within one basis version: the version travels with them, and
 * mixing is GLB_EVERSION. */
#ifndef COMMON_MODEL_STATS_H
#define COMMON_MODEL_STATS_H

#include <stddef.h>
#include <stdint.h>

struct glb_stats {
  int K, D;          // features, targets
  uint64_t version;  // of basis and normaliser; 0: empty, takes the version of what is added first
  double *block;     // the whole buffer, glb_stats_size doubles
  double *n;         // rows seen                                            (1)
  double *FF;        // Phi'Phi                                              (K x K)
  double *FY;        // Phi'Y                                                (K x D)
  double *YY;        // Y'Y                                                  (D x D)
};

/* Doubles of the buffer. */
size_t glb_stats_size(int K, int D);

/* Lays stats over block, which is kept, not owned. Values are untouched; version 0. */
void glb_stats_map(struct glb_stats *stats, int K, int D, double *block);
void glb_stats_zero(struct glb_stats *stats);

/* Adds N rows: Phi (N x K), Y (N x D), contiguous. GLB_EVERSION when version differs from that of rows
 * already there. */
int glb_stats_add(struct glb_stats *stats, uint64_t version, const double *Phi, const double *Y, int N);

/* a += b. GLB_EVERSION on different versions (an empty one fits all), GLB_EINVAL on different sizes. */
int glb_stats_merge(struct glb_stats *a, const struct glb_stats *b);

#endif  // COMMON_MODEL_STATS_H
