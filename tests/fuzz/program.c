#include "tests/fuzz/program.h"

#include <hdf5.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 5 * FUZZ_TEXT_LONG + 1, ROOM = 1 << 16, ORDERS = 32 };

/* ---- the bytes ---- */

struct tape {
  const uint8_t *bytes;
  size_t count, at;
};

static unsigned next(struct tape *t, unsigned choices) {
  return t->at < t->count ? t->bytes[t->at++] % choices : 0;
}

static void next_bytes(struct tape *t, void *bytes, size_t count) {
  const size_t left = t->count - t->at, there = count < left ? count : left;
  memcpy(bytes, t->bytes + t->at, there);
  memset((char *)bytes + there, 0, count - there);
  t->at += there;
}

static void next_text(struct tape *t, char text[TEXT]) {
  unsigned length = next(t, FUZZ_TEXTS);
  memset(text, 0, TEXT);
  next_bytes(t, text, length);
  if (length == FUZZ_TEXT_LONG)
    for (unsigned i = 1; i < 5; i++) memcpy(text + i * length, text, length);
}

static hsize_t next_size(struct tape *t) {
  static const hsize_t large[] = {
      300, 65536, 1 << 20, UINT64_C(1) << 32, UINT64_C(1) << 40, UINT64_C(1) << 62};
  unsigned size = next(t, 256);
  return size < FUZZ_SMALL ? size : large[size % (sizeof large / sizeof *large)];
}

/* ---- types ---- */

static hid_t make_text(size_t size) {
  hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, size);
  return type;
}

static hid_t make_half(void) {
  hid_t type = H5Tcopy(H5T_IEEE_F32LE);
  H5Tset_fields(type, 15, 10, 5, 0, 10);
  H5Tset_size(type, 2);
  H5Tset_ebias(type, 15);
  return type;
}

static hid_t make_enum(hid_t base, int values) {
  static const char *const names[] = {"FALSE", "TRUE", "BLUE"};
  hid_t type = H5Tenum_create(base);
  for (int8_t i = 0; i < values; i++) {
    const int64_t value = i;
    H5Tenum_insert(type, names[i], &value);
  }
  return type;
}

static hid_t make_pair(void) {
  hid_t type = H5Tcreate(H5T_COMPOUND, 16);
  H5Tinsert(type, "r", 0, H5T_IEEE_F64LE);
  H5Tinsert(type, "i", 8, H5T_IEEE_F64LE);
  return type;
}

// Owned by the caller.
static hid_t make_type(enum fuzz_type type) {
  const hsize_t three = 3;
  const hid_t plain[FUZZ_TYPES] = {
      [FUZZ_F64] = H5T_IEEE_F64LE,       [FUZZ_F32] = H5T_IEEE_F32LE, [FUZZ_I64] = H5T_STD_I64LE,
      [FUZZ_I32] = H5T_STD_I32LE,        [FUZZ_U8] = H5T_STD_U8LE,    [FUZZ_I8] = H5T_STD_I8LE,
      [FUZZ_U16] = H5T_STD_U16LE,        [FUZZ_U64] = H5T_STD_U64LE,  [FUZZ_F64BE] = H5T_IEEE_F64BE,
      [FUZZ_I64BE] = H5T_STD_I64BE,      [FUZZ_BITS] = H5T_STD_B8LE,  [FUZZ_LONG_DOUBLE] = H5T_NATIVE_LDOUBLE,
      [FUZZ_REFERENCE] = H5T_STD_REF_OBJ};
  switch (type) {
    case FUZZ_TEXT_ANY:
      return make_text(H5T_VARIABLE);
    case FUZZ_TEXT:
      return make_text(40);
    case FUZZ_F16:
      return make_half();
    case FUZZ_BOOL:
      return make_enum(H5T_STD_I8LE, 2);
    case FUZZ_COLOUR:
      return make_enum(H5T_STD_I64LE, 3);
    case FUZZ_OPAQUE:
      return H5Tcreate(H5T_OPAQUE, 4);
    case FUZZ_PAIR:
      return make_pair();
    case FUZZ_LIST:
      return H5Tvlen_create(H5T_STD_I32LE);
    case FUZZ_TRIPLE:
      return H5Tarray_create2(H5T_IEEE_F32LE, 1, &three);
    default:
      return H5Tcopy(plain[type]);
  }
}

/* ---- orders ---- */

