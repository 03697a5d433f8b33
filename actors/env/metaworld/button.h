/* button.h: the five environments in which a button is pressed along one axis. */
#ifndef ACTORS_ENV_METAWORLD_BUTTON_H
#define ACTORS_ENV_METAWORLD_BUTTON_H

#include "actors/env/metaworld/sawyer.h"

/* Box at v; after a forward pass the target is the hole, memory.scale its distance from the button's start along axis. */
void glb_button_furnish(struct glb_sawyer *arm, const double *v);
int glb_button_place(struct glb_sawyer *arm, const double *v, int axis);

struct glb_button {  // of one step
  double d, d0;      // distance of button and fingers, now and with the fingers where they started
  double D;          // distance of button and target along axis
  double open;       // of the fingers
  double near;       // n = L(d; 0, tolerance; d0)
  double pressed;    // p = L(D; 0, 0.005; memory.scale)
};
void glb_button_measure(struct glb_button *button, struct glb_sawyer *arm, int axis, double tolerance);
/* success is D <= limit. */
void glb_button_report(const struct glb_button *button, double limit, struct glb_sawyer_result *result);

#endif  // ACTORS_ENV_METAWORLD_BUTTON_H
