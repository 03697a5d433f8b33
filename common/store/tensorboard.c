#include "common/store/tensorboard.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/store/file.h"
#include "common/store/runlog.h"

// Bytes of a value with its tag, of all of them, of a record around them, of the name of a host in the name of a file.
enum { VALUE = 96, VALUES = VALUE * GLB_METRICS, RECORD = VALUES + 64, HOST = 64 };

#define M(name, source, tag, unit, help) \
  _Static_assert(sizeof tag < VALUE - 16, "the tag of " #name " is too long");
#include "common/store/metrics.def"
#undef M

struct glb_tensorboard {
  char path[PATH_MAX];
  int fd;
  unsigned char values[VALUES], record[RECORD];  // of the row under way
};

// ---- sums ----

uint32_t glb_tensorboard_crc(const void *data, size_t size) {
  const unsigned char *bytes = data;
  uint32_t crc = UINT32_MAX;
  for (size_t i = 0; i < size; i++) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0x82f63b78) : 0);
  }
  return ~crc;
}

uint32_t glb_tensorboard_mask(uint32_t crc) {
  return (crc >> 15 | crc << 17) + UINT32_C(0xa282ead8);
}

// ---- the format of protocol buffers ----

// Fields of the messages, with the kind of what follows in the three lowest bits.
enum { VARINT, FIXED64, BYTES, FIXED32 = 5 };
enum {
  EVENT_WALL_TIME = 1 << 3 | FIXED64,
  EVENT_STEP = 2 << 3 | VARINT,
  EVENT_FILE_VERSION = 3 << 3 | BYTES,
  EVENT_SUMMARY = 5 << 3 | BYTES,
  EVENT_SESSION_LOG = 7 << 3 | BYTES,
  SUMMARY_VALUE = 1 << 3 | BYTES,
  VALUE_TAG = 1 << 3 | BYTES,
  VALUE_SIMPLE = 2 << 3 | FIXED32,
  SESSION_STATUS = 1 << 3 | VARINT,
};
enum { SESSION_START = 1 };

// Bytes with the least first; they return where the next go.
static unsigned char *put_fixed(unsigned char *at, uint64_t value, int bytes) {
  for (int i = 0; i < bytes; i++) *at++ = (unsigned char)(value >> 8 * i);
  return at;
}

static unsigned char *put_varint(unsigned char *at, uint64_t value) {
  for (; value > 127; value >>= 7) *at++ = (unsigned char)(value | 128);
  *at++ = (unsigned char)value;
  return at;
}

static unsigned char *put_bytes(unsigned char *at, int field, const void *data, size_t size) {
  at = put_varint(put_varint(at, (uint64_t)field), size);
  return (unsigned char *)memcpy(at, data, size) + size;
}

static unsigned char *put_value(unsigned char *at, const char *tag, double value) {
  const float simple = (float)value;
  unsigned char inside[VALUE], *end = inside;
  uint32_t bits;
  memcpy(&bits, &simple, sizeof bits);
  end = put_bytes(end, VALUE_TAG, tag, strlen(tag));
  end = put_fixed(put_varint(end, VALUE_SIMPLE), bits, 4);
  return put_bytes(at, SUMMARY_VALUE, inside, (size_t)(end - inside));
}

// ---- the file ----

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// An event with one field besides time and step, as a record.
static int write_event(struct glb_tensorboard *b, int64_t step, int field, const void *data, size_t size) {
  unsigned char *event = b->record + 12, *end = event;
  const double wall = now();
  uint64_t bits;
  memcpy(&bits, &wall, sizeof bits);
  end = put_fixed(put_varint(end, EVENT_WALL_TIME), bits, 8);
  end = put_varint(put_varint(end, EVENT_STEP), (uint64_t)step);
  end = put_bytes(end, field, data, size);

  put_fixed(b->record, (uint64_t)(end - event), 8);
  put_fixed(b->record + 8, glb_tensorboard_mask(glb_tensorboard_crc(b->record, 8)), 4);
  end = put_fixed(end, glb_tensorboard_mask(glb_tensorboard_crc(event, (size_t)(end - event))), 4);

  const size_t length = (size_t)(end - b->record);
  const off_t before = lseek(b->fd, 0, SEEK_END);
  const ssize_t written = write(b->fd, b->record, length);
  if (written == (ssize_t)length) return GLB_OK;
  // no half records
  int error = written < 0 ? errno : ENOSPC;
  if (ftruncate(b->fd, before)) error = errno;
  GLB_RAISE(GLB_EIO, "%s: cannot append %zu bytes: %s; %s", b->path, length, strerror(error),
            glb_file_advice(error));
}

// Seconds in the name of the newest file of a folder; 0 where there is none.
static long long newest_in(const char *folder) {
  long long newest = 0, seconds;
  DIR *dir = opendir(folder);
  if (!dir) return 0;
  for (struct dirent *entry; (entry = readdir(dir));)
    if (sscanf(entry->d_name, "events.out.tfevents.%10lld.", &seconds) == 1 && seconds > newest)
      newest = seconds;
  closedir(dir);
  return newest;
}

// TensorBoard reads the files of a folder in the order of their names.
static int open_file(struct glb_tensorboard *b, const char *run) {
  char folder[PATH_MAX - 128], host[HOST] = "host";
  GLB_CHECK(snprintf(folder, sizeof folder, "%s/tensorboard", run) < (int)sizeof folder, GLB_EIO,
            "%.60s...: name too long", run);
  GLB_TRY(glb_file_folder(folder));
  const long long newest = newest_in(folder), seconds = (long long)now();
  if (gethostname(host, sizeof host - 1)) strcpy(host, "host");
  snprintf(b->path, sizeof b->path, "%s/events.out.tfevents.%010lld.%s", folder,
           seconds > newest ? seconds : newest + 1, host);
  b->fd = open(b->path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
  GLB_CHECK(b->fd >= 0, GLB_EIO, "%s: cannot be made: %s; %s", b->path, strerror(errno),
            glb_file_advice(errno));
  return GLB_OK;
}

static int start(struct glb_tensorboard *b, const char *run, int64_t first_step) {
  static const char version[] = "brain.Event:2";
  static const unsigned char session[] = {SESSION_STATUS, SESSION_START};
  GLB_TRY(open_file(b, run));
  GLB_TRY(write_event(b, 0, EVENT_FILE_VERSION, version, sizeof version - 1));
  return write_event(b, first_step, EVENT_SESSION_LOG, session, sizeof session);
}

int glb_tensorboard_create(struct glb_tensorboard **out, const char *run, int64_t first_step) {
  *out = NULL;
  struct glb_tensorboard *b = calloc(1, sizeof *b);
  GLB_CHECK(b, GLB_ENOMEM, "no memory for the event file of %s", run);
  b->fd = -1;
  const int code = start(b, run, first_step);
  if (code) {
    glb_tensorboard_destroy(b);
    return glb_error_pass(code, __FILE__, __LINE__);
  }
  *out = b;
  return GLB_OK;
}

void glb_tensorboard_destroy(struct glb_tensorboard *b) {
  if (!b) return;
  if (b->fd >= 0) close(b->fd);
  free(b);
}

int glb_tensorboard_add(struct glb_tensorboard *b, const double *row) {
  unsigned char *end = b->values;
  for (int m = 0; m < GLB_METRICS; m++)
    if (isfinite(row[m])) end = put_value(end, glb_metric_tag((enum glb_metric)m), row[m]);
  return write_event(b, (int64_t)row[GLB_METRIC_steps], EVENT_SUMMARY, b->values, (size_t)(end - b->values));
}
