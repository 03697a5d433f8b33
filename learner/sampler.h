/* sampler.h: batches of transitions for the agent, as a pure function of (seed, round, update, replay).
 *
 * A batch has as many rows for each shard of the agent. Those of shard p are drawn from the trials of the slots s with
 * s mod shards = p: trials uniformly from the visible rounds, steps uniformly from each (both with replacement); rows of one
 * trial lie together. So a rank that keeps the trials of some shards draws their rows by itself. With agent.backup =
 * trial the step that ends an episode leads to the first state of the trial's next episode with the belief kept; with
 * episode it leads to the true last observation. discount is 0 where the value is cut by a termination. */
#ifndef LEARNER_SAMPLER_H
#define LEARNER_SAMPLER_H

#include <stdint.h>

#include "learner/agents/sac.h"
#include "learner/replay.h"

struct glb_pool;
struct glb_sampler;

/* For shards first .. first + count - 1 of agent.shards. pool is kept. */
int glb_sampler_create(struct glb_sampler **sampler, const struct glb_config *config,
                       const struct glb_replay *replay, struct glb_pool *pool, int first, int count);
void glb_sampler_destroy(struct glb_sampler *sampler);

/* Fills the rows of those shards; the batch is borrowed until the next call. */
const struct glb_batch *glb_sampler_draw(struct glb_sampler *sampler, uint32_t round, uint32_t update);

#endif  // LEARNER_SAMPLER_H
