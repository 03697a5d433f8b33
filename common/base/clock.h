/* clock.h: seconds on clocks that do not jump. */
#ifndef COMMON_BASE_CLOCK_H
#define COMMON_BASE_CLOCK_H

double glb_clock_wall(void);  // monotonic, since an arbitrary start
double glb_clock_cpu(void);   // CPU time of this process, all threads
void glb_clock_sleep(double seconds);

#endif  // COMMON_BASE_CLOCK_H
