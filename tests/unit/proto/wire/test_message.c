/* Messages: round trips bit for bit, refusals by name, and 200,000 damaged frames that never crash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "proto/wire/frame.h"
#include "proto/wire/message.h"
#include "tests/harness/trials.h"

static const struct glb_trial_shape shape = {.O = 5, .A = 2, .P = 3, .E = 4, .T = 40};

static void make_trial(struct glb_trial *trial, struct glb_trial_shape of) {
  size_t bytes = glb_trial_bytes(of);
  glb_trial_map(trial, of, aligned_alloc(64, bytes));
  memset(trial->block, 0xff, bytes);
}

static size_t put_trial(uint8_t **frame, const struct glb_trial *trial) {
  size_t capacity = glb_message_trial_bytes(trial->shape), size = 0;
  *frame = malloc(capacity);
  assert_int_equal(glb_message_put_trial(*frame, capacity, &size, trial), GLB_OK);
  assert_true(size <= capacity);
  return size;
}

static void round_trip(int E, int T) {
  struct glb_trial sent, got;
  uint8_t *frame;
  make_trial(&sent, shape);
  make_trial(&got, shape);
  trial_fill(&sent, E, T, 100 + (uint64_t)T);
  size_t size = put_trial(&frame, &sent);
  if (glb_message_get_trial(&got, frame, size)) fail_msg("E %d, T %d: %s", E, T, glb_error_message());
  assert_memory_equal(got.block, sent.block, glb_trial_bytes(shape));
  free(frame);
  free(sent.block);
  free(got.block);
}

static void test_trial(void **state) {
  (void)state;
  round_trip(1, 1);
  round_trip(4, 4);
  round_trip(3, 17);
  round_trip(4, 40);
}

static void test_largest_trial(void **state) {
  (void)state;
  static const struct glb_trial_shape shapes[] = {
      {1, 1, 1, 1, 1}, {17, 6, 1, 5, 1000}, {376, 17, 160, 2, 400}};
  for (int i = 0; i < 3; i++) {
    struct glb_trial trial;
    uint8_t *frame;
    make_trial(&trial, shapes[i]);
    trial_fill(&trial, shapes[i].E, shapes[i].T, 1);
    put_trial(&frame, &trial);
    free(frame);
    free(trial.block);
  }
}

// what is not used of the capacity is not sent
static void test_sends_used_rows_only(void **state) {
  (void)state;
  struct glb_trial trial;
  uint8_t *frame;
  make_trial(&trial, shape);
  trial_fill(&trial, 1, 1, 1);
  size_t size = put_trial(&frame, &trial);
  if (size > 400) fail_msg("one step of 16 numbers takes %zu bytes", size);
  free(frame);
  free(trial.block);
}

static void test_does_not_fit(void **state) {
  (void)state;
  struct glb_trial trial;
  uint8_t *frame;
  make_trial(&trial, shape);
  trial_fill(&trial, 2, 10, 1);
  size_t whole = put_trial(&frame, &trial), size;
  for (size_t capacity = 0; capacity < whole; capacity++) {
    uint8_t *tight = malloc(capacity ? capacity : 1);
    assert_int_equal(glb_message_put_trial(tight, capacity, &size, &trial), GLB_ELIMIT);
    free(tight);
  }
  assert_int_equal(glb_message_put_trial(frame, whole, &size, &trial), GLB_OK);
  free(frame);
  free(trial.block);
}

static void expect_trial_refused(const struct glb_trial *sent, struct glb_trial_shape receiver,
                                 const char *why) {
  struct glb_trial got;
  uint8_t *frame;
  make_trial(&got, receiver);
  size_t size = put_trial(&frame, sent);
  assert_int_equal(glb_message_get_trial(&got, frame, size), GLB_EWIRE);
  if (!strstr(glb_error_message(), why)) fail_msg("\"%s\" does not tell of \"%s\"", glb_error_message(), why);
  free(frame);
  free(got.block);
}

static void test_trial_refused(void **state) {
  (void)state;
  struct glb_trial sent;
  struct glb_trial_shape other;
  make_trial(&sent, shape);
  trial_fill(&sent, 3, 20, 1);
  other = shape, other.O = 6;
  expect_trial_refused(&sent, other, "O, A, P are 5, 2, 3, not 6, 2, 3");
  other = shape, other.P = 1;
  expect_trial_refused(&sent, other, "O, A, P");
  other = shape, other.E = 2;
  expect_trial_refused(&sent, other, "\"E\" is 3");
  other = shape, other.T = 19;
  expect_trial_refused(&sent, other, "\"T\" is 20");
  sent.head->E = 0;
  expect_trial_refused(&sent, shape, "\"E\" is 0");
  trial_fill(&sent, 3, 20, 1);
  sent.length[1]++;
  expect_trial_refused(&sent, shape, "length");
  trial_fill(&sent, 3, 20, 1);
  sent.reward[7] = NAN;
  expect_trial_refused(&sent, shape, "reward");
  trial_fill(&sent, 3, 20, 1);
  sent.obs[7] = INFINITY;
  expect_trial_refused(&sent, shape, "obs");
  trial_fill(&sent, 3, 20, 1);
  sent.terminated[2] = 3;
  expect_trial_refused(&sent, shape, "terminated");
  free(sent.block);
}

static void test_order(void **state) {
  (void)state;
  const struct glb_order orders[] = {
      {.verb = GLB_VERB_STOP},
      {.verb = GLB_VERB_ADOPT,
       .round = 3,
       .update = 4,
       .first = 1,
       .last = 4,
       .flags = 3,
       .version = 9,
       .bytes = 10},
      {GLB_VERB_MODEL, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT64_MAX, UINT64_MAX}};
  for (int i = 0; i < 3; i++) {
    uint8_t frame[GLB_ORDER_BYTES];
    struct glb_order got;
    size_t size = 0;
    memset(&got, 0xff, sizeof got);
    assert_int_equal(glb_message_put_order(frame, sizeof frame, &size, &orders[i]), GLB_OK);
    assert_int_equal(size, GLB_ORDER_BYTES);
    assert_int_equal(glb_message_get_order(&got, frame, size), GLB_OK);
    assert_memory_equal(&got, &orders[i], sizeof got);
    assert_int_equal(glb_message_put_order(frame, sizeof frame - 1, &size, &orders[i]), GLB_ELIMIT);
  }
}

static void test_order_refused(void **state) {
  (void)state;
  uint8_t frame[GLB_ORDER_BYTES];
  struct glb_order order = {.verb = GLB_VERB_ROLLOUT, .first = 2, .last = 1};
  size_t size = 0;
  assert_int_equal(glb_message_put_order(frame, sizeof frame, &size, &order), GLB_OK);
  assert_int_equal(glb_message_get_order(&order, frame, size), GLB_EWIRE);
  assert_non_null(strstr(glb_error_message(), "first"));
  order = (struct glb_order){.verb = GLB_VERB_STOP};
  assert_int_equal(glb_message_put_order(frame, sizeof frame, &size, &order), GLB_OK);
  uint8_t *verb = frame + GLB_FRAME_HEAD + 1 + 5 + 4;  // map, name, low byte of a u32
  assert_int_equal(*verb, GLB_VERB_STOP);
  *verb = GLB_VERB_COUNT;
  glb_frame_seal(frame, GLB_FRAME_ORDER, size - GLB_FRAME_HEAD);
  assert_int_equal(glb_message_get_order(&order, frame, size), GLB_EWIRE);
  assert_non_null(strstr(glb_error_message(), "\"verb\" is 11"));
}

// a message has one frame: numbers, names and counts that are written in another way are refused
static void test_other_spelling(void **state) {
  (void)state;
  uint8_t frame[GLB_ORDER_BYTES + 8], *body = frame + GLB_FRAME_HEAD;
  struct glb_order order = {.verb = GLB_VERB_STOP};
  size_t size = 0, number = 1 + 5;  // map, name
  assert_int_equal(glb_message_put_order(frame, sizeof frame, &size, &order), GLB_OK);
  const size_t length = size - GLB_FRAME_HEAD;

  body[number] = 0xd2;  // int32 in place of uint32
  glb_frame_seal(frame, GLB_FRAME_ORDER, length);
  assert_int_equal(glb_message_get_order(&order, frame, size), GLB_EWIRE);
  assert_non_null(strstr(glb_error_message(), "\"verb\" starts with byte d2"));

  memmove(body + number + 1, body + number + 5, length - number - 5);
  body[number] = 0;  // one byte in place of five
  glb_frame_seal(frame, GLB_FRAME_ORDER, length - 4);
  assert_int_equal(glb_message_get_order(&order, frame, size - 4), GLB_EWIRE);

  assert_int_equal(glb_message_put_order(frame, sizeof frame, &size, &order), GLB_OK);
  memmove(body + 2, body + 1, length - 1);
  memcpy(body + 1, "\xd9\x04", 2);  // a name with its length in a byte of its own
  glb_frame_seal(frame, GLB_FRAME_ORDER, length + 1);
  assert_int_equal(glb_message_get_order(&order, frame, size + 1), GLB_EWIRE);

  assert_int_equal(glb_message_put_order(frame, sizeof frame, &size, &order), GLB_OK);
  memmove(body + 3, body + 1, length - 1);
  memcpy(body, "\xde\x00\x08", 3);  // a map with its count in two bytes
  glb_frame_seal(frame, GLB_FRAME_ORDER, length + 2);
  assert_int_equal(glb_message_get_order(&order, frame, size + 2), GLB_EWIRE);
}

enum { E = 7 };
static double returns[E];
static uint8_t success[E];
static struct glb_score make_score(void) {
  for (int e = 0; e < E; e++) {
    returns[e] = 1.5 * e - 3;
    success[e] = e % 2;
  }
  return (struct glb_score){.round = 4, .slot = 9, .E = E, .returns = returns, .success = success};
}

static void test_score(void **state) {
  (void)state;
  struct glb_score score = make_score();
  double got_returns[E] = {0};
  uint8_t got_success[E] = {0}, *frame = malloc(glb_message_score_bytes(E));
  struct glb_score got = {.returns = got_returns, .success = got_success};
  size_t size = 0;
  assert_int_equal(glb_message_put_score(frame, glb_message_score_bytes(E), &size, &score), GLB_OK);
  assert_int_equal(glb_message_get_score(&got, E, frame, size), GLB_OK);
  assert_int_equal(got.round, 4);
  assert_int_equal(got.slot, 9);
  assert_int_equal(got.E, E);
  assert_memory_equal(got.returns, returns, sizeof returns);
  assert_memory_equal(got.success, success, sizeof success);
  assert_int_equal(glb_message_get_score(&got, E - 1, frame, size), GLB_EWIRE);
  assert_non_null(strstr(glb_error_message(), "\"E\" is 7, not 1 .. 6"));

  // bin 16 in place of bin 8, for the last array
  uint8_t *success_at = frame + size - E - 2;
  assert_int_equal(*success_at, 0xc4);
  uint8_t longer[256];
  memcpy(longer, frame, size - E - 2);
  memcpy(longer + size - E - 2, "\xc5\x00\x07", 3);
  memcpy(longer + size - E + 1, success, E);
  glb_frame_seal(longer, GLB_FRAME_SCORE, size + 1 - GLB_FRAME_HEAD);
  assert_int_equal(glb_message_get_score(&got, E, longer, size + 1), GLB_EWIRE);
  assert_non_null(strstr(glb_error_message(), "\"success\" starts with byte c5"));

  returns[3] = NAN;
  assert_int_equal(glb_message_put_score(frame, glb_message_score_bytes(E), &size, &score), GLB_OK);
  assert_int_equal(glb_message_get_score(&got, E, frame, size), GLB_EWIRE);
  assert_non_null(strstr(glb_error_message(), "returns"));
  free(frame);
}

static void test_wrong_kind(void **state) {
  (void)state;
  uint8_t frame[GLB_ORDER_BYTES];
  struct glb_order order = {.verb = GLB_VERB_STOP};
  struct glb_trial trial;
  size_t size = 0;
  make_trial(&trial, shape);
  assert_int_equal(glb_message_put_order(frame, sizeof frame, &size, &order), GLB_OK);
  assert_int_equal(glb_message_get_trial(&trial, frame, size), GLB_EWIRE);
  assert_non_null(strstr(glb_error_message(), "kind ORDER where TRIAL"));
  glb_frame_seal(frame, GLB_FRAME_TRIAL, size - GLB_FRAME_HEAD);
  assert_int_equal(glb_message_get_trial(&trial, frame, size), GLB_EWIRE);
  assert_non_null(strstr(glb_error_message(), "8 members, not 16"));
  free(trial.block);
}

/* ---- damage ---- */

