/* replay.h: the trials of the last rounds with the exact belief before and after every step, under the
 * current acting basis.
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
  float *beliefs;                   // raw, of every place                   (places x (T + 1) x B)
  uint32_t first, last;             // rounds that can be sampled: first <= round < last
  struct glb_replay_private *private_;
};

/* Memory for config's window. pool is kept. */
int glb_replay_create(struct glb_replay **replay, const struct glb_config *config,
                      const struct glb_space *space, const struct glb_acting *acting, struct glb_pool *pool);
void glb_replay_destroy(struct glb_replay *replay);

/* Puts a trial into its place; a round below `last` or beyond the window, or a place taken by the same name,
 * is GLB_EINVAL. */
int glb_replay_put(struct glb_replay *replay, const struct glb_trial *trial);

/* Makes the round `last` visible, all of whose trials are there (else GLB_EINVAL), with beliefs under the
 * acting version. predictive (GLB_HEADS; NULL: not wanted): mean log predictive density per row, before
 * learning from the round. */
int glb_replay_admit(struct glb_replay *replay, double *predictive);

/* Computes the beliefs of all visible trials anew after the acting version has changed. */
int glb_replay_refresh(struct glb_replay *replay);

/* Raw beliefs (T + 1 x B) of a visible trial. */
float *glb_replay_beliefs(const struct glb_replay *replay, uint32_t round, uint32_t slot);

#endif  // LEARNER_REPLAY_H
