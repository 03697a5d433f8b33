/* columns.h: the members of many trials as data sets of an HDF5 file, one for each member with the trials in front: in checkpoints
 * and wherever else trials are stored. */
#ifndef LEARNER_COLUMNS_H
#define LEARNER_COLUMNS_H

#include <stddef.h>

#include "common/store/h5.h"
#include "common/task/trial.h"

struct glb_columns {                                                      // which trials
  struct glb_trial_shape shape;                                           // of each
  size_t count;                                                           // trials
  void (*place)(const void *context, struct glb_trial *trial, size_t i);  // maps trial on the i-th
  const void *context;                                                    // of place
};

/* Writes each member as group/NAME, with units and help. GLB_ENOMEM and the codes of glb_h5_write. */
int glb_columns_write(const struct glb_columns *columns, struct glb_h5 *file, const char *group);

/* The other way round. The trials are as the file has them: validate them. GLB_ENOMEM and the codes of glb_h5_read. */
int glb_columns_read(const struct glb_columns *columns, struct glb_h5 *file, const char *group);

#endif  // LEARNER_COLUMNS_H
