/* checkpoint.h: everything a run needs to go on, in one HDF5 file with a digest.
 *
 * A checkpoint is a set of named blocks (arrays), each written by who owns it through glb_h5, plus
 * configuration, round and format version. The file has a user block of 512 bytes in front of the HDF5 part:
 * "GLBRCKPT 1 <bytes> <XXH3-128 of those bytes, hex>\n", so that truncation and flipped bits are seen before
 * HDF5 reads a byte; h5py and h5dump skip it by themselves. Files are RUN/checkpoints/round-%08d.h5; the
 * newest `keep` stay. */
#ifndef COMMON_STORE_CHECKPOINT_H
#define COMMON_STORE_CHECKPOINT_H

#include <stddef.h>
#include <stdint.h>

struct glb_h5;

/* Lands an in-memory file (see glb_h5_create) as the checkpoint of a round in RUN/checkpoints, which is made
 * where missing. Then deletes all but the newest keep up to this round, and those of later rounds: the run
 * has gone back from them. On failure (GLB_EIO) the ones before stay as they are, and nothing half-written is
 * left. */
int glb_checkpoint_land(struct glb_h5 *file, const char *run, int64_t round, int keep);

/* Keeps the checkpoint of a round, which has landed, as RUN/checkpoints/best.h5 too, however many come after it: a hard link,
 * or a copy where the file system has none. GLB_EIO. */
int glb_checkpoint_mark_best(const char *run, int64_t round);

/* Opens the one marked; GLB_EIO where none is. */
int glb_checkpoint_best(struct glb_h5 **file, const char *run);

/* Opens the checkpoint file at path after checking its digest. GLB_EFORMAT: truncated or damaged. */
int glb_checkpoint_open(struct glb_h5 **file, const char *path);

/* Rounds of which a run has a checkpoint file, good or not, newest first; *rounds is for the caller to free,
 * NULL where there are none. */
int glb_checkpoint_rounds(int64_t **rounds, size_t *count, const char *run);

/* Opens the checkpoint of a round. One that is damaged or gone is passed over with a warning: *file NULL and
 * GLB_OK. */
int glb_checkpoint_try(struct glb_h5 **file, const char *run, int64_t round);

/* Opens the newest good checkpoint of a run; damaged ones are passed over with a warning. *file NULL and
 * GLB_OK when the run has none at all; GLB_EFORMAT when there are only damaged ones. path (may be NULL) gets
 * its name. */
int glb_checkpoint_latest(struct glb_h5 **file, const char *run, char *path, size_t size);

/* The same for who needs one: a run without any is GLB_EIO. */
int glb_checkpoint_need(struct glb_h5 **file, const char *run);

#endif  // COMMON_STORE_CHECKPOINT_H
