/* task.h: the task families and their sizes; what both sides must know of an environment without simulating
 * it.
 *
 * A task is a short vector of P doubles. Which task a slot gets is a pure function of (seed, split, key):
 * training tasks are drawn fresh or from the family's training set, held-out tasks come from a fixed list
 * that training never draws from. Only actors/env can turn a key into a task vector (glb_env_sample). */
#ifndef COMMON_TASK_TASK_H
#define COMMON_TASK_TASK_H

enum { GLB_TASK_MAX = 160 };  // doubles in the longest task vector
enum { GLB_OBS_MAX = 512 };   // numbers of the longest observation

enum glb_split { GLB_SPLIT_TRAIN, GLB_SPLIT_TEST };

struct glb_family {
  const char *name;     // "cheetah-vel"
  int O;                // numbers of an observation
  int free;             // of them, the leading ones that are no copies of earlier ones and no padding
  int A, P;             // action in [-1, 1]^A, task vector
  int episodes;         // of a trial, as the literature has it
  int horizon;          // steps of an episode
  double reward_scale;  // constant that rewards are multiplied with for the critic
  int held_out;         // tasks of the fixed test list
  int success;          // steps have a success flag
  const char *help;
};

/* The table; count gets its length. */
const struct glb_family *glb_family_table(int *count);

/* The family called name; GLB_ECONFIG lists the names. */
int glb_family_find(const struct glb_family **family, const char *name);

#endif  // COMMON_TASK_TASK_H
