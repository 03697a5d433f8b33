#include "learner/agents/sac.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/pool.h"
#include "common/base/rng.h"
#include "common/nn/adam.h"
#include "common/nn/noise.h"
#include "proto/comm/crew.h"

enum { CRITICS = 2, CHUNK = 4096, ALIGN = 16 };

struct desk {  // where a thread works on one shard of M rows after the other: few buffers stay in its cache
  struct glb_embedded_work policy, critic[CRITICS];
  float *a;            // a' or x                                        (M x A)
  float *log_prob;     // of a                                           (M)
  float *y;            // targets of the critics                         (M)
  float *dQ[CRITICS];  // d loss / d Q_k                                 (M)
  int *rows[CRITICS];  // where Q_k is the smaller one                   (M)
  float *dA;           // d loss / d x of those rows                     (M x A)
  float *G;            // d loss / d x by way of the critics             (M x A)
  float *dH;           // d loss / d head of the policy                  (M x 2A)
};

struct shard {  // what a shard of this rank leaves
  float *grad;  // gradients of its part of the losses                   (params.size)
  float *z;     // noise for a' and then for x                           (2 x M x A)
};

/* Sums over the rows of a shard, known of all shards after an exchange. */
enum { CRITIC_LOSS, Q_SUM, CRITIC_SUMS };
enum { POLICY_LOSS, LOG_PROB, POLICY_SUMS };

struct phase {                     // an update has two: critics, then policy
  size_t from, to;                 // parameters that it steps
  size_t at[GLB_CREW_SHARDS + 1];  // the ranges of the ranks
  double *sums;                    // (shards x CRITIC_SUMS or POLICY_SUMS)
};

struct glb_sac_private {
  struct glb_arena arena;
  struct glb_pool *pool;    // kept
  struct glb_world *world;  // kept; NULL: alone
  struct glb_embedded critic[CRITICS], target[CRITICS];
  size_t critics_at, temperature_at;  // offsets in theta
  int M;                              // rows of a shard
  int desks;                          // threads
  int first, own;                     // this rank's shards
  struct desk *desk;
  struct shard *shard;  // (own)
  struct phase critics, policy;
  float **grads;  // those of the shards                                 (own)
  float *inbox;   // of all shards, this rank's range of a phase         (shards x stride); alone: none
  size_t stride;

  // of the update under way
  const struct glb_batch *batch;
  float alpha;
};

static void take_desk(struct desk *desk, const struct glb_sac *sac, struct glb_arena *arena) {
  const struct glb_sac_private *p = sac->private_;
  const int M = p->M, A = sac->options.shape.A;
  const size_t policy = glb_embedded_scratch_size(&sac->policy.net, M);
  const size_t critic = glb_embedded_scratch_size(&p->critic[0], M);
  float *scratch = GLB_TAKE(arena, float, policy > critic ? policy : critic);
  glb_embedded_work_init(&desk->policy, &sac->policy.net, arena, M, scratch);
  for (int k = 0; k < CRITICS; k++) {
    glb_embedded_work_init(&desk->critic[k], &p->critic[k], arena, M, scratch);
    desk->dQ[k] = GLB_TAKE(arena, float, M);
    desk->rows[k] = GLB_TAKE(arena, int, M);
  }
  desk->a = GLB_TAKE(arena, float, M *A);
  desk->log_prob = GLB_TAKE(arena, float, M);
  desk->y = GLB_TAKE(arena, float, M);
  desk->dA = GLB_TAKE(arena, float, M *A);
  desk->G = GLB_TAKE(arena, float, M *A);
  desk->dH = GLB_TAKE(arena, float, M * 2 * A);
}

