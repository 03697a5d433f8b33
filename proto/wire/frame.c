#include "proto/wire/frame.h"

#include <string.h>
#include <xxhash.h>

#include "common/base/error.h"

struct head {
  char magic[4];
  uint16_t version, kind;
  uint64_t length, checksum, reserved;
};
_Static_assert(sizeof(struct head) == GLB_FRAME_HEAD, "the head has no padding");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "numbers on the wire are little-endian");

static const char magic[4] = {'G', 'L', 'B', 'F'};

const char *glb_frame_name(int kind) {
  static const char *const names[GLB_FRAME_KINDS] = {
      "NONE",
#define K(name, direction, body) #name,
#include "proto/wire/kinds.def"
#undef K
  };
  return kind >= 0 && kind < GLB_FRAME_KINDS ? names[kind] : "?";
}

void glb_frame_seal(uint8_t *frame, enum glb_frame_kind kind, size_t length) {
  struct head head = {.version = GLB_FRAME_VERSION, .kind = (uint16_t)kind, .length = length};
  memcpy(head.magic, magic, sizeof magic);
  head.checksum = XXH3_64bits(frame + GLB_FRAME_HEAD, length);
  memcpy(frame, &head, sizeof head);
}

int glb_frame_open(const uint8_t *frame, size_t size, enum glb_frame_kind *kind, const uint8_t **body,
                   size_t *length) {
  struct head head;
  GLB_CHECK(size >= sizeof head, GLB_EWIRE, "frame of %zu bytes, its head alone has %zu", size, sizeof head);
  memcpy(&head, frame, sizeof head);
  GLB_CHECK(!memcmp(head.magic, magic, sizeof magic), GLB_EWIRE,
            "not a frame: magic %02x %02x %02x %02x, not GLBF", frame[0], frame[1], frame[2], frame[3]);
  GLB_CHECK(head.version == GLB_FRAME_VERSION, GLB_EWIRE,
            "frame of protocol version %d, this program speaks %d: run the same glibrl on all ranks",
            head.version, GLB_FRAME_VERSION);
  GLB_CHECK(head.kind > GLB_FRAME_NONE && head.kind < GLB_FRAME_KINDS, GLB_EWIRE, "frame of unknown kind %d",
            head.kind);
  GLB_CHECK(head.reserved == 0, GLB_EWIRE, "frame %s: reserved bytes are not zero",
            glb_frame_name(head.kind));
  GLB_CHECK(head.length <= GLB_FRAME_LIMIT, GLB_EWIRE, "frame %s: body of %llu bytes, at most %zu are taken",
            glb_frame_name(head.kind), (unsigned long long)head.length, GLB_FRAME_LIMIT);
  GLB_CHECK(head.length == size - sizeof head, GLB_EWIRE,
            "frame %s: head announces %llu bytes of body, there are %zu", glb_frame_name(head.kind),
            (unsigned long long)head.length, size - sizeof head);
  uint64_t checksum = XXH3_64bits(frame + sizeof head, head.length);
  GLB_CHECK(head.checksum == checksum, GLB_EWIRE, "frame %s: checksum %016llx, body has %016llx",
            glb_frame_name(head.kind), (unsigned long long)head.checksum, (unsigned long long)checksum);
  *kind = (enum glb_frame_kind)head.kind;
  *body = frame + sizeof head;
  *length = head.length;
  return GLB_OK;
}
