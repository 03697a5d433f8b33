/* contained.h: work on a file from elsewhere, in a process of its own: what a library makes of damaged bytes ends that
 * process and no other. It holds crashes, endless reads and memory without bound, not an attack. */
#ifndef DEPLOY_CLI_CONTAINED_H
#define DEPLOY_CLI_CONTAINED_H

struct glb_contained {
  const char *in;              // HDF5 file that work reads
  const char *out;             // what work lands (common/store/file.h); NULL: nothing
  const char *attribute;       // of groups of in, a number that work reads; NULL: none
  long seconds;                // of the processor to read in once; 0: 10, and one for each megabyte
  int (*work)(void *context);  // GLB_OK or a code
  void *context;               // borrowed; what work changes in it is not seen by the caller
};

/* Forks; the child reads all arrays of in down to the fourth level once, with its time on the processor limited, then works,
 * without that limit. Its memory is limited all the while: the present size and 1 GiB, and more by the size of in up to that of
 * the machine's memory. What work prints to standard output is flushed on both sides.
 *
 * Returns what work returned, with its message. GLB_EFORMAT where a signal or an exit ended the child instead, with what
 * it was doing; a file half-written beside out is removed. So it is where SIGHUP, SIGINT, SIGQUIT or SIGTERM ends the caller meanwhile. GLB_EIO (standard output; ended from outside), GLB_ENOMEM
 * (killed; no further process). Not after MPI_Init. */
int glb_contained_run(const struct glb_contained *contained);

#endif  // DEPLOY_CLI_CONTAINED_H
