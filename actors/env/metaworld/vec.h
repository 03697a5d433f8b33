/* vec.h: points in space as three doubles. */
#ifndef ACTORS_ENV_METAWORLD_VEC_H
#define ACTORS_ENV_METAWORLD_VEC_H

#include <math.h>

static inline void glb_vec_set(double *p, double x, double y, double z) {
  p[0] = x, p[1] = y, p[2] = z;
}

static inline void glb_vec_copy(double *p, const double *a) {
  glb_vec_set(p, a[0], a[1], a[2]);
}

/* p = a + (x, y, z); p may be a. */
static inline void glb_vec_add(double *p, const double *a, double x, double y, double z) {
  glb_vec_set(p, a[0] + x, a[1] + y, a[2] + z);
}

/* |(a - b) (sx, sy, sz)|, the product elementwise */
static inline double glb_vec_stretched(const double *a, const double *b, double sx, double sy, double sz) {
  double x = (a[0] - b[0]) * sx, y = (a[1] - b[1]) * sy, z = (a[2] - b[2]) * sz;
  return sqrt(x * x + y * y + z * z);
}

static inline double glb_vec_distance(const double *a, const double *b) {
  return glb_vec_stretched(a, b, 1, 1, 1);
}

/* Distance in the horizontal plane (x, y) and in the plane (x, z). */
static inline double glb_vec_distance_xy(const double *a, const double *b) {
  return glb_vec_stretched(a, b, 1, 1, 0);
}
static inline double glb_vec_distance_xz(const double *a, const double *b) {
  return glb_vec_stretched(a, b, 1, 0, 1);
}

/* x within [low, high] */
static inline double glb_clip(double x, double low, double high) {
  return fmin(fmax(x, low), high);
}

#endif  // ACTORS_ENV_METAWORLD_VEC_H
