/* report.h: what several runs say together. The command is cmd_report.c; report_read.c reads runs and puts those that differ in
 * their seed alone into one group, report_sums.c computes curves, final figures and comparisons, report_plot.c draws,
 * report_tables.c writes tables and report_page.c the page. */
#ifndef DEPLOY_CLI_REPORT_H
#define DEPLOY_CLI_REPORT_H

#include "common/base/aggregate.h"
#include "common/config/config.h"
#include "common/store/runlog.h"
#include "common/task/task.h"
#include "deploy/cli/calibration.h"

struct glb_csv;

enum {
  GLB_REPORT_RUNS = 256,
  GLB_REPORT_GROUPS = 8,     // of a family: as many as there are colours
  GLB_REPORT_POINTS = 200,   // of a curve
  GLB_REPORT_LEVELS = 101,   // thresholds of a performance profile
  GLB_REPORT_EPISODES = 64,  // of a trial in eval.json
  GLB_REPORT_LABEL = 72,
  GLB_REPORT_NAME = 64
};

/* What curves are made of: a metric, or the difference of two. In the order of figures and tables. */
struct glb_report_quantity {
  const char *figure;  // that shows it
  const char *title;   // NULL: the metric's name
  int metric, minus;   // minus -1: none
  int by_round;        // against rounds, not steps
  int final;           // is among the final figures
};
const struct glb_report_quantity *glb_report_quantities(int *count);
enum { GLB_REPORT_QUANTITIES = 16 };
/* "eval_return_last", "eval_return_last - eval_return_first"; its title: "Eval return last". */
void glb_report_quantity_name(char name[GLB_REPORT_NAME], const struct glb_report_quantity *quantity);
void glb_report_quantity_title(char title[GLB_REPORT_NAME], const struct glb_report_quantity *quantity);

struct glb_report_run {
  const char *path;  // as given
  struct glb_config config;
  struct glb_round_rows rows;                                           // owned
  int episodes, trials;                                                 // of RUN/eval.json; 0: there is none
  int success;                                                          // it tells of success
  double returns[GLB_REPORT_EPISODES], successes[GLB_REPORT_EPISODES];  // means over its trials
  struct glb_calibration *calibration;  // of RUN/calibration.csv, owned; NULL: there is none
};

/* IQM over the runs of a group and its 95 % interval. A point is the mean of `width` values in a row of each run (of the last point:
 * of what is left), at the middle of their rounds and steps. */
struct glb_report_curve {
  int n, width;
  double round[GLB_REPORT_POINTS], steps[GLB_REPORT_POINTS];
  double iqm[GLB_REPORT_POINTS], low[GLB_REPORT_POINTS], high[GLB_REPORT_POINTS];
};

struct glb_report_final {
  double *value;  // of each run, mean of its last evaluations (NULL: not measured), owned   (runs)
  double mean, gap;
  struct glb_aggregate sum;
};

struct glb_report_adaptation {     // by episode of held-out trials
  int n, last;                     // values; episodes of a trial
  int measured[2];                 // return, success
  double at[GLB_REPORT_EPISODES];  // episode, from 0
  double iqm[2][GLB_REPORT_EPISODES], low[2][GLB_REPORT_EPISODES], high[2][GLB_REPORT_EPISODES];
  int from_eval;  // from eval.json, not from the metrics
};

struct glb_report_band {  // IQM over the runs of a curve of calibration.csv
  int n;
  double at[GLB_CALIBRATION_POINTS], iqm[GLB_CALIBRATION_POINTS], low[GLB_CALIBRATION_POINTS],
      high[GLB_CALIBRATION_POINTS];
};

struct glb_report_group {
  char letter[2];                // "A": its name in figures
  char label[GLB_REPORT_LABEL];  // "belief.zero=true"
  int runs;
  struct glb_report_run *run[GLB_REPORT_RUNS];
  int *index;  // resamples of the runs, owned                           (GLB_RESAMPLES x runs)
  struct glb_report_curve *curve[GLB_REPORT_QUANTITIES];  // owned, NULL: not measured
  struct glb_report_final final[GLB_REPORT_QUANTITIES];
  struct glb_report_adaptation adaptation;
  struct glb_report_band belief[GLB_HEADS][GLB_CALIBRATION_QUANTITIES];  // n 0: not measured
  double means[GLB_METRICS];  // of each metric over runs and rounds
  double share[GLB_REPORT_LEVELS], share_low[GLB_REPORT_LEVELS], share_high[GLB_REPORT_LEVELS];  // profile
};

struct glb_report_improvement {  // of group y over group x
  int x, y;
  double probability, low, high;
};

struct glb_report_family {
  const struct glb_family *family;
  int groups;
  struct glb_report_group group[GLB_REPORT_GROUPS];
  int compared;  // quantity of the comparisons, -1: none
  double level[GLB_REPORT_LEVELS];
  int pairs;
  struct glb_report_improvement pair[GLB_REPORT_GROUPS * GLB_REPORT_GROUPS / 2];
};

struct glb_report_figure {
  char file[GLB_REPORT_NAME + 32];  // in the folder of the page
  const char *title;
  int family;
  double inches;      // wide
  int first, count;   // quantities it shows, for the words below it; count 0: none
  const char *words;  // more words below it
};
enum { GLB_REPORT_FIGURES = 8 };  // of a family

struct glb_report {
  const char *out, *csv;  // folders
  const char *path[GLB_REPORT_RUNS], *label[GLB_REPORT_GROUPS];
  int paths, labels;
  int last;        // evaluations whose mean is a final figure
  int has_target;  // of the optimality gap
  double target;
  struct glb_report_run *run;        // owned                                   (paths)
  struct glb_report_family *family;  // owned                             (families)
  int families;
  struct glb_report_figure *figure;  // owned                             (figures)
  int figures;
};
void glb_report_finish(struct glb_report *report);

/* Runs, groups and labels. GLB_EIO (no run), GLB_ECONFIG (the same run twice, too many groups), GLB_EFORMAT (a broken eval.json). */
int glb_report_read(struct glb_report *report);

/* Everything that is computed. GLB_ENOMEM; GLB_EINVAL where a group has no round that all its runs have. */
int glb_report_sum_up(struct glb_report *report);

/* The PNGs. */
int glb_report_plot(struct glb_report *report);

/* One table as CSV text, owned by the caller. */
struct glb_report_table {
  const char *name;  // of the file, without .csv
  const char *title, *help;
  enum {
    GLB_REPORT_SHOWN,
    GLB_REPORT_LINKED,
    GLB_REPORT_FILE
  } where;  // on the page, to be taken from it, neither
  void (*put)(struct glb_csv *csv, const struct glb_report *report);
};
const struct glb_report_table *glb_report_tables(int *count);
int glb_report_table_text(char **text, size_t *size, const struct glb_report_table *table,
                          const struct glb_report *report);

/* OUT/report.html. */
int glb_report_page(const struct glb_report *report);

#endif  // DEPLOY_CLI_REPORT_H
