#include "proto/wire/scan.h"

#include "common/base/error.h"

/* What a first byte of 0xc0 .. 0xdf announces: a count of so many bytes (0: none), raw bytes whatever the
 * count, raw bytes and values for each of the count. */
struct lead {
  uint8_t count, fixed, bytes, values, known;
};
static const struct lead leads[32] = {
    {0, 0, 0, 0, 1},  {0, 0, 0, 0, 0}, {0, 0, 0, 0, 1}, {0, 0, 0, 0, 1},  // nil, never used, false, true
    {1, 0, 1, 0, 1},  {2, 0, 1, 0, 1}, {4, 0, 1, 0, 1},                   // bin 8, 16, 32
    {1, 1, 1, 0, 1},  {2, 1, 1, 0, 1}, {4, 1, 1, 0, 1},                   // ext 8, 16, 32
    {0, 4, 0, 0, 1},  {0, 8, 0, 0, 1},                                    // float 32, 64
    {0, 1, 0, 0, 1},  {0, 2, 0, 0, 1}, {0, 4, 0, 0, 1}, {0, 8, 0, 0, 1},  // uint 8, 16, 32, 64
    {0, 1, 0, 0, 1},  {0, 2, 0, 0, 1}, {0, 4, 0, 0, 1}, {0, 8, 0, 0, 1},  // int 8, 16, 32, 64
    {0, 2, 0, 0, 1},  {0, 3, 0, 0, 1}, {0, 5, 0, 0, 1}, {0, 9, 0, 0, 1},  // fixext 1, 2, 4, 8
    {0, 17, 0, 0, 1},                                                     // fixext 16
    {1, 0, 1, 0, 1},  {2, 0, 1, 0, 1}, {4, 0, 1, 0, 1},                   // str 8, 16, 32
    {2, 0, 0, 1, 1},  {4, 0, 0, 1, 1},                                    // array 16, 32
    {2, 0, 0, 2, 1},  {4, 0, 0, 2, 1},                                    // map 16, 32
};

struct scan {
  const uint8_t *body;
  size_t length, at;
};

struct extent {     // of one value, its first bytes read
  uint64_t bytes;   // raw bytes that follow
  uint64_t values;  // values that follow
};

// reads the first bytes of the value at scan->at
static int read_lead(struct extent *extent, struct scan *scan) {
  uint8_t first = scan->body[scan->at++];
  *extent = (struct extent){0};
  if (first < 0x80 || first >= 0xe0) return GLB_OK;  // fixint
  if (first < 0xc0) {                                // fixmap, fixarray, fixstr
    if (first < 0x90) extent->values = 2u * (first & 15u);
    if (first >= 0x90 && first < 0xa0) extent->values = first & 15u;
    if (first >= 0xa0) extent->bytes = first & 31u;
    return GLB_OK;
  }
  const struct lead *lead = &leads[first - 0xc0];
  uint64_t count = 0;
  GLB_CHECK(lead->known, GLB_EWIRE, "MessagePack: byte %02x at %zu begins no value", first, scan->at - 1);
  GLB_CHECK(lead->count <= scan->length - scan->at, GLB_EWIRE, "MessagePack: cut off in the count at %zu",
            scan->at);
  for (int i = 0; i < lead->count; i++) count = count << 8 | scan->body[scan->at++];
  extent->bytes = lead->fixed + count * lead->bytes;
  extent->values = count * lead->values;
  return GLB_OK;
}

int glb_scan_body(const uint8_t *body, size_t length) {
  struct scan scan = {.body = body, .length = length};
  uint64_t open[GLB_SCAN_DEPTH + 1] = {1};  // values still to come at each depth
  int depth = 0, seen = 0;

  while (depth >= 0) {
    struct extent extent;
    if (open[depth] == 0) {
      depth--;
      continue;
    }
    open[depth]--;
    GLB_CHECK(scan.at < length, GLB_EWIRE, "MessagePack: cut off after %zu bytes", length);
    GLB_CHECK(++seen <= GLB_SCAN_VALUES, GLB_EWIRE, "MessagePack: more than %d values", GLB_SCAN_VALUES);
    GLB_TRY(read_lead(&extent, &scan));
    GLB_CHECK(extent.bytes <= length - scan.at && extent.values <= length - scan.at, GLB_EWIRE,
              "MessagePack: %llu bytes and %llu values announced at %zu, %zu bytes left",
              (unsigned long long)extent.bytes, (unsigned long long)extent.values, scan.at, length - scan.at);
    scan.at += extent.bytes;
    if (extent.values == 0) continue;
    GLB_CHECK(depth < GLB_SCAN_DEPTH, GLB_EWIRE, "MessagePack: more than %d levels", GLB_SCAN_DEPTH);
    open[++depth] = extent.values;
  }
  GLB_CHECK(scan.at == length, GLB_EWIRE, "MessagePack: %zu bytes after the end", length - scan.at);
  return GLB_OK;
}
