/* puck.h: what the environments with one object on the table have in common. */
#ifndef ACTORS_ENV_METAWORLD_PUCK_H
#define ACTORS_ENV_METAWORLD_PUCK_H

#include "actors/env/metaworld/sawyer.h"

/* The object at v[0:3], target v[3:6]; or both at v's points on a height. */
int glb_puck_place(struct glb_sawyer *arm, const double *v);
int glb_puck_place_flat(struct glb_sawyer *arm, const double *v, double height);

/* Position and quaternion (w, x, y, z) of body "obj". */
void glb_puck_observe_obj(struct glb_sawyer *arm, double *objects);
/* Position of body "obj", orientation of its geom as SciPy has it; the same of the geom alone. */
void glb_puck_observe(struct glb_sawyer *arm, double *objects);
void glb_puck_observe_geom(struct glb_sawyer *arm, double *objects);
/* Position and quaternion (w, x, y, z) of a body; position of a site, no orientation. */
void glb_puck_observe_body(struct glb_sawyer *arm, const char *body, double *objects);
void glb_puck_observe_site(struct glb_sawyer *arm, const char *site, double *objects);

struct glb_puck {                      // of one step
  const double *obj, *target, *start;  // object now, where to, where from
  double open;                         // of the fingers
  double tcp[3];
  double d;         // |obj - tcp|
  double D;         // |obj - target|
  double in_place;  // L(D; 0, 0.05; |start - target|)
};
void glb_puck_measure(struct glb_puck *puck, struct glb_sawyer *arm);

/* near, grasped (both pads touch, open, lifted), grasp, in_place, distance; success is D <= limit. */
void glb_puck_report(struct glb_sawyer *arm, const struct glb_puck *puck, double grasp, double limit,
                     struct glb_sawyer_result *result);

/* The same for a thing that is to be lifted, without touch, at a distance D of the task's own. */
void glb_puck_report_lifted(const struct glb_puck *puck, double grasp, double in_place, double D,
                            double limit, struct glb_sawyer_result *result);

/* R = 2 g + 6 H(g, ip), 10 at the target: sweeping; grasped without lifting. */
void glb_puck_reward_sweep(struct glb_sawyer *arm, const struct glb_puck *puck, double grasp,
                           struct glb_sawyer_result *result);

/* Version 1 of picking the puck up and placing it. */
void glb_puck_measure_v1(struct glb_sawyer *arm);
void glb_puck_reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result);

#endif  // ACTORS_ENV_METAWORLD_PUCK_H
