#include "common/nn/act.h"

#include <string.h>

#include "common/nn/approx.h"

/* All work in place after a copy: one pointer that is read and written vectorises without a check for
 * overlap. */
static void copy(float *y, const float *x, size_t n) {
  if (y != x) memcpy(y, x, n * sizeof *y);
}

void glb_act_relu(float *y, const float *x, size_t n) {
  copy(y, x, n);
  for (size_t i = 0; i < n; i++) y[i] = y[i] < 0 ? 0 : y[i];  // NaN stays NaN
}

void glb_act_relu_back(float *dx, const float *dy, const float *restrict y, size_t n) {
  copy(dx, dy, n);
  for (size_t i = 0; i < n; i++) dx[i] = y[i] > 0 ? dx[i] : 0;
}

void glb_act_tanh(float *y, const float *x, size_t n) {
  copy(y, x, n);
  for (size_t i = 0; i < n; i++) y[i] = glb_approx_tanh(y[i]);
}

void glb_act_tanh_back(float *dx, const float *dy, const float *restrict y, size_t n) {
  copy(dx, dy, n);
  for (size_t i = 0; i < n; i++) dx[i] *= 1 - y[i] * y[i];
}
