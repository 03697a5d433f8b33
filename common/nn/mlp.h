/* mlp.h: multi-layer perceptron, forward and backward, in single precision.
 *
 * Layer i: Z_i = X_i W_i + b_i, X_{i+1} = act(Z_i); X (B x in), W (in x out) and all matrices row-major. The
 * last layer has its own activation. Weights lie in a glb_params buffer; the struct holds sizes and offsets
 * only and may be copied. */
#ifndef COMMON_NN_MLP_H
#define COMMON_NN_MLP_H

#include <stddef.h>

struct glb_params;
struct glb_rng;

enum glb_act { GLB_ACT_NONE, GLB_ACT_RELU, GLB_ACT_TANH };

enum { GLB_MLP_LAYERS = 6 };

struct glb_mlp {
  int layers;
  int size[GLB_MLP_LAYERS + 1];  // widths: input, hidden ..., output
  enum glb_act hidden, output;   // activations
  size_t W[GLB_MLP_LAYERS];      // offsets of the weights (in x out)
  size_t b[GLB_MLP_LAYERS];      // offsets of the biases (out)
};

/* Lays the tensors "<prefix>.<i>.W" and "<prefix>.<i>.b" out in params. size has layers + 1 widths. */
void glb_mlp_init(struct glb_mlp *mlp, struct glb_params *params, const char *prefix, int layers,
                  const int *size, enum glb_act hidden, enum glb_act output);

/* Weights uniform in +-1/sqrt(in), biases zero. Takes a key from rng, under which every row of weights has a
 * stream of its own. theta is the whole params buffer. */
void glb_mlp_draw(const struct glb_mlp *mlp, float *theta, struct glb_rng *rng);

/* Floats of the activations that forward keeps for B rows: every layer's output, layer by layer. */
size_t glb_mlp_cache_size(const struct glb_mlp *mlp, int B);

/* Offset in cache of the output of layer i (B x size[i + 1]); the last is the network's output when Y is
 * NULL. */
size_t glb_mlp_cache_at(const struct glb_mlp *mlp, int B, int i);

/* Y = mlp(X).
 *   Y      out  (B x out), leading dimension ldy; NULL: the output stays in cache only
 *   cache  out  glb_mlp_cache_size floats; what backward needs
 *   theta  in   the params buffer
 *   X      in   (B x in), leading dimension ldx */
void glb_mlp_forward(const struct glb_mlp *mlp, float *Y, int ldy, float *cache, const float *theta,
                     const float *X, int ldx, int B);

/* Leaves in cache what forward on count of the B rows alone would have left: row rows[i] (ascending) becomes
 * row i. */
void glb_mlp_keep(const struct glb_mlp *mlp, float *cache, int B, const int *rows, int count);

/* What glb_mlp_backward writes. */
struct glb_mlp_grad {
  float *grad;                  // (params size), d loss / d theta is added; NULL: not wanted
  int fresh;                    // nonzero: overwrites this network's part of grad instead of adding
  float *dX;                    // (B x dX_count), d loss / d X is written; NULL: not wanted
  int lddx, dX_from, dX_count;  // input columns dX_from .. dX_from + dX_count - 1 -> dX columns 0 ..: critics
                                // want the action's only
};

/* Gradients of a loss whose gradient in the output is dY.
 *   theta  in   the params buffer
 *   X      in   (B x in), leading dimension ldx, as given to forward; not read (may be NULL) without out.grad
 *   cache  in   as left by forward on the same X
 *   dY     in   (B x out), leading dimension lddy; d loss / d output (after the output activation)
 *   work   out  scratch, glb_mlp_work_size floats */
void glb_mlp_backward(const struct glb_mlp *mlp, struct glb_mlp_grad out, const float *theta, const float *X,
                      int ldx, const float *cache, const float *dY, int lddy, float *work, int B);

/* Floats of work for B rows. */
size_t glb_mlp_work_size(const struct glb_mlp *mlp, int B);

#endif  // COMMON_NN_MLP_H
