/* frame.h: the envelope of everything that crosses between ranks.
 *
 * 32 bytes, little-endian, then the body:
 *   magic "GLBF" (4) | protocol version u16 | kind u16 | body length u64 | XXH3-64 of the body u64 |
 *   reserved u64, 0
 * The body is MessagePack; numbers in bulk are raw little-endian binary inside it, never element by element. */
#ifndef PROTO_WIRE_FRAME_H
#define PROTO_WIRE_FRAME_H

#include <stddef.h>
#include <stdint.h>

enum { GLB_FRAME_VERSION = 1, GLB_FRAME_HEAD = 32 };
#define GLB_FRAME_LIMIT \
  ((size_t)1 << 28)  // bytes of a body; a longer one is refused before anything is allocated

enum glb_frame_kind {
  GLB_FRAME_NONE,
#define K(name, direction, body) GLB_FRAME_##name,
#include "proto/wire/kinds.def"
#undef K
  GLB_FRAME_KINDS
};

/* "TRIAL"; "?" for what is no kind. */
const char *glb_frame_name(int kind);

/* Writes the head in front of a body of length bytes that stands at frame + GLB_FRAME_HEAD. */
void glb_frame_seal(uint8_t *frame, enum glb_frame_kind kind, size_t length);

/* Checks a frame of size bytes: magic, version, kind, reserved bytes, length within limit and equal to what
 * is there, checksum. Writes kind and the body (borrowed from frame). GLB_EWIRE says what is wrong. */
int glb_frame_open(const uint8_t *frame, size_t size, enum glb_frame_kind *kind, const uint8_t **body,
                   size_t *length);

#endif  // PROTO_WIRE_FRAME_H
