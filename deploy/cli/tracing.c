#include "deploy/cli/tracing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/store/timeline.h"
#include "proto/comm/halt.h"
#include "proto/comm/parcel.h"

static const double patience = 0.5;  // seconds for the events of a run that is cut short
static const double end_of_job =
    60;  // seconds in which the learner ends a job that it has told to leave its work

struct parcel {  // what a rank hands in
  struct glb_timeline_rank rank;
  size_t count;
  struct glb_event events[];
};

void glb_tracing_init(struct glb_tracing *t, struct glb_world *world) {
  *t = (struct glb_tracing){.world = world, .rank = world->rank};
  glb_trace_start(&t->trace);
  world->trace = &t->trace;
}

void glb_tracing_finish(struct glb_tracing *t) {
  t->world->trace = NULL;
  glb_trace_finish(&t->trace);
}

int glb_tracing_check(const char *path) {
  static const char empty[] = "{\"traceEvents\":[]}\n";
  return glb_file_land(path, empty, sizeof empty - 1);
}

int glb_tracing_begin(struct glb_tracing *t, const char *path) {
  t->path = path;
  t->zero = glb_clock_wall();
  GLB_TRY(glb_world_agree(t->world, path != NULL, &t->on));
  if (!t->on) return GLB_OK;
  GLB_TRY(glb_clock_read(&t->first, t->world));
  GLB_TRY(glb_trace_room(&t->trace, GLB_TRACING_EVENTS));
  t->world->halts = !t->world->learner;
  return GLB_OK;
}

/* ---- what a rank hands in ---- */

/* Outer phases before those within them. */
static int by_begin(const void *left, const void *right) {
  const struct glb_event *a = left, *b = right;
  if (a->begin != b->begin) return a->begin < b->begin ? -1 : 1;
  return (a->end < b->end) - (a->end > b->end);
}

static struct glb_timeline_rank describe(const struct glb_tracing *t, const struct glb_clock_reading *last) {
  const struct glb_world *world = t->world;
  const size_t kept = glb_trace_kept(&t->trace);
  struct glb_timeline_rank rank = {.rank = t->rank,
                                   .begin = glb_clock_common(t->first.at, &t->first, last),
                                   .end = glb_clock_common(t->trace.since, &t->first, last),
                                   .error = fmax(t->first.error, last->error),
                                   .dropped = (double)(t->trace.count - kept)};
  const char *role = world->size == 1 ? "learner and actor" : world->actor >= 0 ? "actor" : "learner";
  snprintf(rank.role, sizeof rank.role, "%s", role);
  return rank;
}

/* This rank's events in the order in which they began, on the learner's clock. */
static int wrap(struct parcel **parcel, size_t *bytes, const struct glb_tracing *t,
                const struct glb_clock_reading *last) {
  const size_t count = glb_trace_kept(&t->trace);
  *bytes = sizeof **parcel + count * sizeof(struct glb_event);
  struct parcel *p = *parcel = calloc(1, *bytes);
  GLB_CHECK(p, GLB_ENOMEM, "no memory for %zu events", count);
  p->rank = describe(t, last);
  p->count = count;
  for (size_t i = 0; i < count; i++) {
    p->events[i] = *glb_trace_event(&t->trace, i);
    p->events[i].begin = glb_clock_common(p->events[i].begin, &t->first, last);
    p->events[i].end = glb_clock_common(p->events[i].end, &t->first, last);
  }
  qsort(p->events, count, sizeof *p->events, by_begin);
  return GLB_OK;
}

static int hand_in(struct glb_tracing *t, const struct glb_clock_reading *last) {
  struct parcel *parcel;
  size_t bytes;
  GLB_TRY(wrap(&parcel, &bytes, t, last));
  const int code = glb_parcel_send(t->world, parcel, bytes);
  free(parcel);
  GLB_TRY(code);
  return GLB_OK;
}

/* ---- the learner ---- */

struct summary {
  int ranks, missing;
  double dropped, error;
};

