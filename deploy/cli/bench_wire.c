#include "deploy/cli/bench.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/task/task.h"
#include "proto/wire/message.h"

enum { STEPS = 1000, BATCH = 100, ALIGN = 64 };

/* A trial on its way to a frame and back, against a copy of the frame. */
struct wire {
  struct glb_trial sent, received;
  uint8_t *frame, *copy;  // (capacity)
  size_t capacity, size;
};

static double encode(void *context) {
  struct wire *wire = context;
  for (int i = 0; i < BATCH; i++) {
    int code = glb_message_put_trial(wire->frame, wire->capacity, &wire->size, &wire->sent);
    if (code) return -code;
  }
  return BATCH * (double)wire->size;
}

static double decode(void *context) {
  struct wire *wire = context;
  for (int i = 0; i < BATCH; i++) {
    int code = glb_message_get_trial(&wire->received, wire->frame, wire->size);
    if (code) return -code;
  }
  return BATCH * (double)wire->size;
}

static double copy(void *context) {
  struct wire *wire = context;
  for (int i = 0; i < BATCH; i++) {
    memcpy(wire->copy, wire->frame, wire->size);
    __asm__ volatile("" ::: "memory");  // each copy is made
  }
  return BATCH * (double)wire->size;
}

// STEPS steps in whole episodes; values differ from element to element, what they are does not matter
static void fill(struct glb_trial *trial) {
  const struct glb_trial_shape shape = trial->shape;
  memset(trial->block, 0, glb_trial_bytes(shape));
  *trial->head = (struct glb_trial_head){.round = 1, .slot = 1, .version = 1, .E = shape.E, .T = shape.T};
  for (int t = 0; t < shape.T; t++) trial->reward[t] = 1.0 / (1 + t);
  for (int i = 0; i < shape.T * shape.O; i++) trial->obs[i] = 1.0f / (float)(1 + i);
  for (int i = 0; i < shape.T * shape.A; i++) trial->action[i] = 1.0f / (float)(1 + i);
  for (int e = 0; e < shape.E; e++) trial->length[e] = shape.T / shape.E;
}

static void finish(struct wire *wire) {
  free(wire->sent.block);
  free(wire->received.block);
  free(wire->frame);
  free(wire->copy);
}

static int init(struct wire *wire) {
  const struct glb_family *family;
  GLB_TRY(glb_family_find(&family, "cheetah-vel"));
  const struct glb_trial_shape shape = {
      .O = family->O, .A = family->A, .P = family->P, .E = STEPS / family->horizon, .T = STEPS};
  void *sent = aligned_alloc(ALIGN, glb_trial_bytes(shape)),
       *received = aligned_alloc(ALIGN, glb_trial_bytes(shape));
  *wire = (struct wire){.capacity = glb_message_trial_bytes(shape)};
  wire->frame = malloc(wire->capacity);
  wire->copy = malloc(wire->capacity);
  wire->sent.block = sent;
  wire->received.block = received;
  GLB_CHECK(sent && received && wire->frame && wire->copy, GLB_ENOMEM, "bench wire: %zu bytes",
            4 * wire->capacity);
  glb_trial_map(&wire->sent, shape, sent);
  glb_trial_map(&wire->received, shape, received);
  fill(&wire->sent);
  return glb_message_put_trial(wire->frame, wire->capacity, &wire->size, &wire->sent);
}

int glb_bench_wire(struct glb_bench *bench) {
  struct wire wire = {0};
  const struct glb_bench_row rows[] = {
      {"wire.trial.encode", "byte/s", encode, "memcpy of the frame", copy, &wire, 0},
      {"wire.trial.decode", "byte/s", decode, "memcpy of the frame", copy, &wire, 0},
  };
  int code;
  GLB_TRY_OUT(code, out, init(&wire));
  for (int i = 0; i < 2; i++) GLB_TRY_OUT(code, out, glb_bench_measure(bench, &rows[i]));
out:
  finish(&wire);
  return code;
}
