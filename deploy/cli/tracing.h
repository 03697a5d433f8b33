/* tracing.h: the trace of a training run: seconds by phase on every rank always; with a file to write them to, events too, brought
 * together on the learner when the run has ended. */
#ifndef DEPLOY_CLI_TRACING_H
#define DEPLOY_CLI_TRACING_H

#include "common/base/trace.h"
#include "proto/comm/clocks.h"
#include "proto/comm/world.h"

enum { GLB_TRACING_EVENTS = 1 << 17 };  // of a rank that are kept, the newest ones

struct glb_tracing {
  struct glb_trace trace;
  struct glb_world *world;         // kept
  const char *path;                // kept; the learner's
  int on;                          // events are recorded
  int rank;                        // this rank's number at the start
  double zero;                     // time 0 of the file
  struct glb_clock_reading first;  // this rank's clock at the start
};

/* Seconds are counted from here. */
void glb_tracing_init(struct glb_tracing *tracing, struct glb_world *world);
void glb_tracing_finish(struct glb_tracing *tracing);

/* On the learner, before there is anything to lose: an empty trace lands at path. GLB_EIO. */
int glb_tracing_check(const char *path);

/* All ranks: events from here on, where the learner has a path (NULL elsewhere). */
int glb_tracing_begin(struct glb_tracing *tracing, const char *path);

/* All ranks, after the run has come to code on this one. The learner collects events and writes the file. Where the run was cut
 * short it tells the others to leave their work, and takes the events of those who do within half a second; those others do not
 * come back: the learner ends the job. Returns code, or why there is no file. */
int glb_tracing_end(struct glb_tracing *tracing, int code);

#endif  // DEPLOY_CLI_TRACING_H
