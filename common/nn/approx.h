/* approx.h: transcendental functions of one float without branches or calls, so that loops over them
 * vectorise. Private to common/nn.
 *
 * Errors are bounds measured by tests/unit/common/nn/test_act.c against the C library in double. */
#ifndef COMMON_NN_APPROX_H
#define COMMON_NN_APPROX_H

#include <math.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t glb_approx_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

static inline float glb_approx_float(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* max(low, min(high, x)); NaN passes. */
static inline float glb_approx_clip(float x, float low, float high) {
  x = x > high ? high : x;
  return x < low ? low : x;
}

/* tanh(x) = x P(x^2) / Q(x^2), fitted on [-9, 9] for the least absolute error: within 4e-7; odd, |y| <= 1,
 * NaN passes. */
static inline float glb_approx_tanh(float x) {
  x = glb_approx_clip(x, -9, 9);
  float q = x * x;
  float P = 1.3184369e-8f, Q = 7.7027387e-7f;
  P = P * q + 2.0471991e-5f;
  P = P * q + 3.4865944e-3f;
  P = P * q + 0.1337321f;
  P = P * q + 0.9999999f;
  Q = Q * q + 3.2714038e-4f;
  Q = Q * q + 2.584203e-2f;
  Q = Q * q + 0.46706507f;
  Q = Q * q + 1;
  return glb_approx_clip(x * (P / Q), -1, 1);
}

/* exp(x), relative error below 3e-7 on [-87, 88]; clipped outside, NaN passes. */
static inline float glb_approx_exp(float x) {
  x = glb_approx_clip(x, -87, 88);
  // x = n log 2 + r; adding 1.5 * 2^23 rounds to the integer n, which is then in the low bits
  float shifted = x * 1.44269504f + 0x1.8p23f, n = shifted - 0x1.8p23f;
  float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.3888889e-3f;
  p = p * r + 8.3333333e-3f;
  p = p * r + 4.1666667e-2f;
  p = p * r + 0.16666667f;
  p = p * r + 0.5f;
  p = p * r + 1;
  p = p * r + 1;
  return p * glb_approx_float((glb_approx_bits(shifted) << 23) + 0x3f800000u);
}

/* 2 atanh(s) = log((1 + s) / (1 - s)) for |s| <= 1/3. */
static inline float glb_approx_log_ratio(float s) {
  float q = s * s, p = 0.076923077f;
  p = p * q + 0.090909091f;
  p = p * q + 0.11111111f;
  p = p * q + 0.14285714f;
  p = p * q + 0.2f;
  p = p * q + 0.33333333f;
  return 2 * s + 2 * s * (p * q);
}

/* log(1 + t) for t in [0, 1], error below 2e-7. */
static inline float glb_approx_log1p(float t) {
  return glb_approx_log_ratio(t / (2 + t));
}

/* log(x) for normal x > 0, error below 2e-7 max(1, |log x|). */
static inline float glb_approx_log(float x) {
  // x = 2^e (1 + f) with 1 + f in [sqrt 1/2, sqrt 2)
  uint32_t bits = glb_approx_bits(x), exponent = (bits - 0x3f3504f3u) & 0xff800000u;
  float e = (float)((int32_t)exponent / (1 << 23)), f = glb_approx_float(bits - exponent) - 1;
  return e * 0.69314718f + glb_approx_log_ratio(f / (2 + f));
}

/* Sine and cosine of the angle turn / 2^32 of a full turn, error below 2e-7. */
static inline void glb_approx_sincos(float *sine, float *cosine, uint32_t turn) {
  // angle = quadrant pi/2 + r, |r| <= pi/4
  uint32_t quadrant = (turn + 0x20000000u) >> 30;
  float r = (float)(int32_t)(turn - (quadrant << 30)) * (6.2831853f * 0x1p-32f), q = r * r;
  float s = 2.7557319e-6f, c = 2.4801587e-5f;
  s = s * q - 1.9841270e-4f;
  s = s * q + 8.3333333e-3f;
  s = s * q - 0.16666667f;
  s = s * q * r + r;
  c = c * q - 1.3888889e-3f;
  c = c * q + 4.1666667e-2f;
  c = c * q - 0.5f;
  c = c * q + 1;
  float across = quadrant & 1 ? c : s, along = quadrant & 1 ? s : c;
  *sine = glb_approx_float(glb_approx_bits(across) ^ (quadrant & 2) << 30);
  *cosine = glb_approx_float(glb_approx_bits(along) ^ ((quadrant + 1) & 2) << 30);
}

#endif  // COMMON_NN_APPROX_H
