/* act.h: element-wise functions on arrays of floats, written so that compilers vectorise them. n elements
 * each; y may be x. */
#ifndef COMMON_NN_ACT_H
#define COMMON_NN_ACT_H

#include <stddef.h>

/* y = max(x, 0) */
void glb_act_relu(float *y, const float *x, size_t n);
/* dx = dy where y > 0, else 0; y is the output of relu */
void glb_act_relu_back(float *dx, const float *dy, const float *y, size_t n);
/* y = tanh(x): rational approximation, within 4e-7 of the exact value (absolute), exactly odd, |y| <= 1 */
void glb_act_tanh(float *y, const float *x, size_t n);
/* dx = dy (1 - y^2); y is the output of tanh */
void glb_act_tanh_back(float *dx, const float *dy, const float *y, size_t n);

#endif  // COMMON_NN_ACT_H
