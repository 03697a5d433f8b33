#include "common/nn/mlp.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/base/rng.h"
#include "common/la/gemm.h"
#include "common/nn/act.h"
#include "common/nn/params.h"

void glb_mlp_init(struct glb_mlp *mlp, struct glb_params *params, const char *prefix, int layers,
                  const int *size, enum glb_act hidden, enum glb_act output) {
  GLB_ASSERT(layers >= 1 && layers <= GLB_MLP_LAYERS);
  *mlp = (struct glb_mlp){.layers = layers, .hidden = hidden, .output = output};
  for (int i = 0; i <= layers; i++) mlp->size[i] = size[i];
  for (int i = 0; i < layers; i++) {
    char name[16];
    snprintf(name, sizeof name, "%d.W", i);
    mlp->W[i] = glb_params_add(params, prefix, name, size[i], size[i + 1]);
    snprintf(name, sizeof name, "%d.b", i);
    mlp->b[i] = glb_params_add(params, prefix, name, 1, size[i + 1]);
  }
}

void glb_mlp_draw(const struct glb_mlp *mlp, float *theta, struct glb_rng *rng) {
  uint64_t high = glb_rng_u32(rng), key = high << 32 | glb_rng_u32(rng);
  for (int i = 0; i < mlp->layers; i++) {
    const int in = mlp->size[i], out = mlp->size[i + 1];
    const double bound = 1 / sqrt(in);
    for (int row = 0; row < in; row++) {
      struct glb_rng stream;
      glb_rng_start(&stream, key, GLB_STREAM_INIT_AGENT,
                    (struct glb_rng_at){.episode = (uint32_t)i, .step = (uint32_t)row});
      float *w = theta + mlp->W[i] + (size_t)row * out;
      for (int j = 0; j < out; j++) w[j] = (float)(bound * (2 * glb_rng_uniform(&stream) - 1));
    }
    memset(theta + mlp->b[i], 0, (size_t)out * sizeof *theta);
  }
}

size_t glb_mlp_cache_at(const struct glb_mlp *mlp, int B, int i) {
  size_t columns = 0;
  for (int j = 0; j < i; j++) columns += (size_t)mlp->size[j + 1];
  return columns * B;
}

size_t glb_mlp_cache_size(const struct glb_mlp *mlp, int B) {
  return glb_mlp_cache_at(mlp, B, mlp->layers);
}

size_t glb_mlp_work_size(const struct glb_mlp *mlp, int B) {
  int widest = 0;
  for (int i = 1; i <= mlp->layers; i++) widest = mlp->size[i] > widest ? mlp->size[i] : widest;
  return (size_t)2 * B * widest;
}

// Z = act(Z + 1 b')
static void bias_act(float *restrict Z, const float *restrict b, enum glb_act act, int B, int n) {
  for (int r = 0; r < B; r++) {
    float *restrict z = Z + (size_t)r * n;
    if (act == GLB_ACT_RELU)
      for (int j = 0; j < n; j++) {
        float x = z[j] + b[j];
        z[j] = x < 0 ? 0 : x;  // NaN stays NaN
      }
    else
      for (int j = 0; j < n; j++) z[j] += b[j];
  }
  if (act == GLB_ACT_TANH) glb_act_tanh(Z, Z, (size_t)B * n);
}

// dZ = dY act'(Z) in place, Y = act(Z)
static void act_back(float *dZ, const float *Y, enum glb_act act, size_t n) {
  if (act == GLB_ACT_RELU) glb_act_relu_back(dZ, dZ, Y, n);
  if (act == GLB_ACT_TANH) glb_act_tanh_back(dZ, dZ, Y, n);
}

