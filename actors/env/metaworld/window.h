/* window.h: a window slid along x, in either direction. */
#ifndef ACTORS_ENV_METAWORLD_WINDOW_H
#define ACTORS_ENV_METAWORLD_WINDOW_H

#include "actors/env/metaworld/sawyer.h"

void glb_window_furnish(struct glb_sawyer *arm, const double *v);

/* obj_init = v; the slide is set without a forward pass: the first observation does not know of it. */
void glb_window_place(struct glb_sawyer *arm, const double *v, double slide);

/* R = 10 H(r, ip) for a handle (site) that started at start[0] along x; shape makes r (long tail or gauss). */
typedef double (*glb_window_shape_fn)(double x, double low, double high, double margin);
void glb_window_reward(struct glb_sawyer *arm, const char *handle, const double *start,
                       glb_window_shape_fn shape, struct glb_sawyer_result *result);

/* Version 1; P may be negative here. */
void glb_window_measure_v1(struct glb_sawyer *arm);
void glb_window_reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result);

#endif  // ACTORS_ENV_METAWORLD_WINDOW_H
