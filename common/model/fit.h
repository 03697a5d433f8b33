/* fit.h: the layout of one model update, which actors and learner must agree on to the element.
 *
 * An update takes `picks` tasks. For each head used, pick and part there is one block of statistics and one
 * of adjoints. Parts: 0 all rows of each trial, and, with model.objective = conditional, 1 its first
 * `condition` rows, whose evidence is subtracted:
 *
 *   loss = -1/picks sum_p (evidence_p0 - evidence_p1) / rows_p        rows_p = N_p0 - N_p1
 *
 * Which tasks are picked is a pure function of (seed, round, update, window of rounds), so an order need not
 * carry a list. */
#ifndef COMMON_MODEL_FIT_H
#define COMMON_MODEL_FIT_H

#include <stddef.h>
#include <stdint.h>

#include "common/model/model.h"

struct glb_config;

enum { GLB_FIT_KINDS = 3 };  // [n | FF], [FY], [YY]: each with a common exponent of its own

struct glb_fit {
  int picks, parts;           // tasks of an update; 1 or 2
  int slots, slots_per_task;  // of a round
  int condition;              // rows of part 1
  uint64_t seed;
  size_t stats_start[GLB_HEADS];    // first double of a head's statistics
  size_t stats_size[GLB_HEADS];     // doubles of one block of statistics
  size_t adjoint_start[GLB_HEADS];  // first double of a head's adjoints
  size_t adjoint_size[GLB_HEADS];   // doubles of one block [G_FF (K x K) | G_FY (K x D)]
  int block_start[GLB_HEADS];       // first reduction block of a head
  size_t statistics, adjoints;      // doubles in all
  int blocks;                       // reduction blocks in all
};

void glb_fit_init(struct glb_fit *fit, const struct glb_config *config, const struct glb_model *model);

/* Sizes of the reduction blocks of the statistics (fit.blocks entries). */
void glb_fit_blocks(const struct glb_fit *fit, const struct glb_model *model, size_t *sizes);

/* Where the block of (head, pick, part) starts. */
size_t glb_fit_statistics_at(const struct glb_fit *fit, int head, int pick, int part);
size_t glb_fit_adjoints_at(const struct glb_fit *fit, int head, int pick, int part);
int glb_fit_block_at(const struct glb_fit *fit, int head, int pick, int part);

/* Rows of a trial of T steps that belong to a part. */
int glb_fit_rows(const struct glb_fit *fit, int part, int T);

/* A picked task: a round of the window first <= round < last and the task's first slot. Uniform, with
 * replacement. */
struct glb_pick {
  uint32_t round, slot;
};
void glb_fit_pick(const struct glb_fit *fit, struct glb_pick *picks, uint32_t round, uint32_t update,
                  uint32_t first, uint32_t last);

#endif  // COMMON_MODEL_FIT_H
