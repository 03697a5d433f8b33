#include "common/store/h5.h"

#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/store/file.h"

struct glb_h5 {
  hid_t id;         // the file
  hid_t links;      // link creation: groups on the way are made
  hid_t plain;      // data set creation: no times
  hid_t strict;     // transfer: a value that does not fit is an error
  char name[1024];  // for messages
};

static const size_t bytes_limit = (size_t)1 << 40;  // of one array
static const size_t ratio_limit = 1 << 11;          // of an array's bytes to the file's: compression has less
static const size_t small = (size_t)1 << 20;        // an array that any file may have
static const size_t increment = (size_t)1 << 20;    // growth of a file in memory

// ---- types ----

static const char *const type_names[] = {"float32", "float64", "int32", "int64", "uint8"};
static const size_t type_sizes[] = {4, 8, 4, 8, 1};

size_t glb_h5_width(enum glb_h5_type type) {
  return type_sizes[type];
}

const char *glb_h5_type_name(enum glb_h5_type type) {
  return type_names[type];
}

static hid_t memory_type(enum glb_h5_type type) {
  const hid_t types[] = {H5T_NATIVE_FLOAT, H5T_NATIVE_DOUBLE, H5T_NATIVE_INT32, H5T_NATIVE_INT64,
                         H5T_NATIVE_UINT8};
  return types[type];
}

static hid_t file_type(enum glb_h5_type type) {
  const hid_t types[] = {H5T_IEEE_F32LE, H5T_IEEE_F64LE, H5T_STD_I32LE, H5T_STD_I64LE, H5T_STD_U8LE};
  return types[type];
}

// Nearest of our types, -1 where there is none. Booleans of h5py are enumerations.
static int nearest_type(hid_t id) {
  size_t size = H5Tget_size(id);
  switch (H5Tget_class(id)) {
    case H5T_FLOAT:
      return size <= 4 ? GLB_H5_F32 : GLB_H5_F64;
    case H5T_ENUM:
      return size == 1 ? GLB_H5_U8 : GLB_H5_I32;
    case H5T_INTEGER:
      if (H5Tget_sign(id) == H5T_SGN_NONE) return size == 1 ? GLB_H5_U8 : size == 2 ? GLB_H5_I32 : GLB_H5_I64;
      return size <= 4 ? GLB_H5_I32 : GLB_H5_I64;
    default:
      return -1;
  }
}

static int is_real(enum glb_h5_type type) {
  return type == GLB_H5_F32 || type == GLB_H5_F64;
}

// Conversion callback: numbers out of range end the read.
static H5T_conv_ret_t refuse(H5T_conv_except_t kind, hid_t from, hid_t to, void *source, void *target,
                             void *unused) {
  (void)from, (void)to, (void)source, (void)target, (void)unused;
  return kind == H5T_CONV_EXCEPT_RANGE_HI || kind == H5T_CONV_EXCEPT_RANGE_LOW ? H5T_CONV_ABORT
                                                                               : H5T_CONV_UNHANDLED;
}

// ---- small helpers ----

// Any identifier; a failed one is fine.
static void close_id(hid_t id) {
  if (id >= 0) H5Idec_ref(id);
}

static _Thread_local char reason[160] = "no reason given";

static herr_t first_reason(unsigned n, const H5E_error2_t *error, void *unused) {
  (void)unused;
  if (!n) snprintf(reason, sizeof reason, "%s", error->desc ? error->desc : "");
  return 0;
}

// Whether a call has worked. Of one that has not, the deepest entry of HDF5's error stack is kept for the
// message: the next call, if only to close something, forgets it.
static int works(int64_t result) {
  if (result >= 0) return 1;
  snprintf(reason, sizeof reason, "no reason given");
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, first_reason, NULL);
  return 0;
}

// HDF5 takes two files in memory of one name for the same one, and wants no file of that name on the disk.
static void memory_name(char name[48], const struct glb_h5 *file) {
  snprintf(name, 48, "glibrl-in-memory-%p", (const void *)file);
}

static const char *object_path(const char *name) {
  return name[0] ? name : "/";
}

// ---- open and close ----

// Links lead nowhere but into their own file: a file from elsewhere could name any other.
static void forget_external_links(void) {
  if (H5Lis_registered(H5L_TYPE_EXTERNAL) > 0) H5Lunregister(H5L_TYPE_EXTERNAL);
}

