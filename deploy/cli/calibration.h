/* calibration.h: what the task model of a run is worth on held-out tasks, as curves: `glibrl calibration` computes and writes them,
 * `glibrl report` puts those of several runs side by side. */
#ifndef DEPLOY_CLI_CALIBRATION_H
#define DEPLOY_CLI_CALIBRATION_H

#include "common/model/model.h"
#include "deploy/cli/csv.h"

/* Rows of a trial are predicted one after the other, each from those before it. */
enum glb_calibration_quantity {
  GLB_CALIBRATION_PIT,  // density of the probability integral transform of each target, at the middles of BINS bins
  GLB_CALIBRATION_COVERAGE,  // share of targets within the central interval of the predictive, at its nominal share
  GLB_CALIBRATION_DEVIATION,  // standard deviation of the weights over the prior's, geometric mean over features, by step
  GLB_CALIBRATION_PREDICTIVE,  // log predictive density of a row, nats, by step
  GLB_CALIBRATION_QUANTITIES
};
enum { GLB_CALIBRATION_BINS = 20, GLB_CALIBRATION_POINTS = 200 };

struct glb_calibration_curve {
  int n;  // 0: the head is not used
  double at[GLB_CALIBRATION_POINTS], value[GLB_CALIBRATION_POINTS];
};
struct glb_calibration {
  struct glb_calibration_curve curve[GLB_HEADS][GLB_CALIBRATION_QUANTITIES];
};

struct glb_calibration_words {
  const char *name;           // in the file
  const char *title, *x, *y;  // of a figure; title NULL: in none
};
const struct glb_calibration_words *glb_calibration_words(int quantity);

/* Its table, of a struct glb_calibration: head,quantity,at,value. */
void glb_calibration_put(struct glb_csv *csv, const void *calibration);

/* RUN/calibration.csv. *calibration is owned by the caller (free), NULL where there is no such file. GLB_EFORMAT, GLB_ENOMEM, codes
 * of glb_file_read. */
int glb_calibration_read(struct glb_calibration **calibration, const char *run);

#endif  // DEPLOY_CLI_CALIBRATION_H
