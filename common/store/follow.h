/* follow.h: the rows of RUN/metrics.jsonl as they come, for one who watches a run of another process. */
#ifndef COMMON_STORE_FOLLOW_H
#define COMMON_STORE_FOLLOW_H

#include <limits.h>
#include <stdint.h>
#include <stdio.h>

#include "common/store/runlog.h"

struct glb_follow {
  char path[PATH_MAX];
  FILE *in;                    // NULL: there is no such file yet
  char line[GLB_RUNLOG_LINE];  // under way
};

/* GLB_EIO: the name is too long. */
int glb_follow_init(struct glb_follow *follow, const char *run);
void glb_follow_finish(struct glb_follow *follow);

/* The next row (GLB_METRICS); 0: there is none yet. The first is one of the last few hundred of the file. Where the file has been
 * replaced, as by a run that goes on, rows of the new one follow. A line that is not whole yet comes later, a broken one never. */
int glb_follow_next(struct glb_follow *follow, double *row);

/* Seconds since the file has been written to, by the clocks of the system; NAN: no file. */
double glb_follow_age(const struct glb_follow *follow);

#endif  // COMMON_STORE_FOLLOW_H
