/* evaluation.h: greedy trials on held-out tasks, rolled out by the actors, and what is said of them.
 *
 * Trial i takes task number i of the family's test list (in turn) and random numbers of (seed, i) alone:
 * evaluations of one run can be compared pair by pair. Context comes from the evaluated task only: the belief
 * starts at the prior. */
#ifndef LEARNER_EVALUATION_H
#define LEARNER_EVALUATION_H

#include <stdint.h>

#include "common/policy/acting.h"
#include "proto/comm/desk.h"
#include "proto/comm/mail.h"

struct glb_evaluation {  // owned arrays
  int trials, E;         // trials, episodes of each
  double *returns;       // (trials x E)
  uint8_t *success;      // (trials x E)
  unsigned char *seen;   // (trials)
};
int glb_evaluation_init(struct glb_evaluation *evaluation, int trials, int E);
void glb_evaluation_finish(struct glb_evaluation *evaluation);

struct glb_evaluation_links {
  struct glb_desk *desk;
  struct glb_mail *mail;
  const struct glb_partner *partner;  // NULL where actors are on other ranks
};

/* Evaluates the snapshot that the actors have. Scores are put in trial order. */
int glb_evaluation_run(struct glb_evaluation *evaluation, const struct glb_evaluation_links *links,
                       uint64_t seed);

/* Mean over trials of the return of episode e, and share of trials with success in it. */
double glb_evaluation_return(const struct glb_evaluation *evaluation, int e);
double glb_evaluation_success(const struct glb_evaluation *evaluation, int e);

/* Interquartile mean of n values, and the 95 % interval of a percentile bootstrap (2,000 resamples, stream
 * BOOTSTRAP, seed). values are sorted in place. */
struct glb_interval {
  double mean, iqm, low, high;
};
int glb_evaluation_interval(struct glb_interval *interval, double *values, int n, uint64_t seed);

#endif  // LEARNER_EVALUATION_H
