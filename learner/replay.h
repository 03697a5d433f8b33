/* replay.h: the trials of the last rounds with the exact belief before and after every step, under the
 * current acting basis; of the slots that this rank keeps.
 *
 * A belief here is a pure function of (trial, acting version): it is computed when a round is admitted, and
 * of all trials at a refresh, never taken from elsewhere. The window of visible rounds moves in whole rounds;
 * trials of a round not yet admitted wait in their places. The shelf has room for two rounds besides the visible ones: the one that is
 * coming in, and the oldest one of before the last admission, which what is kept of the last finished round still speaks of. */
#ifndef LEARNER_REPLAY_H
#define LEARNER_REPLAY_H

#include <stdint.h>

#include "common/policy/acting.h"
#include "common/task/shelf.h"

struct glb_config;
struct glb_pool;

struct glb_replay {
  const struct glb_space *space;    // kept
  const struct glb_acting *acting;  // kept: the current acting version
  struct glb_shelf shelf;           // of the window and one round more
  int *slots;                       // those kept, ascending                 (shelf.width)
  float *beliefs;                   // raw, of every place                   (places x (T + 1) x B)
  uint32_t first, last;             // rounds that can be sampled: first <= round < last
  struct glb_replay_private *private_;
};

/* Memory for config's window of the slots that are kept (keep as glb_shelf_init takes it). pool is kept. */
int glb_replay_create(struct glb_replay **replay, const struct glb_config *config,
                      const struct glb_space *space, const struct glb_acting *acting, struct glb_pool *pool,
                      const unsigned char *keep);
void glb_replay_destroy(struct glb_replay *replay);

/* Puts a trial into its place; a round below `last` or beyond the window, a slot that is not kept, or a place taken
 * by the same name, is GLB_EINVAL. */
int glb_replay_put(struct glb_replay *replay, const struct glb_trial *trial);

/* Makes the round `last` visible, all of whose trials are there (else GLB_EINVAL), with beliefs under the
 * acting version. predictive: sum over the rows of each kept trial of the log predictive density, before
 * learning from it   (kept x GLB_HEADS); NULL: not wanted */
int glb_replay_admit(struct glb_replay *replay, double *predictive);

/* Computes the beliefs of all visible trials anew after the acting version has changed. */
int glb_replay_refresh(struct glb_replay *replay);

/* Raw beliefs (T + 1 x B) of a visible trial. */
float *glb_replay_beliefs(const struct glb_replay *replay, uint32_t round, uint32_t slot);

#endif  // LEARNER_REPLAY_H
