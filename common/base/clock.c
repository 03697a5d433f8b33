#include "common/base/clock.h"

#include <time.h>

static double seconds_of(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double glb_clock_wall(void) {
  return seconds_of(CLOCK_MONOTONIC);
}

double glb_clock_cpu(void) {
  return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

void glb_clock_sleep(double seconds) {
  struct timespec t = {.tv_sec = (time_t)seconds};
  t.tv_nsec = (long)(1e9 * (seconds - (double)t.tv_sec));
  nanosleep(&t, NULL);
}
