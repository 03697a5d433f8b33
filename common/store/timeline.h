/* timeline.h: events of many ranks as a file in the trace event format of Chrome (a JSON object with "traceEvents"), which
 * https://ui.perfetto.dev opens. A rank is a process there, with its number as process and thread id; times are microseconds
 * since `zero`. "otherData" holds, for each rank, what is known of its clock and how many events were dropped. */
#ifndef COMMON_STORE_TIMELINE_H
#define COMMON_STORE_TIMELINE_H

#include <stddef.h>

#include "common/base/trace.h"
#include "common/store/file.h"

struct glb_timeline_rank {
  int rank;
  char role[24], host[64];  // "learner", "node-17"
  double begin, end;        // of what was recorded, seconds on the clock that all ranks' events are on
  double error;             // of that clock on this rank, at most, in seconds
  double dropped;           // events there was no room for: the oldest ones
};

struct glb_timeline {
  struct glb_landing landing;
  double zero;  // seconds
  int lines;    // written
  int ranks;
  struct glb_timeline_rank *rank;  // owned                                              (room)
  int room;
};

/* The file appears at path when it is complete. ranks: at most so many are added. GLB_EIO, GLB_ENOMEM. */
int glb_timeline_begin(struct glb_timeline *timeline, const char *path, double zero, int ranks);
/* One rank with all its events, whose times are on the common clock. */
void glb_timeline_add(struct glb_timeline *timeline, const struct glb_timeline_rank *rank,
                      const struct glb_event *events, size_t count);
/* code as in glb_file_settle. GLB_EIO. */
int glb_timeline_settle(struct glb_timeline *timeline, int code);

#endif  // COMMON_STORE_TIMELINE_H
