/* mail.h: frames from one rank to another, point to point.
 *
 * A mailbox owns a ring of send buffers (non-blocking sends; a full ring waits, and the wait is counted) and
 * one receive buffer. Frames of one sender arrive in the order they were sent. In a world of one rank the
 * ring is a queue from the rank to itself, so that one process runs the same code. Nothing allocates after
 * creation. A world has one mailbox at a time.
 *
 * MPI moves frames while some function of this room is being called: a rank that computes for long does well
 * to poll now and then. Two ranks that both wait for a free buffer, and so for each other to receive, wait
 * for ever: one side of a conversation listens while the other speaks. */
#ifndef PROTO_COMM_MAIL_H
#define PROTO_COMM_MAIL_H

#include <stddef.h>
#include <stdint.h>

#include "proto/comm/world.h"

struct glb_mail;

/* slots send buffers of capacity bytes each; the same capacity limits what is received: a longer frame is
 * GLB_EWIRE, not a crash. In a world of one rank the ring has local buffers instead (0: none may be sent to
 * oneself). world is kept. */
int glb_mail_create(struct glb_mail **mail, struct glb_world *world, size_t capacity, int slots, int local);

/* Flush first. Buffers that MPI still holds, after an error, are left to it and never freed. */
void glb_mail_destroy(struct glb_mail *mail);

/* The next free send buffer (capacity bytes), to be filled by glb_message_put_*. Waits where all are under
 * way; in a world of one rank that is GLB_ELIMIT, nobody else would take one. */
int glb_mail_buffer(struct glb_mail *mail, uint8_t **buffer, size_t *capacity);

/* Sends the first size bytes of the buffer handed out last to rank. Returns at once; the buffer comes back
 * into the ring by itself. */
int glb_mail_send(struct glb_mail *mail, int rank, size_t size);

/* A frame if one has arrived: *frame NULL if none. The frame is borrowed until the next poll or receive.
 * GLB_EWIRE where it was longer than capacity: it is gone, the next call goes on with the one after it. */
int glb_mail_poll(struct glb_mail *mail, const uint8_t **frame, size_t *size, int *from);

/* Waits for a frame. In a world of one rank with an empty queue that is GLB_EINVAL. */
int glb_mail_receive(struct glb_mail *mail, const uint8_t **frame, size_t *size, int *from);

/* Waits until all sends are through. In a world of one rank nothing is under way. */
int glb_mail_flush(struct glb_mail *mail);

#endif  // PROTO_COMM_MAIL_H
