/* nn_ref.h: plain double loops for common/nn, and what its tests share. */
#ifndef TESTS_REF_NN_REF_H
#define TESTS_REF_NN_REF_H

#include <stddef.h>
#include <stdint.h>

#include "common/nn/dist.h"
#include "common/nn/mlp.h"

/* Y (B x out) = mlp(X), X (B x in), contiguous. */
void ref_mlp(double *Y, const struct glb_mlp *mlp, const double *theta, const double *X, int B);

/* Action (A) and log probability of one row. */
double ref_squashed(double *a, const struct glb_squashed *dist, const double *H, const double *z);

/* One Adam step on n elements, as the paper writes it. */
void ref_adam(double *theta, double *m, double *v, const double *grad, double rate, int64_t t, size_t n);

/* Central difference of loss(context) in *x. */
double ref_slope(double (*loss)(void *), void *context, double *x);

/* n numbers uniform in +-size that depend on key only, the same in float and double. */
void ref_fill(float *x, double *wide, size_t n, double size, uint32_t key);

/* Fails with the name, index and both values unless |got - want| <= tolerance (1 + |want|). */
void ref_close(double got, double want, double tolerance, const char *what, size_t index);

#endif  // TESTS_REF_NN_REF_H
