#include "common/store/checkpoint.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "common/base/error.h"
#include "common/base/log.h"
#include "common/store/h5.h"

enum { BLOCK = 512 };                              // user block in front of the HDF5 part
static const size_t file_limit = (size_t)1 << 36;  // largest checkpoint that is read

// The user block that belongs to these bytes.
static void make_block(char block[BLOCK], const char *bytes, size_t size) {
  XXH128_hash_t digest = XXH3_128bits(bytes, size);
  memset(block, 0, BLOCK);
  snprintf(block, BLOCK, "GLBRCKPT 1 %zu %016" PRIx64 "%016" PRIx64 "\n", size, (uint64_t)digest.high64,
           (uint64_t)digest.low64);
}

static void folder_of(char path[PATH_MAX], const char *run) {
  snprintf(path, PATH_MAX, "%s/checkpoints", run);
}

static void best_of(char path[PATH_MAX], const char *run) {
  snprintf(path, PATH_MAX, "%s/checkpoints/best.h5", run);
}

static void path_of(char path[PATH_MAX], const char *run, int64_t round) {
  snprintf(path, PATH_MAX, "%s/checkpoints/round-%08" PRId64 ".h5", run, round);
}

// ---- the checkpoints of a run ----

struct rounds {
  int64_t *list;  // owned, newest first
  size_t count;
};

static int newest_first(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x < y) - (x > y);
}

// round-%08d.h5 -> its round, anything else -> -1
static int64_t round_of(const char *name) {
  int64_t round;
  int end = 0;
  char again[64];
  if (sscanf(name, "round-%18" SCNd64 ".h5%n", &round, &end) != 1 || !end || name[end]) return -1;
  snprintf(again, sizeof again, "round-%08" PRId64 ".h5", round);
  return strcmp(name, again) ? -1 : round;
}

// All rounds that have a checkpoint file, good or not; no folder: none.
static int list_rounds(struct rounds *rounds, const char *run) {
  char folder[PATH_MAX];
  folder_of(folder, run);
  *rounds = (struct rounds){0};
  DIR *dir = opendir(folder);
  if (!dir && errno == ENOENT) return GLB_OK;
  GLB_CHECK(dir, GLB_EIO, "%s: %s", folder, strerror(errno));

  size_t room = 0;
  for (struct dirent *entry; (entry = readdir(dir));) {
    int64_t round = round_of(entry->d_name);
    if (round < 0) continue;
    if (rounds->count == room) {
      room = 2 * room + 16;
      int64_t *more = realloc(rounds->list, room * sizeof *more);
      if (!more) {
        closedir(dir);
        free(rounds->list);
        GLB_RAISE(GLB_ENOMEM, "%s: no memory for a list of files", folder);
      }
      rounds->list = more;
    }
    rounds->list[rounds->count++] = round;
  }
  closedir(dir);
  if (rounds->count) qsort(rounds->list, rounds->count, sizeof *rounds->list, newest_first);
  return GLB_OK;
}

// Deletes all but the newest keep up to round, and those of rounds the run has gone back from. The new
// checkpoint is safe already, so a failure is only told.
static int prune(const char *run, int64_t round, int keep) {
  struct rounds rounds;
  GLB_TRY(list_rounds(&rounds, run));
  for (size_t i = 0; i < rounds.count; i++) {
    if (rounds.list[i] <= round && keep-- > 0) continue;
    char path[PATH_MAX];
    path_of(path, run, rounds.list[i]);
    if (unlink(path)) GLB_WARN("%s: old checkpoint cannot be deleted: %s", path, strerror(errno));
  }
  free(rounds.list);
  return GLB_OK;
}

// ---- write ----

int glb_checkpoint_land(struct glb_h5 *file, const char *run, int64_t round, int keep) {
  char path[PATH_MAX], folder[PATH_MAX];
  GLB_CHECK(round >= 0 && keep >= 1, GLB_EINVAL, "checkpoint of round %" PRId64 ", keeping %d", round, keep);
  GLB_CHECK(strlen(run) < PATH_MAX - 64, GLB_EIO, "%.60s...: name too long", run);
  path_of(path, run, round);
  folder_of(folder, run);
  GLB_TRY(glb_file_folder(folder));

  char *image;
  size_t size;
  GLB_TRY(glb_h5_image(file, &image, &size, BLOCK));
  make_block(image, image + BLOCK, size - BLOCK);
  int code = glb_file_land(path, image, size);
  free(image);
  GLB_TRY(code);
  GLB_TRY(prune(run, round, keep));
  GLB_TRY(glb_file_sweep(folder));
  return GLB_OK;
}