enum { DAMAGED = 200000, MOST = 1024 };
static const struct glb_trial_shape small = {.O = 2, .A = 1, .P = 1, .E = 2, .T = 6};

static size_t valid_frame(uint8_t *frame, int kind, uint64_t seed) {
  size_t size = 0;
  if (kind == GLB_FRAME_TRIAL) {
    struct glb_trial trial;
    make_trial(&trial, small);
    trial_fill(&trial, 2, 6, seed);
    assert_int_equal(glb_message_put_trial(frame, MOST, &size, &trial), GLB_OK);
    free(trial.block);
  } else if (kind == GLB_FRAME_SCORE) {
    struct glb_score score = make_score();
    assert_int_equal(glb_message_put_score(frame, MOST, &size, &score), GLB_OK);
  } else {
    struct glb_order order = {.verb = GLB_VERB_ROLLOUT, .round = 1, .last = 2};
    assert_int_equal(glb_message_put_order(frame, MOST, &size, &order), GLB_OK);
  }
  return size;
}

// some of: flipped bits, bytes set to borders, bytes moved, cut off, made longer
static size_t damage(uint8_t *frame, size_t size, struct glb_rng *rng) {
  static const uint8_t borders[] = {0,    0x7f, 0x80, 0x8f, 0x90, 0xc1, 0xc4,
                                    0xc6, 0xc9, 0xd9, 0xdb, 0xdd, 0xdf, 0xff};
  int strokes = 1 + (int)glb_rng_below(rng, 4);
  for (int i = 0; i < strokes; i++) {
    uint32_t at = glb_rng_below(rng, (uint32_t)size), to = glb_rng_below(rng, (uint32_t)size);
    switch (glb_rng_below(rng, 5)) {
      case 0:
        frame[at] ^= (uint8_t)(1u << glb_rng_below(rng, 8));
        break;
      case 1:
        frame[at] = borders[glb_rng_below(rng, sizeof borders)];
        break;
      case 2:
        frame[at] = (uint8_t)glb_rng_u32(rng);
        break;
      case 3:
        memmove(frame + to, frame + at, size - (at > to ? at : to));
        break;
      default:
        size = glb_rng_below(rng, 8) ? size : 1 + glb_rng_below(rng, (uint32_t)size);
        break;
    }
  }
  return size;
}

