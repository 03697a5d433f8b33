/* kernel.h: the kernel identity, the structural result of GLiBRL (docs/theory/kernel-identity.md).
 *
 * Whitened features f_i = Phi_i Xi0^-1/2, centred targets y_i = Y_i - Phi_i M0, K_ij = f_i f_j', alpha_i =
 * (K_ii + I)^-1 y_i:
 *   || Xi0^1/2 (M_i - M_j) ||_F^2  =  tr(a_i'K_ii a_i) + tr(a_j'K_jj a_j) - 2 tr(a_i'K_ij a_j) */
#ifndef COMMON_MODEL_KERNEL_H
#define COMMON_MODEL_KERNEL_H

#include "common/model/posterior.h"

/* Both sides for two tasks under one prior: representation (left) from the two posteriors in weight form,
 * correspondence (right) from N x N kernels in dual form. Independent computations. O(N^3). Allocates.
 * GLB_ENOTPD, GLB_ENOMEM. */
int glb_kernel_identity(double *representation, double *correspondence, const struct glb_prior *prior,
                        struct glb_rows i, struct glb_rows j);

#endif  // COMMON_MODEL_KERNEL_H