static int new_file(struct glb_h5 **file, const char *name) {
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
  forget_external_links();
  struct glb_h5 *h = calloc(1, sizeof *h);
  GLB_CHECK(h, GLB_ENOMEM, "%s: no memory for a file handle", name);
  h->id = -1;
  h->links = H5Pcreate(H5P_LINK_CREATE);
  h->plain = H5Pcreate(H5P_DATASET_CREATE);
  h->strict = H5Pcreate(H5P_DATASET_XFER);
  snprintf(h->name, sizeof h->name, "%s", name);
  int good = works(H5Pset_create_intermediate_group(h->links, 1)) &&
             works(H5Pset_obj_track_times(h->plain, 0)) &&
             works(H5Pset_type_conv_cb(h->strict, refuse, NULL));
  if (!good) {
    glb_h5_close(h);
    GLB_RAISE(GLB_ENOMEM, "%s: HDF5 does not start: %s", name, reason);
  }
  *file = h;
  return GLB_OK;
}

void glb_h5_close(struct glb_h5 *file) {
  if (!file) return;
  close_id(file->id);
  close_id(file->strict);
  close_id(file->plain);
  close_id(file->links);
  free(file);
}

// Access as all files here want it: old enough for every reader, and no locks, for a landed file does not
// change.
static hid_t access_list(void) {
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_V110);
  H5Pset_fclose_degree(access, H5F_CLOSE_STRONG);
#if H5_VERSION_GE(1, 12, 1) || (H5_VERSION_GE(1, 10, 7) && !H5_VERSION_GE(1, 11, 0))
  H5Pset_file_locking(access, 0, 1);
#endif
  return access;
}

int glb_h5_open(struct glb_h5 **file, const char *path) {
  struct glb_h5 *h;
  *file = NULL;
  GLB_TRY(glb_file_check(path));
  GLB_TRY(new_file(&h, path));
  int known = H5Fis_hdf5(path) > 0;
  hid_t access = access_list();
  if (known) h->id = H5Fopen(path, H5F_ACC_RDONLY, access);
  int good = works(h->id);
  close_id(access);
  if (!good) {
    glb_h5_close(h);
    GLB_RAISE(GLB_EFORMAT, "%s: %s%s", path, known ? "truncated or damaged HDF5 file: " : "is no HDF5 file",
              known ? reason : "");
  }
  *file = h;
  return GLB_OK;
}

int glb_h5_open_image(struct glb_h5 **file, const void *image, size_t size, const char *name) {
  *file = NULL;
  struct glb_h5 *h;
  GLB_TRY(new_file(&h, name));

  // HDF5 copies the bytes; its interface just lacks the const
  void *bytes;
  char memory[48];
  memory_name(memory, h);
  memcpy(&bytes, &image, sizeof bytes);
  hid_t access = access_list();
  int good = works(H5Pset_fapl_core(access, increment, 0)) && works(H5Pset_file_image(access, bytes, size)) &&
             works(h->id = H5Fopen(memory, H5F_ACC_RDONLY, access));
  close_id(access);
  if (!good) {
    glb_h5_close(h);
    GLB_RAISE(GLB_EFORMAT, "%s: no HDF5 file, or damaged: %s", name, reason);
  }
  *file = h;
  return GLB_OK;
}

int glb_h5_create(struct glb_h5 **file) {
  *file = NULL;
  struct glb_h5 *h;
  GLB_TRY(new_file(&h, "new file"));
  char memory[48];
  memory_name(memory, h);
  hid_t access = access_list();
  int good = works(H5Pset_fapl_core(access, increment, 0)) &&
             works(h->id = H5Fcreate(memory, H5F_ACC_TRUNC, H5P_DEFAULT, access));
  close_id(access);
  if (!good) {
    glb_h5_close(h);
    GLB_RAISE(GLB_ENOMEM, "no memory for a new HDF5 file: %s", reason);
  }
  *file = h;
  return GLB_OK;
}

int glb_h5_image(struct glb_h5 *file, char **image, size_t *size, size_t front) {
  *image = NULL;
  ssize_t bytes = works(H5Fflush(file->id, H5F_SCOPE_GLOBAL)) ? H5Fget_file_image(file->id, NULL, 0) : -1;
  GLB_CHECK(bytes > 0, GLB_EIO, "%s: cannot be laid out: %s", file->name, reason);

  char *data = calloc(1, front + (size_t)bytes);
  GLB_CHECK(data, GLB_ENOMEM, "no memory for the %zd bytes of an HDF5 file", bytes);
  if (!works(H5Fget_file_image(file->id, data + front, (size_t)bytes))) {
    free(data);
    GLB_RAISE(GLB_EIO, "%s: cannot be laid out: %s", file->name, reason);
  }
  *image = data;
  *size = front + (size_t)bytes;
  return GLB_OK;
}