static void take_all(void *object, struct glb_arena *arena) {
  struct glb_sac *sac = object;
  struct glb_sac_private *p = sac->private_;
  sac->theta = GLB_TAKE(arena, float, sac->params.size);
  sac->m = GLB_TAKE(arena, float, sac->params.size);
  sac->v = GLB_TAKE(arena, float, sac->params.size);
  sac->target = GLB_TAKE(arena, float, sac->target_params.size);
  for (int i = 0; i < p->own; i++) {
    p->grads[i] = p->shard[i].grad = GLB_TAKE(arena, float, sac->params.size);
    p->shard[i].z = GLB_TAKE(arena, float, 2 * p->M * sac->options.shape.A);
  }
  p->critics.sums = GLB_TAKE(arena, double, sac->options.shards *CRITIC_SUMS);
  p->policy.sums = GLB_TAKE(arena, double, sac->options.shards *POLICY_SUMS);
  if (p->own < sac->options.shards)
    p->inbox = GLB_TAKE(arena, float, (size_t)sac->options.shards * p->stride);
  for (int i = 0; i < p->desks; i++) take_desk(&p->desk[i], sac, arena);
}

// theta = [policy | critic0 | critic1 | log_temperature], target = [target0 | target1]
static void lay_out(struct glb_sac *sac) {
  struct glb_sac_private *p = sac->private_;
  const struct glb_policy_shape shape = sac->options.shape;
  struct glb_embedded same;
  glb_policy_init(&sac->policy, shape);
  glb_embedded_init(&same, &sac->params, "policy", shape, 0, 2 * shape.A);
  p->critics_at = sac->params.size;
  for (int k = 0; k < CRITICS; k++) {
    char name[16];
    snprintf(name, sizeof name, "critic%d", k);
    glb_embedded_init(&p->critic[k], &sac->params, name, shape, shape.A, 1);
    snprintf(name, sizeof name, "target%d", k);
    glb_embedded_init(&p->target[k], &sac->target_params, name, shape, shape.A, 1);
  }
  p->temperature_at = glb_params_add(&sac->params, "", "log_temperature", 1, 1);
}

// where range index of the parameters from .. to - 1 starts
static size_t range_at(const struct glb_sac *sac, size_t from, size_t to, int index) {
  size_t shards = (size_t)sac->options.shards, share = (to - from + shards - 1) / shards;
  size_t at = from + (share + ALIGN - 1) / ALIGN * ALIGN * (size_t)index;
  return at < to ? at : to;
}

// What each rank steps in a phase: the ranges of its shards.
static void set_phase(const struct glb_sac *sac, struct phase *phase, size_t from, size_t to) {
  struct glb_sac_private *p = sac->private_;
  phase->from = from;
  phase->to = to;
  for (int j = 0; j <= sac->options.shards / p->own; j++) {
    phase->at[j] = range_at(sac, from, to, j * p->own);
    if (j > 0 && phase->at[j] - phase->at[j - 1] > p->stride) p->stride = phase->at[j] - phase->at[j - 1];
  }
}

static void draw(struct glb_sac *sac) {
  struct glb_sac_private *p = sac->private_;
  struct glb_rng rng;
  glb_rng_start(&rng, sac->options.seed, GLB_STREAM_INIT_AGENT, (struct glb_rng_at){0});
  glb_embedded_draw(&sac->policy.net, sac->theta, &rng);
  for (int k = 0; k < CRITICS; k++) glb_embedded_draw(&p->critic[k], sac->theta, &rng);
  sac->theta[p->temperature_at] = (float)log(sac->options.temperature);
  memcpy(sac->target, sac->theta + p->critics_at, sac->target_params.size * sizeof *sac->target);
}

static int check_options(const struct glb_sac_options *options) {
  const struct glb_policy_shape shape = options->shape;
  GLB_CHECK(shape.S > 0 && shape.B > 0 && shape.A > 0 && shape.E > 0 && shape.H > 0, GLB_EINVAL,
            "agent of S=%d B=%d A=%d E=%d H=%d: all must be positive", shape.S, shape.B, shape.A, shape.E,
            shape.H);
  GLB_CHECK(options->shards <= GLB_CREW_SHARDS, GLB_EINVAL, "%d shards: at most %d", options->shards,
            GLB_CREW_SHARDS);
  GLB_CHECK(options->shards > 0 && options->batch > 0 && options->batch % options->shards == 0, GLB_EINVAL,
            "a batch of %d rows cannot be cut into %d equal shards: change agent.batch or agent.shards",
            options->batch, options->shards);
  GLB_CHECK(options->temperature > 0, GLB_EINVAL, "initial temperature %g: must be positive",
            options->temperature);
  return GLB_OK;
}

