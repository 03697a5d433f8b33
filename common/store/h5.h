/* h5.h: the only door to HDF5: named arrays and attributes in a file that is complete or absent.
 *
 * Writing builds the file in memory and lands it with one write beside, fsync and rename; a full disk leaves the old file as it was and says so. Reading never trusts: type class, rank and
 * sizes are checked against limits before anything is allocated. Names are paths ("group/data"); groups on the way are made. HDF5's own error printing is off. */
#ifndef COMMON_STORE_H5_H
#define COMMON_STORE_H5_H

#include <stddef.h>
#include <stdint.h>

struct glb_h5;               // an open file

enum glb_h5_type { GLB_H5_F32, GLB_H5_F64, GLB_H5_I32, GLB_H5_I64, GLB_H5_U8 };
enum { GLB_H5_RANK = 4 };

struct glb_h5_info {
  enum glb_h5_type type;     // nearest of ours
  int rank;
  size_t dims[GLB_H5_RANK];
  size_t count;              // elements in all
};

/* Opens path for reading. GLB_EIO (missing, unreadable), GLB_EFORMAT (no HDF5 file, truncated, damaged). */
int glb_h5_open(struct glb_h5 **file, const char *path);
/* A new file in memory. */
int glb_h5_create(struct glb_h5 **file);
/* Closes without writing; NULL is fine. */
void glb_h5_close(struct glb_h5 *file);

/* Lands a created file at path: path.tmp-<pid>, fsync, rename, fsync of the folder. The file stays open. GLB_EIO with the system's reason, the bytes needed and what to do; the temporary file is removed. */
int glb_h5_land(struct glb_h5 *file, const char *path);

/* Arrays. Reading converts to the asked type; count must match (GLB_EFORMAT names the data set, what is there and what was expected). units: attribute "units"; NULL or "": none. */
int glb_h5_write(struct glb_h5 *file, const char *name, enum glb_h5_type type, int rank, const size_t *dims, const void *data, const char *units);
int glb_h5_exists(struct glb_h5 *file, const char *name);
int glb_h5_info(struct glb_h5 *file, const char *name, struct glb_h5_info *info);
int glb_h5_read(struct glb_h5 *file, const char *name, enum glb_h5_type type, size_t count, void *data);

/* Attributes of a data set or group ("" or "/": of the file). Text is read with its terminator, at most size bytes, longer: GLB_EFORMAT. */
int glb_h5_write_text(struct glb_h5 *file, const char *object, const char *name, const char *text);
int glb_h5_write_int(struct glb_h5 *file, const char *object, const char *name, int64_t value);
int glb_h5_write_real(struct glb_h5 *file, const char *object, const char *name, double value);
int glb_h5_read_text(struct glb_h5 *file, const char *object, const char *name, char *text, size_t size);
int glb_h5_read_int(struct glb_h5 *file, const char *object, const char *name, int64_t *value);
int glb_h5_read_real(struct glb_h5 *file, const char *object, const char *name, double *value);

/* Names of the members of a group, in name order: calls visit for each; a non-zero return stops and is returned. */
int glb_h5_each(struct glb_h5 *file, const char *group, int (*visit)(void *context, const char *name, int is_group), void *context);

/* Landing of any bytes in the same safe way; used for small text files too. */
int glb_file_land(const char *path, const void *data, size_t size);

#endif  // COMMON_STORE_H5_H
