/* The envelope: its bytes, and every way in which it can be wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <xxhash.h>

#include "common/base/error.h"
#include "proto/wire/frame.h"

enum { BODY = 5, SIZE = GLB_FRAME_HEAD + BODY };
static uint8_t frame[SIZE];

static void seal(void) {
  memcpy(frame + GLB_FRAME_HEAD, "hello", BODY);
  glb_frame_seal(frame, GLB_FRAME_ORDER, BODY);
}

static int open_frame(size_t size) {
  enum glb_frame_kind kind;
  const uint8_t *body;
  size_t length;
  return glb_frame_open(frame, size, &kind, &body, &length);
}

static void expect_refused(const char *why) {
  assert_int_equal(open_frame(SIZE), GLB_EWIRE);
  if (!strstr(glb_error_message(), why)) fail_msg("\"%s\" does not tell of \"%s\"", glb_error_message(), why);
}

static void test_bytes(void **state) {
  (void)state;
  const uint8_t head[] = {'G', 'L', 'B', 'F', 1, 0, 2, 0, BODY, 0, 0, 0, 0, 0, 0, 0};
  const uint8_t reserved[8] = {0};
  seal();
  uint64_t checksum = XXH3_64bits("hello", BODY);
  assert_memory_equal(frame, head, sizeof head);
  for (int i = 0; i < 8; i++) assert_int_equal(frame[16 + i], checksum >> (8 * i) & 255);
  assert_memory_equal(frame + 24, reserved, sizeof reserved);
}

static void test_open(void **state) {
  (void)state;
  enum glb_frame_kind kind = GLB_FRAME_NONE;
  const uint8_t *body = NULL;
  size_t length = 0;
  seal();
  assert_int_equal(glb_frame_open(frame, SIZE, &kind, &body, &length), GLB_OK);
  assert_int_equal(kind, GLB_FRAME_ORDER);
  assert_ptr_equal(body, frame + GLB_FRAME_HEAD);
  assert_int_equal(length, BODY);
  glb_frame_seal(frame, GLB_FRAME_TRIAL, 0);
  assert_int_equal(open_frame(GLB_FRAME_HEAD), GLB_OK);
}

// every single bit that flips is noticed, except between known kinds
static void test_flips(void **state) {
  (void)state;
  seal();
  for (int bit = 0; bit < 8 * SIZE; bit++) {
    int byte = bit / 8, known = byte == 6 || byte == 7;
    frame[byte] ^= (uint8_t)(1 << bit % 8);
    int kind = frame[6] | frame[7] << 8;
    int want = known && kind > 0 && kind < GLB_FRAME_KINDS ? GLB_OK : GLB_EWIRE;
    if (open_frame(SIZE) != want) fail_msg("bit %d of byte %d: not %d", bit % 8, byte, want);
    frame[byte] ^= (uint8_t)(1 << bit % 8);
  }
  assert_int_equal(open_frame(SIZE), GLB_OK);
}

static void test_sizes(void **state) {
  (void)state;
  seal();
  for (size_t size = 0; size < SIZE; size++) assert_int_equal(open_frame(size), GLB_EWIRE);
}

static void test_messages(void **state) {
  (void)state;
  const uint64_t long_body = GLB_FRAME_LIMIT + 1;
  seal();
  frame[0] = 'X';
  expect_refused("magic");
  seal();
  frame[4] = 9;
  expect_refused("version 9");
  seal();
  frame[6] = GLB_FRAME_KINDS;
  expect_refused("kind");
  seal();
  frame[30] = 1;
  expect_refused("reserved");
  seal();
  memcpy(frame + 8, &long_body, sizeof long_body);
  expect_refused("at most 268435456");
  seal();
  frame[8]++;
  expect_refused("announces 6 bytes");
  seal();
  frame[GLB_FRAME_HEAD]++;
  expect_refused("checksum");
}

static void test_names(void **state) {
  (void)state;
  assert_string_equal(glb_frame_name(GLB_FRAME_TRIAL), "TRIAL");
  assert_string_equal(glb_frame_name(GLB_FRAME_SCORE), "SCORE");
  assert_string_equal(glb_frame_name(GLB_FRAME_KINDS), "?");
  assert_string_equal(glb_frame_name(-1), "?");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_bytes), cmocka_unit_test(test_open),     cmocka_unit_test(test_flips),
      cmocka_unit_test(test_sizes), cmocka_unit_test(test_messages), cmocka_unit_test(test_names),
  };
  return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
