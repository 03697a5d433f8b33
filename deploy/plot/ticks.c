#include "deploy/plot/ticks.h"

#include <math.h>
#include <stdio.h>

// The smallest of 1, 2, 2.5, 5, 10 times a power of ten that is at least `least`.
static double nice_step(double least) {
  static const double steps[] = {1, 2, 2.5, 5, 10};
  const double power = pow(10, floor(log10(least)));
  for (int i = 0; i < 4; i++)
    if (steps[i] * power >= least * (1 - 1e-9)) return steps[i] * power;
  return 10 * power;
}

// Digits behind the point that tell multiples of step apart.
static int decimals_of(double step) {
  int digits = 0;
  while (digits < 9 && fabs(step - round(step)) > 1e-6 * step) step *= 10, digits++;
  return digits;
}

static void put(struct glb_ticks *ticks, double at, int decimals) {
  char *text = ticks->text[ticks->count];
  if (at == 0)
    snprintf(text, GLB_TICK_TEXT, "0");
  else if (fabs(at) >= 1e6)
    snprintf(text, GLB_TICK_TEXT, "%.4gM", at / 1e6);
  else if (fabs(at) >= 1e4)
    snprintf(text, GLB_TICK_TEXT, "%.4gk", at / 1e3);
  else if (decimals < 0 || (at && fabs(at) < 1e-4))
    snprintf(text, GLB_TICK_TEXT, "%.4g", at);
  else
    snprintf(text, GLB_TICK_TEXT, "%.*f", decimals, at);
  ticks->at[ticks->count++] = at;
}

static void make_linear(struct glb_ticks *ticks, double low, double high, int wanted) {
  const double step = nice_step((high - low) / wanted), slack = 1e-9 * (high - low);
  const double first = ceil((low - slack) / step);
  for (int i = 0; ticks->count < GLB_TICKS; i++) {
    const double at = (first + i) * step;
    if (at > high + slack) return;
    put(ticks, at == 0 ? 0 : at, decimals_of(step));  // no -0
  }
}

// Powers of base, each times 1 .. as listed.
static void make_log(struct glb_ticks *ticks, double low, double high, int base, int stride,
                     const double *times) {
  const int first = (int)floor(log(low) / log(base) + 1e-9);
  for (int power = first; ticks->count < GLB_TICKS; power++) {
    if (pow(base, power) > high * (1 + 1e-9)) return;
    if ((power % stride + stride) % stride) continue;
    for (int i = 0; times[i] && ticks->count < GLB_TICKS; i++) {
      const double at = times[i] * pow(base, power);
      if (at >= low * (1 - 1e-9) && at <= high * (1 + 1e-9)) put(ticks, at, -1);
    }
  }
}

void glb_ticks_make(struct glb_ticks *ticks, double low, double high, int base, int wanted) {
  static const double one[] = {1, 0}, few[] = {1, 2, 5, 0};
  ticks->count = 0;
  if (!base) {
    make_linear(ticks, low, high, wanted);
    return;
  }
  const double powers = log(high / low) / log(base);
  const int dense = base == 10 && powers < 2;
  if (dense && powers < 0.5) {  // too short for powers of ten
    make_linear(ticks, low, high, wanted);
    return;
  }
  const int stride = (int)ceil((powers + 1) / (wanted + 3));
  make_log(ticks, low, high, base, dense ? 1 : stride, dense ? few : one);
}
