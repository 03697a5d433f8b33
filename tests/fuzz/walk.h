/* walk.h: reads all that an opened HDF5 file has, as the readers of checkpoints, tasks and recordings do. */
#ifndef TESTS_FUZZ_WALK_H
#define TESTS_FUZZ_WALK_H

struct glb_h5;

/* Groups in groups, information, values (of arrays that are not too large), attributes, and what
 * learner/state.h reads. Ends the process where something that h5.h says does not hold. */
void fuzz_walk(struct glb_h5 *file);

#endif  // TESTS_FUZZ_WALK_H
