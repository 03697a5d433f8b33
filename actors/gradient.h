/* gradient.h: an actor's part of the two-phase exact gradient of the evidence (docs/theory/linear-model.md,
 * section 4).
 *
 * Phase 1: statistics of the picked trials that this actor remembers, under the learning basis. Phase 2,
 * given the adjoints: backward pass of the basis on the same transitions. Each trial is one summand of either
 * reduction, whoever holds it. The cost of communication does not depend on the number of rows. */
#ifndef ACTORS_GRADIENT_H
#define ACTORS_GRADIENT_H

#include <stdint.h>

#include "actors/memory.h"
#include "common/model/fit.h"
#include "common/policy/acting.h"
#include "proto/comm/desk.h"

struct glb_gradient;

/* Keeps (borrows for life) space, fit, memory and desk; theta, snapshot and adjoints are read from the desk.
 */
int glb_gradient_create(struct glb_gradient **gradient, const struct glb_space *space,
                        const struct glb_fit *fit, const struct glb_memory *memory,
                        const struct glb_desk *desk);
void glb_gradient_destroy(struct glb_gradient *gradient);

/* Takes up a model order: which trials, under which version of the normaliser. */
void glb_gradient_begin(struct glb_gradient *gradient, const struct glb_order *order);

/* Contributions to the two reductions (self: the gradient). */
struct glb_contribution glb_gradient_statistics(struct glb_gradient *gradient);
struct glb_contribution glb_gradient_gradient(struct glb_gradient *gradient);

#endif  // ACTORS_GRADIENT_H