int glb_h5_land(struct glb_h5 *file, const char *path) {
  char *image;
  size_t size;
  GLB_TRY(glb_h5_image(file, &image, &size, 0));
  int code = glb_file_land(path, image, size);
  free(image);
  GLB_TRY(code);
  return GLB_OK;
}

// ---- arrays ----

static int check_name(const struct glb_h5 *file, const char *name) {
  GLB_CHECK(strlen(name) < GLB_H5_NAME, GLB_EINVAL, "%s: name \"%.40s...\" is longer than %d bytes",
            file->name, name, GLB_H5_NAME - 1);
  return GLB_OK;
}

int glb_h5_exists(struct glb_h5 *file, const char *name) {
  char part[GLB_H5_NAME];
  size_t length = strlen(name);
  if (length >= sizeof part) return 0;
  memcpy(part, name, length + 1);

  // HDF5 asks for every group on the way by itself
  for (size_t i = 1; i <= length; i++) {
    if (part[i] != '/' && part[i] != '\0') continue;
    part[i] = '\0';
    if (H5Lexists(file->id, part, H5P_DEFAULT) <= 0) return 0;
    part[i] = name[i];
  }
  return H5Oexists_by_name(file->id, object_path(name), H5P_DEFAULT) > 0;
}

// elements = product of dims, whose bytes stay within the limit; -1 where they do not
static int count_elements(size_t *count, const hsize_t *dims, int rank, size_t element) {
  size_t n = 1;
  for (int i = 0; i < rank; i++)
    if (dims[i] == 0) return *count = 0, 0;
  for (int i = 0; i < rank; i++) {
    if (dims[i] > bytes_limit / element / n) return -1;
    n *= (size_t)dims[i];
  }
  *count = n;
  return 0;
}

int glb_h5_write(struct glb_h5 *file, const char *name, enum glb_h5_type type, int rank, const size_t *dims,
                 const void *data, const char *units) {
  GLB_TRY(check_name(file, name));
  GLB_CHECK(rank >= 0 && rank <= GLB_H5_RANK, GLB_EINVAL, "data set \"%s\" of rank %d, at most %d", name,
            rank, GLB_H5_RANK);
  hsize_t extent[GLB_H5_RANK] = {0};
  for (int i = 0; i < rank; i++) extent[i] = dims[i];
  size_t count;
  GLB_CHECK(!count_elements(&count, extent, rank, type_sizes[type]), GLB_ELIMIT,
            "data set \"%s\" would have more than %zu bytes", name, bytes_limit);
  GLB_CHECK(!glb_h5_exists(file, name), GLB_EINVAL, "data set \"%s\" is written twice", name);

  hid_t space = rank ? H5Screate_simple(rank, extent, NULL) : H5Screate(H5S_SCALAR);
  hid_t set = H5Dcreate2(file->id, name, file_type(type), space, file->links, file->plain, H5P_DEFAULT);
  int written =
      works(set) && (!count || works(H5Dwrite(set, memory_type(type), H5S_ALL, H5S_ALL, H5P_DEFAULT, data)));
  close_id(set);
  close_id(space);
  GLB_CHECK(written, GLB_ENOMEM, "data set \"%s\" of %zu %s is not written: %s", name, count,
            type_names[type], reason);
  if (units && units[0]) GLB_TRY(glb_h5_write_text(file, name, "units", units));
  return GLB_OK;
}

// Type, rank and sizes of an open data set.
static int describe(struct glb_h5 *file, hid_t set, const char *name, struct glb_h5_info *info) {
  hid_t space = H5Dget_space(set), type = H5Dget_type(set);
  int rank = H5Sget_simple_extent_ndims(space), nearest = nearest_type(type);
  hsize_t dims[GLB_H5_RANK] = {0};
  if (rank >= 0 && rank <= GLB_H5_RANK) H5Sget_simple_extent_dims(space, dims, NULL);
  int empty = H5Sget_simple_extent_type(space) == H5S_NULL;
  close_id(type);
  close_id(space);

  GLB_CHECK(nearest >= 0, GLB_EFORMAT, "%s: data set \"%s\" does not hold numbers", file->name, name);
  GLB_CHECK(rank >= 0 && rank <= GLB_H5_RANK, GLB_EFORMAT, "%s: data set \"%s\" has rank %d, at most %d",
            file->name, name, rank, GLB_H5_RANK);
  *info = (struct glb_h5_info){.type = (enum glb_h5_type)nearest, .rank = rank};
  GLB_CHECK(!count_elements(&info->count, dims, rank, type_sizes[nearest]), GLB_EFORMAT,
            "%s: data set \"%s\" says it has more than %zu bytes", file->name, name, bytes_limit);
  for (int i = 0; i < rank; i++) info->dims[i] = (size_t)dims[i];
  if (empty) info->count = 0;
  return GLB_OK;
}

