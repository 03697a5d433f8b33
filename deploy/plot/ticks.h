/* ticks.h: where an axis is marked, and with what words. */
#ifndef DEPLOY_PLOT_TICKS_H
#define DEPLOY_PLOT_TICKS_H

enum { GLB_TICKS = 16, GLB_TICK_TEXT = 16 };

struct glb_ticks {
  int count;
  double at[GLB_TICKS];                 // ascending, within the range
  char text[GLB_TICKS][GLB_TICK_TEXT];  // "0.25", "20k"
};

/* Marks of low .. high (low < high), about `wanted` of them, at most GLB_TICKS. base 0: a linear axis, marks at 1, 2, 2.5 or 5 times
 * a power of ten. base 2 or 10: a logarithmic one (low > 0), marks at powers of the base, every second, third... where there are many;
 * base 10 with less than two decades: at 1, 2 and 5 times a power of ten. */
void glb_ticks_make(struct glb_ticks *ticks, double low, double high, int base, int wanted);

#endif  // DEPLOY_PLOT_TICKS_H
