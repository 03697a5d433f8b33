/* status.h: RUN/status.json, how a run stands in one line: what scripts read where an exit code has been lost on its way
 * through launchers. */
#ifndef COMMON_STORE_STATUS_H
#define COMMON_STORE_STATUS_H

#include <stdint.h>

struct glb_status {
  const char *state;  // "running", "finished", "stopped" (go on with the same command), "failed"
  int exit;           // exit code that goes with it; -1 while running
  int64_t round;      // last finished round, -1: none yet
  int64_t rounds;     // to train
  const char *why;    // of a stop or a failure, or ""
};

/* Lands the file, with the process, the host and the time (UTC); where the disk is full, writes over the one that is there.
 * GLB_EIO. */
int glb_status_write(const char *run, const struct glb_status *status);

#endif  // COMMON_STORE_STATUS_H
