/* model_update.h: one step of basis and prior along the exact gradient of the evidence, over all ranks.
 *
 *   order, theta        down   which tasks are picked follows from (seed, round, update)
 *   statistics          up     reduction of [n | FF | FY | YY] of each task and head
 *   posterior, evidence        solved here; G_FF, G_FY (docs/theory/linear-model.md, section 4)
 *   adjoints            down
 *   gradient            up     reduction of d loss / d basis; the prior's part is computed here
 *   Adam                       on basis and prior, clipped by the global norm
 *
 *   loss = -1/picks sum_p evidence_p / rows_p, both heads */
#ifndef LEARNER_MODEL_UPDATE_H
#define LEARNER_MODEL_UPDATE_H

#include <stdint.h>

#include "common/model/fit.h"
#include "common/policy/acting.h"
#include "proto/comm/desk.h"

struct glb_config;

struct glb_model_report {       // of one update
  double evidence[GLB_HEADS];   // nats per row, mean over picked tasks
  double log_rank[GLB_HEADS];   // log (tr FF)^2 / tr(FF FF), mean over picked tasks
  double condition[GLB_HEADS];  // largest cond(Xi), 1-norm estimate
  double grad_norm;             // before clipping
};

struct glb_model_update {
  const struct glb_space *space;      // kept
  const struct glb_fit *fit;          // kept
  struct glb_desk *desk;              // kept; its theta is what is learned
  const struct glb_partner *partner;  // kept; NULL where actors are on other ranks
  double rate, clip;
  int learn_basis;  // 0: the reduced gradient, which is the basis's, is left out
  int64_t updates;  // done so far: Adam's step
  float *m, *v;     // Adam moments                          (params size)
  struct glb_model_private *private_;
};

int glb_model_update_create(struct glb_model_update **update, const struct glb_config *config,
                            const struct glb_space *space, const struct glb_fit *fit, struct glb_desk *desk,
                            const struct glb_partner *partner);
void glb_model_update_destroy(struct glb_model_update *update);

/* One update. order: verb, round, update, window and acting version, filled in by the caller. All actors take
 * part. GLB_ENOTPD and GLB_ENONFINITE leave theta as it was. */
int glb_model_update_run(struct glb_model_update *update, struct glb_order *order,
                         struct glb_model_report *report);

#endif  // LEARNER_MODEL_UPDATE_H
