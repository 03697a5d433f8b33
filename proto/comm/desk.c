#include "proto/comm/desk.h"

#include <stdlib.h>

#include "common/base/clock.h"
#include "common/base/error.h"

int glb_desk_init(struct glb_desk *desk, struct glb_world *world, const struct glb_desk_sizes *sizes) {
  *desk = (struct glb_desk){.world = world,
                            .snapshot_size = sizes->snapshot,
                            .theta_size = sizes->theta,
                            .adjoints_size = sizes->adjoints};
  desk->snapshot = calloc(sizes->snapshot, sizeof(float));
  desk->theta = calloc(sizes->theta, sizeof(float));
  desk->adjoints = calloc(sizes->adjoints, sizeof(double));
  desk->usage = calloc((size_t)world->actors + 1, sizeof *desk->usage);
  GLB_CHECK(desk->snapshot && desk->theta && desk->adjoints && desk->usage, GLB_ENOMEM,
            "no memory for a snapshot of %zu floats", sizes->snapshot);
  GLB_TRY(glb_reduce_init(&desk->statistics, sizes->statistics_blocks, sizes->statistics_sizes,
                          sizes->statistics_summands));
  GLB_TRY(glb_reduce_init(&desk->gradient, sizes->gradient_blocks, sizes->gradient_sizes,
                          sizes->gradient_summands));
  return GLB_OK;
}

void glb_desk_finish(struct glb_desk *desk) {
  if (!desk) return;
  glb_reduce_finish(&desk->statistics);
  glb_reduce_finish(&desk->gradient);
  free(desk->snapshot);
  free(desk->theta);
  free(desk->adjoints);
  free(desk->usage);
  *desk = (struct glb_desk){0};
}

int glb_desk_order(struct glb_desk *desk, enum glb_circle circle, struct glb_order *order) {
  uint8_t frame[GLB_ORDER_BYTES];
  size_t size;
  if (desk->world->size == 1 || (circle == GLB_LEARNING && desk->world->learners == 1)) return GLB_OK;
  glb_world_phase(desk->world, "the learner's next order");
  if (desk->world->learner) GLB_TRY(glb_message_put_order(frame, sizeof frame, &size, order));
  GLB_TRY(glb_world_broadcast(desk->world, circle, frame, sizeof frame));
  if (!desk->world->learner) GLB_TRY(glb_message_get_order(order, frame, sizeof frame));
  return GLB_OK;
}

int glb_desk_snapshot(struct glb_desk *desk) {
  glb_world_phase(desk->world, "the snapshot");
  GLB_TRY(glb_world_broadcast(desk->world, GLB_ACTING, desk->snapshot, desk->snapshot_size * sizeof(float)));
  const struct glb_desk_usage usage = {.busy = desk->busy, .cpu = glb_clock_cpu()};
  GLB_TRY(glb_world_gather(desk->world, GLB_ACTING, desk->usage, &usage, sizeof usage));
  return GLB_OK;
}

int glb_desk_theta(struct glb_desk *desk) {
  glb_world_phase(desk->world, "the basis of a model update");
  GLB_TRY(glb_world_broadcast(desk->world, GLB_ACTING, desk->theta, desk->theta_size * sizeof(float)));
  return GLB_OK;
}

int glb_desk_adjoints(struct glb_desk *desk) {
  glb_world_phase(desk->world, "the adjoints of a model update");
  GLB_TRY(glb_world_broadcast(desk->world, GLB_ACTING, desk->adjoints, desk->adjoints_size * sizeof(double)));
  return GLB_OK;
}

int glb_desk_reduce(struct glb_desk *desk, struct glb_reduce *reduce, const struct glb_contribution *mine,
                    double *out) {
  glb_world_phase(desk->world, reduce == &desk->statistics ? "the statistics of a model update"
                                                           : "the gradient of a model update");
  glb_reduce_begin(reduce);
  if (mine) GLB_TRY(mine->scan(mine->self, reduce));
  GLB_TRY(glb_reduce_agree(reduce, desk->world));
  if (mine) mine->add(mine->self, reduce);
  GLB_TRY(glb_reduce_sum(reduce, desk->world, out));
  return GLB_OK;
}
