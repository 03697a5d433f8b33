#include "common/store/follow.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "common/base/error.h"
#include "common/store/file.h"

static const off_t tail = 1 << 20;  // bytes before the end that reading starts at

int glb_follow_init(struct glb_follow *f, const char *run) {
  f->in = NULL;
  GLB_TRY(glb_file_path(f->path, run, "metrics.jsonl"));
  return GLB_OK;
}

void glb_follow_finish(struct glb_follow *f) {
  if (f && f->in) fclose(f->in);
  if (f) f->in = NULL;
}

// The file at path is another than the one that is open, or has become shorter.
static int is_replaced(const struct glb_follow *f) {
  struct stat here, there;
  if (fstat(fileno(f->in), &here) || stat(f->path, &there)) return 0;
  return here.st_ino != there.st_ino || here.st_dev != there.st_dev || there.st_size < ftello(f->in);
}

static void open_file(struct glb_follow *f) {
  struct stat status;
  f->in = fopen(f->path, "re");
  if (!f->in || fstat(fileno(f->in), &status) || status.st_size <= tail) return;
  fseeko(f->in, status.st_size - tail, SEEK_SET);
  if (!fgets(f->line, sizeof f->line, f->in)) clearerr(f->in);  // most often half a line
}

static int read_row(struct glb_follow *f, double *row) {
  for (;;) {
    const off_t before = ftello(f->in);
    clearerr(f->in);
    if (!fgets(f->line, sizeof f->line, f->in)) return 0;
    const size_t length = strlen(f->line);
    if (length && f->line[length - 1] == '\n') {
      f->line[length - 1] = '\0';
      if (length > 1 && glb_runlog_row(row, f->line)) return 1;
    } else if (length + 1 < sizeof f->line) {
      fseeko(f->in, before, SEEK_SET);
      return 0;
    }
  }
}

int glb_follow_next(struct glb_follow *f, double *row) {
  if (!f->in) open_file(f);
  if (!f->in) return 0;
  if (read_row(f, row)) return 1;
  if (!is_replaced(f)) return 0;
  glb_follow_finish(f);
  open_file(f);
  return f->in && read_row(f, row);
}

double glb_follow_age(const struct glb_follow *f) {
  struct stat status;
  if (stat(f->path, &status)) return NAN;
  return fmax(0, difftime(time(NULL), status.st_mtime));
}
