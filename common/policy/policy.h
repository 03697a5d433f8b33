/* policy.h: the policy network on (state, belief), what actors act with and SAC trains.
 *
 *   e = tanh(W_e b + b_e)   H = trunk([s | e]) = [mu | raw log std]   (two hidden layers, relu)
 *
 * s (S): normalised observation and trial inputs; b (B): standardised belief; e (E). The critics have the
 * same shape with the action between s and e. Parameters lie in one float buffer described by params. */
#ifndef COMMON_POLICY_POLICY_H
#define COMMON_POLICY_POLICY_H

#include <stddef.h>

#include "common/nn/dist.h"
#include "common/nn/mlp.h"
#include "common/nn/params.h"

struct glb_arena;
struct glb_rng;

struct glb_policy_shape {
  int S, B, A;  // state, belief, action
  int E, H;     // width of the embedding and of the two hidden layers
};

/* An embedded network: embedding of the belief and trunk on [s | a | e]; the policy has no action inputs and
 * 2A outputs, a critic A and 1. */
struct glb_embedded {
  int S, B, A_in, E, outputs;
  struct glb_mlp embed, trunk;
};
/* Lays "<prefix>.embed.0.W" ... "<prefix>.trunk.2.b" out in params. */
void glb_embedded_init(struct glb_embedded *net, struct glb_params *params, const char *prefix,
                       struct glb_policy_shape shape, int A_in, int outputs);
void glb_embedded_draw(const struct glb_embedded *net, float *theta, struct glb_rng *rng);

/* Buffers for a fixed number of rows, laid out in an arena (count first with an arena without base). */
struct glb_embedded_work {
  int rows;
  float *input;          // [s | a | e]                        (rows x (S + A_in + E))
  float *embed, *trunk;  // caches of the two parts
  float *scratch;        // of the backward passes; kept
};
/* Floats of scratch that backward and action_gradient need. Networks that do not run at the same time may
 * share it. */
size_t glb_embedded_scratch_size(const struct glb_embedded *net, int rows);
/* scratch NULL: no gradients are wanted. */
void glb_embedded_work_init(struct glb_embedded_work *work, const struct glb_embedded *net,
                            struct glb_arena *arena, int rows, float *scratch);

struct glb_embedded_input {  // borrowed; contiguous rows
  const float *s, *a, *b;    // (rows x S), (rows x A_in; NULL for A_in = 0), (rows x B)
};

/* Output (rows x outputs), in work until the next forward. */
const float *glb_embedded_forward(const struct glb_embedded *net, struct glb_embedded_work *work,
                                  const float *theta, struct glb_embedded_input input);

/* After forward on the same input: overwrites this network's part of grad (layout of theta) with d loss / d
 * theta for dY = d loss / d output. */
void glb_embedded_backward(const struct glb_embedded *net, struct glb_embedded_work *work, float *grad,
                           const float *theta, struct glb_embedded_input input, const float *dY);

/* After forward: dA (count x A_in) = d loss / d a of count of the rows, rows[0] < rows[1] < ..., for their dY
 * (count x outputs); nothing else. work is used up: the next call on it is a forward. */
void glb_embedded_action_gradient(const struct glb_embedded *net, struct glb_embedded_work *work, float *dA,
                                  const float *theta, const float *dY, const int *rows, int count);

struct glb_policy {
  struct glb_policy_shape shape;
  struct glb_params params;  // "policy.embed.0.W", ..., "policy.trunk.2.b"
  struct glb_embedded net;
  struct glb_squashed dist;
};

/* Limits of the log standard deviation: -5, 2. */
void glb_policy_init(struct glb_policy *policy, struct glb_policy_shape shape);

/* Buffers to act for a fixed number of rows, laid out in an arena. */
struct glb_policy_work {
  int rows;
  struct glb_embedded_work net;
};
void glb_policy_work_init(struct glb_policy_work *work, const struct glb_policy *policy,
                          struct glb_arena *arena, int rows);

/* Actions for work->rows rows.
 *   action  out  (rows x A)
 *   theta   in   the params buffer
 *   s, b    in   (rows x S), (rows x B), contiguous
 *   z       in   noise (rows x A), NULL: greedy */
void glb_policy_act(const struct glb_policy *policy, struct glb_policy_work *work, float *action,
                    const float *theta, const float *s, const float *b, const float *z);

#endif  // COMMON_POLICY_POLICY_H