static void release(struct glb_sac *sac, struct glb_sac_private *p) {
  if (p) {
    glb_arena_finish(&p->arena);
    free(p->grads);
    free(p->shard);
    free(p->desk);
  }
  free(p);
  free(sac);
}

int glb_sac_create(struct glb_sac **out, const struct glb_sac_options *options, struct glb_pool *pool,
                   struct glb_world *world) {
  GLB_TRY(check_options(options));
  const int shards = options->shards, threads = glb_pool_threads(pool);
  const int own = world ? shards / world->learners : shards;
  int code = GLB_OK;
  struct glb_sac *sac = calloc(1, sizeof *sac);
  struct glb_sac_private *p = calloc(1, sizeof *p);
  if (!sac || !p) goto no_memory;
  *sac = (struct glb_sac){.options = *options, .private_ = p};
  *p = (struct glb_sac_private){.pool = pool,
                                .world = world,
                                .M = options->batch / shards,
                                .desks = threads < own ? threads : own,
                                .first = world ? world->replica * own : 0,
                                .own = own};
  p->shard = calloc((size_t)own, sizeof *p->shard);
  p->grads = calloc((size_t)own, sizeof *p->grads);
  p->desk = calloc((size_t)p->desks, sizeof *p->desk);
  if (!p->shard || !p->grads || !p->desk) goto no_memory;
  lay_out(sac);
  set_phase(sac, &p->policy, 0, p->critics_at);
  set_phase(sac, &p->critics, p->critics_at, p->temperature_at);
  GLB_TRY_OUT(code, failed, glb_arena_lay(&p->arena, take_all, sac));
  draw(sac);
  *out = sac;
  return GLB_OK;

no_memory:
  code = glb_error_raise(GLB_ENOMEM, __FILE__, __LINE__, "cannot allocate an agent of %d shards", shards);
failed:
  release(sac, p);
  return code;
}

void glb_sac_destroy(struct glb_sac *sac) {
  if (sac) release(sac, sac->private_);
}

// y = r + discount (min_k Q'_k(s', b', a') - alpha log pi(a' | s', b'))
static void targets(const struct glb_sac *sac, struct desk *desk, struct glb_embedded_input next,
                    const float *z, const float *r, const float *discount) {
  const struct glb_sac_private *p = sac->private_;
  const int M = p->M, A = sac->options.shape.A;
  float *y = desk->y;
  const float *H = glb_embedded_forward(&sac->policy.net, &desk->policy, sac->theta, next);
  glb_squashed_sample(&sac->policy.dist, desk->a, A, desk->log_prob, H, z, M);
  next.a = desk->a;
  for (int k = 0; k < CRITICS; k++) {
    const float *Q = glb_embedded_forward(&p->target[k], &desk->critic[0], sac->target, next);
    for (int i = 0; i < M; i++) y[i] = k && y[i] < Q[i] ? y[i] : Q[i];
  }
  for (int i = 0; i < M; i++) y[i] = r[i] + discount[i] * (y[i] - p->alpha * desk->log_prob[i]);
}

