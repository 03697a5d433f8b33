#include "learner/account.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/process.h"
#include "common/store/runlog.h"

/* The metrics of each phase; GLB_METRICS where it has none on that side. */
static const struct {
  enum glb_metric learner, actor, least, most;
} metrics_of[GLB_PHASES] = {
#define LEARNER(name) {GLB_METRIC_time_##name, GLB_METRICS, GLB_METRICS, GLB_METRICS},
#define ACTOR(name) \
  {GLB_METRICS, GLB_METRIC_actor_##name, GLB_METRIC_actor_##name##_min, GLB_METRIC_actor_##name##_max},
#define BOTH(name)                                                                 \
  {GLB_METRIC_time_##name, GLB_METRIC_actor_##name, GLB_METRIC_actor_##name##_min, \
   GLB_METRIC_actor_##name##_max},
#define NONE(name) {GLB_METRICS, GLB_METRICS, GLB_METRICS, GLB_METRICS},
#define P(name, side, number, help) side(name)
#include "common/base/phases.def"
#undef P
#undef LEARNER
#undef ACTOR
#undef BOTH
#undef NONE
};

/* What this rank has used, at one moment. */
static struct glb_account_mark mark(const struct glb_world *world, int64_t steps) {
  struct glb_account_mark now = {
      .waited = world->waited, .sent = world->sent, .received = world->received, .steps = steps};
  now.wall = glb_trace_seconds(world->trace, now.seconds);
  now.cpu = glb_clock_cpu();
  return now;
}

/* Starts a row where the one before ends. */
static void open(struct glb_account *a, const struct glb_account_mark *now) {
  a->begin = *now;
  a->desk->usage = (struct glb_desk_usage){0};
}

void glb_account_init(struct glb_account *a, struct glb_desk *desk, int64_t steps) {
  *a = (struct glb_account){.desk = desk};
  const struct glb_account_mark now = mark(desk->world, steps);
  open(a, &now);
}

static void close_learner(const struct glb_account *a, double *row, const struct glb_account_mark *now) {
  const struct glb_account_mark *before = &a->begin;
  const double wall = now->wall - before->wall;
  double sum[GLB_PHASES] = {0};
  for (int p = 0; p < GLB_PHASES; p++)
    sum[glb_phase_told((enum glb_phase)p)] += now->seconds[p] - before->seconds[p];
  for (int p = 0; p < GLB_PHASES; p++)
    if (metrics_of[p].learner != GLB_METRICS) row[metrics_of[p].learner] = sum[p];
  row[GLB_METRIC_steps_per_second] = (double)(now->steps - before->steps) / wall;
  row[GLB_METRIC_learner_busy] = 1 - (now->waited - before->waited) / wall;
  row[GLB_METRIC_bytes_sent] = (double)(now->sent - before->sent);
  row[GLB_METRIC_bytes_received] = (double)(now->received - before->received);
  row[GLB_METRIC_learner_cpu] = now->cpu - before->cpu;
  row[GLB_METRIC_memory] = glb_process_memory();
}

static void close_actors(const struct glb_account *a, double *row, double wall) {
  const struct glb_desk_usage *usage = &a->desk->usage;
  const int actors = a->desk->world->actors;
  for (int p = 0; p < GLB_PHASES; p++) {
    if (metrics_of[p].actor == GLB_METRICS) continue;
    row[metrics_of[p].actor] = usage->sum[GLB_USE_SECONDS + p] / actors;
    row[metrics_of[p].least] = usage->least[GLB_USE_SECONDS + p];
    row[metrics_of[p].most] = usage->most[GLB_USE_SECONDS + p];
  }
  row[GLB_METRIC_actor_busy] = usage->sum[GLB_USE_BUSY] / actors / wall;
  row[GLB_METRIC_actor_cpu] = usage->sum[GLB_USE_CPU] / actors;
  row[GLB_METRIC_actor_cpu_max] = usage->most[GLB_USE_CPU];
  row[GLB_METRIC_actor_memory] = usage->most[GLB_USE_MEMORY];
  row[GLB_METRIC_actor_bytes_sent] = usage->most[GLB_USE_SENT];
  row[GLB_METRIC_actor_bytes_received] = usage->most[GLB_USE_RECEIVED];
}

void glb_account_close(struct glb_account *a, double *row, int64_t steps) {
  const struct glb_account_mark now = mark(a->desk->world, steps);
  glb_desk_tell(a->desk);
  close_learner(a, row, &now);
  close_actors(a, row, now.wall - a->begin.wall);
  open(a, &now);
}
