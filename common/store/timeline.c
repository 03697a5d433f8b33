#include "common/store/timeline.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "common/base/assert.h"

int glb_timeline_begin(struct glb_timeline *t, const char *path, double zero, int ranks) {
  *t = (struct glb_timeline){.zero = zero, .room = ranks};
  t->rank = calloc((size_t)ranks, sizeof *t->rank);
  GLB_CHECK(t->rank, GLB_ENOMEM, "no memory for the trace of %d ranks", ranks);
  int code = glb_file_begin(&t->landing, path);
  if (code) {
    free(t->rank);
    return glb_error_pass(code, __FILE__, __LINE__);
  }
  fputs("{\"traceEvents\":[\n", t->landing.out);
  return GLB_OK;
}

// Nanoseconds as microseconds with three digits; a JSON number needs a point whatever the locale.
static void put_time(FILE *out, const char *name, int64_t ns) {
  fprintf(out, "\"%s\":%s%" PRId64 ".%03" PRId64, name, ns < 0 ? "-" : "", (int64_t)(llabs(ns) / 1000),
          (int64_t)(llabs(ns) % 1000));
}

static int64_t nanoseconds(const struct glb_timeline *t, double at) {
  return (int64_t)llround((at - t->zero) * 1e9);
}

// A name in quotes; what JSON would have to escape is left out.
static void put_text(FILE *out, const char *text) {
  for (; *text; text++)
    if (*text >= ' ' && *text != '"' && *text != '\\') putc(*text, out);
}

// Where the next object of the list goes.
static FILE *next_line(struct glb_timeline *t) {
  if (t->lines++) fputs(",\n", t->landing.out);
  return t->landing.out;
}

static FILE *put_meta(struct glb_timeline *t, int rank, const char *name, const char *key) {
  FILE *out = next_line(t);
  fprintf(out, "{\"ph\":\"M\",\"pid\":%d,\"tid\":%d,\"name\":\"%s\",\"args\":{\"%s\":", rank, rank, name,
          key);
  return out;
}

// How the rank is called, and where it stands among the others.
static void put_rank(struct glb_timeline *t, const struct glb_timeline_rank *rank) {
  FILE *out = put_meta(t, rank->rank, "process_name", "name");
  fprintf(out, "\"rank %d: %s\"}}", rank->rank, rank->role);
  put_meta(t, rank->rank, "process_labels", "labels");
  putc('"', out);
  put_text(out, rank->host);
  fputs("\"}}", out);
  put_meta(t, rank->rank, "process_sort_index", "sort_index");
  fprintf(out, "%d}}", rank->rank);
  put_meta(t, rank->rank, "thread_name", "name");
  fputs("\"phases\"}}", out);
}

// Both ends are rounded to the same grid, so that what nests in seconds nests in the file.
static void put_event(struct glb_timeline *t, int rank, const struct glb_event *event) {
  FILE *out = next_line(t);
  const int64_t begin = nanoseconds(t, event->begin), end = nanoseconds(t, event->end);
  const char *number = glb_phase_number(event->phase);
  fprintf(out, "{\"ph\":\"X\",\"pid\":%d,\"tid\":%d,\"name\":\"%s\",", rank, rank,
          glb_phase_name(event->phase));
  put_time(out, "ts", begin);
  putc(',', out);
  put_time(out, "dur", end - begin);
  fprintf(out, ",\"args\":{\"round\":%" PRIu32, event->round);
  if (number[0] && event->number >= 0) fprintf(out, ",\"%s\":%" PRId32, number, event->number);
  fputs("}}", out);
}

void glb_timeline_add(struct glb_timeline *t, const struct glb_timeline_rank *rank,
                      const struct glb_event *events, size_t count) {
  GLB_ASSERT(t->ranks < t->room);
  t->rank[t->ranks++] = *rank;
  put_rank(t, rank);
  for (size_t i = 0; i < count; i++) put_event(t, rank->rank, &events[i]);
}

static void put_end(const struct glb_timeline *t) {
  FILE *out = t->landing.out;
  fputs("\n],\"displayTimeUnit\":\"ms\",\n\"otherData\":{\"ranks\":[", out);
  for (int i = 0; i < t->ranks; i++) {
    const struct glb_timeline_rank *rank = &t->rank[i];
    fprintf(out, "%s\n{\"rank\":%d,\"role\":\"%s\",\"host\":\"", i ? "," : "", rank->rank, rank->role);
    put_text(out, rank->host);
    fputs("\",", out);
    put_time(out, "begin_us", nanoseconds(t, rank->begin));
    putc(',', out);
    put_time(out, "end_us", nanoseconds(t, rank->end));
    putc(',', out);
    put_time(out, "clock_error_us", (int64_t)llround(rank->error * 1e9));
    fprintf(out, ",\"dropped\":%.0f}", rank->dropped);
  }
  fputs("\n]}}\n", out);
}

int glb_timeline_settle(struct glb_timeline *t, int code) {
  if (!code) put_end(t);
  free(t->rank);
  t->rank = NULL;
  code = glb_file_settle(&t->landing, code);
  return code ? glb_error_pass(code, __FILE__, __LINE__) : GLB_OK;
}