// The same bytes under another name, where the file system has no second names.
static int copy(const char *path, const char *best) {
  char *data;
  size_t size;
  GLB_TRY(glb_file_read(&data, &size, path, file_limit));
  const int code = glb_file_land(best, data, size);
  free(data);
  GLB_TRY(code);
  return GLB_OK;
}

// A second name for the file: nothing is written twice. The old best goes when the new one is there.
int glb_checkpoint_mark_best(const char *run, int64_t round) {
  char path[PATH_MAX], best[PATH_MAX], beside[PATH_MAX];
  path_of(path, run, round);
  best_of(best, run);
  GLB_CHECK(snprintf(beside, sizeof beside, "%s.tmp-%ld", best, (long)getpid()) < PATH_MAX, GLB_EIO,
            "%.60s...: name too long", run);
  unlink(beside);
  int error = link(path, beside) ? errno : 0;
  if (error == EPERM || error == EOPNOTSUPP || error == ENOSYS || error == EMLINK) return copy(path, best);
  if (!error && rename(beside, best)) error = errno;
  if (error) unlink(beside);
  GLB_CHECK(!error, GLB_EIO, "%s: cannot be made of %s: %s; %s", best, path, strerror(error),
            glb_file_advice(error));
  return GLB_OK;
}

// ---- read ----

// Whether these bytes are what was written.
static int verify(const char *data, size_t size, const char *path) {
  size_t bytes;
  char block[BLOCK];
  int known = size >= BLOCK && sscanf(data, "GLBRCKPT 1 %zu", &bytes) == 1;
  GLB_CHECK(known, GLB_EFORMAT, "%s: is no checkpoint (%zu bytes, first line \"GLBRCKPT 1 ...\" expected)",
            path, size);
  GLB_CHECK(bytes == size - BLOCK, GLB_EFORMAT,
            "%s: truncated or damaged: %zu bytes after the first %d, %zu expected", path, size - BLOCK, BLOCK,
            bytes);
  make_block(block, data + BLOCK, bytes);
  GLB_CHECK(!memcmp(block, data, BLOCK), GLB_EFORMAT, "%s: damaged: its digest is not that of its contents",
            path);
  return GLB_OK;
}

int glb_checkpoint_open(struct glb_h5 **file, const char *path) {
  *file = NULL;
  char *data;
  size_t size;
  GLB_TRY(glb_file_read(&data, &size, path, file_limit));
  int code = verify(data, size, path);
  if (!code) code = glb_h5_open_image(file, data + BLOCK, size - BLOCK, path);
  free(data);
  GLB_TRY(code);
  return GLB_OK;
}

int glb_checkpoint_rounds(int64_t **rounds, size_t *count, const char *run) {
  struct rounds found;
  *rounds = NULL;
  GLB_CHECK(strlen(run) < PATH_MAX - 64, GLB_EIO, "%.60s...: name too long", run);
  GLB_TRY(list_rounds(&found, run));
  *rounds = found.list;
  *count = found.count;
  return GLB_OK;
}

int glb_checkpoint_try(struct glb_h5 **file, const char *run, int64_t round) {
  char name[PATH_MAX];
  path_of(name, run, round);
  int code = glb_checkpoint_open(file, name);
  if (code == GLB_EFORMAT || code == GLB_EIO) {
    GLB_WARN("checkpoint passed over: %s", glb_error_message());
    return GLB_OK;
  }
  GLB_TRY(code);
  return GLB_OK;
}

int glb_checkpoint_latest(struct glb_h5 **file, const char *run, char *path, size_t size) {
  int64_t *rounds, newest = 0;
  size_t count;
  char name[PATH_MAX];
  *file = NULL;
  GLB_TRY(glb_checkpoint_rounds(&rounds, &count, run));
  int code = GLB_OK;
  for (size_t i = 0; i < count && !*file && !code; i++) {
    newest = rounds[i];
    code = glb_checkpoint_try(file, run, newest);
  }
  free(rounds);
  GLB_TRY(code);
  GLB_CHECK(*file || !count, GLB_EFORMAT,
            "%s: none of its %zu checkpoints is good; start anew with another --out, or --resume never", run,
            count);
  path_of(name, run, newest);
  if (*file && path) snprintf(path, size, "%s", name);
  return GLB_OK;
}

int glb_checkpoint_best(struct glb_h5 **file, const char *run) {
  char path[PATH_MAX];
  GLB_CHECK(strlen(run) < PATH_MAX - 64, GLB_EIO, "%.60s...: name too long", run);
  best_of(path, run);
  return glb_checkpoint_open(file, path);
}

int glb_checkpoint_need(struct glb_h5 **file, const char *run) {
  GLB_TRY(glb_checkpoint_latest(file, run, NULL, 0));
  GLB_CHECK(*file, GLB_EIO, "%s has no checkpoint: is it the --out folder of a training run?", run);
  return GLB_OK;
}
