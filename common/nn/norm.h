/* norm.h: running mean and variance of vectors, merged like statistics, applied as (x - mean) / std with a
 * clip.
 *
 * Moments are kept as count, mean and sum of squared deviations (Chan, Golub, LeVeque 1983), in double. A
 * normaliser changes only at a refresh of the acting snapshot; what acts is the float pair (shift, scale)
 * that glb_moments_freeze makes. */
#ifndef COMMON_NN_NORM_H
#define COMMON_NN_NORM_H

struct glb_moments {
  int n;          // components
  double *count;  // (1)
  double *mean;   // (n)
  double *M2;     // (n) sum of squared deviations
};

/* Doubles in the block that moments are mapped on: [count | mean | M2]. */
int glb_moments_size(int n);
void glb_moments_map(struct glb_moments *moments, int n, double *block);

/* Adds rows of X (T x n, leading dimension ldx). */
void glb_moments_add(struct glb_moments *moments, const float *X, int ldx, int T);

/* a = a merged with b. */
void glb_moments_merge(struct glb_moments *a, const struct glb_moments *b);

/* shift = mean, scale = 1 / max(std, floor), as floats (n); identity (0, 1) while count < 2. */
void glb_moments_freeze(const struct glb_moments *moments, float *shift, float *scale, double floor);

/* Y = clip((X - shift) * scale, +-limit), T rows of n. */
void glb_norm_apply(float *Y, int ldy, const float *X, int ldx, const float *shift, const float *scale,
                    float limit, int n, int T);

#endif  // COMMON_NN_NORM_H
