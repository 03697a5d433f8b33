#include "common/model/model.h"

#include <math.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/rng.h"
#include "common/config/config.h"
#include "common/model/belief.h"

const char *glb_head_name(int head) {
  return head == GLB_HEAD_REWARD ? "reward" : "transition";
}

static void init_head(struct glb_model *model, int which, const struct glb_config *config) {
  struct glb_head *head = &model->head[which];
  const char *name = glb_head_name(which);
  const int reward = which == GLB_HEAD_REWARD;
  head->used = 1;
  head->K = (int)config->model_features;
  head->D = reward ? 1 : model->targets.count;
  head->columns = head->D < config->belief_columns ? head->D : (int)config->belief_columns;
  head->in = model->O + model->A + (reward ? model->O : 0);
  head->noise = reward ? GLB_NOISE_FULL : (enum glb_noise)config->model_noise;
  head->nu0 = head->noise == GLB_NOISE_DIAGONAL ? 3 : head->D + 2;

  const int hidden = (int)config->model_hidden;
  const int size[] = {head->in, hidden, hidden, head->K - 1};
  char prefix[GLB_PARAM_NAME];
  strcpy(prefix, name);
  strcat(prefix, ".basis");
  glb_mlp_init(&head->basis, &model->params, prefix, 3, size, GLB_ACT_TANH, GLB_ACT_TANH);
  head->M0 = glb_params_add(&model->params, name, "M0", head->K, head->D);
  head->log_Xi0 = glb_params_add(&model->params, name, "log_Xi0", 1, head->K);
  head->log_Omega0 = glb_params_add(&model->params, name, "log_Omega0", 1, head->D);
}

void glb_targets_leading(struct glb_targets *targets, int count) {
  targets->count = count;
  for (int i = 0; i < count; i++) targets->index[i] = i;
}

void glb_model_init(struct glb_model *model, const struct glb_config *config, int O, int A,
                    const struct glb_targets *targets) {
  *model = (struct glb_model){.O = O, .A = A, .omega_floor = config->model_omega_floor};
  if (targets)
    model->targets = *targets;
  else
    glb_targets_leading(&model->targets, O);
  if (config->belief_heads != GLB_HEADS_TRANSITION) init_head(model, GLB_HEAD_REWARD, config);
  if (config->belief_heads != GLB_HEADS_REWARD) init_head(model, GLB_HEAD_TRANSITION, config);
}

void glb_model_draw(const struct glb_model *model, float *theta, uint64_t seed) {
  memset(theta, 0, model->params.size * sizeof *theta);
  for (int h = 0; h < GLB_HEADS; h++) {
    struct glb_rng rng;
    if (!model->head[h].used) continue;
    glb_rng_start(&rng, seed, GLB_STREAM_INIT_BASIS, (struct glb_rng_at){.slot = (uint32_t)h});
    glb_mlp_draw(&model->head[h].basis, theta, &rng);
  }
}

static size_t omega_size(const struct glb_head *head) {
  return (size_t)head->D * (head->noise == GLB_NOISE_FULL ? (size_t)head->D : 1);
}

void glb_head_prior_init(struct glb_head_prior *prior, const struct glb_head *head, struct glb_arena *arena) {
  const int K = head->K, D = head->D;
  prior->M0 = GLB_TAKE(arena, double, K *D);
  prior->Xi0 = GLB_TAKE(arena, double, K *K);
  prior->sqrt_Xi0 = GLB_TAKE(arena, double, K);
  prior->Omega0 = GLB_TAKE(arena, double, omega_size(head));
  prior->prior = (struct glb_prior){.K = K,
                                    .D = D,
                                    .noise = head->noise,
                                    .nu0 = head->nu0,
                                    .M0 = prior->M0,
                                    .Xi0 = prior->Xi0,
                                    .Omega0 = prior->Omega0};
}

/* Index of the d-th diagonal entry of Omega0. */
static size_t diagonal(const struct glb_head *head, int d) {
  return head->noise == GLB_NOISE_FULL ? (size_t)d * (size_t)head->D + (size_t)d : (size_t)d;
}