// gradient of sum_k (Q_k(s, b, a) - y)^2 / batch over the shard's rows
static int critic_gradients(void *context, int index) {
  struct glb_sac *sac = context;
  const struct glb_sac_private *p = sac->private_;
  const struct glb_batch *batch = p->batch;
  const struct glb_policy_shape shape = sac->options.shape;
  const int M = p->M, A = shape.A;
  const size_t row = (size_t)index * M;
  const float share = 1 / (float)sac->options.batch;
  struct shard *shard = &p->shard[index];
  struct desk *desk = &p->desk[index % p->desks];

  struct glb_rng rng;
  struct glb_rng_at at = {.round = (uint32_t)sac->updates, .slot = (uint32_t)(p->first + index)};
  glb_rng_start(&rng, sac->options.seed, GLB_STREAM_UPDATE_NOISE, at);
  glb_noise_normals(shard->z, (size_t)2 * M * A, &rng);

  struct glb_embedded_input now = {batch->s + row * shape.S, batch->a + row * A, batch->b + row * shape.B};
  struct glb_embedded_input next = {.s = batch->s2 + row * shape.S, .b = batch->b2 + row * shape.B};
  targets(sac, desk, next, shard->z, batch->r + row, batch->discount + row);

  double *sums = p->critics.sums + (p->first + index) * CRITIC_SUMS;
  sums[CRITIC_LOSS] = sums[Q_SUM] = 0;
  for (int k = 0; k < CRITICS; k++) {
    const float *Q = glb_embedded_forward(&p->critic[k], &desk->critic[0], sac->theta, now);
    float *dQ = desk->dQ[0];
    for (int i = 0; i < M; i++) {
      float error = Q[i] - desk->y[i];
      dQ[i] = 2 * error * share;
      sums[CRITIC_LOSS] += (double)error * error;
      sums[Q_SUM] += Q[i];
    }
    glb_embedded_backward(&p->critic[k], &desk->critic[0], shard->grad, sac->theta, now, dQ);
  }
  return GLB_OK;
}

// G = d loss / d x: each row by way of its smaller Q, whose slope is -1 / batch
static void action_gradients(const struct glb_sac *sac, struct desk *desk, const float *const Q[CRITICS]) {
  const struct glb_sac_private *p = sac->private_;
  const int M = p->M, A = sac->options.shape.A;
  int count[CRITICS] = {0};
  for (int i = 0; i < M; i++) {
    const int k = Q[1][i] < Q[0][i], at = count[k]++;
    desk->rows[k][at] = i;
    desk->dQ[k][at] = -1 / (float)sac->options.batch;
  }
  for (int k = 0; k < CRITICS; k++) {
    const int *rows = desk->rows[k];
    glb_embedded_action_gradient(&p->critic[k], &desk->critic[k], desk->dA, sac->theta, desk->dQ[k], rows,
                                 count[k]);
    for (int i = 0; i < count[k]; i++)
      memcpy(desk->G + (size_t)rows[i] * A, desk->dA + (size_t)i * A, (size_t)A * sizeof *desk->G);
  }
}

// gradient of (alpha log pi(x | s, b) - min_k Q_k(s, b, x)) / batch over the shard's rows
static int policy_gradients(void *context, int index) {
  struct glb_sac *sac = context;
  const struct glb_sac_private *p = sac->private_;
  const struct glb_policy_shape shape = sac->options.shape;
  const int M = p->M, A = shape.A;
  const size_t row = (size_t)index * M;
  const float w = p->alpha / (float)sac->options.batch;
  struct shard *shard = &p->shard[index];
  struct desk *desk = &p->desk[index % p->desks];
  const float *z = shard->z + (size_t)M * A;

  struct glb_embedded_input now = {.s = p->batch->s + row * shape.S, .b = p->batch->b + row * shape.B};
  const float *H = glb_embedded_forward(&sac->policy.net, &desk->policy, sac->theta, now);
  glb_squashed_sample(&sac->policy.dist, desk->a, A, desk->log_prob, H, z, M);
  now.a = desk->a;
  const float *Q[CRITICS];
  for (int k = 0; k < CRITICS; k++)
    Q[k] = glb_embedded_forward(&p->critic[k], &desk->critic[k], sac->theta, now);

  double *sums = p->policy.sums + (p->first + index) * POLICY_SUMS;
  sums[POLICY_LOSS] = sums[LOG_PROB] = 0;
  for (int i = 0; i < M; i++) {
    sums[POLICY_LOSS] += (double)p->alpha * desk->log_prob[i] - (Q[1][i] < Q[0][i] ? Q[1][i] : Q[0][i]);
    sums[LOG_PROB] += desk->log_prob[i];
  }
  action_gradients(sac, desk, Q);
  glb_squashed_backward(&sac->policy.dist, desk->dH, H, z, w, desk->G, A, M);
  glb_embedded_backward(&sac->policy.net, &desk->policy, shard->grad, sac->theta, now, desk->dH);
  return GLB_OK;
}

