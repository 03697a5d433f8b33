/* setup.h: the BLAS library itself: threads, kernel, and whether its results are right. */
#ifndef COMMON_LA_SETUP_H
#define COMMON_LA_SETUP_H

/* One thread in every call from now on, and the number verified. GLB_ESETUP where the library does not obey.
 */
int glb_blas_setup(void);

/* Name of the kernel in use ("Haswell", "Cooperlake") and the library's configuration string. */
const char *glb_blas_kernel(void);
const char *glb_blas_config(void);

/* Compares the products and factorisations that the program uses with plain loops at a few shapes that matter
 * (under 50 ms): GLB_ESETUP with routine, shape and error where a kernel computes wrong results, with the
 * advice to set OPENBLAS_CORETYPE. */
int glb_blas_check(void);

#endif  // COMMON_LA_SETUP_H
