/* guard.h: that little is lost whatever ends a run: checkpoints after rounds, written beside the learner's work, and a copy of
 * the last finished round that is written when the one under way is cut short. */
#ifndef LEARNER_GUARD_H
#define LEARNER_GUARD_H

#include <stddef.h>
#include <stdint.h>

#include "common/store/runlog.h"

struct glb_errand;
struct glb_learner;
struct glb_state_kept;

struct glb_guard_parcel {        // what is written in the background
  struct glb_learner *learner;   // kept
  struct glb_state_kept *state;  // owned
  struct glb_round_rows rows;    // owned copy of the metrics
  int best;                      // its evaluation is the best so far
};

struct glb_guard {
  struct glb_state_kept
      *kept;  // owned: the last finished round, or one before it where that is on its way to the disk
  struct glb_errand *writer;       // owned
  struct glb_guard_parcel parcel;  // the writer's while it is busy
  int64_t saved_round;  // of the last checkpoint, written or under way, or that the run went on from
  double saved;         // glb_clock_wall of it
  double begun;         // of the round under way, what followed the one before included
  double slowest;       // seconds of the slowest round so far
};

/* Before the first round. */
int glb_guard_start(struct glb_guard *guard, struct glb_learner *learner);
/* Waits for the writer. */
void glb_guard_finish(struct glb_guard *guard);

/* Whether a checkpoint under way needs the trials of a round in replay. */
int glb_guard_holds(const struct glb_guard *guard, uint32_t round);
/* Before these trials lose their places: waits where it does. */
int glb_guard_release(struct glb_guard *guard, uint32_t round);

/* After the updates of a round, before anything of the next is taken up. GLB_ENONFINITE: the copy stays that of the round
 * before. The error of a checkpoint that could not be written comes out here, or later. */
int glb_guard_round(struct glb_guard *guard, struct glb_learner *learner);

/* After a round is recorded: a checkpoint by its number, by the time, or because its evaluation is the best so far. The learner
 * waits only for the one before, where that is not on the disk yet. */
int glb_guard_checkpoint(struct glb_guard *guard, struct glb_learner *learner);

/* Whether to end between two rounds: asked to, or another round may not fit in the time that is left. */
int glb_guard_over(const struct glb_guard *guard, const struct glb_learner *learner);

/* At the end: the checkpoint of the round that is finished is on the disk. */
int glb_guard_save(struct glb_guard *guard, struct glb_learner *learner);

/* After code has ended the run: the checkpoint of the last finished round, unless there is one. Returns code with its message,
 * or, of a run that was asked to end, why it cannot be written. */
int glb_guard_rescue(struct glb_guard *guard, struct glb_learner *learner, int code);

#endif  // LEARNER_GUARD_H
