#include "common/policy/policy.h"

#include <stdio.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/assert.h"
#include "common/base/rng.h"

void glb_embedded_init(struct glb_embedded *net, struct glb_params *params, const char *prefix,
                       struct glb_policy_shape shape, int A_in, int outputs) {
  const int embed[] = {shape.B, shape.E}, trunk[] = {shape.S + A_in + shape.E, shape.H, shape.H, outputs};
  char name[GLB_PARAM_NAME];
  *net = (struct glb_embedded){.S = shape.S, .B = shape.B, .A_in = A_in, .E = shape.E, .outputs = outputs};
  snprintf(name, sizeof name, "%s.embed", prefix);
  glb_mlp_init(&net->embed, params, name, 1, embed, GLB_ACT_TANH, GLB_ACT_TANH);
  snprintf(name, sizeof name, "%s.trunk", prefix);
  glb_mlp_init(&net->trunk, params, name, 3, trunk, GLB_ACT_RELU, GLB_ACT_NONE);
}

void glb_embedded_draw(const struct glb_embedded *net, float *theta, struct glb_rng *rng) {
  glb_mlp_draw(&net->embed, theta, rng);
  glb_mlp_draw(&net->trunk, theta, rng);
}

static int input_width(const struct glb_embedded *net) {
  return net->S + net->A_in + net->E;
}

// scratch = [dE (rows x E) | work of embed or trunk]
size_t glb_embedded_scratch_size(const struct glb_embedded *net, int rows) {
  const size_t embed = glb_mlp_work_size(&net->embed, rows), trunk = glb_mlp_work_size(&net->trunk, rows);
  return (size_t)rows * net->E + (trunk > embed ? trunk : embed);
}

void glb_embedded_work_init(struct glb_embedded_work *work, const struct glb_embedded *net,
                            struct glb_arena *arena, int rows, float *scratch) {
  *work = (struct glb_embedded_work){.rows = rows, .scratch = scratch};
  work->input = GLB_TAKE(arena, float, (size_t)rows *input_width(net));
  work->embed = GLB_TAKE(arena, float, glb_mlp_cache_size(&net->embed, rows));
  work->trunk = GLB_TAKE(arena, float, glb_mlp_cache_size(&net->trunk, rows));
}

static void copy_columns(float *X, int ldx, const float *Y, int rows, int n) {
  for (int r = 0; r < rows; r++) memcpy(X + (size_t)r * ldx, Y + (size_t)r * n, (size_t)n * sizeof *X);
}

const float *glb_embedded_forward(const struct glb_embedded *net, struct glb_embedded_work *work,
                                  const float *theta, struct glb_embedded_input input) {
  const int rows = work->rows, width = input_width(net), at_e = net->S + net->A_in;
  copy_columns(work->input, width, input.s, rows, net->S);
  if (net->A_in) copy_columns(work->input + net->S, width, input.a, rows, net->A_in);
  glb_mlp_forward(&net->embed, work->input + at_e, width, work->embed, theta, input.b, net->B, rows);
  glb_mlp_forward(&net->trunk, NULL, 0, work->trunk, theta, work->input, width, rows);
  return work->trunk + glb_mlp_cache_at(&net->trunk, rows, net->trunk.layers - 1);
}

void glb_embedded_backward(const struct glb_embedded *net, struct glb_embedded_work *work, float *grad,
                           const float *theta, struct glb_embedded_input input, const float *dY) {
  const int rows = work->rows, E = net->E, at_e = net->S + net->A_in;
  float *dE = work->scratch, *scratch = dE + (size_t)rows * E;
  struct glb_mlp_grad trunk = {.grad = grad, .fresh = 1, .dX = dE, .lddx = E, .dX_from = at_e, .dX_count = E};
  glb_mlp_backward(&net->trunk, trunk, theta, work->input, input_width(net), work->trunk, dY, net->outputs,
                   scratch, rows);
  struct glb_mlp_grad embed = {.grad = grad, .fresh = 1};
  glb_mlp_backward(&net->embed, embed, theta, input.b, net->B, work->embed, dE, E, scratch, rows);
}

void glb_embedded_action_gradient(const struct glb_embedded *net, struct glb_embedded_work *work, float *dA,
                                  const float *theta, const float *dY, const int *rows, int count) {
  // without gradients of weights the input X is not looked at, only what relu needs
  struct glb_mlp_grad out = {.dX = dA, .lddx = net->A_in, .dX_from = net->S, .dX_count = net->A_in};
  glb_mlp_keep(&net->trunk, work->trunk, work->rows, rows, count);
  glb_mlp_backward(&net->trunk, out, theta, NULL, 0, work->trunk, dY, net->outputs, work->scratch, count);
}

void glb_policy_init(struct glb_policy *policy, struct glb_policy_shape shape) {
  *policy = (struct glb_policy){.shape = shape, .dist = {.A = shape.A, .low = -5, .high = 2}};
  glb_embedded_init(&policy->net, &policy->params, "policy", shape, 0, 2 * shape.A);
}

void glb_policy_work_init(struct glb_policy_work *work, const struct glb_policy *policy,
                          struct glb_arena *arena, int rows) {
  work->rows = rows;
  glb_embedded_work_init(&work->net, &policy->net, arena, rows, NULL);
}

void glb_policy_act(const struct glb_policy *policy, struct glb_policy_work *work, float *action,
                    const float *theta, const float *s, const float *b, const float *z) {
  const float *H =
      glb_embedded_forward(&policy->net, &work->net, theta, (struct glb_embedded_input){.s = s, .b = b});
  glb_squashed_sample(&policy->dist, action, policy->shape.A, NULL, H, z, work->rows);
}