void glb_head_prior_load(struct glb_head_prior *prior, const struct glb_model *model, int which,
                         const float *theta) {
  const struct glb_head *head = &model->head[which];
  const int K = head->K, D = head->D;
  for (int i = 0; i < K * D; i++) prior->M0[i] = theta[head->M0 + (size_t)i];

  // Xi0 = diag exp(l)
  memset(prior->Xi0, 0, (size_t)(K * K) * sizeof(double));
  for (int i = 0; i < K; i++) {
    double xi = exp((double)theta[head->log_Xi0 + (size_t)i]);
    prior->Xi0[i * K + i] = xi;
    prior->sqrt_Xi0[i] = sqrt(xi);
  }

  // Omega0 = floor + exp(w)
  memset(prior->Omega0, 0, omega_size(head) * sizeof(double));
  for (int d = 0; d < D; d++)
    prior->Omega0[diagonal(head, d)] = model->omega_floor + exp((double)theta[head->log_Omega0 + (size_t)d]);
}

void glb_head_prior_backward(const struct glb_model *model, int which, float *grad,
                             const struct glb_head_prior *prior, const struct glb_prior_grad *d, double w) {
  const struct glb_head *head = &model->head[which];
  const int K = head->K, D = head->D;
  for (int i = 0; i < K * D; i++) grad[head->M0 + (size_t)i] += (float)(w * d->dM0[i]);
  for (int i = 0; i < K; i++)
    grad[head->log_Xi0 + (size_t)i] += (float)(w * prior->Xi0[i * K + i] * d->dXi0[i * K + i]);
  for (int i = 0; i < D; i++) {
    size_t at = diagonal(head, i);
    grad[head->log_Omega0 + (size_t)i] +=
        (float)(w * (prior->Omega0[at] - model->omega_floor) * d->dOmega0[at]);
  }
}

void glb_head_inputs(const struct glb_head *head, float *X, const float *s, const float *a, const float *s2,
                     int B, int O, int A) {
  const int in = head->in, next = in > O + A;
  for (int i = 0; i < B; i++) {
    float *row = X + (size_t)i * (size_t)in;
    memcpy(row, s + i * O, sizeof(float) * (size_t)O);
    memcpy(row + O, a + i * A, sizeof(float) * (size_t)A);
    if (next) memcpy(row + O + A, s2 + i * O, sizeof(float) * (size_t)O);
  }
}

size_t glb_head_cache_size(const struct glb_head *head, int B) {
  return glb_mlp_cache_size(&head->basis, B);
}

void glb_head_features(const struct glb_head *head, double *Phi, float *cache, const float *theta,
                       const float *X, int B) {
  const int K = head->K;
  glb_mlp_forward(&head->basis, NULL, 0, cache, theta, X, head->in, B);

  // Phi = [tanh(mlp(x)) | 1]
  const float *out = cache + glb_mlp_cache_at(&head->basis, B, head->basis.layers - 1);
  for (int i = 0; i < B; i++) {
    for (int k = 0; k < K - 1; k++) Phi[i * K + k] = out[i * (K - 1) + k];
    Phi[i * K + K - 1] = 1;
  }
}

size_t glb_head_work_size(const struct glb_head *head, int B) {
  return glb_mlp_work_size(&head->basis, B) + (size_t)B * (size_t)(head->K - 1);
}

void glb_head_backward(const struct glb_head *head, float *grad, const float *theta, const float *X,
                       const float *cache, const double *dPhi, float *work, int B) {
  const int K = head->K;
  float *dY = work + glb_mlp_work_size(&head->basis, B);
  for (int i = 0; i < B; i++)
    for (int k = 0; k < K - 1; k++) dY[i * (K - 1) + k] = (float)dPhi[i * K + k];
  glb_mlp_backward(&head->basis, (struct glb_mlp_grad){.grad = grad}, theta, X, head->in, cache, dY, K - 1,
                   work, B);
}

int glb_model_belief_dim(const struct glb_model *model) {
  return glb_model_belief_at(model, GLB_HEADS);
}

int glb_model_belief_at(const struct glb_model *model, int which) {
  int at = 0;
  for (int h = 0; h < which; h++)
    if (model->head[h].used) at += glb_belief_dim(model->head[h].K, model->head[h].columns);
  return at;
}
