#include "common/store/runlog.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/log.h"
#include "common/config/text.h"
#include "common/store/file.h"
#include "common/store/h5.h"

static const struct {
  const char *name, *tag, *unit, *help;
  enum glb_metric_source source;
} metrics[GLB_METRICS] = {
#define M(name, source, tag, unit, help) {#name, tag, unit, help, GLB_SOURCE_##source},
#include "common/store/metrics.def"
#undef M
};

struct glb_runlog {
  char lines[PATH_MAX];  // metrics.jsonl
  int fd;                // metrics.jsonl, appended to
  double *rows;          // (count x GLB_METRICS)
  size_t count, room;    // rows there are and fit
};

static const size_t lines_limit = (size_t)1 << 32;  // largest metrics.jsonl that is read

const char *glb_metric_name(enum glb_metric metric) {
  return metrics[metric].name;
}
const char *glb_metric_tag(enum glb_metric metric) {
  return metrics[metric].tag;
}
const char *glb_metric_unit(enum glb_metric metric) {
  return metrics[metric].unit;
}
const char *glb_metric_help(enum glb_metric metric) {
  return metrics[metric].help;
}
enum glb_metric_source glb_metric_source(enum glb_metric metric) {
  return metrics[metric].source;
}

// ---- one row as a line ----

// JSON has no NaN and no infinity.
static int number_text(char *text, size_t size, double value) {
  char number[GLB_TEXT_REAL] = "null";
  if (isfinite(value)) glb_text_print_real(number, value);
  return snprintf(text, size, "%s", number);
}

// Row to line; returns its bytes.
static size_t line_of(char line[GLB_RUNLOG_LINE], const double *row) {
  size_t used = 0;
  for (int m = 0; m < GLB_METRICS; m++) {
    used +=
        (size_t)snprintf(line + used, GLB_RUNLOG_LINE - used, "%s\"%s\":", m ? "," : "{", metrics[m].name);
    used += (size_t)number_text(line + used, GLB_RUNLOG_LINE - used, row[m]);
  }
  used += (size_t)snprintf(line + used, GLB_RUNLOG_LINE - used, "}\n");
  return used;
}

int glb_runlog_row(double *row, const char *line) {
  size_t length = strlen(line);
  if (line[0] != '{' || line[length - 1] != '}') return 0;
  for (int m = 0; m < GLB_METRICS; m++) {
    char key[64];
    snprintf(key, sizeof key, "\"%s\":", metrics[m].name);
    const char *at = strstr(line, key);
    row[m] = at && strncmp(at + strlen(key), "null", 4) ? strtod(at + strlen(key), NULL) : NAN;
  }
  return isfinite(row[GLB_METRIC_round]);
}

// ---- the log ----

static int append(struct glb_runlog *log, const double *row) {
  if (log->count == log->room) {
    size_t room = 2 * log->room + 64;
    double *more = realloc(log->rows, room * GLB_METRICS * sizeof *more);
    GLB_CHECK(more, GLB_ENOMEM, "no memory for %zu rows of metrics", room);
    log->rows = more;
    log->room = room;
  }
  memcpy(log->rows + log->count * GLB_METRICS, row, GLB_METRICS * sizeof *row);
  log->count++;
  return GLB_OK;
}

// Rows of an earlier part of the run, up to round keep. A line cut by a crash is passed over.
static int recall(struct glb_runlog *log, int64_t keep) {
  char *text, *rest;
  GLB_TRY(glb_file_read(&text, NULL, log->lines, lines_limit));
  int code = GLB_OK, broken = 0;
  for (char *line = strtok_r(text, "\n", &rest); line && !code; line = strtok_r(NULL, "\n", &rest)) {
    double row[GLB_METRICS];
    if (!glb_runlog_row(row, line)) {
      broken++;
    } else if (row[GLB_METRIC_round] <= (double)keep) {
      code = append(log, row);
    }
  }
  free(text);
  if (broken) GLB_WARN("%s: %d broken line%s passed over", log->lines, broken, broken > 1 ? "s" : "");
  return code;
}

// metrics.jsonl anew from the rows
static int rewrite(const struct glb_runlog *log) {
  char *text = malloc(log->count * GLB_RUNLOG_LINE + 1);
  GLB_CHECK(text, GLB_ENOMEM, "no memory for %zu lines of metrics", log->count);
  size_t used = 0;
  for (size_t i = 0; i < log->count; i++) used += line_of(text + used, log->rows + i * GLB_METRICS);
  int code = glb_file_land(log->lines, text, used);
  free(text);
  return code;
}

