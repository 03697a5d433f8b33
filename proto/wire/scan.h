/* scan.h: bounds of a MessagePack body, checked before the MessagePack library sees it. Private to this room.
 *
 * The library allocates what a body announces: the five bytes dd 10 00 00 00 announce 2^28 elements and cost
 * 8 GB. The scan walks the body once, without recursion and without memory, and lets pass only what is whole:
 * every length and count fits in the bytes that are left. */
#ifndef PROTO_WIRE_SCAN_H
#define PROTO_WIRE_SCAN_H

#include <stddef.h>
#include <stdint.h>

enum { GLB_SCAN_DEPTH = 4, GLB_SCAN_VALUES = 256 };

/* Whether body holds exactly one value, containers nested at most GLB_SCAN_DEPTH deep, at most
 * GLB_SCAN_VALUES values in all. GLB_EWIRE tells the offset of what is wrong. */
int glb_scan_body(const uint8_t *body, size_t length);

#endif  // PROTO_WIRE_SCAN_H
