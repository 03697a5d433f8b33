/* reward.h: the shaping functions that MetaWorld's rewards (version 2) are made of. All values are in [0, 1].
 */
#ifndef ACTORS_ENV_METAWORLD_REWARD_H
#define ACTORS_ENV_METAWORLD_REWARD_H

struct glb_sawyer;

/* 1 for x in [low, high], outside falling with the distance from it to 0.1 at margin: as 1 / (1 + (3 y)^2)
 * (long tail) or exp(-c y^2) (gauss), y = distance / margin. margin <= 0: 0 outside. */
double glb_reward_long(double x, double low, double high, double margin);
double glb_reward_gauss(double x, double low, double high, double margin);

/* Hamacher product a b / (a + b - a b): "both". 0 for two zeros. */
double glb_reward_both(double a, double b);

/* For p in the box with corners zero and one: product over axes of (p - zero) / (one - zero); outside 1. */
double glb_reward_prism(const double *p, const double *zero, const double *one);

/* How well the fingers cage an object and close on it. */
enum glb_cage_density { GLB_CAGE_PLAIN, GLB_CAGE_MEDIUM, GLB_CAGE_HIGH };

struct glb_cage {
  double radius;  // of the object
  double pad;     // distance of the pads that counts as caged
  double reach;   // distance of the hand that counts as reached (MEDIUM only)
  double xz;      // tolerance of the hand in the plane (x, z)
  double effort;  // action of the fingers that counts as closed; 0: 1
  enum glb_cage_density density;
  const double *origin;  // where the object started; NULL: memory.obj_init
};

/* The general one: caging reward, in which closing counts only once caged; HIGH and MEDIUM average it with
 * caging or reaching. */
double glb_cage_grip(struct glb_sawyer *arm, const double *object, const struct glb_cage *cage);

/* Of pick-place: signed distances of the pads, constants of its own. */
double glb_cage_pick(struct glb_sawyer *arm, const double *object);

/* For pushing (push-back, soccer, sweep, sweep-into): closing is measured by the pads within radius + slack,
 * not by the action. */
double glb_cage_push(struct glb_sawyer *arm, const double *object, double radius, double slack, double xz);

#endif  // ACTORS_ENV_METAWORLD_REWARD_H
