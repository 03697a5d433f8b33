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
  long long slots = c->train_slots, batch = c->agent_batch_trials * c->agent_batch_steps;
  GLB_CHECK(slots % c->train_slots_per_task == 0, GLB_ECONFIG,
            "train.slots_per_task = %lld does not divide train.slots = %lld",
            (long long)c->train_slots_per_task, slots);
  GLB_CHECK(slots % c->actor_group == 0, GLB_ECONFIG,
            "actor.group = %lld does not divide train.slots = %lld; give a multiple of the group as slots, "
            "or a divisor "
            "as group",
            (long long)c->actor_group, slots);
  GLB_CHECK(batch % c->agent_shards == 0, GLB_ECONFIG,
            "agent.shards = %lld does not divide agent.batch_trials x agent.batch_steps = %lld",
            (long long)c->agent_shards, batch);
  GLB_CHECK(c->replay_trials >= slots, GLB_ECONFIG,
            "replay.trials = %lld does not hold a round of train.slots = %lld", (long long)c->replay_trials,
            slots);
  return GLB_OK;
}
