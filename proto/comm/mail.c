#include "proto/comm/mail.h"

#include <stdlib.h>

#include "common/base/assert.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "proto/comm/halt.h"
#include "proto/comm/mpi_check.h"
#include "proto/comm/wait.h"
#include "proto/wire/frame.h"

enum { ALIGN = 64 };

struct glb_mail {
  struct glb_world *world;
  size_t capacity;      // bytes of a frame
  size_t stride;        // bytes from one buffer to the next
  int slots;            // buffers of the ring
  int first, used;      // oldest buffer in use and their number; the next one is filled
  uint8_t *ring;        // send buffers                                      (slots x stride)
  MPI_Request *sends;   // of each buffer, in a world of several             (slots)
  size_t *sizes;        // of each queued frame, in a world of one           (slots)
  int borrowed;         // the oldest queued frame is being read
  uint8_t *inbox;       // receive buffer                                    (stride)
  uint8_t *overlong;    // memory of a frame that does not fit there
  MPI_Request arrival;  // of the frame that is coming in
  int sender;           // of that frame
  size_t size;          // of that frame
};

static int alone(const struct glb_mail *mail) {
  return mail->world->size == 1;
}

static int slot_after(const struct glb_mail *mail, int steps) {
  return (mail->first + steps) % mail->slots;
}

static int allocate(struct glb_mail *mail) {
  size_t slots = (size_t)mail->slots, ring = slots * mail->stride, inbox = alone(mail) ? 0 : mail->stride;
  mail->ring = aligned_alloc(ALIGN, ring + inbox + ALIGN);
  mail->sends = malloc((slots + 1) * sizeof *mail->sends);
  mail->sizes = malloc((slots + 1) * sizeof *mail->sizes);
  GLB_CHECK(mail->ring && mail->sends && mail->sizes, GLB_ENOMEM, "mailbox: %d buffers of %zu bytes",
            mail->slots, mail->stride);
  mail->inbox = mail->ring + ring;
  for (int i = 0; i < mail->slots; i++) mail->sends[i] = MPI_REQUEST_NULL;
  return GLB_OK;
}

int glb_mail_create(struct glb_mail **mail, struct glb_world *world, size_t capacity, int slots, int local) {
  int code = GLB_OK;
  *mail = NULL;
  GLB_CHECK(capacity > 0 && capacity <= GLB_FRAME_HEAD + GLB_FRAME_LIMIT, GLB_ELIMIT,
            "frames of %zu bytes: a frame has 1 .. %zu", capacity, GLB_FRAME_HEAD + GLB_FRAME_LIMIT);
  GLB_CHECK(slots >= 1 && local >= 0, GLB_EINVAL, "mailbox of %d buffers (at least 1), %d local (at least 0)",
            slots, local);
  struct glb_mail *made = calloc(1, sizeof *made);
  GLB_CHECK(made, GLB_ENOMEM, "mailbox: %zu bytes", sizeof *made);
  made->world = world;
  made->capacity = capacity;
  made->stride = (capacity + ALIGN - 1) / ALIGN * ALIGN;
  made->arrival = MPI_REQUEST_NULL;
  made->slots = alone(made) ? local : slots;
  GLB_TRY_OUT(code, out, allocate(made));
  *mail = made;
  return GLB_OK;
out:
  glb_mail_destroy(made);
  return code;
}

// gives finished buffers back, oldest first
static int collect(struct glb_mail *mail) {
  while (mail->used > 0) {
    int done = 0;
    GLB_MPI(MPI_Test(&mail->sends[mail->first], &done, MPI_STATUS_IGNORE));
    if (!done) break;
    mail->first = slot_after(mail, 1);
    mail->used--;
  }
  return GLB_OK;
}

// MPI still reads or writes here; says nothing of errors, so that the trace of the one that led here stays
static int under_way(struct glb_mail *mail) {
  int done = 0;
  if (alone(mail)) return 0;
  int code = MPI_Testall(mail->slots, mail->sends, &done, MPI_STATUSES_IGNORE);
  return code != MPI_SUCCESS || !done || mail->arrival != MPI_REQUEST_NULL;
}

void glb_mail_destroy(struct glb_mail *mail) {
  if (!mail || (mail->ring && under_way(mail))) return;
  free(mail->ring);
  free(mail->sends);
  free(mail->sizes);
  free(mail);
}

// waits for the oldest send
static int wait_oldest(struct glb_mail *mail) {
  GLB_TRY(glb_wait_request(mail->world, &mail->sends[mail->first]));
  mail->first = slot_after(mail, 1);
  mail->used--;
  return GLB_OK;
}

// leaves at least one buffer free; a rank between two pieces of work learns here that it is to leave
static int make_room(struct glb_mail *mail) {
  GLB_CHECK(!glb_world_halted(mail->world), GLB_ESTOPPED, "told to stop before a frame is sent");
  GLB_TRY(collect(mail));
  if (mail->used == mail->slots) GLB_TRY(wait_oldest(mail));
  return GLB_OK;
}

int glb_mail_buffer(struct glb_mail *mail, uint8_t **buffer, size_t *capacity) {
  if (alone(mail)) {
    GLB_CHECK(mail->used < mail->slots, GLB_ELIMIT,
              "the local queue holds %d frames already: receive one before the next is sent", mail->used);
  } else {
    GLB_TRY_IN(mail->world->trace, GLB_PHASE_send, -1, make_room(mail));
  }
  *buffer = mail->ring + (size_t)slot_after(mail, mail->used) * mail->stride;
  *capacity = mail->capacity;
  return GLB_OK;
}

