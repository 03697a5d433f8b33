/* progress.h: what a person sees of a run: a few lines that renew themselves on a terminal, a plain line a round
 * elsewhere. */
#ifndef LEARNER_PROGRESS_H
#define LEARNER_PROGRESS_H

#include <stdio.h>

#include "learner/board.h"
#include "learner/course.h"

struct glb_progress {
  FILE *out;        // NULL: nothing is shown
  const char *run;  // borrowed
  double start;     // wall clock at the start
  int terminal;     // renew lines in place
  struct glb_course course;
  struct glb_board board;  // on a terminal
};

/* plain: whole lines even on a terminal, as where mpirun passes them on or other lines come in between. run: its folder, kept. course: without rows yet, copied.
 * On a terminal, lines of the log go above those that renew themselves, until finish. */
void glb_progress_init(struct glb_progress *progress, FILE *out, int plain, const char *run,
                       const struct glb_course *course);
void glb_progress_finish(struct glb_progress *progress);

/* Shows a finished round: row of GLB_METRICS. */
void glb_progress_show(struct glb_progress *progress, const double *row);

/* A line that stays, below what was shown last. */
void glb_progress_say(struct glb_progress *progress, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif  // LEARNER_PROGRESS_H
