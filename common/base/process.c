#include "common/base/process.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

double glb_process_memory(void) {
  char text[128];
  long total, resident;
  const int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return NAN;
  const ssize_t got = read(fd, text, sizeof text - 1);
  close(fd);
  if (got <= 0) return NAN;
  text[got] = '\0';
  if (sscanf(text, "%ld %ld", &total, &resident) != 2) return NAN;
  return (double)resident * (double)sysconf(_SC_PAGESIZE);
}
