/* runlog.h: the metrics of a run, a row a round, as RUN/metrics.jsonl (one JSON object a line) and
 * RUN/metrics.h5 (one data set a metric, with units and help as attributes).
 *
 * The JSON lines are appended and flushed each round; the HDF5 file is landed anew at each glb_runlog_land.
 * On resume, rows from the resumed round on are dropped from both. */
#ifndef COMMON_STORE_RUNLOG_H
#define COMMON_STORE_RUNLOG_H

#include <stddef.h>
#include <stdint.h>

enum glb_metric {
#define M(name, source, tag, unit, help) GLB_METRIC_##name,
#include "common/store/metrics.def"
#undef M
  GLB_METRICS
};

/* What the value of a metric comes from, see metrics.def. */
enum glb_metric_source { GLB_SOURCE_SEED, GLB_SOURCE_EVAL, GLB_SOURCE_MACHINE };

struct glb_runlog;

/* Opens the log of a run directory; rows with round > keep_rounds are dropped (0: a new log). GLB_EIO says
 * why. */
int glb_runlog_create(struct glb_runlog **log, const char *run, int64_t keep_rounds);
void glb_runlog_destroy(struct glb_runlog *log);

/* Appends a row (GLB_METRICS doubles), to a new file where somebody has deleted the old one. A full disk: GLB_EIO. */
int glb_runlog_add(struct glb_runlog *log, const double *row);
/* Rows of a run, whether somebody writes to it or not. */
struct glb_round_rows {
  double *row;   // in the order they were written                          (count x GLB_METRICS)
  size_t count;  // rounds
};

/* Rows so far, borrowed until the next add. */
struct glb_round_rows glb_runlog_rows(const struct glb_runlog *log);

/* Lands metrics.h5 of a run. */
int glb_runlog_land(const char *run, const struct glb_round_rows *rows);

/* Reads metrics.jsonl, which is complete where a run was killed (metrics.h5 is as old as the newest
 * checkpoint); what was not finite is NaN. A broken line is passed over with a warning. No such file: no
 * rows. rows->row is for the caller to free. GLB_EIO, GLB_ENOMEM. */
int glb_runlog_read(struct glb_round_rows *rows, const char *run);

/* A line of metrics.jsonl, without its end, as a row; a metric that is not in it is NAN. 0 where the line is broken. */
int glb_runlog_row(double *row, const char *line);

enum { GLB_RUNLOG_LINE = 64 * GLB_METRICS };  // bytes of the longest line

const char *glb_metric_name(enum glb_metric metric);
const char *glb_metric_tag(enum glb_metric metric);  // "model/evidence_reward"
const char *glb_metric_unit(enum glb_metric metric);
const char *glb_metric_help(enum glb_metric metric);
enum glb_metric_source glb_metric_source(enum glb_metric metric);

#endif  // COMMON_STORE_RUNLOG_H
