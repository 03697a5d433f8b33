/* course.h: where a run is and how fast it goes, from its rows one by one. */
#ifndef LEARNER_COURSE_H
#define LEARNER_COURSE_H

#include <stdint.h>

#include "common/store/runlog.h"

struct glb_course {
  double row
      [GLB_METRICS];  // the newest; evaluations are those of the newest round that has one; all NAN: no row yet
  double evaluated;    // that round, NAN: none
  double from, since;  // round and seconds that the pace is taken from
  int64_t rounds;      // to train, -1: unknown
  int lag;             // rounds that actors run ahead, -1: unknown
};

/* first: the last finished round at the start of the process that adds to the rows; NAN where that is not known. */
void glb_course_init(struct glb_course *course, int64_t rounds, int lag, double first);

/* A row that does not come after the newest one begins the course anew, as a run does that goes on from an earlier round. */
void glb_course_add(struct glb_course *course, const double *row);

double glb_course_pace(
    const struct glb_course *course);  // seconds a round, mean since the process began; NAN: unknown
double glb_course_left(const struct glb_course *course);  // seconds to the last round; NAN: unknown

#endif  // LEARNER_COURSE_H
