#include "proto/comm/desk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/process.h"

/* What this rank has used since it was last asked. */
static void take_used(struct glb_desk *desk, double used[GLB_USES]) {
  const struct glb_world *world = desk->world;
  double now[GLB_USES] = {[GLB_USE_BUSY] = desk->busy,
                          [GLB_USE_CPU] = glb_clock_cpu(),
                          [GLB_USE_SENT] = (double)world->sent,
                          [GLB_USE_RECEIVED] = (double)world->received};
  double seconds[GLB_PHASES];
  glb_trace_seconds(world->trace, seconds);
  for (int p = 0; p < GLB_PHASES; p++)
    now[GLB_USE_SECONDS + (int)glb_phase_told((enum glb_phase)p)] += seconds[p];
  for (int u = 0; u < GLB_USES; u++) used[u] = now[u] - desk->before[u];
  memcpy(desk->before, now, sizeof now);
  used[GLB_USE_MEMORY] = glb_process_memory();
}

static void add_usage(struct glb_desk *desk, const double *sum, const double *least, const double *most) {
  struct glb_desk_usage *usage = &desk->usage;
  for (int u = 0; u < GLB_USES; u++) {
    const int level = u == GLB_USE_MEMORY;
    usage->sum[u] = level ? sum[u] : usage->sum[u] + sum[u];
    usage->least[u] = level ? least[u] : usage->least[u] + least[u];
    usage->most[u] = level ? most[u] : usage->most[u] + most[u];
  }
}

void glb_desk_tell(struct glb_desk *desk) {
  double used[GLB_USES];
  if (desk->world->size > 1) return;
  take_used(desk, used);
  add_usage(desk, used, used, used);
}

int glb_desk_init(struct glb_desk *desk, struct glb_world *world, const struct glb_desk_sizes *sizes) {
  *desk = (struct glb_desk){.world = world,
                            .snapshot_size = sizes->snapshot,
                            .theta_size = sizes->theta,
                            .adjoints_size = sizes->adjoints};
  desk->snapshot = calloc(sizes->snapshot, sizeof(float));
  desk->theta = calloc(sizes->theta, sizeof(float));
  desk->adjoints = calloc(sizes->adjoints, sizeof(double));
  GLB_CHECK(desk->snapshot && desk->theta && desk->adjoints, GLB_ENOMEM,
            "no memory for a snapshot of %zu floats", sizes->snapshot);
  GLB_TRY(glb_reduce_init(&desk->statistics, sizes->statistics_blocks, sizes->statistics_sizes,
                          sizes->statistics_summands));
  GLB_TRY(glb_reduce_init(&desk->gradient, sizes->gradient_blocks, sizes->gradient_sizes,
                          sizes->gradient_summands));
  double used[GLB_USES];
  take_used(desk, used);
  return GLB_OK;
}

void glb_desk_finish(struct glb_desk *desk) {
  if (!desk) return;
  glb_reduce_finish(&desk->statistics);
  glb_reduce_finish(&desk->gradient);
  free(desk->snapshot);
  free(desk->theta);
  free(desk->adjoints);
  *desk = (struct glb_desk){0};
}

int glb_desk_order(struct glb_desk *desk, enum glb_circle circle, struct glb_order *order) {
  struct glb_world *world = desk->world;
  uint8_t frame[GLB_ORDER_BYTES];
  size_t size;
  if (world->size == 1 || (circle == GLB_LEARNING && world->learners == 1)) return GLB_OK;
  glb_world_phase(world, "the learner's next order");
  if (world->learner) GLB_TRY(glb_message_put_order(frame, sizeof frame, &size, order));
  GLB_TRY_IN(world->trace, world->learner ? GLB_PHASE_broadcast : GLB_PHASE_idle, -1,
             glb_world_broadcast(world, circle, frame, sizeof frame));
  if (!world->learner) GLB_TRY(glb_message_get_order(order, frame, sizeof frame));
  // An actor may still wait for a ticket: the learner answers until all of them have come to the end.
  if (circle == GLB_ACTING && order->verb == GLB_VERB_STOP) GLB_TRY(glb_world_barrier(world, circle));
  return GLB_OK;
}

// from the learner to those that act: what for is said where it takes long
static int broadcast(struct glb_desk *desk, const char *what, void *data, size_t bytes) {
  glb_world_phase(desk->world, what);
  if (desk->world->size == 1) return GLB_OK;
  GLB_TRY_IN(desk->world->trace, GLB_PHASE_broadcast, -1,
             glb_world_broadcast(desk->world, GLB_ACTING, data, bytes));
  return GLB_OK;
}

/* The learner and the actors: sums and extremes over the actors reach the learner. */
static int tell_all(struct glb_desk *desk) {
  struct glb_world *world = desk->world;
  double used[GLB_USES], sum[GLB_USES], most[2 * GLB_USES];  // most: largest, then largest of the negatives
  take_used(desk, used);
  for (int u = 0; u < GLB_USES; u++) {
    sum[u] = world->learner ? 0 : used[u];
    most[u] = world->learner ? -INFINITY : used[u];
    most[GLB_USES + u] = world->learner ? -INFINITY : -used[u];
  }
  GLB_TRY(glb_world_sum_up(world, GLB_ACTING, sum, GLB_USES, most, 2 * GLB_USES));
  for (int u = 0; u < GLB_USES; u++) used[u] = -most[GLB_USES + u];
  if (world->learner) add_usage(desk, sum, used, most);
  return GLB_OK;
}

int glb_desk_snapshot(struct glb_desk *desk) {
  GLB_TRY(broadcast(desk, "the snapshot", desk->snapshot, desk->snapshot_size * sizeof(float)));
  if (desk->world->size == 1) return GLB_OK;
  GLB_TRY_IN(desk->world->trace, GLB_PHASE_broadcast, -1, tell_all(desk));
  return GLB_OK;
}

int glb_desk_theta(struct glb_desk *desk) {
  return broadcast(desk, "the basis of a model update", desk->theta, desk->theta_size * sizeof(float));
}

int glb_desk_adjoints(struct glb_desk *desk) {
  return broadcast(desk, "the adjoints of a model update", desk->adjoints,
                   desk->adjoints_size * sizeof(double));
}

int glb_desk_reduce(struct glb_desk *desk, struct glb_reduce *reduce, const struct glb_contribution *mine,
                    double *out) {
  struct glb_world *world = desk->world;
  const int statistics = reduce == &desk->statistics;
  const enum glb_phase work = statistics ? GLB_PHASE_statistics : GLB_PHASE_gradient;
  glb_world_phase(world, statistics ? "the statistics of a model update" : "the gradient of a model update");
  glb_reduce_begin(reduce);
  if (mine) GLB_TRY_IN(world->trace, work, -1, mine->scan(mine->self, reduce));
  GLB_TRY_IN(world->trace, GLB_PHASE_sync, -1, glb_reduce_agree(reduce, world));
  if (mine) {
    glb_trace_begin(world->trace, work, -1);
    mine->add(mine->self, reduce);
    glb_trace_end(world->trace);
  }
  GLB_TRY_IN(world->trace, GLB_PHASE_reduce, -1, glb_reduce_sum(reduce, world, out));
  return GLB_OK;
}
