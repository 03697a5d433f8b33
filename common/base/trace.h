/* trace.h: where a rank's time goes.
 *
 * A rank is in one phase at any moment, the innermost of those that have begun and not ended; outside all of them it is in
 * GLB_PHASE_other. So the seconds of all phases add up to the time since the start, whatever is marked. Seconds are always kept.
 * Events, one for each stay in a phase, are kept where there is room for them: the newest ones.
 *
 * The program owns the trace; who marks gets it as a pointer, and NULL costs a test. A mark reads the clock once: for whole
 * pieces of work and messages, never for steps. One thread marks. Nothing here allocates after glb_trace_room. */
#ifndef COMMON_BASE_TRACE_H
#define COMMON_BASE_TRACE_H

#include <stddef.h>
#include <stdint.h>

#include "common/base/error.h"

enum glb_phase {
#define P(name, side, number, help) GLB_PHASE_##name,
#include "common/base/phases.def"
#undef P
  GLB_PHASES
};

const char *glb_phase_name(enum glb_phase phase);
const char *glb_phase_number(
    enum glb_phase phase);  // what the number of an event counts: "group"; "": nothing
const char *glb_phase_help(enum glb_phase phase);
enum glb_phase glb_phase_told(enum glb_phase phase);  // as which metrics tell of it: itself, or other

struct glb_event {    // a stay in a phase, the phases within it included
  double begin, end;  // glb_clock_wall
  uint32_t round;     // that the rank worked for
  int32_t number;     // of slot group, update, slot; -1: none
  enum glb_phase phase;
};

enum { GLB_TRACE_DEPTH = 16 };

struct glb_trace {
  double start;                            // glb_clock_wall
  double since;                            // last change of phase
  double seconds[GLB_PHASES];              // up to then, phases within a phase not counted in
  struct glb_event open[GLB_TRACE_DEPTH];  // that have begun, outermost first
  int depth;
  uint32_t round;
  struct glb_event *events;  // owned ring, newest at (count - 1) mod room; NULL: none are kept     (room)
  size_t room, count;        // events that fit; events there have been
};

/* Seconds are counted from here; no events. */
void glb_trace_start(struct glb_trace *trace);
/* Events are kept from here on, the newest room of them. GLB_ENOMEM. */
int glb_trace_room(struct glb_trace *trace, size_t room);
void glb_trace_finish(struct glb_trace *trace);

/* The round that what follows is for. */
void glb_trace_round(struct glb_trace *trace, uint32_t round);

/* A phase within the one under way. number: -1 for that of the phase around it. */
void glb_trace_begin(struct glb_trace *trace, enum glb_phase phase, int number);
/* Ends the phase that began last. */
void glb_trace_end(struct glb_trace *trace);
/* Ends all that have begun: after a failure that the program gets over. */
void glb_trace_unwind(struct glb_trace *trace);

/* Seconds in each phase up to now; zeros of NULL. Returns that moment (glb_clock_wall). */
double glb_trace_seconds(const struct glb_trace *trace, double seconds[GLB_PHASES]);

/* Number of events kept, and the i-th of them in the order in which they ended. */
size_t glb_trace_kept(const struct glb_trace *trace);
const struct glb_event *glb_trace_event(const struct glb_trace *trace, size_t i);

/* GLB_TRY of a call that makes up a phase. */
#define GLB_TRY_IN(trace, phase, number, call)   \
  do {                                           \
    glb_trace_begin((trace), (phase), (number)); \
    const int traced_code_ = (call);             \
    glb_trace_end((trace));                      \
    GLB_TRY(traced_code_);                       \
  } while (0)

#endif  // COMMON_BASE_TRACE_H
