/* scores.h: what `glibrl eval` says of an evaluation, as tables or as JSON. */
#ifndef DEPLOY_CLI_SCORES_H
#define DEPLOY_CLI_SCORES_H

#include "common/task/task.h"
#include "learner/evaluation.h"

/* Kinds of tasks among the trials of an evaluation. */
struct glb_kinds {
  int count;           // 1 and the label "" for a family of one kind
  const char **label;  // (count)
  int *kind;           // of each trial                          (trials)
};
int glb_kinds_init(struct glb_kinds *kinds, const struct glb_family *family,
                   const struct glb_protocol *protocol, int trials, uint32_t round);
void glb_kinds_finish(struct glb_kinds *kinds);

struct glb_scores {  // borrowed
  const struct glb_family *family;
  const struct glb_protocol *protocol;
  const struct glb_evaluation *evaluation;
  const struct glb_kinds *kinds;
};

int glb_scores_print(const struct glb_scores *scores);
int glb_scores_print_json(const struct glb_scores *scores);
/* The same figures as FOLDER/episodes.csv, tasks.csv and trials.csv. GLB_EIO, GLB_ENOMEM. */
int glb_scores_land_csv(const struct glb_scores *scores, const char *folder);

#endif  // DEPLOY_CLI_SCORES_H
