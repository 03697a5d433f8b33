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
#include "common/store/tensorboard.h"
#include "learner/account.h"
#include "learner/evaluation.h"
#include "learner/guard.h"
#include "learner/model_update.h"
#include "learner/progress.h"
#include "learner/replica.h"
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
  int quiet;                    // nothing on standard output
};

struct glb_learner {
  struct glb_learner_links link;
  int64_t round;     // next round to learn from
  int64_t steps;     // environment steps so far
  uint64_t version;  // of the acting basis and normalisers, counts refreshes
  float *lagged;     // snapshot that the round under way was rolled out with   (acting size)
  uint64_t lagged_version;
  struct glb_moments moments;  // of observations                                       (O)
  double *moments_block;
  struct glb_replica *replica;  // this rank's share of replay and agent, and the acting version
  struct glb_shelf
      *archive;  // trials of all slots for checkpoints: the replica's shelf where one rank learns
  struct glb_shelf archive_own;  // memory of it where several do
  uint32_t archived;             // rounds that have come there: all before this one
  struct glb_model_update *model;
  struct glb_evaluation evaluation;
  struct glb_runlog *log;
  struct glb_tensorboard *events;  // NULL: none are written
  struct glb_account account;
  struct glb_progress progress;
  uint32_t due;             // round whose trials are awaited or have come
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

/* The trials of rounds up to last - 1 stand on the archive. All ranks that learn are waiting for orders. */
int glb_learner_archive(struct glb_learner *learner, uint32_t last);

#endif  // LEARNER_LEARNER_H
