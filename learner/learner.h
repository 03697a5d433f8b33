/* learner.h: the rank that learns; its loop is the picture of one round (docs/architecture.md).
 *
 *   publish snapshot            -> actors roll out a round
 *   collect trials              <- replay, beliefs under the acting basis
 *   model updates               <- statistics, -> adjoints, <- gradients; Adam on basis and prior
 *   refresh                     acting basis and normalisers, every model.refresh rounds
 *   agent updates               SAC on (state, belief), while the actors roll out the next round
 * (schedule.lag = 1) evaluate, record, checkpoint */
#ifndef LEARNER_LEARNER_H
#define LEARNER_LEARNER_H

#include <stdint.h>

#include "common/base/pool.h"
#include "common/base/stop.h"
#include "common/config/config.h"
#include "common/model/fit.h"
#include "common/nn/norm.h"
#include "common/policy/acting.h"
#include "common/store/runlog.h"
#include "learner/account.h"
#include "learner/agents/sac.h"
#include "learner/evaluation.h"
#include "learner/guard.h"
#include "learner/model_update.h"
#include "learner/progress.h"
#include "learner/replay.h"
#include "learner/sampler.h"
#include "proto/comm/desk.h"
#include "proto/comm/mail.h"

struct glb_learner_links {  // all kept
  const struct glb_config *config;
  const struct glb_space *space;
  const struct glb_fit *fit;
  struct glb_world *world;
  struct glb_desk *desk;
  struct glb_mail *mail;
  const struct glb_partner *partner;  // the acting half of this rank; NULL where actors are on other ranks
  struct glb_pool *pool;
  const char *run;              // run directory
  const struct glb_stop *stop;  // what the outside asks; NULL: nothing
};

struct glb_learner {
  struct glb_learner_links link;
  int64_t round;             // next round to learn from
  int64_t steps;             // environment steps so far
  uint64_t version;          // of the acting basis and normalisers, counts refreshes
  struct glb_acting acting;  // current acting version; policy part filled at publish
  float *lagged;             // snapshot that the round under way was rolled out with   (acting size)
  uint64_t lagged_version;
  struct glb_moments moments;         // of observations                                       (O)
  struct glb_moments belief_moments;  // of the beliefs in replay, at a refresh                (B)
  double *moments_block;
  struct glb_replay *replay;
  struct glb_sampler *sampler;
  struct glb_model_update *model;
  struct glb_sac *sac;
  struct glb_evaluation evaluation;
  struct glb_runlog *log;
  struct glb_account account;
  struct glb_progress progress;
  struct glb_trial incoming;  // a trial as it comes in
  void *incoming_block;
  uint32_t due;             // round whose trials are awaited or have come
  int arrived;              // trials of it that have come
  double row[GLB_METRICS];  // metrics of the round under way
  struct glb_guard guard;
};

/* Everything at its start, drawn from the seed. */
int glb_learner_create(struct glb_learner **learner, const struct glb_learner_links *links);
void glb_learner_destroy(struct glb_learner *learner);

/* Trains up to train.rounds, from the start or from where a checkpoint left it, then tells the actors to stop. Asked to stop
 * before, it leaves a checkpoint: after the round (GLB_OK, round < train.rounds; the actors are told), or of the last finished
 * round (GLB_ESTOPPED; the actors are still at work). A failure, such as a loss that is not finite, leaves one of the last finished
 * round too, if it can. */
int glb_learner_run(struct glb_learner *learner);

#endif  // LEARNER_LEARNER_H
