/* fuzz_frame.c: any bytes as a frame, through all decoders.
 *
 * The first byte of the input chooses the kind; the rest is taken twice: as a whole frame, and as a body that
 * gets a valid head, so that the fuzzer needs not guess a checksum. A message has one frame: what is decoded
 * must encode to the bytes it came from. */
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "proto/wire/frame.h"
#include "proto/wire/message.h"
#include "tests/fuzz/target.h"

enum { MOST = 4096, E_MAX = 8 };
static const struct glb_trial_shape shape = {.O = 2, .A = 1, .P = 1, .E = 2, .T = 6};

static void require_same(int code, const uint8_t *again, size_t length, const uint8_t *frame, size_t size) {
  fuzz_require(!code && length == size && !memcmp(again, frame, size));
}

// Whether a decoder took the frame; it may refuse it for one reason only.
static int taken(int code) {
  fuzz_require(code == GLB_OK || code == GLB_EWIRE);
  return !code;
}

static void try_trial(const uint8_t *frame, size_t size) {
  static struct glb_trial trial;
  uint8_t again[MOST];
  size_t length = 0;
  if (!trial.block) glb_trial_map(&trial, shape, aligned_alloc(64, glb_trial_bytes(shape)));
  if (!taken(glb_message_get_trial(&trial, frame, size))) return;
  int code = glb_message_put_trial(again, sizeof again, &length, &trial);
  require_same(code, again, length, frame, size);
}

static void try_score(const uint8_t *frame, size_t size) {
  uint8_t again[MOST], success[E_MAX];
  double returns[E_MAX];
  size_t length = 0;
  struct glb_score score = {.returns = returns, .success = success};
  if (!taken(glb_message_get_score(&score, E_MAX, frame, size))) return;
  int code = glb_message_put_score(again, sizeof again, &length, &score);
  require_same(code, again, length, frame, size);
}

static void try_order(const uint8_t *frame, size_t size) {
  uint8_t again[GLB_ORDER_BYTES];
  size_t length = 0;
  struct glb_order order;
  if (!taken(glb_message_get_order(&order, frame, size))) return;
  int code = glb_message_put_order(again, sizeof again, &length, &order);
  require_same(code, again, length, frame, size);
}

static void try_frame(const uint8_t *frame, size_t size) {
  try_trial(frame, size);
  try_score(frame, size);
  try_order(frame, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0 || size > MOST - GLB_FRAME_HEAD) return 0;
  enum glb_frame_kind kind = (enum glb_frame_kind)(1 + data[0] % (GLB_FRAME_KINDS - 1));
  size_t length = size - 1;
  uint8_t *frame = malloc(GLB_FRAME_HEAD + length);  // of this size: reads past the end are seen

  fuzz_require(frame != NULL);
  memcpy(frame, data + 1, length);
  try_frame(frame, length);
  memcpy(frame + GLB_FRAME_HEAD, data + 1, length);
  glb_frame_seal(frame, kind, length);
  try_frame(frame, GLB_FRAME_HEAD + length);
  free(frame);
  return 0;
}
