/* sac.h: soft actor-critic on (state, belief): twin critics, squashed Gaussian, learned temperature
 * (Haarnoja et al., 2018).
 *
 *   y = r + discount * (min_k Q'_k(s', b', a') - alpha log pi(a' | s', b'))        a' ~ pi(. | s', b')
 *   critics:      mean_b sum_k (Q_k(s, b, a) - y)^2
 *   policy:       mean_b [ alpha log pi(x | s, b) - min_k Q_k(s, b, x) ],  x reparametrised
 *   temperature:  -alpha mean_b (log pi(x | s, b) + target_entropy), step on log alpha
 *   targets:      theta' += polyak (theta - theta')
 *
 * In this order: the policy meets the critics just updated; alpha is that before the update throughout.
 *
 * A batch is cut into shards of equal size; each shard is computed by one thread of one of the ranks that learn, gradients
 * are summed in shard order, and Adam runs over fixed ranges: the same bits with any number of threads and ranks. Each rank
 * takes its own shards and steps its own ranges; theta and target are the same on all after each update, m and v are
 * of the own ranges only until glb_sac_gather. Nothing allocates after create. */
#ifndef LEARNER_AGENTS_SAC_H
#define LEARNER_AGENTS_SAC_H

#include <stdint.h>

#include "common/policy/policy.h"

struct glb_pool;
struct glb_world;

struct glb_sac_options {
  struct glb_policy_shape shape;
  int batch, shards;  // rows of a batch; shards divide it
  double rate;        // Adam step size of all
  double polyak;
  double temperature;     // initial alpha
  double target_entropy;  // in nats; usually -A
  uint64_t seed;          // initial weights and update noise
};

struct glb_batch {        // borrowed; contiguous rows of this rank's shards
  const float *s, *b;     // state, belief                       (rows x S), (rows x B)
  const float *a;         // action                              (rows x A)
  const float *r;         // scaled reward                       (rows)
  const float *s2, *b2;   // next state, next belief
  const float *discount;  // discount, 0 where the trial is cut  (rows)
};

struct glb_sac_report {  // of one update
  double critic_loss;    // mean over both critics
  double policy_loss, entropy, q_mean, temperature;
};

/* What is learned and must survive a restart, in one block each. All params tables are in policy.params
 * manner. */
struct glb_sac {
  struct glb_sac_options options;
  struct glb_policy policy;  // params: the policy's tensors; its theta is the first part of theta
  struct glb_params params;  // every tensor: "policy...", "critic0...", "critic1...", "log_temperature"
  struct glb_params target_params;   // "target0...", "target1..."
  float *theta;                      // (params.size)
  float *target;                     // (target_params.size)
  float *m, *v;                      // Adam moments                        (params.size)
  int64_t updates;                   // done so far
  struct glb_sac_private *private_;  // workspaces
};

/* Draws initial weights from (seed, INIT_AGENT); targets start equal to the critics. pool is kept (NULL: one
 * thread), and so is world, whose learners share the shards (NULL: all are this rank's). */
int glb_sac_create(struct glb_sac **sac, const struct glb_sac_options *options, struct glb_pool *pool,
                   struct glb_world *world);
void glb_sac_destroy(struct glb_sac *sac);

/* All ranks that learn, with the same options: m and v are complete on the learner. */
int glb_sac_gather(struct glb_sac *sac);

/* All ranks that learn: what is learned becomes that of the learner. */
int glb_sac_spread(struct glb_sac *sac);

/* One update, on all ranks that learn. Update noise: stream UPDATE_NOISE at (round = update number, slot = shard). GLB_ENONFINITE when
 * a loss is not finite (parameters are then as before the update of that part; message says which). */
int glb_sac_update(struct glb_sac *sac, const struct glb_batch *batch, struct glb_sac_report *report);

#endif  // LEARNER_AGENTS_SAC_H
