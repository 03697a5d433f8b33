#include "common/store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/store/file.h"

// What the holder wrote about itself.
static void read_holder(char *holder, size_t size, int fd) {
  const ssize_t length = pread(fd, holder, size - 1, 0);
  holder[length > 0 ? length : 0] = '\0';
  holder[strcspn(holder, "\n")] = '\0';
  if (!holder[0]) snprintf(holder, size, "another process");
}

// The file system has no locks, or none that work.
static int refuses(int error) {
  return error == ENOSYS || error == EOPNOTSUPP || error == ENOLCK;
}

// A note for those who find the lock taken; the lock does not depend on it.
static void write_holder(int fd) {
  char host[256] = "?", note[320];
  gethostname(host, sizeof host - 1);
  const int length = snprintf(note, sizeof note, "process %ld on %s\n", (long)getpid(), host);
  if (ftruncate(fd, 0) || pwrite(fd, note, (size_t)length, 0) != length) return;
}

int glb_lock_take(struct glb_lock *lock, const char *run) {
  char path[PATH_MAX], holder[320];
  *lock = (struct glb_lock){.fd = -1};
  GLB_TRY(glb_file_path(path, run, "lock"));
  const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  GLB_CHECK(fd >= 0, GLB_EIO, "%s: cannot be made: %s; %s", path, strerror(errno), glb_file_advice(errno));
  if (flock(fd, LOCK_EX | LOCK_NB)) lock->refused = errno;
  if (lock->refused && !refuses(lock->refused)) {
    read_holder(holder, sizeof holder, fd);
    close(fd);
    GLB_CHECK(lock->refused == EWOULDBLOCK, GLB_EIO, "%s: cannot be locked: %s; %s", path,
              strerror(lock->refused), glb_file_advice(lock->refused));
    GLB_RAISE(GLB_ESETUP, "%s is being trained by %s: wait for it, end it, or choose another --out", run,
              holder);
  }
  write_holder(fd);
  lock->fd = fd;
  return GLB_OK;
}

void glb_lock_release(struct glb_lock *lock) {
  if (lock->fd >= 0) close(lock->fd);
  lock->fd = -1;
}
