/* trial_file.h: the trials of an evaluation as an HDF5 file, with what the task model makes of them: for readers that have no
 * program like this one (docs/howto/read-a-run.md). */
#ifndef DEPLOY_CLI_TRIAL_FILE_H
#define DEPLOY_CLI_TRIAL_FILE_H

#include "common/policy/acting.h"
#include "deploy/cli/scores.h"

struct glb_trial_file {             // borrowed
  const struct glb_space *space;    // with the trials' own sizes
  const struct glb_acting *acting;  // that they were made with
  const struct glb_scores *scores;  // of an evaluation that has kept its trials
};

/* Lands the file. GLB_ENOMEM says how much was asked; the codes of glb_h5_write and glb_h5_land. */
int glb_trial_file_write(const struct glb_trial_file *what, const char *path);

#endif  // DEPLOY_CLI_TRIAL_FILE_H
