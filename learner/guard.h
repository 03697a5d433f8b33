/* guard.h: that little is lost whatever ends a run: checkpoints after rounds, and a copy of the last finished round that is
 * written when the one under way is cut short. */
#ifndef LEARNER_GUARD_H
#define LEARNER_GUARD_H

#include <stdint.h>

struct glb_learner;
struct glb_state_kept;

struct glb_guard {
  struct glb_state_kept *kept;  // owned: state of the last finished round
  int64_t saved_round;          // of the last checkpoint, or that the run went on from
  double saved;                 // glb_clock_wall of it
  double begun;                 // of the round under way, what followed the one before included
  double slowest;               // seconds of the slowest round so far
};

/* Before the first round. */
int glb_guard_start(struct glb_guard *guard, struct glb_learner *learner);
void glb_guard_finish(struct glb_guard *guard);

/* After the updates of a round, before anything of the next is taken up. GLB_ENONFINITE: the copy stays that of the round
 * before. */
int glb_guard_round(struct glb_guard *guard, struct glb_learner *learner);

/* After a round is recorded: a checkpoint by its number, by the time, or because its evaluation is the best so far. */
int glb_guard_checkpoint(struct glb_guard *guard, struct glb_learner *learner);

/* Whether to end between two rounds: asked to, or another round may not fit in the time that is left. */
int glb_guard_over(const struct glb_guard *guard, const struct glb_learner *learner);

/* A checkpoint of the round that is finished, unless there is one. */
int glb_guard_save(struct glb_guard *guard, struct glb_learner *learner);

/* After code has ended the run: the checkpoint of the last finished round, unless there is one. Returns code with its message,
 * or, of a run that was asked to end, why it cannot be written. */
int glb_guard_rescue(struct glb_guard *guard, struct glb_learner *learner, int code);

#endif  // LEARNER_GUARD_H
