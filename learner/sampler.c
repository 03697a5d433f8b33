#include "learner/sampler.h"

#include <stdlib.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/pool.h"
#include "common/base/rng.h"
#include "common/config/config.h"
#include "common/task/task.h"

struct glb_sampler {
  const struct glb_replay *replay;  // kept
  struct glb_pool *pool;            // kept
  uint64_t seed;
  int shards, first, count;  // in all, and those drawn for
  int trials, steps;         // of a shard
  int across;                // backup = trial: values carry across episodes
  float discount, scale;
  float *s, *b, *a, *r, *s2, *b2, *gamma;
  float *norm;             // one normalised observation of each shard    (count x O)
  uint32_t round, update;  // of the batch being drawn
  struct glb_batch batch;
  struct glb_arena arena;
};

static void lay_out(void *object, struct glb_arena *arena) {
  struct glb_sampler *m = object;
  const struct glb_space *space = m->replay->space;
  const int rows = m->count * m->trials * m->steps;
  m->s = GLB_TAKE(arena, float, rows * space->S);
  m->b = GLB_TAKE(arena, float, rows * space->B);
  m->a = GLB_TAKE(arena, float, rows * space->trial.A);
  m->r = GLB_TAKE(arena, float, rows);
  m->s2 = GLB_TAKE(arena, float, rows * space->S);
  m->b2 = GLB_TAKE(arena, float, rows * space->B);
  m->gamma = GLB_TAKE(arena, float, rows);
  m->norm = GLB_TAKE(arena, float, m->count * space->trial.O);
  m->batch = (struct glb_batch){m->s, m->b, m->a, m->r, m->s2, m->b2, m->gamma};
}

int glb_sampler_create(struct glb_sampler **out, const struct glb_config *config,
                       const struct glb_replay *replay, struct glb_pool *pool, int first, int count) {
  struct glb_sampler *m = calloc(1, sizeof *m);
  *out = NULL;
  GLB_CHECK(m, GLB_ENOMEM, "no memory for the sampler");
  *m = (struct glb_sampler){
      .replay = replay,
      .pool = pool,
      .shards = (int)config->agent_shards,
      .first = first,
      .count = count,
      .seed = (uint64_t)config->train_seed,
      .trials = (int)(config->agent_batch_trials / config->agent_shards),
      .steps = (int)config->agent_batch_steps,
      .across = config->agent_backup == GLB_BACKUP_TRIAL,
      .discount = (float)config->agent_discount,
      .scale = (float)(config->agent_reward_scale > 0 ? config->agent_reward_scale
                                                      : replay->space->family->reward_scale)};
  int code = glb_arena_lay(&m->arena, lay_out, m);
  if (code) {
    free(m);
    return glb_error_pass(code, __FILE__, __LINE__);
  }
  *out = m;
  return GLB_OK;
}

void glb_sampler_destroy(struct glb_sampler *m) {
  if (!m) return;
  glb_arena_finish(&m->arena);
  free(m);
}

static void put_state(struct glb_sampler *m, float *norm, float *out, const float *obs, int first, int step) {
  glb_acting_normalise(m->replay->acting, m->replay->space, norm, obs, 1);
  glb_acting_state(m->replay->space, out, norm, first, step);
}

/* Row `row` of the batch: step t of the trial. norm: to work with. */
static void put_row(struct glb_sampler *m, float *norm, int row, const struct glb_trial *trial,
                    const float *beliefs, int t) {
  const struct glb_space *space = m->replay->space;
  const struct glb_acting *acting = m->replay->acting;
  const int O = space->trial.O, A = space->trial.A, S = space->S, B = space->B;
  int begin;
  const int e = glb_trial_episode(trial, t, &begin);
  const int ends = t + 1 == begin + trial->length[e], last = t + 1 == trial->head->T;

  put_state(m, norm, m->s + row * S, trial->obs + t * O, e > 0 && t == begin, t);
  glb_acting_belief(acting, space, m->b + row * B, beliefs + (size_t)t * (size_t)B);
  for (int j = 0; j < A; j++) m->a[row * A + j] = trial->action[t * A + j];
  m->r[row] = m->scale * (float)trial->reward[t];
  m->gamma[row] = m->discount;

  // what follows: the next state of the trial, or the end
  const int on = !ends || (m->across && !last);
  put_state(m, norm, m->s2 + row * S, on ? trial->obs + (t + 1) * O : trial->last_obs + e * O, on && ends,
            t + 1);
  glb_acting_belief(acting, space, m->b2 + row * B, beliefs + (size_t)(t + 1) * (size_t)B);
  if (!on && trial->terminated[e]) m->gamma[row] = 0;
}

static int draw_shard(void *context, int index) {
  struct glb_sampler *m = context;
  const struct glb_replay *replay = m->replay;
  const uint32_t shard = (uint32_t)(m->first + index), shards = (uint32_t)m->shards;
  float *norm = m->norm + index * replay->space->trial.O;
  int row = index * m->trials * m->steps;
  struct glb_rng rng;
  glb_rng_start(&rng, m->seed, GLB_STREAM_BATCH,
                (struct glb_rng_at){.round = m->round, .slot = shard, .step = m->update});
  for (int i = 0; i < m->trials; i++) {
    struct glb_trial trial;
    const uint32_t from = replay->first + glb_rng_below(&rng, replay->last - replay->first);
    const uint32_t slot = shard + shards * glb_rng_below(&rng, (uint32_t)replay->shelf.slots / shards);
    const float *beliefs = glb_replay_beliefs(replay, from, slot);
    glb_shelf_place(&replay->shelf, &trial, from, slot);
    for (int j = 0; j < m->steps; j++)
      put_row(m, norm, row++, &trial, beliefs, (int)glb_rng_below(&rng, (uint32_t)trial.head->T));
  }
  return GLB_OK;
}

const struct glb_batch *glb_sampler_draw(struct glb_sampler *m, uint32_t round, uint32_t update) {
  m->round = round;
  m->update = update;
  (void)glb_pool_run(m->pool, m->count, draw_shard, m);
  return &m->batch;
}
