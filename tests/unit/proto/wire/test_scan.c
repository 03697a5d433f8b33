/* The scan that stands before the MessagePack library. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <msgpack.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/rng.h"
#include "proto/wire/scan.h"

#define BYTES(...) ((const uint8_t[]){__VA_ARGS__}), sizeof((const uint8_t[]){__VA_ARGS__})

static void expect(const uint8_t *bytes, size_t n, int want) {
  // of its own, so that a read past the end is seen by a sanitizer
  uint8_t *copy = malloc(n ? n : 1);
  memcpy(copy, bytes, n);
  int code = glb_scan_body(copy, n);
  free(copy);
  if (code != want)
    fail_msg("%02x %02x .. (%zu bytes): %s, not %s", n ? bytes[0] : 0, n > 1 ? bytes[1] : 0, n,
             glb_error_name(code), glb_error_name(want));
}

static void test_hostile(void **state) {
  (void)state;
  expect(BYTES(0xdd, 0x10, 0, 0, 0), GLB_EWIRE);              // 2^28 elements
  expect(BYTES(0xdf, 0x01, 0, 0, 0, 0x80), GLB_EWIRE);        // 2^24 pairs
  expect(BYTES(0xdf, 0xff, 0xff, 0xff, 0xff), GLB_EWIRE);     // 2^33 values
  expect(BYTES(0xc6, 0xff, 0xff, 0xff, 0xff, 1), GLB_EWIRE);  // 4 GB of binary
  expect(BYTES(0xc9, 0xff, 0xff, 0xff, 0xff, 1), GLB_EWIRE);  // ext one byte longer
  expect(BYTES(0xc1), GLB_EWIRE);
  expect((const uint8_t *)"", 0, GLB_EWIRE);
  expect(BYTES(0x01, 0x02), GLB_EWIRE);                 // two values
  expect(BYTES(0x91, 0x91, 0x91, 0x91, 0x01), GLB_OK);  // four levels
  expect(BYTES(0x91, 0x91, 0x91, 0x91, 0x91, 0x01), GLB_EWIRE);
  expect(BYTES(0x91, 0x91, 0x91, 0x91, 0x90), GLB_OK);  // an empty fifth holds nothing
}

static void test_count(void **state) {
  (void)state;
  uint8_t body[3 + 300] = {0xdc};
  for (int n = 250; n < 260; n++) {
    body[1] = (uint8_t)(n >> 8);
    body[2] = (uint8_t)n;
    expect(body, 3 + (size_t)n, n + 1 <= GLB_SCAN_VALUES ? GLB_OK : GLB_EWIRE);
  }
}

// a sink of its own: the buffer is large enough
struct sink {
  uint8_t bytes[4096];
  size_t n;
};
static int append(void *data, const char *bytes, size_t n) {
  struct sink *sink = data;
  memcpy(sink->bytes + sink->n, bytes, n);
  sink->n += n;
  return 0;
}

static void pack_any(msgpack_packer *packer, int type) {
  char zeros[70] = {0};
  const size_t sizes[] = {1, 2, 4, 8, 16, 31, 32, 70};
  size_t n = sizes[type % 8];
  if (type < 8) msgpack_pack_str_with_body(packer, zeros, n);
  if (type >= 8 && type < 16) msgpack_pack_bin_with_body(packer, zeros, n);
  if (type >= 16 && type < 24) msgpack_pack_ext_with_body(packer, zeros, n, 1);
  if (type >= 24 && type < 32) msgpack_pack_uint64(packer, UINT64_C(1) << (8 * (type - 24)));
  if (type >= 32 && type < 40)
    msgpack_pack_int64(packer, -(INT64_C(1) << (8 * (type - 32) - 1 + (type == 32))));
  if (type == 40) msgpack_pack_nil(packer);
  if (type == 41) msgpack_pack_true(packer);
  if (type == 42) msgpack_pack_float(packer, 1);
  if (type == 43) msgpack_pack_double(packer, 1);
}

// what the library writes passes, whole; every shorter and longer piece does not
static void test_agrees_with_library(void **state) {
  (void)state;
  for (int type = 0; type < 44; type++) {
    struct sink sink = {0};
    msgpack_packer packer;
    msgpack_packer_init(&packer, &sink, append);
    msgpack_pack_map(&packer, 2);
    for (int i = 0; i < 2; i++) {
      msgpack_pack_int(&packer, i);
      pack_any(&packer, type);
    }
    expect(sink.bytes, sink.n, GLB_OK);
    for (size_t n = 0; n < sink.n; n++) expect(sink.bytes, n, GLB_EWIRE);
    expect(sink.bytes, sink.n + 1, GLB_EWIRE);
  }
}

// random bytes: whatever passes is understood by the library, and as one value of the same length
static void test_random(void **state) {
  (void)state;
  struct glb_rng rng;
  int passed = 0;
  for (uint32_t trial = 0; trial < 200000; trial++) {
    uint8_t body[12];
    glb_rng_start(&rng, 3, GLB_STREAM_TEST, (struct glb_rng_at){.round = trial});
    size_t n = 1 + glb_rng_below(&rng, sizeof body);
    for (size_t i = 0; i < n; i++)
      body[i] = (uint8_t)(glb_rng_below(&rng, 4) ? glb_rng_u32(&rng) : 0x90 + trial % 8);
    if (glb_scan_body(body, n)) continue;
    msgpack_zone zone;
    msgpack_object object;
    size_t offset = 0;
    passed++;
    assert_true(msgpack_zone_init(&zone, 1024));
    int status = msgpack_unpack((const char *)body, n, &offset, &zone, &object);
    msgpack_zone_destroy(&zone);
    if (status != MSGPACK_UNPACK_SUCCESS || offset != n)
      fail_msg("trial %u: library status %d, %zu of %zu bytes", trial, status, offset, n);
  }
  if (passed < 1000) fail_msg("only %d bodies passed", passed);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_hostile),
      cmocka_unit_test(test_count),
      cmocka_unit_test(test_agrees_with_library),
      cmocka_unit_test(test_random),
  };
  return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
