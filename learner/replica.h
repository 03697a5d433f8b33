/* replica.h: what each rank that learns does in the same way: it keeps the trials of its shards of the replay with their
 * beliefs, and computes its shards of every agent update. The learner (rank 0) has one, and leads; on the ranks beside it
 * glb_replica_run follows its orders. Where one rank learns, nothing is exchanged.
 *
 *   shard of slot s: s mod agent.shards; rank j of L keeps shards j S / L .. (j + 1) S / L - 1
 *
 * All is cut along shards and summed in their order, so that the number of ranks does not change a bit. */
#ifndef LEARNER_REPLICA_H
#define LEARNER_REPLICA_H

#include <stdint.h>

#include "common/nn/norm.h"
#include "common/policy/acting.h"
#include "learner/agents/sac.h"
#include "learner/replay.h"
#include "learner/sampler.h"
#include "proto/comm/desk.h"
#include "proto/comm/mail.h"

struct glb_replica_links {  // all kept
  const struct glb_config *config;
  const struct glb_space *space;
  struct glb_world *world;
  struct glb_desk *desk;
  struct glb_mail *mail;
  struct glb_pool *pool;
};

struct glb_fact {                // of a trial of the round, for the records
  double mean, first, last;      // return: per episode, of the first and of the last
  double success;                // share of its episodes
  double steps, diverged;        // steps; episodes that diverged
  double predictive[GLB_HEADS];  // sum over rows of the log predictive density, before they were learned from
};

struct glb_replica {
  struct glb_replica_links link;
  int first, own;  // its shards
  struct glb_acting
      acting;  // current acting version; on the learner with the policy as it was last published
  struct glb_replay *replay;
  struct glb_sampler *sampler;
  struct glb_sac *sac;
  int (*in_use)(const void *user, uint32_t round);  // whether a checkpoint still reads its trials; NULL: none
  const void *user;
  uint32_t due;  // round whose trials are awaited or have come
  int arrived;   // own trials of it that have come
  struct glb_fact *facts,
      *all_facts;      // of the round's trials: own, and on the learner those of each rank in turn
  double *predictive;  // of own trials                       (kept x GLB_HEADS)
  double *obs_moments, *all_obs_moments;  // of observations, a block for each shard
  double *belief_moments, *all_belief_moments;
  struct glb_trial incoming;  // a trial as it comes in
  void *incoming_block;
};

int glb_replica_create(struct glb_replica **replica, const struct glb_replica_links *links);
void glb_replica_destroy(struct glb_replica *replica);

/* The following on all ranks that learn, in the same order. */

/* All as on the learner, whose acting version and agent are set: the trials of rounds first .. last - 1 are on the shelf `all`
 * (its own: kept already where all is the replica's own shelf; NULL elsewhere). */
int glb_replica_adopt(struct glb_replica *replica, const struct glb_shelf *all, uint32_t first,
                      uint32_t last);

/* Waits for the trials of the round that are this rank's, as far as they have not come. */
int glb_replica_receive(struct glb_replica *replica, uint32_t round);

/* Lets the round into the replay. On the learner the facts of all its trials are there then, and the moments of its observations
 * shard by shard. */
int glb_replica_admit(struct glb_replica *replica);
const struct glb_fact *glb_replica_fact(const struct glb_replica *replica, int slot);
void glb_replica_observed(const struct glb_replica *replica,
                          struct glb_moments *moments);  // moments gets all added

/* The acting version is now the learner's, whose basis and observation normaliser are set; the beliefs of the replay are computed
 * anew, and where the round's schedule says so, the belief normaliser. */
int glb_replica_refresh(struct glb_replica *replica, uint32_t round);

/* Agent updates first .. last - 1 of the round; in between, trials of the next one are taken in as they come, since actors that get
 * no buffer free do not go on. sum: report of each added up (means, but for the temperature: the last). After the
 * round's last update the agent is complete on the learner. */
int glb_replica_update(struct glb_replica *replica, uint32_t round, int first, int last,
                       struct glb_sac_report *sum);

/* The trials of rounds first .. last - 1 of all ranks, to the learner's shelf `all` (NULL elsewhere). */
int glb_replica_give(struct glb_replica *replica, struct glb_shelf *all, uint32_t first, uint32_t last);

/* On a rank beside the learner: does as ordered until told to stop. A loss that is not finite is left to the learner, which has
 * met the same. */
int glb_replica_run(struct glb_replica *replica);

#endif  // LEARNER_REPLICA_H