// A file is all there is to it: its arrays do not lie in others.
static int check_place(struct glb_h5 *file, hid_t set, const char *name) {
  hid_t plan = H5Dget_create_plist(set);
  int elsewhere = H5Pget_external_count(plan) > 0 || H5Pget_layout(plan) == H5D_VIRTUAL;
  close_id(plan);
  GLB_CHECK(!elsewhere, GLB_EFORMAT, "%s: data set \"%s\" lies in another file", file->name, name);
  return GLB_OK;
}

// Bytes of the pieces that an array is stored in, each of which HDF5 takes into memory whole; 0: no pieces.
static size_t chunk_bytes(hid_t set) {
  hid_t plan = H5Dget_create_plist(set), type = H5Dget_type(set);
  hsize_t dims[GLB_H5_RANK];
  size_t count = 0, element = H5Tget_size(type);
  int rank = H5Pget_layout(plan) == H5D_CHUNKED ? H5Pget_chunk(plan, GLB_H5_RANK, dims) : 0;
  int bad = rank > GLB_H5_RANK || !element || count_elements(&count, dims, rank, element);
  close_id(type);
  close_id(plan);
  return rank <= 0 ? 0 : bad ? SIZE_MAX : count * element;
}

// What an array announces, a small file cannot hold, compressed or not.
static int check_size(struct glb_h5 *file, hid_t set, const char *name, const struct glb_h5_info *info) {
  hsize_t size = 0;
  H5Fget_filesize(file->id, &size);
  const size_t most = (size_t)size * ratio_limit + small, chunk = chunk_bytes(set);
  const size_t bytes = info->count * type_sizes[info->type];
  GLB_CHECK(bytes <= most && chunk <= most, GLB_EFORMAT,
            "%s: data set \"%s\" says it has %zu bytes, in pieces of %zu: too many for a file of %llu bytes",
            file->name, name, bytes, chunk, (unsigned long long)size);
  return GLB_OK;
}

static int check_set(struct glb_h5 *file, hid_t set, const char *name, struct glb_h5_info *info) {
  GLB_TRY(check_place(file, set, name));
  GLB_TRY(describe(file, set, name, info));
  return check_size(file, set, name, info);
}

// Opens a data set and describes it; on failure *set needs no closing.
static int open_set(struct glb_h5 *file, const char *name, hid_t *set, struct glb_h5_info *info) {
  GLB_TRY(check_name(file, name));
  GLB_CHECK(glb_h5_exists(file, name), GLB_EFORMAT, "%s: no data set \"%s\"", file->name, name);
  *set = H5Dopen2(file->id, object_path(name), H5P_DEFAULT);
  GLB_CHECK(works(*set), GLB_EFORMAT, "%s: \"%s\" is no readable data set: %s", file->name, name, reason);
  int code = check_set(file, *set, name, info);
  if (code) close_id(*set);
  GLB_TRY(code);
  return GLB_OK;
}

int glb_h5_info(struct glb_h5 *file, const char *name, struct glb_h5_info *info) {
  hid_t set = -1;
  GLB_TRY(open_set(file, name, &set, info));
  close_id(set);
  return GLB_OK;
}

int glb_h5_read(struct glb_h5 *file, const char *name, enum glb_h5_type type, size_t count, void *data) {
  struct glb_h5_info info = {0};
  hid_t set = -1;
  GLB_TRY(open_set(file, name, &set, &info));
  int fits = info.count == count && (is_real(type) || !is_real(info.type));
  int good = fits && (!count || works(H5Dread(set, memory_type(type), H5S_ALL, H5S_ALL, file->strict, data)));
  close_id(set);
  GLB_CHECK(fits, GLB_EFORMAT, "%s: data set \"%s\" has %zu %s, %zu %s expected", file->name, name,
            info.count, type_names[info.type], count, type_names[type]);
  GLB_CHECK(good, GLB_EFORMAT, "%s: data set \"%s\" is not readable as %s: %s", file->name, name,
            type_names[type], reason);
  return GLB_OK;
}

