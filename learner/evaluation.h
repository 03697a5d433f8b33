/* evaluation.h: trials that the actors roll out to see what has been learned, and what is said of them.
 *
 * Online (adapt = 0): the mode of the policy throughout, the belief updated after every step. With adapt = N, as in
 * MetaWorld's protocol: actions of the first N episodes are sampled and feed the belief; in the others it stays and actions
 * are the mode.
 *
 * Trial i takes task number i of the family's test list (in turn), or a training task, and random numbers of (seed, i)
 * alone: evaluations of one run can be compared pair by pair. Context comes from the evaluated task only: the belief starts
 * at the prior. The shuffled control breaks just this: a trial acts on the belief of another one. */
#ifndef LEARNER_EVALUATION_H
#define LEARNER_EVALUATION_H

#include <stdint.h>

#include "common/policy/acting.h"
#include "common/task/task.h"
#include "proto/comm/desk.h"
#include "proto/comm/mail.h"

struct glb_evaluation {  // owned arrays
  int trials, E;         // trials, episodes of each
  double *returns;       // (trials x E)
  uint8_t *success;      // (trials x E)
  unsigned char *seen;   // (trials)
  struct glb_trial_shape shape;
  char *whole;  // the trials themselves, one behind another, where they are kept; else NULL
};
int glb_evaluation_init(struct glb_evaluation *evaluation, int trials, int E);
/* From now on the actors send whole trials of this shape, with E episodes, and not their scores alone. GLB_ENOMEM. */
int glb_evaluation_keep(struct glb_evaluation *evaluation, struct glb_trial_shape shape);
/* Maps trial on the i-th of an evaluation that keeps them. */
void glb_evaluation_trial(const struct glb_evaluation *evaluation, struct glb_trial *trial, size_t i);
void glb_evaluation_finish(struct glb_evaluation *evaluation);

struct glb_evaluation_links {
  struct glb_desk *desk;
  struct glb_mail *mail;
  const struct glb_partner *partner;  // NULL where actors are on other ranks
  int group;                          // slots of a slot group
};

struct glb_protocol {
  uint64_t seed;
  enum glb_split split;
  int adapt;     // episodes of adaptation, less than E
  int shuffled;  // control: the context of another task
};

/* Evaluates the snapshot that the actors have. Scores are put in trial order. */
int glb_evaluation_run(struct glb_evaluation *evaluation, const struct glb_evaluation_links *links,
                       const struct glb_protocol *protocol);

/* Mean over trials of the return of episode e, and share of trials with success in it. */
double glb_evaluation_return(const struct glb_evaluation *evaluation, int e);
double glb_evaluation_success(const struct glb_evaluation *evaluation, int e);

/* Mean and interquartile mean of n values, and their 95 % intervals of a percentile bootstrap (2,000 resamples, stream
 * BOOTSTRAP, seed), stratified: value i is resampled among those of its stratum (0 .. strata - 1; NULL: one for all).
 * R. Agarwal et al., Deep Reinforcement Learning at the Edge of the Statistical Precipice, NeurIPS 2021. */
struct glb_interval {
  double mean, mean_low, mean_high;
  double iqm, iqm_low, iqm_high;
};
int glb_evaluation_interval(struct glb_interval *interval, const double *values, const int *stratum, int n,
                            uint64_t seed);

#endif  // LEARNER_EVALUATION_H
