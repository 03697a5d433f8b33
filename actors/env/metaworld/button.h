/* button.h: the five environments in which a button is pressed along one axis. */
#ifndef ACTORS_ENV_METAWORLD_BUTTON_H
#define ACTORS_ENV_METAWORLD_BUTTON_H

#include "actors/env/metaworld/sawyer.h"

void glb_button_furnish(struct glb_sawyer *arm, const double *v);

/* From above (along z) and from the front (along y): the target is the hole, memory.scale its distance from the button's start. */
int glb_button_place_above(struct glb_sawyer *arm, const double *v);
int glb_button_place_front(struct glb_sawyer *arm, const double *v);
void glb_button_observe_above(struct glb_sawyer *arm, double *objects);
void glb_button_observe_front(struct glb_sawyer *arm, double *objects);

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

/* R = 5 H(c, n), + 5 p at the button, from above; c: how the fingers should be. */
void glb_button_reward_above(const struct glb_button *button, double c, struct glb_sawyer_result *result);
/* R = 2 H(open, n), + 8 p at the button, from the front. */
void glb_button_reward_front(struct glb_sawyer *arm, struct glb_sawyer_result *result);

/* Version 1: the distance of the button from its hole; the reward of pressing from above. */
void glb_button_measure_v1(struct glb_sawyer *arm);
void glb_button_reward_above_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result);

#endif  // ACTORS_ENV_METAWORLD_BUTTON_H
