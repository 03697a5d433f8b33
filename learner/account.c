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

static int has_none(int phase) {
  return metrics_of[phase].learner == GLB_METRICS && metrics_of[phase].actor == GLB_METRICS;
}

/* Starts a row. */
static void open(struct glb_account *a, int64_t steps) {
  const struct glb_world *world = a->desk->world;
  a->wall = glb_clock_wall();
  a->cpu = glb_clock_cpu();
  a->waited = world->waited;
  a->sent = world->sent;
  a->received = world->received;
  a->steps = steps;
  glb_trace_seconds(world->trace, a->seconds);
  memcpy(a->usage, a->desk->usage, ((size_t)world->actors + 1) * sizeof *a->usage);
}

int glb_account_init(struct glb_account *a, struct glb_desk *desk, int64_t steps) {
  *a = (struct glb_account){.desk = desk};
  a->usage = malloc(((size_t)desk->world->actors + 1) * sizeof *a->usage);
  GLB_CHECK(a->usage, GLB_ENOMEM, "no memory for the accounts of %d ranks", desk->world->size);
  open(a, steps);
  return GLB_OK;
}

void glb_account_finish(struct glb_account *a) {
  if (a) free(a->usage);
}

/* A phase without a metric counts as other. */
static int charged_to(int phase) {
  return has_none(phase) ? GLB_PHASE_other : phase;
}

static void close_learner(const struct glb_account *a, double *row, double wall, int64_t steps) {
  const struct glb_world *world = a->desk->world;
  double seconds[GLB_PHASES], sum[GLB_PHASES] = {0};
  glb_trace_seconds(world->trace, seconds);
  for (int p = 0; p < GLB_PHASES; p++) sum[charged_to(p)] += seconds[p] - a->seconds[p];
  for (int p = 0; p < GLB_PHASES; p++)
    if (metrics_of[p].learner != GLB_METRICS) row[metrics_of[p].learner] = sum[p];
  row[GLB_METRIC_steps_per_second] = (double)(steps - a->steps) / wall;
  row[GLB_METRIC_learner_busy] = 1 - (world->waited - a->waited) / wall;
  row[GLB_METRIC_bytes_sent] = (double)(world->sent - a->sent);
  row[GLB_METRIC_bytes_received] = (double)(world->received - a->received);
  row[GLB_METRIC_learner_cpu] = glb_clock_cpu() - a->cpu;
  row[GLB_METRIC_memory] = glb_process_memory();
}

/* Seconds of one actor in each phase; returns how long it was busy. */
static double actor_seconds(const struct glb_account *a, int rank, double seconds[GLB_PHASES]) {
  const struct glb_desk_usage *now = &a->desk->usage[rank], *before = &a->usage[rank];
  memset(seconds, 0, GLB_PHASES * sizeof *seconds);
  for (int p = 0; p < GLB_PHASES; p++) seconds[charged_to(p)] += now->seconds[p] - before->seconds[p];
  return now->busy - before->busy;
}

static void close_actors(const struct glb_account *a, double *row, double wall) {
  const struct glb_world *world = a->desk->world;
  double mean[GLB_PHASES] = {0}, least[GLB_PHASES], most[GLB_PHASES] = {0}, busy = 0, cpu = 0, most_cpu = 0,
         memory = 0, sent = 0, received = 0;
  for (int actor = 0; actor < world->actors; actor++) {
    const int rank = world->size == 1 ? 0 : 1 + actor;  // among those that act
    const struct glb_desk_usage *now = &a->desk->usage[rank], *before = &a->usage[rank];
    double seconds[GLB_PHASES];
    busy += actor_seconds(a, rank, seconds) / world->actors;
    for (int p = 0; p < GLB_PHASES; p++) {
      mean[p] += seconds[p] / world->actors;
      least[p] = actor ? fmin(least[p], seconds[p]) : seconds[p];
      most[p] = fmax(most[p], seconds[p]);
    }
    cpu += (now->cpu - before->cpu) / world->actors;
    most_cpu = fmax(most_cpu, now->cpu - before->cpu);
    memory = fmax(memory, now->memory);
    sent = fmax(sent, (double)(now->sent - before->sent));
    received = fmax(received, (double)(now->received - before->received));
  }
  for (int p = 0; p < GLB_PHASES; p++) {
    if (metrics_of[p].actor == GLB_METRICS) continue;
    row[metrics_of[p].actor] = mean[p];
    row[metrics_of[p].least] = least[p];
    row[metrics_of[p].most] = most[p];
  }
  row[GLB_METRIC_actor_busy] = busy / wall;
  row[GLB_METRIC_actor_cpu] = cpu;
  row[GLB_METRIC_actor_cpu_max] = most_cpu;
  row[GLB_METRIC_actor_memory] = memory;
  row[GLB_METRIC_actor_bytes_sent] = sent;
  row[GLB_METRIC_actor_bytes_received] = received;
}

void glb_account_close(struct glb_account *a, double *row, int64_t steps) {
  const double wall = glb_clock_wall() - a->wall;
  a->desk->usage[a->desk->world->rank] = glb_desk_used(a->desk);  // where this rank acts, it can say so now
  close_learner(a, row, wall, steps);
  close_actors(a, row, wall);
  open(a, steps);
}
