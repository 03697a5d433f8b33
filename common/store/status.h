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

/* What status.json says. */
struct glb_status_seen {
  char state[16], why[1024], host[256];
  int exit;
  int64_t round, rounds;
  long process;
};

/* Reads the file of a run; what it does not say is "" or -1, and so is all where there is none. GLB_EIO, GLB_ENOMEM. */
int glb_status_read(struct glb_status_seen *seen, const char *run);

#endif  // COMMON_STORE_STATUS_H
