/* simulate.h: rounds of a cluster that is not there, from the times of their parts. Each assumption is in docs/scaling.md.
 *
 * Deterministic: the time of a rollout is a function of (seed, round, group), the speed of an actor of (seed, actor). */
#ifndef DEPLOY_CLI_SIMULATE_H
#define DEPLOY_CLI_SIMULATE_H

struct glb_cluster {
#define S(name, initial, low, high, unit, help) double name;
#include "deploy/cli/simulate.def"
#undef S
};

/* Defaults. */
void glb_cluster_init(struct glb_cluster *cluster);
/* Sets one parameter, "name=value". GLB_ECONFIG. */
int glb_cluster_set(struct glb_cluster *cluster, const char *assignment);

struct glb_simulated {  // means over rounds
  int actors, learners, slots;
  double seconds;      // of a round
  double wait;         // of it: the learner waits for trials
  double model, sync;  // model updates, and of them: waiting for actors' parts and for messages
  double agent;        // agent updates
  double collect;      // trials in and admitted, without waiting
  double idle;         // an actor without work, mean over actors
  double bytes;        // that the first learner takes in
};

/* Simulates `actors` actors. GLB_ENOMEM; GLB_ECONFIG where there are more actors than groups. */
int glb_simulate(struct glb_simulated *out, const struct glb_cluster *cluster, int actors);

/* The least number of actors (at most `most`) with which one learner rank waits for trials less than `share` of a round;
 * 0: more than that. */
int glb_simulate_saturation(int *actors, const struct glb_cluster *cluster, double share, int most);

#endif  // DEPLOY_CLI_SIMULATE_H
