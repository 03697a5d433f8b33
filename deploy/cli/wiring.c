#include "deploy/cli/wiring.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "proto/comm/mail.h"
#include "proto/comm/reduce.h"

enum {
  SMALL = 64,
  LARGE = 1 << 20,  // bytes of a frame
  PINGS = 33,
  BULKS = 5,        // frames of either size
  TURNS = 256,      // contents there are
  OWN = 64,         // numbers that one rank alone gives to the reduction
  SHARED = 1 << 17  // numbers that all give
};

struct trial {
  struct glb_world *world;
  struct glb_mail *mail;
  uint8_t *pattern;  // LARGE + TURNS bytes
  uint8_t *copy;     // LARGE bytes
  int wrong;         // that this rank has seen
};

/* What frame n to or from a rank holds. */
static const uint8_t *content(const struct trial *t, int rank, int n) {
  return t->pattern + (31 * rank + n) % TURNS;
}

static size_t size_of(int n) {
  return n < PINGS ? SMALL : LARGE;
}

/* ---- frames ---- */

static int send_bytes(struct trial *t, int rank, const uint8_t *bytes, size_t size) {
  uint8_t *buffer;
  size_t capacity;
  GLB_TRY(glb_mail_buffer(t->mail, &buffer, &capacity));
  memcpy(buffer, bytes, size);
  return glb_mail_send(t->mail, rank, size);
}

/* The frame that is due; what is wrong with it goes to *wrong. */
static int receive(struct trial *t, int rank, int n, const uint8_t **frame, size_t *size, int *wrong) {
  int from;
  GLB_TRY(glb_mail_receive(t->mail, frame, size, &from));
  const int actor = t->world->learner ? from : t->world->rank;
  if (actor != rank || *size != size_of(n) || memcmp(*frame, content(t, rank, n), *size) != 0)
    *wrong |= GLB_WIRING_MAIL;
  return GLB_OK;
}

static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *x, int n) {
  qsort(x, (size_t)n, sizeof *x, ascending);
  return x[n / 2];
}

/* The learner's side: frames to one rank and back. */
static int call(struct trial *t, int rank, struct glb_wiring *wire) {
  double seconds[PINGS + BULKS];
  t->world->watch.peer = rank;
  for (int n = 0; n < PINGS + BULKS; n++) {
    const uint8_t *frame;
    size_t size;
    const double start = glb_clock_wall();
    GLB_TRY(send_bytes(t, rank, content(t, rank, n), size_of(n)));
    GLB_TRY(receive(t, rank, n, &frame, &size, &wire->wrong));
    seconds[n] = glb_clock_wall() - start;
  }
  wire->round_trip = median(seconds, PINGS);
  wire->rate = 2 * LARGE / median(seconds + PINGS, BULKS);
  return GLB_OK;
}

/* The other side: each frame goes back as it came. */
static int answer(struct trial *t) {
  for (int n = 0; n < PINGS + BULKS; n++) {
    const uint8_t *frame;
    size_t size;
    GLB_TRY(receive(t, t->world->rank, n, &frame, &size, &t->wrong));
    GLB_TRY(send_bytes(t, GLB_LEARNER_RANK, frame, size));
  }
  return glb_mail_flush(t->mail);
}

static int try_mail(struct trial *t, struct glb_wiring *wires) {
  glb_world_phase(t->world, "a frame of the trial");
  if (!t->world->learner) return answer(t);
  for (int rank = 1; rank < t->world->size; rank++) GLB_TRY(call(t, rank, &wires[rank]));
  return glb_mail_flush(t->mail);
}

/* ---- broadcast and reduction ---- */

static int try_broadcast(struct trial *t) {
  glb_world_phase(t->world, "a broadcast of the trial");
  memcpy(t->copy, content(t, t->world->learner, 1), LARGE);  // the others have something else
  GLB_TRY(glb_world_broadcast(t->world, GLB_ALL, t->copy, LARGE));
  if (memcmp(t->copy, content(t, 1, 1), LARGE) != 0) t->wrong |= GLB_WIRING_BROADCAST;
  return GLB_OK;
}

/* Number i that a rank gives: a multiple of 1/4, so that sums are exact. */
static double summand(int rank, int i) {
  return 0.25 * (rank + 1) * (i % 31 - 15);
}

static void fill(double *x, int rank, int n) {
  for (int i = 0; i < n; i++) x[i] = summand(rank, i);
}

