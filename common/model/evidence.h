/* evidence.h: evidence of the rows of one task and its gradient with respect to the features, exact and fast.
 *
 * From statistics in the adjoint form where that loses nothing that matters (glb_posterior_loss), else from
 * the rows (docs/theory/linear-model.md, section 5). K features, D targets, N rows; row-major doubles.
 * Nothing here allocates. */
#ifndef COMMON_MODEL_EVIDENCE_H
#define COMMON_MODEL_EVIDENCE_H

#include <stddef.h>

#include "common/model/posterior.h"

/* Doubles of work for N rows. */
size_t glb_evidence_work_size(int K, int D, int N);

/* Conditions prior on rows (post is then as glb_posterior_solve_rows leaves it, to the accuracy that matters)
 * and returns the evidence.
 *   evidence  out  log p(Y | Phi) in nats                                     (1)
 *   dPhi      out  d evidence / d Phi, NULL: not wanted                    (N x K)
 * Errors as glb_posterior_solve. */
int glb_evidence_rows(struct glb_posterior *post, double *evidence, double *dPhi,
                      const struct glb_prior *prior, struct glb_rows rows, double *work);

#endif  // COMMON_MODEL_EVIDENCE_H
