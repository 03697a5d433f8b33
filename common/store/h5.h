/* h5.h: the only door to HDF5: named arrays and attributes in a file that is complete or absent.
 *
 * Writing builds the file in memory and lands it with one write beside, fsync and rename; a full disk leaves
 * the old file as it was and says so. Reading never trusts: type class, rank and sizes are checked against
 * limits, and against what a file of that size can hold, before anything is read; nothing is read from other
 * files that a file refers to. What HDF5 itself makes of damaged bytes: docs/reliability.md. Names are paths
 * ("group/data"); groups on the way are made. HDF5's own error printing is off. The same writes give the same
 * bytes: no times are stored. */
#ifndef COMMON_STORE_H5_H
#define COMMON_STORE_H5_H

#include <stddef.h>
#include <stdint.h>

#include "common/store/file.h"

struct glb_h5;  // an open file

enum glb_h5_type { GLB_H5_F32, GLB_H5_F64, GLB_H5_I32, GLB_H5_I64, GLB_H5_U8 };
enum { GLB_H5_RANK = 4, GLB_H5_NAME = 256 };  // NAME: bytes of the longest path, terminator and all

struct glb_h5_info {
  enum glb_h5_type type;  // nearest of ours
  int rank;
  size_t dims[GLB_H5_RANK];
  size_t count;  // elements in all
};

/* Bytes of an element, and the name of its type ("float32"). */
size_t glb_h5_width(enum glb_h5_type type);
const char *glb_h5_type_name(enum glb_h5_type type);

/* Opens path for reading. GLB_EIO (missing, unreadable), GLB_EFORMAT (no HDF5 file, truncated, damaged). */
int glb_h5_open(struct glb_h5 **file, const char *path);
/* The same from the bytes of a file in memory (copied); name stands for the path in messages. */
int glb_h5_open_image(struct glb_h5 **file, const void *image, size_t size, const char *name);
/* A new file in memory. */
int glb_h5_create(struct glb_h5 **file);
/* Closes without writing; NULL is fine. */
void glb_h5_close(struct glb_h5 *file);

/* Lands a created file at path, see glb_file_land. The file stays open. GLB_EIO. */
int glb_h5_land(struct glb_h5 *file, const char *path);
/* The bytes of a created file behind front zero bytes; *image is owned by the caller (free), *size counts
 * front in. GLB_ENOMEM, GLB_EIO; then *image is NULL. */
int glb_h5_image(struct glb_h5 *file, char **image, size_t *size, size_t front);

/* Arrays, row-major. rank 0 (dims NULL): a scalar. Reading converts to the asked type; count must match and
 * every value fit (GLB_EFORMAT names the data set, what is there and what was expected); reals are not read
 * as integers. units: attribute "units"; NULL or "": none. Writing a name twice is GLB_EINVAL. */
int glb_h5_write(struct glb_h5 *file, const char *name, enum glb_h5_type type, int rank, const size_t *dims,
                 const void *data, const char *units);
int glb_h5_exists(struct glb_h5 *file, const char *name);
int glb_h5_info(struct glb_h5 *file, const char *name, struct glb_h5_info *info);
int glb_h5_read(struct glb_h5 *file, const char *name, enum glb_h5_type type, size_t count, void *data);

/* Attributes of a data set or group ("" or "/": of the file; a missing group is made by writing). Writing
 * replaces. Text is read with its terminator, at most size bytes, longer: GLB_EFORMAT. */
int glb_h5_write_text(struct glb_h5 *file, const char *object, const char *name, const char *text);
int glb_h5_write_int(struct glb_h5 *file, const char *object, const char *name, int64_t value);
int glb_h5_write_real(struct glb_h5 *file, const char *object, const char *name, double value);
int glb_h5_read_text(struct glb_h5 *file, const char *object, const char *name, char *text, size_t size);
int glb_h5_read_int(struct glb_h5 *file, const char *object, const char *name, int64_t *value);
int glb_h5_read_real(struct glb_h5 *file, const char *object, const char *name, double *value);

/* Names of the members of a group, in name order: calls visit for each; a non-zero return stops and is
 * returned. */
int glb_h5_each(struct glb_h5 *file, const char *group,
                int (*visit)(void *context, const char *name, int is_group), void *context);

/* Version of the HDF5 library that is linked, "1.10.8". */
const char *glb_h5_version(void);

#endif  // COMMON_STORE_H5_H
