#include "common/base/trace.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/base/clock.h"

static const struct {
  const char *name, *number, *help;
  int told;  // a metric tells of it
} phases[GLB_PHASES] = {
#define NONE 0
#define LEARNER 1
#define ACTOR 1
#define BOTH 1
#define P(name, side, number, help) {#name, number, help, side},
#include "common/base/phases.def"
#undef P
#undef NONE
#undef LEARNER
#undef ACTOR
#undef BOTH
};

const char *glb_phase_name(enum glb_phase phase) {
  return phases[phase].name;
}
const char *glb_phase_number(enum glb_phase phase) {
  return phases[phase].number;
}
const char *glb_phase_help(enum glb_phase phase) {
  return phases[phase].help;
}

enum glb_phase glb_phase_told(enum glb_phase phase) {
  return phases[phase].told ? phase : GLB_PHASE_other;
}

void glb_trace_start(struct glb_trace *trace) {
  const double now = glb_clock_wall();
  *trace = (struct glb_trace){.start = now, .since = now};
}

int glb_trace_room(struct glb_trace *trace, size_t room) {
  trace->events = calloc(room, sizeof *trace->events);
  GLB_CHECK(trace->events, GLB_ENOMEM, "no memory for a trace of %zu events", room);
  trace->room = room;
  trace->count = 0;
  return GLB_OK;
}

void glb_trace_finish(struct glb_trace *trace) {
  if (!trace) return;
  free(trace->events);
  *trace = (struct glb_trace){0};
}

void glb_trace_round(struct glb_trace *trace, uint32_t round) {
  if (trace) trace->round = round;
}

static enum glb_phase innermost(const struct glb_trace *trace) {
  return trace->depth ? trace->open[trace->depth - 1].phase : GLB_PHASE_other;
}

// the time since the last change of phase goes to the phase under way; returns now
static double charge(struct glb_trace *trace) {
  const double now = glb_clock_wall();
  trace->seconds[innermost(trace)] += now - trace->since;
  trace->since = now;
  return now;
}

void glb_trace_begin(struct glb_trace *trace, enum glb_phase phase, int number) {
  if (!trace) return;
  GLB_ASSERT(trace->depth < GLB_TRACE_DEPTH);
  const double now = charge(trace);
  if (number < 0 && trace->depth) number = trace->open[trace->depth - 1].number;
  trace->open[trace->depth++] =
      (struct glb_event){.begin = now, .round = trace->round, .number = number, .phase = phase};
}

void glb_trace_end(struct glb_trace *trace) {
  if (!trace) return;
  GLB_ASSERT(trace->depth > 0);
  const double now = charge(trace);
  struct glb_event *event = &trace->open[--trace->depth];
  event->end = now;
  if (trace->room) trace->events[trace->count % trace->room] = *event;
  trace->count++;
}

void glb_trace_unwind(struct glb_trace *trace) {
  while (trace && trace->depth) glb_trace_end(trace);
}

double glb_trace_seconds(const struct glb_trace *trace, double seconds[GLB_PHASES]) {
  const double now = glb_clock_wall();
  memset(seconds, 0, GLB_PHASES * sizeof *seconds);
  if (!trace) return now;
  memcpy(seconds, trace->seconds, sizeof trace->seconds);
  seconds[innermost(trace)] += now - trace->since;
  return now;
}

size_t glb_trace_kept(const struct glb_trace *trace) {
  return trace->count < trace->room ? trace->count : trace->room;
}

const struct glb_event *glb_trace_event(const struct glb_trace *trace, size_t i) {
  return &trace->events[(trace->count - glb_trace_kept(trace) + i) % trace->room];
}
