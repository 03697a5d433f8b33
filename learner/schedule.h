/* schedule.h: what is due in a round, as functions of configuration and round alone. Rounds count from 0. */
#ifndef LEARNER_SCHEDULE_H
#define LEARNER_SCHEDULE_H

#include <stdint.h>

struct glb_config;

int glb_schedule_random(const struct glb_config *config,
                        int64_t round);  // uniform actions in this round's rollouts
int glb_schedule_model_updates(const struct glb_config *config, int64_t round);  // model updates
int glb_schedule_agent_updates(const struct glb_config *config, int64_t round);  // agent updates
int glb_schedule_refresh(const struct glb_config *config, int64_t round);        // acting basis is refreshed
int glb_schedule_normalise(const struct glb_config *config,
                           int64_t round);  // normalisers still change at a refresh
int glb_schedule_evaluate(const struct glb_config *config, int64_t round);    // evaluation after the round
int glb_schedule_checkpoint(const struct glb_config *config, int64_t round);  // checkpoint after the round

#endif  // LEARNER_SCHEDULE_H
