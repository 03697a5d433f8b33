/* progress.h: what a person sees of a run: one status line that renews itself on a terminal, plain lines
 * elsewhere. */
#ifndef LEARNER_PROGRESS_H
#define LEARNER_PROGRESS_H

#include <stdint.h>
#include <stdio.h>

struct glb_progress {
  FILE *out;       // NULL: nothing is shown
  int terminal;    // renew the line in place
  int64_t rounds;  // to go in all
  int64_t first;   // round that this process started with
  double start;    // wall clock at its start
  int width;       // of the line last shown
};

/* plain: whole lines even on a terminal, as where mpirun passes them on or other lines come in between. */
void glb_progress_init(struct glb_progress *progress, FILE *out, int plain, int64_t rounds, int64_t first);

/* Shows a finished round: row of GLB_METRICS. */
void glb_progress_show(struct glb_progress *progress, const double *row);

/* A line that stays: on a terminal the status line is wiped first. */
void glb_progress_say(struct glb_progress *progress, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif  // LEARNER_PROGRESS_H
