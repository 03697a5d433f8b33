/* slow_sync.c: a library to preload: fsync takes SLOW_SYNC seconds longer, so that a process can be killed while it writes a
 * file that is not yet in its place. */
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

int fsync(int fd);

int fsync(int fd) {
  int (*next)(int);
  const char *text = getenv("SLOW_SYNC");
  const double seconds = text ? atof(text) : 0;
  const struct timespec delay = {.tv_sec = (time_t)seconds,
                                 .tv_nsec = (long)(1e9 * (seconds - (double)(time_t)seconds))};
  *(void **)&next = dlsym(RTLD_NEXT, "fsync");
  nanosleep(&delay, NULL);
  return next(fd);
}