struct writer {
  struct tape tape;
  hid_t file, links, groups;  // links: groups on the way are made
  int dense;                  // links and attributes in heaps
  uint8_t data[ROOM + 1];
  const char *text;  // data as a text
};

// Data of so many bytes as the library wants them, NULL for none and for too many: of a text of variable
// length (as often as the byte behind it says) the address of its address; lists and references stay empty.
static const void *next_data(struct writer *w, enum fuzz_type type, size_t size) {
  uint8_t cycle[256];
  const unsigned length = next(&w->tape, 256);
  next_bytes(&w->tape, cycle, length);
  const size_t bytes = type == FUZZ_TEXT_ANY ? length * (1 + next(&w->tape, 128)) : size;
  if (!length || size > ROOM || type == FUZZ_LIST || type == FUZZ_REFERENCE) return NULL;
  if (type == FUZZ_TEXT_ANY && size != sizeof w->text) return NULL;

  for (size_t i = 0; i < bytes; i++) w->data[i] = cycle[i % length];
  w->data[bytes] = '\0';
  w->text = (const char *)w->data;
  return type == FUZZ_TEXT_ANY ? (const void *)&w->text : w->data;
}

// Chunks of a gigabyte, and some in an array.
static hsize_t wide(int i) {
  return i ? 1 : 1 << 27;
}

static hsize_t narrow(hsize_t size) {
  return size < 16 ? size / 2 + 1 : 16;
}

static void lay_out(hid_t plan, enum fuzz_layout layout, int rank, const hsize_t *dims) {
  hsize_t chunk[FUZZ_RANKS];
  const hid_t space = H5Screate_simple(rank, dims, NULL);
  for (int i = 0; i < rank; i++) chunk[i] = layout == FUZZ_WIDE ? wide(i) : narrow(dims[i]);
  if (layout == FUZZ_COMPACT) H5Pset_layout(plan, H5D_COMPACT);
  if (layout == FUZZ_CHUNKED || layout == FUZZ_DEFLATED || layout == FUZZ_WIDE)
    H5Pset_chunk(plan, rank, chunk);
  if (layout == FUZZ_DEFLATED) H5Pset_deflate(plan, 1);
  if (layout == FUZZ_EXTERNAL) H5Pset_external(plan, "elsewhere", 0, H5F_UNLIMITED);
  if (layout == FUZZ_VIRTUAL) H5Pset_virtual(plan, space, "elsewhere", "x", space);
  H5Sclose(space);
}

// Bytes of an array, or more than there is room for.
static size_t bytes_of(size_t element, int rank, const hsize_t *dims) {
  size_t bytes = element;
  for (int i = 0; i < rank; i++)
    if (dims[i] == 0) bytes = 0;
  for (int i = 0; i < rank && bytes > 0 && bytes <= ROOM; i++)
    bytes = dims[i] <= ROOM / bytes ? bytes * dims[i] : ROOM + 1;
  return bytes;
}

static void write_set(struct writer *w) {
  char path[TEXT];
  hsize_t dims[FUZZ_RANKS], most[FUZZ_RANKS];
  next_text(&w->tape, path);
  const enum fuzz_type type = next(&w->tape, FUZZ_TYPES);
  const int rank = (int)next(&w->tape, FUZZ_RANKS);
  for (int i = 0; i < rank; i++) dims[i] = next_size(&w->tape), most[i] = H5S_UNLIMITED;
  const enum fuzz_layout layout = next(&w->tape, FUZZ_LAYOUTS);
  const int grows = layout == FUZZ_CHUNKED || layout == FUZZ_DEFLATED || layout == FUZZ_WIDE;

  const hid_t kind = make_type(type), plan = H5Pcreate(H5P_DATASET_CREATE);
  const hid_t space = H5Screate_simple(rank, dims, grows ? most : NULL);
  if (w->dense) H5Pset_attr_phase_change(plan, 0, 0);
  if (rank) lay_out(plan, layout, rank, dims);
  const hid_t set = H5Dcreate2(w->file, path, kind, space, w->links, plan, H5P_DEFAULT);
  const void *data = next_data(w, type, bytes_of(H5Tget_size(kind), rank, dims));
  if (set >= 0 && data && layout < FUZZ_WIDE) H5Dwrite(set, kind, H5S_ALL, H5S_ALL, H5P_DEFAULT, data);
  H5Dclose(set);
  H5Sclose(space);
  H5Pclose(plan);
  H5Tclose(kind);
}

