#include "learner/replay.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/assert.h"
#include "common/base/error.h"
#include "common/base/pool.h"
#include "common/config/config.h"

struct bench {  // what one thread works with
  struct glb_rows_work rows;
  struct glb_mind mind;
};

struct glb_replay_private {
  struct glb_pool *pool;  // kept
  int threads;
  struct bench *bench;  // (threads)
  double *predictive;   // of each trial of a round             (kept x GLB_HEADS)
  uint32_t from;        // first round of the sweep under way
  struct glb_arena arena;
};

static void lay_out(void *object, struct glb_arena *arena) {
  struct glb_replay *replay = object;
  struct glb_replay_private *p = replay->private_;
  p->bench = GLB_TAKE(arena, struct bench, p->threads);
  p->predictive = GLB_TAKE(arena, double, replay->shelf.width *GLB_HEADS);
  for (int i = 0; i < p->threads; i++) {
    struct bench counted, *bench = arena->base ? &p->bench[i] : &counted;
    glb_rows_init(&bench->rows, replay->space, arena, replay->space->trial.T);
    glb_mind_init(&bench->mind, replay->space, arena);
  }
}

static size_t belief_floats(const struct glb_replay *replay) {
  return (size_t)(replay->space->trial.T + 1) * (size_t)replay->space->B;
}

int glb_replay_create(struct glb_replay **out, const struct glb_config *config, const struct glb_space *space,
                      const struct glb_acting *acting, struct glb_pool *pool, const unsigned char *keep) {
  struct glb_replay *r = calloc(1, sizeof *r);
  int code = GLB_OK;
  *out = NULL;
  GLB_CHECK(r, GLB_ENOMEM, "no memory for the replay");
  r->space = space;
  r->acting = acting;
  r->private_ = calloc(1, sizeof *r->private_);
  if (!r->private_) code = GLB_ENOMEM;
  if (code) goto out;
  r->private_->pool = pool;
  r->private_->threads = glb_pool_threads(pool);
  GLB_TRY_OUT(code, out,
              glb_shelf_init(&r->shelf, space->trial, space->window + 1, (int)config->train_slots, keep));
  r->slots = calloc((size_t)r->shelf.width + 1, sizeof *r->slots);
  r->beliefs = calloc((size_t)r->shelf.rounds * (size_t)r->shelf.width, belief_floats(r) * sizeof(float));
  if (!r->beliefs || !r->slots)
    code = glb_error_raise(GLB_ENOMEM, __FILE__, __LINE__,
                           "no memory for the beliefs of %lld trials; lower replay.trials",
                           (long long)config->replay_trials);
  if (code) goto out;
  for (int s = 0; s < r->shelf.slots; s++)
    if (r->shelf.column[s] >= 0) r->slots[r->shelf.column[s]] = s;
  GLB_TRY_OUT(code, out, glb_arena_lay(&r->private_->arena, lay_out, r));
  *out = r;
  return GLB_OK;
out:
  glb_replay_destroy(r);
  return code;
}

void glb_replay_destroy(struct glb_replay *r) {
  if (!r) return;
  if (r->private_) glb_arena_finish(&r->private_->arena);
  free(r->private_);
  free(r->beliefs);
  free(r->slots);
  glb_shelf_finish(&r->shelf);
  free(r);
}

int glb_replay_put(struct glb_replay *r, const struct glb_trial *trial) {
  const uint32_t round = trial->head->round, slot = trial->head->slot;
  struct glb_trial place;
  GLB_CHECK(glb_shelf_keeps(&r->shelf, slot), GLB_EINVAL, "a trial of slot %u, which is not kept here", slot);
  GLB_CHECK(round >= r->last && round - r->last <= 1, GLB_EINVAL, "a trial of round %u while round %u is due",
            round, r->last);
  GLB_CHECK(!glb_shelf_has(&r->shelf, round, slot), GLB_EINVAL, "trial (%u, %u) came twice", round, slot);
  glb_shelf_place(&r->shelf, &place, round, slot);
  memcpy(place.block, trial->block, glb_trial_bytes(trial->shape));
  return GLB_OK;
}

float *glb_replay_beliefs(const struct glb_replay *r, uint32_t round, uint32_t slot) {
  return r->beliefs + glb_shelf_index(&r->shelf, round, slot) * belief_floats(r);
}

/* Shard i: beliefs of the i-th trial from round `from` on. */
static int sweep_trial(void *context, int shard) {
  struct glb_replay *r = context;
  struct glb_replay_private *p = r->private_;
  struct bench *bench = &p->bench[shard % p->threads];
  const int column = shard % r->shelf.width;
  const uint32_t round = p->from + (uint32_t)(shard / r->shelf.width), slot = (uint32_t)r->slots[column];
  struct glb_trial trial;
  glb_shelf_place(&r->shelf, &trial, round, slot);
  glb_rows_trial(&bench->rows, r->space, r->acting, r->acting->model, &trial);
  glb_mind_load(&bench->mind, r->space, r->acting);
  glb_mind_sweep(&bench->mind, r->space, glb_replay_beliefs(r, round, slot), &bench->rows, trial.head->T,
                 p->predictive + column * GLB_HEADS);
  return GLB_OK;
}

int glb_replay_admit(struct glb_replay *r, double *predictive) {
  const uint32_t round = r->last;
  const int width = r->shelf.width;
  for (int i = 0; i < width; i++)
    GLB_CHECK(glb_shelf_has(&r->shelf, round, (uint32_t)r->slots[i]), GLB_EINVAL,
              "round %u has no trial of slot %d", round, r->slots[i]);

  r->private_->from = round;
  GLB_TRY(glb_pool_run(r->private_->pool, width, sweep_trial, r));
  if (predictive) memcpy(predictive, r->private_->predictive, (size_t)width * GLB_HEADS * sizeof *predictive);
  r->last = round + 1;
  const uint32_t visible = (uint32_t)r->space->window - 1;
  if (r->last - r->first > visible) r->first = r->last - visible;
  return GLB_OK;
}

int glb_replay_refresh(struct glb_replay *r) {
  r->private_->from = r->first;
  GLB_TRY(glb_pool_run(r->private_->pool, (int)(r->last - r->first) * r->shelf.width, sweep_trial, r));
  return GLB_OK;
}
