/* libFuzzer target: any bytes as a frame, through all three decoders.
 *
 * The first byte of the input chooses the kind; the rest is taken twice: as a whole frame, and as a body that
 * gets a valid head, so that the fuzzer needs not guess a checksum. What is accepted must survive encoding
 * and decoding again. */
#include <stdlib.h>
#include <string.h>

#include "proto/wire/frame.h"
#include "proto/wire/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 4096, E_MAX = 8 };
static const struct glb_trial_shape shape = {.O = 2, .A = 1, .P = 1, .E = 2, .T = 6};

static void require(int holds) {
  if (!holds) abort();
}

static struct glb_trial make_trial(void) {
  struct glb_trial trial;
  glb_trial_map(&trial, shape, aligned_alloc(64, glb_trial_bytes(shape)));
  return trial;
}

static void try_trial(const uint8_t *frame, size_t size) {
  uint8_t again[MOST];
  size_t length;
  struct glb_trial trial = make_trial(), copy = make_trial();
  if (!glb_message_get_trial(&trial, frame, size)) {
    require(!glb_message_put_trial(again, sizeof again, &length, &trial));
    require(!glb_message_get_trial(&copy, again, length));
    require(!memcmp(trial.block, copy.block, glb_trial_bytes(shape)));
  }
  free(trial.block);
  free(copy.block);
}

static void try_score(const uint8_t *frame, size_t size) {
  uint8_t again[MOST], success[E_MAX];
  double returns[E_MAX];
  size_t length;
  struct glb_score score = {.returns = returns, .success = success};
  if (glb_message_get_score(&score, E_MAX, frame, size)) return;
  require(!glb_message_put_score(again, sizeof again, &length, &score));
  require(!glb_message_get_score(&score, E_MAX, again, length));
}

static void try_order(const uint8_t *frame, size_t size) {
  uint8_t again[GLB_ORDER_BYTES];
  size_t length;
  struct glb_order order;
  if (glb_message_get_order(&order, frame, size)) return;
  require(!glb_message_put_order(again, sizeof again, &length, &order));
  require(!glb_message_get_order(&order, again, length));
}

static void try_frame(const uint8_t *frame, size_t size) {
  try_trial(frame, size);
  try_score(frame, size);
  try_order(frame, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0 || size > MOST) return 0;
  enum glb_frame_kind kind = (enum glb_frame_kind)(1 + data[0] % (GLB_FRAME_KINDS - 1));
  size_t length = size - 1;
  uint8_t *frame = malloc(GLB_FRAME_HEAD + length);  // of its own: reads past the end are seen

  memcpy(frame, data + 1, length);
  try_frame(frame, length);
  memcpy(frame + GLB_FRAME_HEAD, data + 1, length);
  glb_frame_seal(frame, kind, length);
  try_frame(frame, GLB_FRAME_HEAD + length);
  free(frame);
  return 0;
}