// hands buffer slot to MPI
static int post(struct glb_mail *mail, int slot, int rank, size_t size) {
  GLB_MPI(MPI_Isend(mail->ring + (size_t)slot * mail->stride, (int)size, MPI_BYTE, rank, GLB_TAG_MAIL,
                    mail->world->comm->ring[GLB_ALL].mpi, &mail->sends[slot]));
  mail->world->sent += size;
  return GLB_OK;
}

int glb_mail_send(struct glb_mail *mail, int rank, size_t size) {
  struct glb_world *world = mail->world;
  GLB_CHECK(rank >= 0 && rank < world->size, GLB_EINVAL, "frame to rank %d of %d", rank, world->size);
  GLB_CHECK(size > 0 && size <= mail->capacity, GLB_ELIMIT, "frame of %zu bytes, the mailbox takes 1 .. %zu",
            size, mail->capacity);
  GLB_CHECK(mail->used < mail->slots, GLB_EINVAL,
            "no buffer was handed out: call glb_mail_buffer before each send");
  int slot = slot_after(mail, mail->used);
  if (alone(mail)) {
    mail->sizes[slot] = size;
  } else {
    GLB_TRY_IN(world->trace, GLB_PHASE_send, -1, post(mail, slot, rank, size));
  }
  mail->used++;
  return GLB_OK;
}

// the local queue: the frame read last leaves, the oldest is lent
static void take_local(struct glb_mail *mail, const uint8_t **frame, size_t *size, int *from) {
  if (mail->borrowed) {
    mail->first = slot_after(mail, 1);
    mail->used--;
  }
  mail->borrowed = mail->used > 0;
  if (!mail->borrowed) return;
  *frame = mail->ring + (size_t)mail->first * mail->stride;
  *size = mail->sizes[mail->first];
  *from = mail->world->rank;
}

// starts to receive the next frame, whoever sent it; one that is too long goes to memory of its own, since
// cutting a message off is an error that not every MPI survives
static int start_arrival(struct glb_mail *mail) {
  MPI_Message message;
  MPI_Status status;
  int found = 0, bytes = 0;
  GLB_MPI(MPI_Improbe(MPI_ANY_SOURCE, GLB_TAG_MAIL, mail->world->comm->ring[GLB_ALL].mpi, &found, &message,
                      &status));
  if (!found) return GLB_OK;
  GLB_MPI(MPI_Get_count(&status, MPI_BYTE, &bytes));
  mail->sender = status.MPI_SOURCE;
  mail->size = (size_t)bytes;
  if (mail->size > mail->capacity) {
    mail->overlong = malloc(mail->size);
    GLB_CHECK(mail->overlong, GLB_ENOMEM, "frame of %zu bytes from rank %d", mail->size, mail->sender);
  }
  GLB_MPI(
      MPI_Imrecv(mail->overlong ? mail->overlong : mail->inbox, bytes, MPI_BYTE, &message, &mail->arrival));
  return GLB_OK;
}

static int take_arrival(struct glb_mail *mail, const uint8_t **frame, size_t *size, int *from) {
  int done = 0;
  if (mail->arrival == MPI_REQUEST_NULL) GLB_TRY(start_arrival(mail));
  if (mail->arrival == MPI_REQUEST_NULL) return GLB_OK;
  GLB_MPI(MPI_Test(&mail->arrival, &done, MPI_STATUS_IGNORE));
  if (!done) return GLB_OK;
  mail->world->received += mail->size;
  if (mail->overlong) {
    free(mail->overlong);
    mail->overlong = NULL;
    GLB_RAISE(GLB_EWIRE, "frame of %zu bytes from rank %d, at most %zu are taken", mail->size, mail->sender,
              mail->capacity);
  }
  *frame = mail->inbox;
  *size = mail->size;
  *from = mail->sender;
  return GLB_OK;
}

int glb_mail_poll(struct glb_mail *mail, const uint8_t **frame, size_t *size, int *from) {
  *frame = NULL;
  if (alone(mail)) {
    take_local(mail, frame, size, from);
    return GLB_OK;
  }
  GLB_TRY(collect(mail));
  return take_arrival(mail, frame, size, from);
}

int glb_mail_receive(struct glb_mail *mail, const uint8_t **frame, size_t *size, int *from) {
  double begin = glb_clock_wall();
  for (;;) {
    GLB_TRY(glb_mail_poll(mail, frame, size, from));
    if (*frame) break;
    GLB_CHECK(!alone(mail), GLB_EINVAL, "waiting for a frame in a world of one rank, and none is queued");
    GLB_TRY(glb_wait_pause(mail->world, begin));
  }
  glb_wait_count(mail->world, begin);
  return GLB_OK;
}

static int wait_all(struct glb_mail *mail) {
  while (mail->used > 0) GLB_TRY(wait_oldest(mail));
  return GLB_OK;
}

int glb_mail_flush(struct glb_mail *mail) {
  if (!alone(mail)) GLB_TRY_IN(mail->world->trace, GLB_PHASE_send, -1, wait_all(mail));
  return GLB_OK;
}
