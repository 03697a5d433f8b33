#include "tests/ref/nn_ref.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/rng.h"

static double activate(enum glb_act act, double z) {
  if (act == GLB_ACT_RELU) return z > 0 ? z : 0;
  return act == GLB_ACT_TANH ? tanh(z) : z;
}

void ref_mlp(double *Y, const struct glb_mlp *mlp, const double *theta, const double *X, int B) {
  for (int row = 0; row < B; row++) {
    double x[512], y[512];
    memcpy(x, X + (size_t)row * mlp->size[0], (size_t)mlp->size[0] * sizeof *x);
    for (int i = 0; i < mlp->layers; i++) {
      const int in = mlp->size[i], out = mlp->size[i + 1];
      assert_true(in <= 512 && out <= 512);
      for (int j = 0; j < out; j++) {
        double z = theta[mlp->b[i] + j];
        for (int k = 0; k < in; k++) z += x[k] * theta[mlp->W[i] + (size_t)k * out + j];
        y[j] = activate(i + 1 < mlp->layers ? mlp->hidden : mlp->output, z);
      }
      memcpy(x, y, sizeof x);
    }
    const int out = mlp->size[mlp->layers];
    memcpy(Y + (size_t)row * out, x, (size_t)out * sizeof *Y);
  }
}

double ref_squashed(double *a, const struct glb_squashed *dist, const double *H, const double *z) {
  const double log_2pi = 1.8378770664093454836, log_2 = 0.69314718055994530942;
  double sum = 0;
  for (int j = 0; j < dist->A; j++) {
    double s = fmin(fmax(H[dist->A + j], dist->low), dist->high), u = H[j] + exp(s) * z[j];
    double softplus = u < 0 ? -2 * u + log1p(exp(2 * u)) : log1p(exp(-2 * u));
    a[j] = tanh(u);
    sum += -0.5 * z[j] * z[j] - s - 0.5 * log_2pi - 2 * (log_2 - u - softplus);
  }
  return sum;
}

void ref_adam(double *theta, double *m, double *v, const double *grad, double rate, int64_t t, size_t n) {
  for (size_t i = 0; i < n; i++) {
    m[i] = 0.9 * m[i] + 0.1 * grad[i];
    v[i] = 0.999 * v[i] + 0.001 * grad[i] * grad[i];
    double m_hat = m[i] / (1 - pow(0.9, (double)t)), v_hat = v[i] / (1 - pow(0.999, (double)t));
    theta[i] -= rate * m_hat / (sqrt(v_hat) + 1e-8);
  }
}

double ref_slope(double (*loss)(void *), void *context, double *x) {
  const double at = *x, h = 1e-5;
  *x = at + h;
  double right = loss(context);
  *x = at - h;
  double left = loss(context);
  *x = at;
  return (right - left) / (2 * h);
}

void ref_fill(float *x, double *wide, size_t n, double size, uint32_t key) {
  struct glb_rng rng;
  glb_rng_start(&rng, 7, GLB_STREAM_TEST, (struct glb_rng_at){.round = key});
  for (size_t i = 0; i < n; i++) {
    float value = (float)(size * (2 * glb_rng_uniform(&rng) - 1));
    if (x) x[i] = value;
    if (wide) wide[i] = value;
  }
}

void ref_close(double got, double want, double tolerance, const char *what, size_t index) {
  if (fabs(got - want) <= tolerance * (1 + fabs(want))) return;
  fail_msg("%s[%zu] = %.9g, expected %.9g (difference %.2g, tolerance %.2g)", what, index, got, want,
           got - want, tolerance * (1 + fabs(want)));
}