static void add(struct glb_timeline *line, struct summary *sum, struct parcel *p, const char *host) {
  snprintf(p->rank.host, sizeof p->rank.host, "%s", host);
  glb_timeline_add(line, &p->rank, p->events, p->count);
  sum->ranks++;
  sum->dropped += p->rank.dropped;
  sum->error = fmax(sum->error, p->rank.error);
}

static int add_own(struct glb_timeline *line, struct summary *sum, const struct glb_tracing *t) {
  struct parcel *parcel;
  size_t bytes;
  GLB_TRY(wrap(&parcel, &bytes, t, &t->first));
  add(line, sum, parcel, t->world->hosts[t->world->rank]);
  free(parcel);
  return GLB_OK;
}

static int add_other(struct glb_timeline *line, struct summary *sum, struct glb_world *world, int rank,
                     double until) {
  void *data;
  size_t bytes;
  GLB_TRY(glb_parcel_take(world, rank, &data, &bytes, until));
  struct parcel *parcel = data;
  if (parcel && bytes >= sizeof *parcel && bytes == sizeof *parcel + parcel->count * sizeof(struct glb_event))
    add(line, sum, parcel, world->hosts[rank]);
  else
    sum->missing++;
  free(data);
  return GLB_OK;
}

static int collect(struct glb_tracing *t, struct glb_timeline *line, struct summary *sum, double until) {
  GLB_TRY(add_own(line, sum, t));
  for (int rank = 0; rank < t->world->size; rank++)
    if (rank != t->world->rank) GLB_TRY(add_other(line, sum, t->world, rank, until));
  return GLB_OK;
}

static void tell(const struct glb_tracing *t, const struct summary *sum) {
  GLB_INFO("trace of %d rank%s, clocks within %.0f us of each other: %s (open it at https://ui.perfetto.dev)",
           sum->ranks, sum->ranks == 1 ? "" : "s", 2e6 * sum->error, t->path);
  if (sum->dropped > 0)
    GLB_WARN("the trace has the newest %d events of a rank; %.0f older ones were dropped", GLB_TRACING_EVENTS,
             sum->dropped);
  if (sum->missing)
    GLB_WARN("the trace lacks %d rank%s that did not leave work in time when the run was cut short",
             sum->missing, sum->missing == 1 ? "" : "s");
}

static int write_file(struct glb_tracing *t, double until) {
  struct glb_timeline line;
  struct summary sum = {0};
  GLB_TRY(glb_timeline_begin(&line, t->path, t->zero, t->world->size));
  GLB_TRY(glb_timeline_settle(&line, collect(t, &line, &sum, until)));
  tell(t, &sum);
  return GLB_OK;
}

/* All ranks have come to their end together. */
static int end_well(struct glb_tracing *t) {
  struct glb_clock_reading last;
  GLB_TRY(glb_clock_read(&last, t->world));
  if (!t->world->learner) return hand_in(t, &last);
  return write_file(t, 0);
}

static int cut_short(struct glb_tracing *t) {
  t->world->stop = NULL;  // it has been obeyed
  GLB_TRY(glb_world_halt(t->world));
  return write_file(t, glb_clock_wall() + patience);
}

/* Told by the learner to leave: it ends the job when it has the events. */
static void leave(struct glb_tracing *t) {
  t->world->halts = 0;
  if (!hand_in(t, &t->first)) glb_clock_sleep(end_of_job);
}

int glb_tracing_end(struct glb_tracing *t, int code) {
  int traced = GLB_OK;
  struct glb_error_kept why;
  if (!t->on) return code;
  glb_error_keep(&why, code);
  glb_trace_unwind(&t->trace);
  if (!code) traced = end_well(t);
  if (t->world->learner && code) traced = cut_short(t);
  if (!t->world->learner && (code == GLB_ESTOPPED || traced == GLB_ESTOPPED)) leave(t);
  if (!code) return traced;
  if (traced) GLB_WARN("no trace: %s", glb_error_message());
  return glb_error_again(&why);
}
