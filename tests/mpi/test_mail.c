/* Mail: order, back-pressure, large and oversized frames, both directions. */
#include <string.h>

#include "common/base/clock.h"
#include "proto/comm/mail.h"
#include "tests/harness/mpi_check.h"

enum { FRAMES = 300, LOCAL = 8 };

// byte i of frame number n from rank
static uint8_t pattern(int rank, int n, size_t i) {
  return (uint8_t)(31 * rank + 7 * n + (int)(i % 251));
}

static size_t size_of(int rank, int n, size_t most) {
  return 1 + (size_t)(rank * 7919 + n * 104729) % most;
}

static void send_frame(struct glb_mail *mail, int to, int n, size_t most) {
  uint8_t *buffer = NULL;
  size_t capacity = 0, size = size_of(check.world.rank, n, most);
  CHECK_OK(glb_mail_buffer(mail, &buffer, &capacity));
  CHECK(capacity >= size, "%zu bytes for %zu", capacity, size);
  for (size_t i = 0; i < size; i++) buffer[i] = pattern(check.world.rank, n, i);
  CHECK_OK(glb_mail_send(mail, to, size));
}

static void check_frame(const uint8_t *frame, size_t size, int from, int n, size_t most) {
  size_t wrong = 0;
  CHECK(size == size_of(from, n, most), "%zu bytes of frame %d from %d, not %zu", size, n, from,
        size_of(from, n, most));
  for (size_t i = 0; i < size; i++) wrong += frame[i] != pattern(from, n, i);
  CHECK(wrong == 0, "%zu bytes of frame %d from %d are wrong", wrong, n, from);
}

// receives count frames of each sender; those of one sender come in order
static void receive_all(struct glb_mail *mail, int first_sender, int last_sender, int count, size_t most) {
  int seen[64] = {0}, senders = last_sender - first_sender + 1;
  for (int i = 0; i < senders * count; i++) {
    const uint8_t *frame;
    size_t size;
    int from;
    CHECK_OK(glb_mail_receive(mail, &frame, &size, &from));
    CHECK(from >= first_sender && from <= last_sender, "from rank %d", from);
    check_frame(frame, size, from, seen[from]++, most);
  }
  for (int rank = first_sender; rank <= last_sender; rank++)
    CHECK(seen[rank] == count, "%d frames from rank %d, not %d", seen[rank], rank, count);
}

// every actor sends more frames than it has buffers; the learner begins late
static void test_to_learner(size_t most, int count) {
  struct glb_mail *mail;
  struct glb_world *world = &check.world;
  CHECK_OK(glb_mail_create(&mail, world, most, 2, 0));
  if (world->learner) {
    glb_clock_sleep(0.02);
    receive_all(mail, 1, world->size - 1, count, most);
  } else {
    for (int n = 0; n < count; n++) send_frame(mail, 0, n, most);
  }
  CHECK_OK(glb_mail_flush(mail));
  CHECK_OK(glb_world_barrier(world, GLB_ALL));
  glb_mail_destroy(mail);
}

static void test_to_actors(size_t most, int count) {
  struct glb_mail *mail;
  struct glb_world *world = &check.world;
  CHECK_OK(glb_mail_create(&mail, world, most, 3, 0));
  if (world->learner) {
    for (int n = 0; n < count; n++)
      for (int rank = 1; rank < world->size; rank++) send_frame(mail, rank, n, most);
  } else {
    receive_all(mail, 0, 0, count, most);
  }
  CHECK_OK(glb_mail_flush(mail));
  CHECK_OK(glb_world_barrier(world, GLB_ALL));
  glb_mail_destroy(mail);
}

// the learner's mailbox is smaller than a frame that it gets; the frame after it arrives
static void test_oversized(size_t small, size_t large) {
  struct glb_mail *mail;
  struct glb_world *world = &check.world;
  CHECK_OK(glb_mail_create(&mail, world, world->learner ? small : large, 2, 0));
  if (world->learner) {
    int refused = 0, taken = 0;
    while (refused + taken < 2 * (world->size - 1)) {
      const uint8_t *frame;
      size_t size;
      int from, code = glb_mail_poll(mail, &frame, &size, &from);
      CHECK(code == GLB_OK || code == GLB_EWIRE, "%s", glb_error_message());
      refused += code != GLB_OK;
      taken += code == GLB_OK && frame;
      if (code == GLB_OK && frame) CHECK(size == 1 && frame[0] == from, "%zu bytes from %d", size, from);
    }
    CHECK(refused == world->size - 1, "%d refused", refused);
  } else {
    uint8_t *buffer = NULL;
    size_t capacity = 0;
    CHECK_OK(glb_mail_buffer(mail, &buffer, &capacity));
    memset(buffer, 1, large);
    CHECK_OK(glb_mail_send(mail, 0, large));
    CHECK_OK(glb_mail_buffer(mail, &buffer, &capacity));
    buffer[0] = (uint8_t)world->rank;
    CHECK_OK(glb_mail_send(mail, 0, 1));
  }
  CHECK_OK(glb_mail_flush(mail));
  CHECK_OK(glb_world_barrier(world, GLB_ALL));
  glb_mail_destroy(mail);
}

// one rank alone: the same calls, through the local queue
static void test_to_itself(size_t most) {
  struct glb_mail *mail;
  CHECK_OK(glb_mail_create(&mail, &check.world, most, 2, LOCAL));
  for (int n = 0; n < FRAMES; n++) {
    const uint8_t *frame;
    size_t size;
    int from = -1;
    send_frame(mail, 0, n, most);
    CHECK_OK(glb_mail_receive(mail, &frame, &size, &from));
    CHECK(from == 0, "from rank %d", from);
    check_frame(frame, size, 0, n, most);
  }
  CHECK_OK(glb_mail_flush(mail));
  glb_mail_destroy(mail);
}

int main(int argc, char **argv) {
  check_begin(&argc, &argv);
  if (check.world.size == 1) {
    test_to_itself(5000);
  } else {
    test_to_learner(200, FRAMES);
    test_to_learner(50000, FRAMES);
    test_to_learner(3000000, 5);
    test_to_actors(200, FRAMES);
    test_to_actors(1000000, 10);
    test_oversized(100, 3000);
    test_oversized(1000, 2000000);
  }
  return check_end("mail");
}
