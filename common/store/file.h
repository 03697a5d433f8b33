/* file.h: whole files, in and out. A file that is landed is complete or absent, whatever happens on the way.
 */
#ifndef COMMON_STORE_FILE_H
#define COMMON_STORE_FILE_H

#include <limits.h>
#include <stddef.h>
#include <stdio.h>

/* Lands bytes at path: path.tmp-<pid>, fsync, rename, fsync of the folder. GLB_EIO with the system's reason,
 * the bytes needed and what to do; a file that was there before is unchanged and the temporary file is
 * removed. */
int glb_file_land(const char *path, const void *data, size_t size);

/* What to do about a write that has failed with this errno, as the end of a message. */
const char *glb_file_advice(int error);
/* The same of bytes that come bit by bit: what is written to out between begin and settle. A code that is not GLB_OK (what was to
 * be written has failed) drops the file and is returned. */
struct glb_landing {
  FILE *out;
  char *path, *beside;  // owned
};
int glb_file_begin(struct glb_landing *landing, const char *path);
int glb_file_settle(struct glb_landing *landing, int code);

/* Removes from a folder what landings of killed processes have left there; nobody else may be writing to it. A missing folder
 * is fine. GLB_EIO. */
int glb_file_sweep(const char *folder);

/* Reads a regular file of at most limit bytes. data is owned by the caller (free), with a NUL after the last
 * byte; size may be NULL. GLB_EIO (missing, unreadable, no regular file), GLB_ELIMIT, GLB_ENOMEM; then *data
 * is NULL. */
int glb_file_read(char **data, size_t *size, const char *path, size_t limit);

/* GLB_EIO unless path is a regular file that can be read; never waits for the other end of a pipe. */
int glb_file_check(const char *path);

/* Makes a folder and those above it; one that is there already is fine. GLB_EIO. */
int glb_file_folder(const char *path);

/* "folder/name". GLB_EIO where that is too long. */
int glb_file_path(char path[PATH_MAX], const char *folder, const char *name);

/* Whether a path is there, whatever it is. */
int glb_file_exists(const char *path);

#endif  // COMMON_STORE_FILE_H
