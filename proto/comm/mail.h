/* mail.h: frames from one rank to another, point to point.
 *
 * A mailbox owns a ring of send buffers (non-blocking sends; a full ring waits, and the wait is counted) and one receive buffer. A frame a rank sends to itself
 * goes through a local queue, so that one process runs the same code. Nothing allocates after init. */
#ifndef PROTO_COMM_MAIL_H
#define PROTO_COMM_MAIL_H

#include <stddef.h>
#include <stdint.h>

#include "proto/comm/world.h"

struct glb_mail;

/* slots send buffers of capacity bytes each; the same capacity limits what is received: a longer frame is GLB_EWIRE, not a crash. In a world of one rank the local queue holds
 * local frames (0: none may be sent to oneself). */
int glb_mail_create(struct glb_mail **mail, struct glb_world *world, size_t capacity, int slots, int local);
void glb_mail_destroy(struct glb_mail *mail);

/* The next free send buffer (capacity bytes), to be filled by glb_message_put_*. Waits where all are under way. */
int glb_mail_buffer(struct glb_mail *mail, uint8_t **buffer, size_t *capacity);

/* Sends the first size bytes of the buffer handed out last to rank. Returns at once; the buffer comes back into the ring by itself. */
int glb_mail_send(struct glb_mail *mail, int rank, size_t size);

/* A frame if one has arrived: *frame NULL if none. The frame is borrowed until the next call. */
int glb_mail_poll(struct glb_mail *mail, const uint8_t **frame, size_t *size, int *from);

/* Waits for a frame. */
int glb_mail_receive(struct glb_mail *mail, const uint8_t **frame, size_t *size, int *from);

/* Waits until all sends are through. */
int glb_mail_flush(struct glb_mail *mail);

#endif  // PROTO_COMM_MAIL_H
