/* account.h: what a round has cost, as metrics: seconds by phase, bytes and memory, of this rank and of the actors.
 *
 * A row goes from the end of the one before to its own, so that nothing falls between two rows: the learner's seconds of all phases
 * add up to it. Actors on other ranks tell what they have used with each snapshot, and that is counted in the row in which it comes.
 * */
#ifndef LEARNER_ACCOUNT_H
#define LEARNER_ACCOUNT_H

#include <stdint.h>

#include "proto/comm/desk.h"

struct glb_account_mark {  // since the start of the process
  double wall, waited, cpu;
  double seconds[GLB_PHASES];
  uint64_t sent, received;
  int64_t steps;
};

struct glb_account {
  struct glb_desk *desk;  // kept

  // at the end of the row before
  struct glb_account_mark begin;
};

/* Rows start here. */
void glb_account_init(struct glb_account *account, struct glb_desk *desk, int64_t steps);

/* Ends a row, and starts the next: times, rates, bytes and memory go into row (GLB_METRICS); account->begin is the moment.
 * steps: environment steps so far. */
void glb_account_close(struct glb_account *account, double *row, int64_t steps);

#endif  // LEARNER_ACCOUNT_H