// Gradient of shard s from parameter `from` of a phase on.
static float *gradient_of(const struct glb_sac_private *p, const struct phase *phase, int s, size_t from) {
  if (!p->inbox) return p->shard[s].grad + from;
  return p->inbox + (size_t)s * p->stride + (from - phase->at[p->world->replica]);
}

// theta[from .. to) by Adam with the gradients of all shards, summed in their order into the first
static void step(struct glb_sac *sac, const struct phase *phase, size_t from, size_t to) {
  const struct glb_sac_private *p = sac->private_;
  const struct glb_adam adam = {sac->options.rate};
  float *restrict sum = gradient_of(p, phase, 0, from);
  for (int s = 1; s < sac->options.shards; s++) {
    const float *restrict grad = gradient_of(p, phase, s, from);
    for (size_t i = 0; i < to - from; i++) sum[i] += grad[i];
  }
  glb_adam_step(&adam, sac->theta + from, sac->m + from, sac->v + from, sum, 1, sac->updates + 1, 0,
                to - from);
}

// target += polyak (theta - target) of the critics' parameters from .. to - 1
static void follow(struct glb_sac *sac, size_t from, size_t to) {
  const struct glb_sac_private *p = sac->private_;
  const float polyak = (float)sac->options.polyak, *restrict theta = sac->theta;
  float *restrict target = sac->target;
  for (size_t i = from; i < to; i++)
    target[i - p->critics_at] += polyak * (theta[i] - target[i - p->critics_at]);
}

// Range `index` of this rank's own in a phase; the targets of critics, chunk by chunk while they are in the cache.
static void step_range(struct glb_sac *sac, const struct phase *phase, int index) {
  const struct glb_sac_private *p = sac->private_;
  const size_t last = range_at(sac, phase->from, phase->to, p->first + index + 1);
  for (size_t from = range_at(sac, phase->from, phase->to, p->first + index), to; from < last; from = to) {
    to = from + CHUNK < last ? from + CHUNK : last;
    step(sac, phase, from, to);
    if (phase == &p->critics) follow(sac, from, to);
  }
}

static int policy_step(void *context, int index) {
  struct glb_sac *sac = context;
  step_range(sac, &sac->private_->policy, index);
  return GLB_OK;
}

static int critic_step(void *context, int index) {
  struct glb_sac *sac = context;
  step_range(sac, &sac->private_->critics, index);
  return GLB_OK;
}

// The targets of the critics that other ranks have stepped.
static int follow_others(void *context, int index) {
  struct glb_sac *sac = context;
  const struct glb_sac_private *p = sac->private_;
  const size_t from = p->critics.from, to = p->critics.to;
  if (index < p->first || index >= p->first + p->own)
    follow(sac, range_at(sac, from, to, index), range_at(sac, from, to, index + 1));
  return GLB_OK;
}

// d / d log alpha of -alpha mean(log pi + target entropy)
static void temperature_step(struct glb_sac *sac, double mean_log_prob) {
  const struct glb_sac_private *p = sac->private_;
  const size_t at = p->temperature_at;
  const struct glb_adam adam = {sac->options.rate};
  float *grad = p->shard[0].grad;
  grad[at] = (float)(-p->alpha * (mean_log_prob + sac->options.target_entropy));
  glb_adam_step(&adam, sac->theta, sac->m, sac->v, grad, 1, sac->updates + 1, at, at + 1);
}

static int check_loss(const struct glb_sac *sac, const char *what, double loss) {
  GLB_CHECK(isfinite(loss), GLB_ENONFINITE,
            "%s loss is %g at update %lld, before its parameters changed: look for rewards or observations "
            "out of scale, "
            "or lower agent.rate",
            what, loss, (long long)sac->updates);
  return GLB_OK;
}

