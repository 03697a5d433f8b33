/* acting.h: the snapshot that actors act with, and how observations and beliefs become network inputs.
 *
 * One versioned block of floats: acting basis and prior, normalisers of observations and beliefs, policy. The
 * basis version changes only at a refresh; features and beliefs of one version are comparable, of two never.
 * Everybody (rollouts, replay, evaluation) makes features and beliefs through this room.
 *
 * O observation, A action, S state input, B belief. S = O, or O + 2 where a trial has several episodes and
 * values carry across them: then [normalised observation | first state after an earlier episode's end (0, 1)
 * | step within the trial / steps of a training trial, at most 1]. */
#ifndef COMMON_POLICY_ACTING_H
#define COMMON_POLICY_ACTING_H

#include <stddef.h>
#include <stdint.h>

#include "common/model/belief.h"
#include "common/model/model.h"
#include "common/policy/policy.h"
#include "common/task/trial.h"

struct glb_config;

/* Sizes that follow from a configuration; the same on every rank. */
struct glb_space {
  const struct glb_family *family;
  struct glb_trial_shape trial;  // O, A, P, E, T
  int horizon;                   // steps of an episode
  int window;  // rounds that replay and actors remember: replay.trials / train.slots and the one under way
  int S, B;    // state and belief inputs
  int trial_steps;   // steps of a training trial: what the step input is divided by
  int trial_inputs;  // 1: the two inputs that tell where in the trial a state is
  int zero_belief;   // 1: beliefs are replaced by zeros (control)
  int point_belief;  // 1: all of a belief but the mean is (control)
  struct glb_model model;
  struct glb_policy policy;
};
/* targets: of the transition head; NULL: all that the family says are free. */
int glb_space_init(struct glb_space *space, const struct glb_config *config,
                   const struct glb_targets *targets);

/* Other trials than in training (evaluation): episodes and steps of one, 0: as they were; what the networks read stays as
 * trained. */
void glb_space_set_trial(struct glb_space *space, int E, int horizon);

struct glb_acting {                    // views of one block
  size_t size;                         // floats
  float *block;                        // kept
  float *model;                        // acting basis and prior                (model.params.size)
  float *obs_shift, *obs_scale;        // observation normaliser                (O)
  float *belief_shift, *belief_scale;  // belief normaliser                     (B)
  float *policy;                       // policy network                        (policy.params.size)
};
size_t glb_acting_size(const struct glb_space *space);
void glb_acting_map(struct glb_acting *acting, const struct glb_space *space, float *block);

/* Normalised observations, clipped to +-10: B rows of O floats. */
void glb_acting_normalise(const struct glb_acting *acting, const struct glb_space *space, float *s,
                          const float *obs, int B);

/* One row of state input from a normalised observation. first: the state starts an episode that is not the
 * trial's first; step: steps done in the trial. */
void glb_acting_state(const struct glb_space *space, float *state, const float *s, int first, int step);

/* One standardised belief row, clipped to +-5 (zeros, or in all but the mean, in the controls). */
void glb_acting_belief(const struct glb_acting *acting, const struct glb_space *space, float *b,
                       const float *raw);

/* The beliefs of all heads of one task, followed row by row. */
struct glb_mind {
  struct glb_head_prior prior[GLB_HEADS];
  struct glb_belief belief[GLB_HEADS];
};
void glb_mind_init(struct glb_mind *mind, const struct glb_space *space, struct glb_arena *arena);
/* Takes the prior of the acting model, and forgets all rows. */
void glb_mind_load(struct glb_mind *mind, const struct glb_space *space, const struct glb_acting *acting);
void glb_mind_reset(struct glb_mind *mind, const struct glb_space *space);
/* One row of each head: Phi[h] (K) and Y[h] (D). log_predictive: per head, NULL: not wanted. */
void glb_mind_observe(struct glb_mind *mind, const struct glb_space *space,
                      const double *const Phi[GLB_HEADS], const double *const Y[GLB_HEADS],
                      double log_predictive[GLB_HEADS]);
/* Raw belief vector (B). */
void glb_mind_vector(const struct glb_mind *mind, const struct glb_space *space, float *raw);

/* Rows of a whole trial under a basis: features and targets of each head, by one matrix product per layer. */
struct glb_rows_work {
  int T;                // rows there is room for
  float *s, *s2;        // normalised observations               (T x O)
  float *X[GLB_HEADS];  // basis inputs                          (T x in)
  float *cache[GLB_HEADS];
  double *Phi[GLB_HEADS];  // features                              (T x K)
  double *Y[GLB_HEADS];    // targets                               (T x D)
};
void glb_rows_init(struct glb_rows_work *rows, const struct glb_space *space, struct glb_arena *arena, int T);
/* theta: basis parameters (the acting or the learning ones); normalisers from acting. Also used with B single
 * rows at acting time through glb_rows_features. */
void glb_rows_trial(struct glb_rows_work *rows, const struct glb_space *space,
                    const struct glb_acting *acting, const float *theta, const struct glb_trial *trial);
/* Features and targets of B rows whose s, s2 stand in rows already; a (B x A), r (B). */
void glb_rows_features(struct glb_rows_work *rows, const struct glb_space *space, const float *theta,
                       const float *a, const double *r, int B);

/* Raw beliefs before each step and after the last, (T + 1 x B), of a trial whose rows are computed. Starts
 * from the prior. predictive (per head): sum of the log predictive densities of the rows; NULL: not wanted.
 */
void glb_mind_sweep(struct glb_mind *mind, const struct glb_space *space, float *beliefs,
                    const struct glb_rows_work *rows, int T, double *predictive);

#endif  // COMMON_POLICY_ACTING_H