// The same, and open for more lines
static int reopen(struct glb_runlog *log) {
  if (log->fd >= 0) close(log->fd);
  log->fd = -1;
  GLB_TRY(rewrite(log));
  log->fd = open(log->lines, O_WRONLY | O_APPEND | O_CLOEXEC);
  GLB_CHECK(log->fd >= 0, GLB_EIO, "%s: %s", log->lines, strerror(errno));
  return GLB_OK;
}

static int name_lines(struct glb_runlog *log, const char *run) {
  GLB_CHECK(strlen(run) < PATH_MAX - 64, GLB_EIO, "%.60s...: name too long", run);
  snprintf(log->lines, sizeof log->lines, "%s/metrics.jsonl", run);
  return GLB_OK;
}

static int start(struct glb_runlog *log, const char *run, int64_t keep_rounds) {
  GLB_TRY(name_lines(log, run));
  GLB_TRY(glb_file_folder(run));
  if (keep_rounds > 0 && glb_file_exists(log->lines)) GLB_TRY(recall(log, keep_rounds));
  return reopen(log);
}

int glb_runlog_create(struct glb_runlog **log, const char *run, int64_t keep_rounds) {
  *log = NULL;
  struct glb_runlog *fresh = calloc(1, sizeof *fresh);
  GLB_CHECK(fresh, GLB_ENOMEM, "no memory for the log of %s", run);
  fresh->fd = -1;
  int code = start(fresh, run, keep_rounds);
  if (code) {
    glb_runlog_destroy(fresh);
    return glb_error_pass(code, __FILE__, __LINE__);
  }
  *log = fresh;
  return GLB_OK;
}

void glb_runlog_destroy(struct glb_runlog *log) {
  if (!log) return;
  if (log->fd >= 0) close(log->fd);
  free(log->rows);
  free(log);
}

static int is_deleted(const struct glb_runlog *log) {
  struct stat status;
  return !fstat(log->fd, &status) && status.st_nlink == 0;
}

int glb_runlog_add(struct glb_runlog *log, const double *row) {
  char line[GLB_RUNLOG_LINE];
  size_t length = line_of(line, row);
  if (is_deleted(log)) {
    GLB_WARN("%s was deleted: it is written anew", log->lines);
    GLB_TRY(reopen(log));
  }
  off_t before = lseek(log->fd, 0, SEEK_END);
  ssize_t written = write(log->fd, line, length);
  if (written != (ssize_t)length) {
    // no half lines
    int error = written < 0 ? errno : ENOSPC;
    if (ftruncate(log->fd, before)) error = errno;
    GLB_RAISE(GLB_EIO, "%s: cannot append %zu bytes: %s; %s", log->lines, length, strerror(error),
              glb_file_advice(error));
  }
  GLB_TRY(append(log, row));
  return GLB_OK;
}

// One metric of all rows as a data set.
static int write_metric(struct glb_h5 *file, const struct glb_round_rows *rows, int m, double *column) {
  for (size_t i = 0; i < rows->count; i++) column[i] = rows->row[i * GLB_METRICS + (size_t)m];
  GLB_TRY(glb_h5_write(file, metrics[m].name, GLB_H5_F64, 1, &rows->count, column, metrics[m].unit));
  GLB_TRY(glb_h5_write_text(file, metrics[m].name, "help", metrics[m].help));
  return GLB_OK;
}

int glb_runlog_land(const char *run, const struct glb_round_rows *rows) {
  char path[PATH_MAX];
  struct glb_h5 *file;
  GLB_TRY(glb_file_path(path, run, "metrics.h5"));
  GLB_TRY(glb_h5_create(&file));
  double *column = malloc((rows->count + 1) * sizeof *column);
  int code = column ? GLB_OK
                    : glb_error_raise(GLB_ENOMEM, __FILE__, __LINE__, "no memory for %zu rows", rows->count);
  for (int m = 0; m < GLB_METRICS && !code; m++) code = write_metric(file, rows, m, column);
  if (!code) code = glb_h5_land(file, path);
  free(column);
  glb_h5_close(file);
  GLB_TRY(code);
  return GLB_OK;
}

struct glb_round_rows glb_runlog_rows(const struct glb_runlog *log) {
  return (struct glb_round_rows){.row = log->rows, .count = log->count};
}

int glb_runlog_read(struct glb_round_rows *rows, const char *run) {
  struct glb_runlog log = {.fd = -1};
  *rows = (struct glb_round_rows){0};
  GLB_TRY(name_lines(&log, run));
  if (!glb_file_exists(log.lines)) return GLB_OK;
  int code = recall(&log, INT64_MAX);
  if (code) {
    free(log.rows);
    return glb_error_pass(code, __FILE__, __LINE__);
  }
  *rows = (struct glb_round_rows){.row = log.rows, .count = log.count};
  return GLB_OK;
}
