/* rollout.h: one slot group's trials as a pure function of (configuration, snapshot, seed, round, group).
 *
 * The slots of a group are simulated side by side, so that every matrix product has the same shape whichever
 * rank computes it. A slot goes through its episodes at its own pace; the belief starts at the prior, is
 * updated exactly after every step and carried across episodes. */
#ifndef ACTORS_ROLLOUT_H
#define ACTORS_ROLLOUT_H

#include <stdint.h>

#include "common/policy/acting.h"
#include "common/task/task.h"

struct glb_config;
struct glb_env;
struct glb_rollout;

enum {
  GLB_ROLLOUT_HELD_OUT_ROUND = (int)0x40000000
};  // rounds from here on name evaluations: their random numbers are nobody else's

struct glb_rollout_view {  // of one slot, borrowed during a call
  struct glb_env *env;
  const struct glb_mind *mind;  // the step is part of it
  const double *task;           // (P)
  int episode;                  // of the trial
  int step;                     // steps done in the episode; 0: it has just been reset
  double reward;                // of the step just done
  int success;                  // of the episode so far
};

struct glb_rollout_watch {  // looks at one slot after each reset and each step, and changes nothing
  int slot;                 // within the group
  int (*see)(void *context, const struct glb_rollout_view *view);  // an error ends the rollout
  void *context;
};

struct glb_rollout_request {
  uint64_t seed;
  uint32_t round;  // training: the round; held-out: GLB_ROLLOUT_HELD_OUT_ROUND + any number
  uint32_t group;  // slots group * width .. + width - 1
  enum glb_split split;
  int evaluate;  // slot s takes task number s of its own: no two share one
  int random;    // uniform actions
  int greedy;    // the mode of the policy
  int adapt;  // with greedy: actions of the first episodes are sampled; after these the belief stays as it is
  int shuffled;                           // a slot acts on the belief of the group's next one: a control
  uint64_t version;                       // recorded in the trials
  const struct glb_rollout_watch *watch;  // NULL: nobody looks
};

/* Instances of the environment, beliefs and buffers for one group. space is kept. GLB_EASSET and the like
 * from the environment. */
int glb_rollout_create(struct glb_rollout **rollout, const struct glb_config *config,
                       const struct glb_space *space);
void glb_rollout_destroy(struct glb_rollout *rollout);

/* Fills trials (one per slot of the group, mapped with space->trial). No allocation. Where the simulator
 * fails in a step (GLB_EPHYSICS), that step leads back to where it started, without reward or success, and
 * the episode ends there as GLB_ENDED_DIVERGED, with a warning in the log; the trial goes on with its next
 * one. A reset that fails is an error that names round, slot and episode. */
int glb_rollout_run(struct glb_rollout *rollout, const struct glb_acting *acting,
                    const struct glb_rollout_request *request, struct glb_trial *trials);

#endif  // ACTORS_ROLLOUT_H
