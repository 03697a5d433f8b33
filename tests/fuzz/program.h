/* program.h: bytes as orders to the HDF5 library, which writes a file as they say.
 *
 * So a fuzzer reaches all that a whole file may hold (types, ranks, sizes, layouts, links in circles) without
 * damaging one, which the library itself may not survive. An order is a byte, enum fuzz_order modulo
 * FUZZ_ORDERS, and its arguments, a byte each modulo the number of choices; a text is its length and its
 * bytes, data are the number of bytes and these bytes, taken again and again (in a text of variable length as
 * often as the next byte says, and once). Bytes past the end are 0. What the library refuses to write is left
 * out. */
#ifndef TESTS_FUZZ_PROGRAM_H
#define TESTS_FUZZ_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

enum fuzz_order {
  FUZZ_END,        // what follows is not read
  FUZZ_SET,        // path, type, rank, size of each dimension, layout, data (none: not written)
  FUZZ_ATTRIBUTE,  // path of the object, name, type, values, data
  FUZZ_GROUP,      // path
  FUZZ_HARD,       // path of an object, second path of it
  FUZZ_SOFT,       // text that is taken for a path, path of the link
  FUZZ_TYPE,       // path, type
  FUZZ_ORDERS
};

enum fuzz_type {
  FUZZ_F64,
  FUZZ_F32,
  FUZZ_I64,
  FUZZ_I32,
  FUZZ_U8,
  FUZZ_TEXT_ANY,  // of variable length
  FUZZ_TEXT,      // of 40 bytes
  FUZZ_I8,
  FUZZ_U16,
  FUZZ_U64,
  FUZZ_F64BE,
  FUZZ_I64BE,
  FUZZ_F16,
  FUZZ_LONG_DOUBLE,
  FUZZ_BITS,
  FUZZ_BOOL,  // as h5py writes them
  FUZZ_COLOUR,
  FUZZ_OPAQUE,
  FUZZ_PAIR,
  FUZZ_LIST,
  FUZZ_TRIPLE,
  FUZZ_REFERENCE,
  FUZZ_TYPES
};

enum fuzz_layout {
  FUZZ_CONTIGUOUS,
  FUZZ_COMPACT,
  FUZZ_CHUNKED,
  FUZZ_DEFLATED,
  FUZZ_WIDE,      // chunks of a gigabyte
  FUZZ_EXTERNAL,  // the data would lie in another file
  FUZZ_VIRTUAL,   // so would they here
  FUZZ_LAYOUTS
};

enum fuzz_values { FUZZ_ONE, FUZZ_TWO, FUZZ_NONE, FUZZ_NULL, FUZZ_VALUES };
enum {
  FUZZ_RANKS = 7,       // 0 .. 6
  FUZZ_SMALL = 224,     // a size below is itself, from here on one of some large ones
  FUZZ_TEXT_LONG = 63,  // length of a text of 315 bytes: five times those that follow
  FUZZ_TEXTS
};

/* The file that these bytes order; *image is owned by the caller (free), NULL when there is none. An odd
 * first byte asks for links and attributes in heaps, an even one for the oldest layout. */
void fuzz_program(uint8_t **image, size_t *size, const uint8_t *bytes, size_t count);

#endif  // TESTS_FUZZ_PROGRAM_H
