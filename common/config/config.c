#include "common/config/config.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/base/error.h"
#include "common/config/table.h"

void glb_config_init(struct glb_config *config) {
  const struct glb_key *keys = glb_key_table();
  memset(config, 0, sizeof *config);
  for (int i = 0; i < GLB_KEY_COUNT; i++) {
    int taken = glb_key_set(&keys[i], config, keys[i].initial);
    GLB_ASSERT(taken);
    (void)taken;
  }
}

int glb_config_validate(const struct glb_config *config) {
  const struct glb_config *c = config;
  long long slots = c->train_slots;
  GLB_CHECK(slots % c->train_slots_per_task == 0, GLB_ECONFIG,
            "train.slots_per_task = %lld does not divide train.slots = %lld",
            (long long)c->train_slots_per_task, slots);
  GLB_CHECK(slots % c->actor_group == 0, GLB_ECONFIG,
            "actor.group = %lld does not divide train.slots = %lld; give a multiple of the group as slots, "
            "or a divisor "
            "as group",
            (long long)c->actor_group, slots);
  GLB_CHECK(c->agent_batch_trials % c->agent_shards == 0 && slots % c->agent_shards == 0, GLB_ECONFIG,
            "agent.shards = %lld does not divide agent.batch_trials = %lld and train.slots = %lld: each "
            "shard takes as many "
            "trials, from as many slots",
            (long long)c->agent_shards, (long long)c->agent_batch_trials, slots);
  GLB_CHECK(c->agent_shards % c->learner_ranks == 0, GLB_ECONFIG,
            "learner.ranks = %lld does not divide agent.shards = %lld: each rank takes as many shards; raise "
            "agent.shards (it "
            "is part of the result)",
            (long long)c->learner_ranks, (long long)c->agent_shards);
  GLB_CHECK(c->replay_trials >= slots, GLB_ECONFIG,
            "replay.trials = %lld does not hold a round of train.slots = %lld", (long long)c->replay_trials,
            slots);
  return GLB_OK;
}