static void write_attribute(struct writer *w) {
  static const hsize_t counts[FUZZ_VALUES] = {[FUZZ_ONE] = 1, [FUZZ_TWO] = 2};
  char path[TEXT], name[TEXT];
  next_text(&w->tape, path);
  next_text(&w->tape, name);
  const enum fuzz_type type = next(&w->tape, FUZZ_TYPES);
  const enum fuzz_values values = next(&w->tape, FUZZ_VALUES);

  const hid_t kind = make_type(type);
  const hid_t space = values == FUZZ_ONE    ? H5Screate(H5S_SCALAR)
                      : values == FUZZ_NULL ? H5Screate(H5S_NULL)
                                            : H5Screate_simple(1, &counts[values], NULL);
  const hid_t attribute =
      H5Acreate_by_name(w->file, path, name, kind, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  const size_t bytes = H5Tget_size(kind) * counts[values];
  const void *data = next_data(w, type, bytes);
  if (attribute >= 0 && data && counts[values]) H5Awrite(attribute, kind, data);
  H5Aclose(attribute);
  H5Sclose(space);
  H5Tclose(kind);
}

static void write_group(struct writer *w) {
  char path[TEXT];
  next_text(&w->tape, path);
  H5Gclose(H5Gcreate2(w->file, path, w->links, w->groups, H5P_DEFAULT));
}

static void write_link(struct writer *w, int hard) {
  char target[TEXT], path[TEXT];
  next_text(&w->tape, target);
  next_text(&w->tape, path);
  if (hard)
    H5Lcreate_hard(w->file, target, w->file, path, w->links, H5P_DEFAULT);
  else
    H5Lcreate_soft(target, w->file, path, w->links, H5P_DEFAULT);
}

static void write_type(struct writer *w) {
  char path[TEXT];
  next_text(&w->tape, path);
  const hid_t type = make_type(next(&w->tape, FUZZ_TYPES));
  H5Tcommit2(w->file, path, type, w->links, H5P_DEFAULT, H5P_DEFAULT);
  H5Tclose(type);
}

static void write_all(struct writer *w) {
  for (int i = 0; i < ORDERS; i++) {
    const enum fuzz_order order = next(&w->tape, FUZZ_ORDERS);
    if (order == FUZZ_END) return;
    if (order == FUZZ_SET) write_set(w);
    if (order == FUZZ_ATTRIBUTE) write_attribute(w);
    if (order == FUZZ_GROUP) write_group(w);
    if (order == FUZZ_HARD || order == FUZZ_SOFT) write_link(w, order == FUZZ_HARD);
    if (order == FUZZ_TYPE) write_type(w);
  }
}

static void take_image(uint8_t **image, size_t *size, hid_t file) {
  const ssize_t bytes = H5Fflush(file, H5F_SCOPE_GLOBAL) < 0 ? -1 : H5Fget_file_image(file, NULL, 0);
  *image = bytes > 0 ? malloc((size_t)bytes) : NULL;
  if (!*image) return;
  *size = (size_t)bytes;
  if (H5Fget_file_image(file, *image, *size) == bytes) return;
  free(*image);
  *image = NULL;
}

void fuzz_program(uint8_t **image, size_t *size, const uint8_t *bytes, size_t count) {
  static struct writer w;
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  H5set_free_list_limits(-1, -1, -1, -1, -1, -1);  // the megabytes of each file serve the next
  w.tape = (struct tape){.bytes = bytes, .count = count};
  w.links = H5Pcreate(H5P_LINK_CREATE);
  w.groups = H5Pcreate(H5P_GROUP_CREATE);
  w.dense = (int)next(&w.tape, 2);
  H5Pset_create_intermediate_group(w.links, 1);
  if (w.dense) {
    H5Pset_link_creation_order(w.groups, H5P_CRT_ORDER_TRACKED);
    H5Pset_link_phase_change(w.groups, 0, 0);
    H5Pset_attr_phase_change(w.groups, 0, 0);
  }
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_V18);
  H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
  H5Pset_fapl_core(access, ROOM, 0);
  w.file = H5Fcreate("fuzz-program", H5F_ACC_TRUNC, H5P_DEFAULT, access);
  *image = NULL;
  if (w.file >= 0) {
    write_all(&w);
    take_image(image, size, w.file);
  }
  H5Fclose(w.file);
  H5Pclose(access);
  H5Pclose(w.groups);
  H5Pclose(w.links);
}
