/* trials.h: trials as mail, in the phases pack and wait of this rank's trace. */
#ifndef PROTO_COMM_TRIALS_H
#define PROTO_COMM_TRIALS_H

#include "proto/comm/mail.h"
#include "proto/comm/world.h"

struct glb_trial;  // proto/wire/message.h

/* Sends a trial to rank: glb_mail_send. */
int glb_trials_send(struct glb_world *world, struct glb_mail *mail, int rank, const struct glb_trial *trial);

/* Waits for a frame and takes it for a trial of the shape that `trial` is mapped with; *from: the rank it came from. GLB_EWIRE
 * where it is none, or one of another shape. */
int glb_trials_receive(struct glb_world *world, struct glb_mail *mail, struct glb_trial *trial, int *from);

/* The same of a frame that has come already; *from is -1 where none has. */
int glb_trials_poll(struct glb_world *world, struct glb_mail *mail, struct glb_trial *trial, int *from);

#endif  // PROTO_COMM_TRIALS_H
