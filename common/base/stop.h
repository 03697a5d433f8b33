/* stop.h: what the outside asks of a run that is under way. The program fills it in (signals, a time limit); who works
 * reads it at safe points. */
#ifndef COMMON_BASE_STOP_H
#define COMMON_BASE_STOP_H

#include <signal.h>

struct glb_stop {
  volatile sig_atomic_t soon;  // number of a signal: end after the round under way
  volatile sig_atomic_t now;   // number of a signal: end at once, with what the last finished round left
  double deadline;             // glb_clock_wall at which the job ends; 0: none
};

/* Whether to end at once; stop may be NULL. */
static inline int glb_stop_now(const struct glb_stop *stop) {
  return stop && stop->now;
}

#endif  // COMMON_BASE_STOP_H
