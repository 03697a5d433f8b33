#include "learner/schedule.h"

#include "common/config/config.h"

static int warm(const struct glb_config *config, int64_t round) {
  return round < config->model_warmup_rounds;
}

/* True after every `interval` rounds and after the last. */
static int every(int64_t interval, int64_t round, int64_t rounds) {
  return round + 1 == rounds || (interval > 0 && (round + 1) % interval == 0);
}

int glb_schedule_random(const struct glb_config *config, int64_t round) {
  return round < config->train_random_rounds;
}

int glb_schedule_model_updates(const struct glb_config *config, int64_t round) {
  return (int)(config->model_updates * (warm(config, round) ? config->model_warmup_factor : 1));
}

int glb_schedule_agent_updates(const struct glb_config *config, int64_t round) {
  return glb_schedule_random(config, round) ? 0 : (int)config->agent_updates;
}

int glb_schedule_refresh(const struct glb_config *config, int64_t round) {
  return warm(config, round) || round % config->model_refresh == 0;
}

int glb_schedule_normalise(const struct glb_config *config, int64_t round) {
  return round < config->model_freeze;
}

int glb_schedule_evaluate(const struct glb_config *config, int64_t round) {
  return every(config->eval_interval, round, config->train_rounds);
}

int glb_schedule_checkpoint(const struct glb_config *config, int64_t round) {
  return every(config->checkpoint_interval, round, config->train_rounds);
}