// ---- attributes ----

static int ensure_object(struct glb_h5 *file, const char *object) {
  GLB_TRY(check_name(file, object));
  if (glb_h5_exists(file, object)) return GLB_OK;
  hid_t group = H5Gcreate2(file->id, object, file->links, H5P_DEFAULT, H5P_DEFAULT);
  GLB_CHECK(works(group), GLB_EINVAL, "group \"%s\" cannot be made: %s", object, reason);
  close_id(group);
  return GLB_OK;
}

// One value of some type as attribute, in place of one that is there.
static int write_attribute(struct glb_h5 *file, const char *object, const char *name, hid_t stored,
                           hid_t given, const void *value) {
  GLB_TRY(ensure_object(file, object));
  const char *path = object_path(object);
  if (H5Aexists_by_name(file->id, path, name, H5P_DEFAULT) > 0)
    H5Adelete_by_name(file->id, path, name, H5P_DEFAULT);
  hid_t space = H5Screate(H5S_SCALAR);
  hid_t attribute =
      H5Acreate_by_name(file->id, path, name, stored, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  int written = works(attribute) && works(H5Awrite(attribute, given, value));
  close_id(attribute);
  close_id(space);
  GLB_CHECK(written, GLB_ENOMEM, "attribute \"%s\" of \"%s\" is not written: %s", name, path, reason);
  return GLB_OK;
}

// Text of any length, as h5py writes and reads it.
static hid_t text_type(void) {
  hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  return type;
}

int glb_h5_write_text(struct glb_h5 *file, const char *object, const char *name, const char *text) {
  hid_t type = text_type();
  int code = write_attribute(file, object, name, type, type, &text);
  close_id(type);
  GLB_TRY(code);
  return GLB_OK;
}

int glb_h5_write_int(struct glb_h5 *file, const char *object, const char *name, int64_t value) {
  GLB_TRY(write_attribute(file, object, name, H5T_STD_I64LE, H5T_NATIVE_INT64, &value));
  return GLB_OK;
}

int glb_h5_write_real(struct glb_h5 *file, const char *object, const char *name, double value) {
  GLB_TRY(write_attribute(file, object, name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &value));
  return GLB_OK;
}

// Opens an attribute of one value; on failure *attribute needs no closing.
static int open_attribute(struct glb_h5 *file, const char *object, const char *name, hid_t *attribute) {
  const char *path = object_path(object);
  GLB_TRY(check_name(file, object));
  int there = glb_h5_exists(file, object) && H5Aexists_by_name(file->id, path, name, H5P_DEFAULT) > 0;
  GLB_CHECK(there, GLB_EFORMAT, "%s: no attribute \"%s\" of \"%s\"", file->name, name, path);
  *attribute = H5Aopen_by_name(file->id, path, name, H5P_DEFAULT, H5P_DEFAULT);
  GLB_CHECK(works(*attribute), GLB_EFORMAT, "%s: attribute \"%s\" of \"%s\": %s", file->name, name, path,
            reason);

  hid_t space = H5Aget_space(*attribute);
  hssize_t points = H5Sget_simple_extent_npoints(space);
  close_id(space);
  if (points != 1) {
    close_id(*attribute);
    GLB_RAISE(GLB_EFORMAT, "%s: attribute \"%s\" of \"%s\" has %lld values, one expected", file->name, name,
              path, (long long)points);
  }
  return GLB_OK;
}

static int read_number(struct glb_h5 *file, const char *object, const char *name, enum glb_h5_type type,
                       void *value) {
  hid_t attribute;
  GLB_TRY(open_attribute(file, object, name, &attribute));
  hid_t stored = H5Aget_type(attribute);
  int nearest = nearest_type(stored);
  int fits = nearest >= 0 && (is_real(type) || !is_real((enum glb_h5_type)nearest));
  int good = fits && H5Aread(attribute, memory_type(type), value) >= 0;
  close_id(stored);
  close_id(attribute);
  GLB_CHECK(good, GLB_EFORMAT, "%s: attribute \"%s\" of \"%s\" is no %s", file->name, name,
            object_path(object), type_names[type]);
  return GLB_OK;
}

int glb_h5_read_int(struct glb_h5 *file, const char *object, const char *name, int64_t *value) {
  GLB_TRY(read_number(file, object, name, GLB_H5_I64, value));
  return GLB_OK;
}

int glb_h5_read_real(struct glb_h5 *file, const char *object, const char *name, double *value) {
  GLB_TRY(read_number(file, object, name, GLB_H5_F64, value));
  return GLB_OK;
}

// Text of variable length; returns its bytes, -1 where it cannot be read. It is cut where it does not fit.
static long read_variable(hid_t attribute, char *text, size_t size) {
  char *value = NULL;
  hid_t type = text_type();
  hid_t stored = H5Aget_type(attribute);
  H5Tset_cset(type, H5Tget_cset(stored));
  int good = H5Aread(attribute, type, &value) >= 0;
  long length = good ? (long)strlen(value ? value : "") : -1;
  if (good) snprintf(text, size, "%s", value ? value : "");
  if (value) H5free_memory(value);
  close_id(stored);
  close_id(type);
  return length;
}

// The same of fixed length, with one byte more for the terminator.
static long read_fixed(hid_t attribute, char *text, size_t size, size_t stored) {
  if (stored >= size) return (long)stored;
  hid_t type = H5Aget_type(attribute);
  memset(text, 0, size);
  int good = H5Aread(attribute, type, text) >= 0;
  close_id(type);
  return good ? (long)strlen(text) : -1;
}

int glb_h5_read_text(struct glb_h5 *file, const char *object, const char *name, char *text, size_t size) {
  hid_t attribute;
  GLB_TRY(open_attribute(file, object, name, &attribute));
  hid_t type = H5Aget_type(attribute);
  long length = -1;
  if (H5Tget_class(type) == H5T_STRING)
    length = H5Tis_variable_str(type) > 0 ? read_variable(attribute, text, size)
                                          : read_fixed(attribute, text, size, H5Tget_size(type));
  close_id(type);
  close_id(attribute);
  GLB_CHECK(length >= 0, GLB_EFORMAT, "%s: attribute \"%s\" of \"%s\" is no text", file->name, name,
            object_path(object));
  GLB_CHECK((size_t)length < size, GLB_EFORMAT,
            "%s: attribute \"%s\" of \"%s\" has %ld bytes, at most %zu expected", file->name, name,
            object_path(object), length, size - 1);
  return GLB_OK;
}

// ---- groups ----

// Name number i of a group in name order, and whether it is a group itself.
static int member(struct glb_h5 *file, hid_t group, hsize_t i, char name[GLB_H5_NAME], int *is_group) {
  ssize_t length =
      H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, name, GLB_H5_NAME, H5P_DEFAULT);
  GLB_CHECK(length >= 0 && length < GLB_H5_NAME, GLB_EFORMAT, "%s: unreadable name of a group member",
            file->name);
  hid_t object = H5Oopen(group, name, H5P_DEFAULT);
  GLB_CHECK(works(object), GLB_EFORMAT, "%s: \"%s\" cannot be opened: %s", file->name, name, reason);
  *is_group = H5Iget_type(object) == H5I_GROUP;
  close_id(object);
  return GLB_OK;
}

int glb_h5_each(struct glb_h5 *file, const char *group,
                int (*visit)(void *context, const char *name, int is_group), void *context) {
  GLB_TRY(check_name(file, group));
  GLB_CHECK(glb_h5_exists(file, group), GLB_EFORMAT, "%s: no group \"%s\"", file->name, group);
  hid_t id = H5Gopen2(file->id, object_path(group), H5P_DEFAULT);
  GLB_CHECK(id >= 0, GLB_EFORMAT, "%s: \"%s\" is no group", file->name, group);

  H5G_info_t info;
  int code = GLB_OK;
  hsize_t members = H5Gget_info(id, &info) >= 0 ? info.nlinks : 0;
  for (hsize_t i = 0; i < members && !code; i++) {
    char name[GLB_H5_NAME];
    int is_group = 0;
    code = member(file, id, i, name, &is_group);
    if (!code) code = visit(context, name, is_group);
  }
  close_id(id);
  return code;
}

const char *glb_h5_version(void) {
  static _Thread_local char text[32];
  unsigned major = 0, minor = 0, patch = 0;
  H5get_libversion(&major, &minor, &patch);
  snprintf(text, sizeof text, "%u.%u.%u", major, minor, patch);
  return text;
}
