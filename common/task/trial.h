/* trial.h: the record of one trial: up to E consecutive episodes of one task, at most T steps in all.
 *
 * One contiguous block per trial, so that a frame, a checkpoint row and a copy are each one run of bytes.
 * Observations and actions are floats as the networks read them, rewards and tasks doubles as the simulator
 * gave them. Facts only: features and beliefs are functions of a trial and a basis, kept elsewhere. */
#ifndef COMMON_TASK_TRIAL_H
#define COMMON_TASK_TRIAL_H

#include <stddef.h>
#include <stdint.h>

struct glb_trial_shape {  // capacities, equal for all trials of a run
  int O, A, P;            // observation, action, task vector
  int E, T;               // episodes, steps in all
};

struct glb_trial_head {  // fixed-size part of the block
  uint32_t round, slot;  // its name
  uint64_t version;      // acting version that chose the actions
  int32_t E, T;          // episodes and steps it has
};

enum glb_ended {         // how an episode ended; all but the horizon cut off what would have followed
  GLB_ENDED_HORIZON,     // it has its steps
  GLB_ENDED_TERMINATED,  // by the environment
  GLB_ENDED_DIVERGED,    // the simulator failed: its last step leads to where it started, without reward
  GLB_ENDED_COUNT
};

struct glb_trial {  // views of a block
  struct glb_trial_shape shape;
  void *block;  // glb_trial_bytes(shape) bytes, kept
  struct glb_trial_head *head;
  double *task;         // task vector                                           (P)
  double *reward;       // reward of each step                                   (T)
  float *obs;           // observation before each step                          (T x O)
  float *last_obs;      // observation after the last step of each episode       (E x O)
  float *action;        // action of each step, in [-1, 1]                       (T x A)
  int32_t *length;      // steps of each episode                                 (E)
  uint8_t *terminated;  // how each episode ended, enum glb_ended                (E)
  uint8_t *success;     // success flag at any step of the episode               (E)
};

/* Bytes of a block, a multiple of 64. */
size_t glb_trial_bytes(struct glb_trial_shape shape);

/* Lays trial over block (aligned to 8). The block is kept, not owned. */
void glb_trial_map(struct glb_trial *trial, struct glb_trial_shape shape, void *block);

/* Observation after step t (0 <= t < T): the next one, or the last of the episode where step t ended it. */
const float *glb_trial_next_obs(const struct glb_trial *trial, int t);

/* Episode that step t belongs to, and its first step. */
int glb_trial_episode(const struct glb_trial *trial, int t, int *first);

/* Sum of rewards of episode e. */
double glb_trial_return(const struct glb_trial *trial, int e);

/* Number of episodes that diverged. */
int glb_trial_diverged(const struct glb_trial *trial);

/* Whether a block from elsewhere is consistent with its shape: counts within capacity, lengths adding up to
 * T, numbers finite. GLB_EFORMAT or GLB_ENONFINITE naming the member. */
int glb_trial_validate(const struct glb_trial *trial);

#endif  // COMMON_TASK_TRIAL_H
