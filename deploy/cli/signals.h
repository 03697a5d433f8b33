/* signals.h: signals and time limits of a training run, as a struct glb_stop. The one state of the program that is not in
 * anybody's hands: a handler can reach nothing else.
 *
 *   SIGUSR1               end after the round
 *   SIGTERM, SIGINT       end at once; a second SIGINT kills
 *   the time limit        end after the round where the next one may not fit; at once where it is near
 *
 * SIGXFSZ and SIGPIPE are ignored: the write that meets a limit on the size of files, or a reader that is gone, fails. */
#ifndef DEPLOY_CLI_SIGNALS_H
#define DEPLOY_CLI_SIGNALS_H

#include "common/base/stop.h"

/* Takes the signals over, the earlier the better. learner: what is asked is for this rank; the others only stay alive until
 * they are told. */
const struct glb_stop *glb_signals_take(int learner);

/* The job ends so many seconds from now. */
void glb_signals_deadline(double limit);

/* "SIGTERM", "the time limit" */
const char *glb_signals_name(int number);

/* Seconds until the job ends: text as "90", "15:00", "1:30:00"; where it is NULL, what SLURM_JOB_END_TIME leaves, 0 without
 * one. GLB_ECONFIG. */
int glb_signals_limit(double *limit, const char *text);

#endif  // DEPLOY_CLI_SIGNALS_H
