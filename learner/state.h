/* state.h: all that a learner must carry through a restart, to and from a checkpoint file.
 *
 * learned/...   what training has found: parameters, moments, acting version, normalisers; `glibrl digest` stands for these
 * replay/...    the trials, by member, in (round, slot) order; beliefs are computed anew
 * run/...       counters; the configuration is a text attribute of the file
 *
 * For readers without this program every data set has an attribute help, and the file the attributes episodes and trial_steps
 * (of a training trial), trial_inputs (1: the networks read where in the trial a state is) and targets (numbers of an
 * observation whose change the transition head predicts, from 0). */
#ifndef LEARNER_STATE_H
#define LEARNER_STATE_H

#include <stdint.h>

#include "common/config/config.h"

struct glb_h5;
struct glb_learner;
struct glb_params;
struct glb_space;

/* A copy of all that a round changes, but for the trials in replay, which stay in their places: keep makes it the first time
 * and renews it after each round, before anything of the next is taken up; GLB_ENONFINITE, and the copy as it was, where a
 * parameter, or Adam's mean square of its gradient, is not finite. Owned by the caller (free). */
struct glb_state_kept;
int glb_state_keep(struct glb_state_kept **kept, struct glb_learner *learner);
int64_t glb_state_kept_round(const struct glb_state_kept *kept);

/* The round after those whose trials belong to the copy: they must stand on the learner's archive when it is written. */
uint32_t glb_state_kept_last(const struct glb_state_kept *kept);

/* Whether the copy still looks for trials of that round in their places. */
int glb_state_needs(const struct glb_state_kept *kept, uint32_t round);

/* Writes the checkpoint of the round that the copy was made after, whatever has been begun since: also in another thread, while
 * the learner leaves those trials in their places. */
int glb_state_write(struct glb_state_kept *kept, struct glb_learner *learner);

/* Takes up what stands in an opened checkpoint; beliefs are computed when the run begins. The configuration has been compared by the caller.
 * GLB_EFORMAT for missing or misshapen blocks. */
int glb_state_load(struct glb_learner *learner, struct glb_h5 *file);

/* Configuration of a checkpoint. */
int glb_state_config(struct glb_config *config, struct glb_h5 *file);

/* The snapshot to act with (acting size floats): what evaluation and the kernel identity need of a
 * checkpoint. */
int glb_state_snapshot(float *snapshot, const struct glb_space *space, struct glb_h5 *file);

/* XXH3-128 over the names and bytes of learned/..., as 32 hex digits and a terminator. */
int glb_state_digest(char digest[33], struct glb_h5 *file);

#endif  // LEARNER_STATE_H