static int decode(int kind, const uint8_t *frame, size_t size, struct glb_trial *trial) {
  double got_returns[E];
  uint8_t got_success[E];
  struct glb_score score = {.returns = got_returns, .success = got_success};
  struct glb_order order;
  if (kind == GLB_FRAME_TRIAL) return glb_message_get_trial(trial, frame, size);
  if (kind == GLB_FRAME_SCORE) return glb_message_get_score(&score, E, frame, size);
  return glb_message_get_order(&order, frame, size);
}

// nine of ten damaged frames are sealed again, so that the damage gets past the checksum
static void test_damaged(void **state) {
  (void)state;
  uint8_t valid[GLB_FRAME_KINDS][MOST], frame[MOST];
  size_t sizes[GLB_FRAME_KINDS];
  struct glb_trial trial;
  int accepted = 0, refused = 0;
  make_trial(&trial, small);
  for (int kind = 1; kind < GLB_FRAME_KINDS; kind++) sizes[kind] = valid_frame(valid[kind], kind, 5);
  for (uint32_t i = 0; i < DAMAGED; i++) {
    struct glb_rng rng;
    int kind = 1 + (int)(i % (GLB_FRAME_KINDS - 1));
    glb_rng_start(&rng, 17, GLB_STREAM_TEST, (struct glb_rng_at){.round = i});
    memcpy(frame, valid[kind], sizes[kind]);
    size_t size = damage(frame, sizes[kind], &rng);
    if (size >= GLB_FRAME_HEAD && glb_rng_below(&rng, 10))
      glb_frame_seal(frame, (enum glb_frame_kind)kind, size - GLB_FRAME_HEAD);
    int code = decode(kind, frame, size, &trial);
    if (code != GLB_OK && code != GLB_EWIRE) fail_msg("frame %u: %s", i, glb_error_message());
    *(code ? &refused : &accepted) += 1;
  }
  if (accepted < 1000 || refused < 1000) fail_msg("%d accepted, %d refused", accepted, refused);
  free(trial.block);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_trial),
      cmocka_unit_test(test_largest_trial),
      cmocka_unit_test(test_sends_used_rows_only),
      cmocka_unit_test(test_does_not_fit),
      cmocka_unit_test(test_trial_refused),
      cmocka_unit_test(test_order),
      cmocka_unit_test(test_order_refused),
      cmocka_unit_test(test_other_spelling),
      cmocka_unit_test(test_score),
      cmocka_unit_test(test_wrong_kind),
      cmocka_unit_test(test_damaged),
  };
  return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
