#include "common/task/trial.h"

#include <math.h>

#include "common/base/arena.h"
#include "common/base/assert.h"
#include "common/base/error.h"

// The layout, written once: with arena->base NULL it only counts.
static void lay(struct glb_trial *trial, struct glb_trial_shape shape, struct glb_arena *arena) {
  const size_t O = shape.O, A = shape.A, P = shape.P, E = shape.E, T = shape.T;
  trial->shape = shape;
  trial->block = arena->base;
  trial->head = GLB_TAKE(arena, struct glb_trial_head, 1);
  trial->task = GLB_TAKE(arena, double, P);
  trial->reward = GLB_TAKE(arena, double, T);
  trial->obs = GLB_TAKE(arena, float, T *O);
  trial->last_obs = GLB_TAKE(arena, float, E *O);
  trial->action = GLB_TAKE(arena, float, T *A);
  trial->length = GLB_TAKE(arena, int32_t, E);
  trial->terminated = GLB_TAKE(arena, uint8_t, E);
  trial->success = GLB_TAKE(arena, uint8_t, E);
}

size_t glb_trial_bytes(struct glb_trial_shape shape) {
  struct glb_trial trial;
  struct glb_arena arena = {0};
  lay(&trial, shape, &arena);
  return (arena.used + 63) / 64 * 64;
}

void glb_trial_map(struct glb_trial *trial, struct glb_trial_shape shape, void *block) {
  struct glb_arena arena = {.base = block, .size = glb_trial_bytes(shape)};
  lay(trial, shape, &arena);
}

int glb_trial_episode(const struct glb_trial *trial, int t, int *first) {
  GLB_ASSERT(t >= 0 && t < trial->head->T);
  int e = 0, start = 0;
  while (t >= start + trial->length[e]) start += trial->length[e++];
  *first = start;
  return e;
}

const float *glb_trial_next_obs(const struct glb_trial *trial, int t) {
  int first, e = glb_trial_episode(trial, t, &first);
  int last = first + trial->length[e] - 1;
  size_t O = trial->shape.O;
  return t == last ? trial->last_obs + e * O : trial->obs + (t + 1) * O;
}

double glb_trial_return(const struct glb_trial *trial, int e) {
  GLB_ASSERT(e >= 0 && e < trial->head->E);
  int first = 0;
  for (int i = 0; i < e; i++) first += trial->length[i];
  double sum = 0;
  for (int t = first; t < first + trial->length[e]; t++) sum += trial->reward[t];
  return sum;
}

int glb_trial_diverged(const struct glb_trial *trial) {
  int count = 0;
  for (int e = 0; e < trial->head->E; e++) count += trial->terminated[e] == GLB_ENDED_DIVERGED;
  return count;
}

static int check_finite(const double *x, size_t count, const char *member) {
  for (size_t i = 0; i < count; i++)
    GLB_CHECK(isfinite(x[i]), GLB_ENONFINITE, "trial: %s[%zu] is %g", member, i, x[i]);
  return GLB_OK;
}

static int check_finite_f(const float *x, size_t count, const char *member) {
  for (size_t i = 0; i < count; i++)
    GLB_CHECK(isfinite(x[i]), GLB_ENONFINITE, "trial: %s[%zu] is %g", member, i, (double)x[i]);
  return GLB_OK;
}

// sum of lengths = T, each at least 1; ends known, flags 0 or 1
static int check_episodes(const struct glb_trial *trial) {
  const int E = trial->head->E, T = trial->head->T;
  int64_t sum = 0;
  for (int e = 0; e < E; e++) {
    GLB_CHECK(trial->length[e] >= 1, GLB_EFORMAT, "trial: length[%d] is %d", e, trial->length[e]);
    GLB_CHECK(trial->terminated[e] < GLB_ENDED_COUNT, GLB_EFORMAT, "trial: terminated[%d] is %d", e,
              trial->terminated[e]);
    GLB_CHECK(trial->success[e] <= 1, GLB_EFORMAT, "trial: success[%d] is %d", e, trial->success[e]);
    sum += trial->length[e];
  }
  GLB_CHECK(sum == T, GLB_EFORMAT,
            "trial: the lengths of its %d episodes add up to %lld, not to its %d steps", E, (long long)sum,
            T);
  return GLB_OK;
}

int glb_trial_validate(const struct glb_trial *trial) {
  const struct glb_trial_shape shape = trial->shape;
  const int E = trial->head->E, T = trial->head->T;
  const size_t O = shape.O, A = shape.A;

  GLB_CHECK(E >= 1 && E <= shape.E, GLB_EFORMAT, "trial: %d episodes, room for 1 to %d", E, shape.E);
  GLB_CHECK(T >= 1 && T <= shape.T, GLB_EFORMAT, "trial: %d steps, room for 1 to %d", T, shape.T);
  GLB_TRY(check_episodes(trial));
  GLB_TRY(check_finite(trial->task, shape.P, "task"));
  GLB_TRY(check_finite(trial->reward, T, "reward"));
  GLB_TRY(check_finite_f(trial->obs, T * O, "obs"));
  GLB_TRY(check_finite_f(trial->last_obs, E * O, "last_obs"));
  for (size_t i = 0; i < T * A; i++)  // false for NaN too
    GLB_CHECK(fabsf(trial->action[i]) <= 1, isfinite(trial->action[i]) ? GLB_EFORMAT : GLB_ENONFINITE,
              "trial: action[%zu] is %g, outside [-1, 1]", i, (double)trial->action[i]);
  return GLB_OK;
}
