#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/arena.h"
#include "common/base/rng.h"
#include "common/policy/policy.h"
#include "tests/ref/nn_ref.h"

enum { S = 5, B = 4, A = 3, E = 6, H = 7, ROWS = 4, PARAMS = 400 };

static const struct glb_policy_shape shape = {.S = S, .B = B, .A = A, .E = E, .H = H};

/* A network with rows of input and the loss sum_ij C_ij Y_ij. */
struct problem {
  struct glb_embedded net;
  struct glb_params params;
  struct glb_embedded_work work;
  struct glb_arena arena;
  float theta[PARAMS], s[ROWS * S], a[ROWS * A], b[ROWS * B], C[ROWS * 2 * A];
  double wide_theta[PARAMS], wide_s[ROWS * S], wide_a[ROWS * A], wide_b[ROWS * B], wide_C[ROWS * 2 * A];
};

static void lay_out(struct problem *p, struct glb_arena *arena) {
  float *scratch = GLB_TAKE(arena, float, glb_embedded_scratch_size(&p->net, ROWS));
  glb_embedded_work_init(&p->work, &p->net, arena, ROWS, scratch);
}

static void set_up(struct problem *p, int A_in, int outputs) {
  *p = (struct problem){0};
  glb_embedded_init(&p->net, &p->params, "net", shape, A_in, outputs);
  assert_true(p->params.size <= PARAMS);
  struct glb_arena count = {0};
  lay_out(p, &count);
  assert_int_equal(glb_arena_init(&p->arena, count.used), 0);
  lay_out(p, &p->arena);
  ref_fill(p->theta, p->wide_theta, p->params.size, 0.7, 1);
  ref_fill(p->s, p->wide_s, ROWS * S, 1, 2);
  ref_fill(p->a, p->wide_a, ROWS * A, 1, 3);
  ref_fill(p->b, p->wide_b, ROWS * B, 1, 4);
  ref_fill(p->C, p->wide_C, ROWS * 2 * A, 1, 5);
}

static void output(const struct problem *p, double *Y) {
  const int A_in = p->net.A_in, width = S + A_in + E;
  double e[ROWS * E], x[ROWS * (S + A + E)];
  ref_mlp(e, &p->net.embed, p->wide_theta, p->wide_b, ROWS);
  for (int r = 0; r < ROWS; r++) {
    memcpy(x + r * width, p->wide_s + r * S, S * sizeof *x);
    memcpy(x + r * width + S, p->wide_a + r * A, (size_t)A_in * sizeof *x);
    memcpy(x + r * width + S + A_in, e + r * E, E * sizeof *x);
  }
  ref_mlp(Y, &p->net.trunk, p->wide_theta, x, ROWS);
}

static double loss(void *context) {
  struct problem *p = context;
  double Y[ROWS * 2 * A], sum = 0;
  output(p, Y);
  for (int i = 0; i < ROWS * p->net.outputs; i++) sum += p->wide_C[i] * Y[i];
  return sum;
}

static void check(int A_in, int outputs) {
  struct problem p;
  float grad[PARAMS], dA[ROWS * A];
  double want[ROWS * 2 * A];
  set_up(&p, A_in, outputs);
  const struct glb_embedded_input input = {p.s, A_in ? p.a : NULL, p.b};
  const float *Y = glb_embedded_forward(&p.net, &p.work, p.theta, input);
  output(&p, want);
  for (size_t i = 0; i < (size_t)(ROWS * outputs); i++) ref_close(Y[i], want[i], 2e-6, "Y", i);

  for (int i = 0; i < PARAMS; i++) grad[i] = NAN;
  glb_embedded_backward(&p.net, &p.work, grad, p.theta, input, p.C);
  for (size_t i = 0; i < p.params.size; i++)
    ref_close(grad[i], ref_slope(loss, &p, &p.wide_theta[i]), 1e-5, "d loss / d theta", i);
  if (A_in) {
    const int rows[] = {1, 3};
    const float C[] = {p.C[1], p.C[3]};
    glb_embedded_action_gradient(&p.net, &p.work, dA, p.theta, C, rows, 2);
    for (int i = 0; i < 2 * A; i++) {
      double *a = &p.wide_a[rows[i / A] * A + i % A];
      ref_close(dA[i], ref_slope(loss, &p, a), 1e-5, "d loss / d a", (size_t)i);
    }
  }
  glb_arena_finish(&p.arena);
}

static void gradients_agree_with_differences(void **state) {
  (void)state;
  check(0, 2 * A);
  check(A, 1);
}

static void the_policy_acts_on_its_network(void **state) {
  (void)state;
  struct problem p;
  struct glb_policy policy;
  struct glb_policy_work work;
  struct glb_arena arena, count = {0};
  double H_want[ROWS * 2 * A], want[A];
  float action[ROWS * A], z[ROWS * A];
  double wide_z[ROWS * A];
  set_up(&p, 0, 2 * A);
  output(&p, H_want);
  ref_fill(z, wide_z, ROWS * A, 2, 6);

  glb_policy_init(&policy, shape);
  assert_int_equal(policy.params.size, p.params.size);
  assert_non_null(glb_params_find(&policy.params, "policy.embed.0.W"));
  assert_non_null(glb_params_find(&policy.params, "policy.trunk.2.b"));
  glb_policy_work_init(&work, &policy, &count, ROWS);
  assert_int_equal(glb_arena_init(&arena, count.used), 0);
  glb_policy_work_init(&work, &policy, &arena, ROWS);

  glb_policy_act(&policy, &work, action, p.theta, p.s, p.b, z);
  for (int r = 0; r < ROWS; r++) {
    ref_squashed(want, &policy.dist, H_want + r * 2 * A, wide_z + r * A);
    for (int j = 0; j < A; j++) ref_close(action[r * A + j], want[j], 3e-6, "action", (size_t)(r * A + j));
  }
  glb_policy_act(&policy, &work, action, p.theta, p.s, p.b, NULL);
  for (int i = 0; i < ROWS * A; i++)
    ref_close(action[i], tanh(H_want[i / A * 2 * A + i % A]), 3e-6, "greedy action", (size_t)i);
  glb_arena_finish(&arena);
  glb_arena_finish(&p.arena);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(gradients_agree_with_differences),
      cmocka_unit_test(the_policy_acts_on_its_network),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