// Gradients and sums of a phase from all ranks.
static int exchange(struct glb_sac *sac, struct phase *phase, int sums) {
  struct glb_sac_private *p = sac->private_;
  if (!p->inbox) return GLB_OK;
  return glb_crew_exchange(p->world, p->inbox, p->stride, p->grads, phase->at, phase->sums, sums);
}

// What the ranks have stepped, to all.
static int share(struct glb_sac *sac, const struct phase *phase, float *theta) {
  struct glb_sac_private *p = sac->private_;
  return p->inbox ? glb_crew_share(p->world, theta, phase->at) : GLB_OK;
}

static int update_critics(struct glb_sac *sac, struct glb_sac_report *report) {
  struct glb_sac_private *p = sac->private_;
  const int rows = sac->options.batch;
  GLB_TRY(glb_pool_run(p->pool, p->own, critic_gradients, sac));
  GLB_TRY(exchange(sac, &p->critics, CRITIC_SUMS));
  for (int s = 0; s < sac->options.shards; s++) {
    report->critic_loss += p->critics.sums[s * CRITIC_SUMS + CRITIC_LOSS] / (CRITICS * rows);
    report->q_mean += p->critics.sums[s * CRITIC_SUMS + Q_SUM] / (CRITICS * rows);
  }
  GLB_TRY(check_loss(sac, "critic", report->critic_loss));
  GLB_TRY(glb_pool_run(p->pool, p->own, critic_step, sac));
  if (!p->inbox) return GLB_OK;
  GLB_TRY(share(sac, &p->critics, sac->theta));
  return glb_pool_run(p->pool, sac->options.shards, follow_others, sac);
}

static int update_policy(struct glb_sac *sac, struct glb_sac_report *report) {
  struct glb_sac_private *p = sac->private_;
  const int rows = sac->options.batch;
  GLB_TRY(glb_pool_run(p->pool, p->own, policy_gradients, sac));
  GLB_TRY(exchange(sac, &p->policy, POLICY_SUMS));
  for (int s = 0; s < sac->options.shards; s++) {
    report->policy_loss += p->policy.sums[s * POLICY_SUMS + POLICY_LOSS] / rows;
    report->entropy -= p->policy.sums[s * POLICY_SUMS + LOG_PROB] / rows;
  }
  GLB_TRY(check_loss(sac, "policy", report->policy_loss));
  GLB_TRY(glb_pool_run(p->pool, p->own, policy_step, sac));
  return share(sac, &p->policy, sac->theta);
}

int glb_sac_update(struct glb_sac *sac, const struct glb_batch *batch, struct glb_sac_report *report) {
  struct glb_sac_private *p = sac->private_;
  p->batch = batch;
  p->alpha = expf(sac->theta[p->temperature_at]);
  *report = (struct glb_sac_report){.temperature = p->alpha};
  GLB_TRY(update_critics(sac, report));
  GLB_TRY(update_policy(sac, report));
  temperature_step(sac, -report->entropy);
  sac->updates++;
  return GLB_OK;
}

int glb_sac_gather(struct glb_sac *sac) {
  struct glb_sac_private *p = sac->private_;
  float *const moments[] = {sac->m, sac->v};
  for (int i = 0; i < 2; i++) {
    GLB_TRY(share(sac, &p->policy, moments[i]));
    GLB_TRY(share(sac, &p->critics, moments[i]));
  }
  return GLB_OK;
}

int glb_sac_spread(struct glb_sac *sac) {
  struct glb_world *world = sac->private_->world;
  float *const blocks[] = {sac->theta, sac->m, sac->v, sac->target};
  if (!world) return GLB_OK;
  for (int i = 0; i < 4; i++) {
    const size_t size = i < 3 ? sac->params.size : sac->target_params.size;
    GLB_TRY(glb_world_broadcast(world, GLB_LEARNING, blocks[i], size * sizeof(float)));
  }
  return glb_world_broadcast(world, GLB_LEARNING, &sac->updates, sizeof sac->updates);
}