// sum += 1'Z: four rows at a time, so that the sum is loaded and stored once for four
static void add_columns(float *restrict sum, const float *restrict Z, int B, int n) {
  int r = 0;
  for (; r + 4 <= B; r += 4) {
    const float *z0 = Z + (size_t)r * n, *z1 = z0 + n, *z2 = z1 + n, *z3 = z2 + n;
    for (int j = 0; j < n; j++) sum[j] += (z0[j] + z1[j]) + (z2[j] + z3[j]);
  }
  for (; r < B; r++)
    for (int j = 0; j < n; j++) sum[j] += Z[(size_t)r * n + j];
}

void glb_mlp_forward(const struct glb_mlp *mlp, float *Y, int ldy, float *cache, const float *theta,
                     const float *X, int ldx, int B) {
  struct glb_mat input = {X, ldx};
  for (int i = 0; i < mlp->layers; i++) {
    // Z = X W + 1 b', X of the next layer = act(Z)
    const int in = mlp->size[i], out = mlp->size[i + 1];
    glb_sgemm_nn(cache, out, 1, input, (struct glb_mat){theta + mlp->W[i], out}, 0, B, out, in);
    bias_act(cache, theta + mlp->b[i], i + 1 < mlp->layers ? mlp->hidden : mlp->output, B, out);
    input = (struct glb_mat){cache, out};
    cache += (size_t)B * out;
  }
  const int out = mlp->size[mlp->layers];
  for (int r = 0; Y && r < B; r++)
    memcpy(Y + (size_t)r * ldy, input.data + (size_t)r * out, (size_t)out * sizeof *Y);
}

void glb_mlp_keep(const struct glb_mlp *mlp, float *cache, int B, const int *rows, int count) {
  // layers and rows only ever move towards the start, so that none is overwritten before it has moved
  float *to = cache;
  for (int layer = 0; layer < mlp->layers; layer++) {
    const float *from = cache + glb_mlp_cache_at(mlp, B, layer);
    const size_t n = (size_t)mlp->size[layer + 1];
    for (int i = 0; i < count; i++, to += n) memmove(to, from + (size_t)rows[i] * n, n * sizeof *to);
  }
}

void glb_mlp_backward(const struct glb_mlp *mlp, struct glb_mlp_grad out, const float *theta, const float *X,
                      int ldx, const float *cache, const float *dY, int lddy, float *work, int B) {
  const int last = mlp->layers - 1, wide = mlp->size[last + 1];
  const float *Y = cache + glb_mlp_cache_at(mlp, B, last);
  float *dZ = work, *dX = work + glb_mlp_work_size(mlp, B) / 2;

  for (int r = 0; r < B; r++) memcpy(dZ + (size_t)r * wide, dY + (size_t)r * lddy, (size_t)wide * sizeof *dZ);
  act_back(dZ, Y, mlp->output, (size_t)B * wide);

  for (int i = last; i >= 0; i--) {
    const int in = mlp->size[i], n = mlp->size[i + 1];
    const struct glb_mat slope = {dZ, n};

    // dW = X' dZ, db = 1'dZ
    const float *input = i ? cache + glb_mlp_cache_at(mlp, B, i - 1) : X;
    if (out.grad) {
      float *db = out.grad + mlp->b[i];
      glb_sgemm_tn(out.grad + mlp->W[i], n, 1, (struct glb_mat){input, i ? in : ldx}, slope,
                   out.fresh ? 0 : 1, in, n, B);
      if (out.fresh) memset(db, 0, (size_t)n * sizeof *db);
      add_columns(db, dZ, B, n);
    }

    // dX = dZ W'; the rows of W of the wanted inputs at the first layer
    if (i) {
      glb_sgemm_nt(dX, in, 1, slope, (struct glb_mat){theta + mlp->W[i], n}, 0, B, in, n);
      act_back(dX, input, mlp->hidden, (size_t)B * in);
      float *swap = dZ;
      dZ = dX;
      dX = swap;
    } else if (out.dX) {
      const float *rows = theta + mlp->W[0] + (size_t)out.dX_from * n;
      glb_sgemm_nt(out.dX, out.lddx, 1, slope, (struct glb_mat){rows, n}, 0, B, out.dX_count, n);
    }
  }
}