/* Block r is of rank r alone, so that a wrong number has a rank that it came from; the last one is of all. */
static int reduce(struct glb_reduce *r, struct glb_world *world, double *x, double *out) {
  fill(x, world->rank, SHARED);
  glb_world_phase(world, "a reduction of the trial");
  glb_reduce_begin(r);
  GLB_TRY(glb_reduce_scan(r, world->rank, x, OWN));
  GLB_TRY(glb_reduce_scan(r, world->size, x, SHARED));
  GLB_TRY(glb_reduce_agree(r, world));
  glb_reduce_add(r, world->rank, x, OWN);
  glb_reduce_add(r, world->size, x, SHARED);
  return glb_reduce_sum(r, world, out);
}

/* The learner's: the ranks whose own block is wrong; where none is but the common sum, the learner stands for it. */
static void check_sums(struct glb_wiring *wires, int size, const double *out) {
  int found = 0, wrong = 0;
  for (int rank = 0; rank < size; rank++)
    for (int i = 0; i < OWN; i++)
      if (out[rank * OWN + i] != summand(rank, i)) wires[rank].wrong |= GLB_WIRING_REDUCTION, found = 1;
  for (int i = 0; i < SHARED; i++) wrong |= out[size * OWN + i] != summand(0, i) * size * (size + 1) / 2;
  if (wrong && !found) wires[GLB_LEARNER_RANK].wrong |= GLB_WIRING_REDUCTION;
}

static int try_reduction(struct trial *t, struct glb_wiring *wires) {
  const size_t size = (size_t)t->world->size, total = size * OWN + SHARED;
  struct glb_reduce r = {0};
  size_t *sizes = malloc((size + 1) * sizeof *sizes);
  double *x = malloc((SHARED + total) * sizeof *x), *out = x + SHARED;
  int code = sizes && x ? GLB_OK : GLB_ENOMEM;
  if (!code) {
    for (size_t b = 0; b < size; b++) sizes[b] = OWN;
    sizes[size] = SHARED;
    code = glb_reduce_init(&r, (int)size + 1, sizes, (int)size);
  }
  if (!code) code = reduce(&r, t->world, x, t->world->learner ? out : NULL);
  if (!code && wires) check_sums(wires, (int)size, out);
  glb_reduce_finish(&r);
  free(x);
  free(sizes);
  GLB_CHECK(code != GLB_ENOMEM, GLB_ENOMEM, "no memory for a reduction of %zu numbers", total);
  GLB_TRY(code);
  return GLB_OK;
}

/* ---- all of it ---- */

static int start(struct trial *t) {
  t->pattern = malloc(LARGE + TURNS);
  t->copy = malloc(LARGE);
  GLB_CHECK(t->pattern && t->copy, GLB_ENOMEM, "no memory for frames of %d bytes", LARGE);
  for (uint32_t i = 0; i < LARGE + TURNS; i++) t->pattern[i] = (uint8_t)((i * 2654435761u) >> 24);
  return glb_mail_create(&t->mail, t->world, LARGE, 2, 0);
}

/* What the ranks have seen themselves, to the learner. */
static int gather(struct trial *t, struct glb_wiring *wires) {
  int *all = malloc((size_t)t->world->size * sizeof *all);
  GLB_CHECK(all, GLB_ENOMEM, "no memory for the findings of %d ranks", t->world->size);
  const int code = glb_world_gather(t->world, GLB_ALL, wires ? all : NULL, &t->wrong, sizeof t->wrong);
  for (int rank = 0; !code && wires && rank < t->world->size; rank++) wires[rank].wrong |= all[rank];
  free(all);
  GLB_TRY(code);
  return GLB_OK;
}

int glb_wiring_try(struct glb_wiring *wires, struct glb_world *world) {
  struct trial t = {.world = world};
  int code = GLB_OK;
  if (wires) memset(wires, 0, (size_t)world->size * sizeof *wires);
  GLB_TRY_OUT(code, out, start(&t));
  GLB_TRY_OUT(code, out, try_mail(&t, wires));
  GLB_TRY_OUT(code, out, try_broadcast(&t));
  GLB_TRY_OUT(code, out, try_reduction(&t, wires));
  GLB_TRY_OUT(code, out, gather(&t, wires));
out:
  glb_mail_destroy(t.mail);
  free(t.copy);
  free(t.pattern);
  return code;
}
