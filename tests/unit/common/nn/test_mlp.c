#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/rng.h"
#include "common/nn/mlp.h"
#include "common/nn/params.h"
#include "tests/ref/nn_ref.h"

/* Two hidden layers, odd sizes and padded rows. The loss is sum_ij C_ij Y_ij. */
enum { B = 7, IN = 5, H1 = 9, H2 = 6, OUT = 3, LDX = 8, LDY = 4, FROM = 1, COUNT = 3 };

struct problem {
  struct glb_mlp mlp;
  struct glb_params params;
  double theta[256], X[B * IN], C[B * OUT];
  float theta_f[256], X_f[B * LDX], C_f[B * LDY];
};

static void set_up(struct problem *p, enum glb_act hidden, enum glb_act output) {
  const int size[] = {IN, H1, H2, OUT};
  float X[B * IN], C[B * OUT];
  *p = (struct problem){0};
  glb_mlp_init(&p->mlp, &p->params, "net", 3, size, hidden, output);
  assert_true(p->params.size <= 256);
  ref_fill(p->theta_f, p->theta, p->params.size, 0.8, 1);
  ref_fill(X, p->X, B * IN, 1, 2);
  ref_fill(C, p->C, B * OUT, 1, 3);
  for (int b = 0; b < B; b++) {
    memcpy(p->X_f + b * LDX, X + b * IN, IN * sizeof *X);
    memcpy(p->C_f + b * LDY, C + b * OUT, OUT * sizeof *C);
  }
}

static double loss(void *context) {
  struct problem *p = context;
  double Y[B * OUT], sum = 0;
  ref_mlp(Y, &p->mlp, p->theta, p->X, B);
  for (int i = 0; i < B * OUT; i++) sum += p->C[i] * Y[i];
  return sum;
}

static void check(enum glb_act hidden, enum glb_act output) {
  struct problem p;
  float cache[512], work[512], Y[B * LDY], grad[256], dX[B * IN], part[B * COUNT];
  double want[B * OUT];
  set_up(&p, hidden, output);
  assert_true(glb_mlp_cache_size(&p.mlp, B) <= 512 && glb_mlp_work_size(&p.mlp, B) <= 512);

  ref_mlp(want, &p.mlp, p.theta, p.X, B);
  glb_mlp_forward(&p.mlp, Y, LDY, cache, p.theta_f, p.X_f, LDX, B);
  const float *kept = cache + glb_mlp_cache_at(&p.mlp, B, 2);
  for (int b = 0; b < B; b++)
    for (int j = 0; j < OUT; j++) {
      ref_close(Y[b * LDY + j], want[b * OUT + j], 2e-6, "Y", (size_t)(b * OUT + j));
      assert_true(kept[b * OUT + j] == Y[b * LDY + j]);
    }

  for (int i = 0; i < 256; i++) grad[i] = 1;
  struct glb_mlp_grad all = {.grad = grad, .dX = dX, .lddx = IN, .dX_count = IN};
  glb_mlp_backward(&p.mlp, all, p.theta_f, p.X_f, LDX, cache, p.C_f, LDY, work, B);
  for (size_t i = 0; i < p.params.size; i++)
    ref_close(grad[i], 1 + ref_slope(loss, &p, &p.theta[i]), 1e-5, "1 + d loss / d theta", i);
  for (size_t i = 0; i < B * IN; i++) ref_close(dX[i], ref_slope(loss, &p, &p.X[i]), 1e-5, "d loss / d X", i);

  // overwriting gives the sum less the 1 from before; other tensors' gradients stay
  for (int i = 0; i < 256; i++) grad[i] = NAN;
  struct glb_mlp_grad fresh = {.grad = grad, .fresh = 1};
  glb_mlp_backward(&p.mlp, fresh, p.theta_f, p.X_f, LDX, cache, p.C_f, LDY, work, B);
  for (size_t i = 0; i < p.params.size; i++)
    ref_close(grad[i], ref_slope(loss, &p, &p.theta[i]), 1e-5, "d loss / d theta", i);
  assert_true(isnan(grad[p.params.size]));

  // some columns of dX alone
  struct glb_mlp_grad columns = {.dX = part, .lddx = COUNT, .dX_from = FROM, .dX_count = COUNT};
  glb_mlp_backward(&p.mlp, columns, p.theta_f, p.X_f, LDX, cache, p.C_f, LDY, work, B);
  for (int b = 0; b < B; b++)
    for (int j = 0; j < COUNT; j++)
      ref_close(part[b * COUNT + j], dX[b * IN + FROM + j], 1e-6, "column of dX", (size_t)(b * COUNT + j));
}

static void every_activation_agrees_with_differences(void **state) {
  (void)state;
  for (int hidden = GLB_ACT_NONE; hidden <= GLB_ACT_TANH; hidden++)
    for (int output = GLB_ACT_NONE; output <= GLB_ACT_TANH; output++)
      check((enum glb_act)hidden, (enum glb_act)output);
}

static void rows_go_through_alike_alone_and_together(void **state) {
  (void)state;
  struct problem p;
  float cache[512], all[B * OUT], one[OUT];
  set_up(&p, GLB_ACT_RELU, GLB_ACT_NONE);
  glb_mlp_forward(&p.mlp, all, OUT, cache, p.theta_f, p.X_f, LDX, B);
  for (int b = 0; b < B; b++) {
    glb_mlp_forward(&p.mlp, one, OUT, cache, p.theta_f, p.X_f + b * LDX, LDX, 1);
    for (int j = 0; j < OUT; j++) ref_close(one[j], all[b * OUT + j], 1e-6, "Y", (size_t)(b * OUT + j));
  }
}

static void weights_are_drawn_within_their_bounds(void **state) {
  (void)state;
  const int size[] = {100, 50, 10};
  struct glb_mlp mlp;
  struct glb_params params = {0};
  struct glb_rng rng, again;
  static float theta[8000], same[8000];
  glb_mlp_init(&mlp, &params, "net", 2, size, GLB_ACT_RELU, GLB_ACT_NONE);
  glb_rng_start(&rng, 5, GLB_STREAM_TEST, (struct glb_rng_at){0});
  again = rng;
  glb_mlp_draw(&mlp, theta, &rng);
  glb_mlp_draw(&mlp, same, &again);
  assert_memory_equal(theta, same, params.size * sizeof *theta);

  for (int layer = 0; layer < 2; layer++) {
    const int n = size[layer] * size[layer + 1];
    double bound = 1 / sqrt(size[layer]), sum = 0, squares = 0;
    for (int i = 0; i < n; i++) {
      double w = theta[mlp.W[layer] + (size_t)i];
      assert_true(fabs(w) <= bound * (1 + 1e-7));
      sum += w;
      squares += w * w;
    }
    ref_close(sum / n / bound, 0, 4 / sqrt(3.0 * n), "mean over bound", 0);
    ref_close(squares / n / (bound * bound / 3), 1, 4 * 0.9 / sqrt(n), "variance over bound^2 / 3", 0);
    for (int j = 0; j < size[layer + 1]; j++) assert_true(theta[mlp.b[layer] + (size_t)j] == 0);
  }
  glb_mlp_draw(&mlp, same, &again);
  assert_true(memcmp(theta, same, params.size * sizeof *theta) != 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_activation_agrees_with_differences),
      cmocka_unit_test(rows_go_through_alike_alone_and_together),
      cmocka_unit_test(weights_are_drawn_within_their_bounds),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
