/* poor_disk.c: a library to preload that stands for a file system without hard links and without locks, as FAT, or Lustre
 * mounted without flock. */
#include <errno.h>
#include <sys/file.h>
#include <unistd.h>

int link(const char *from, const char *to) {
  (void)from;
  (void)to;
  errno = EPERM;
  return -1;
}

int flock(int fd, int operation) {
  (void)fd;
  (void)operation;
  errno = ENOSYS;
  return -1;
}
