/* physics.h: MuJoCo behind a few verbs: one compiled model per file and process, a simulation per instance,
 * errors as codes.
 *
 * MuJoCo reports a fatal error through a callback that must not return and by default ends the process. Here
 * every call runs under a guard: the callback jumps back into it, and the call returns GLB_EPHYSICS with
 * MuJoCo's text. The jump skips MuJoCo's own bookkeeping, so after GLB_EPHYSICS the only thing that may be
 * done with the simulation is reset or finish. Guards are per thread: simulations may run side by side, but
 * init and finish share the list of models and are for one thread at a time.
 *
 * Sources in actors/env that touch the state include <mujoco/mujoco.h>; this header does not, so that callers
 * outside need not see it. */
#ifndef ACTORS_ENV_PHYSICS_H
#define ACTORS_ENV_PHYSICS_H

struct mjModel_;
struct mjData_;
struct glb_model;  // a compiled model and the count of its users

/* Version of the MuJoCo library that is linked, "3.3.0". */
const char *glb_physics_version(void);

struct glb_physics {
  const struct mjModel_ *model;     // what is simulated: compiled, or own
  const struct mjModel_ *compiled;  // shared by all simulations of the file, constant
  struct mjModel_ *own;             // a copy that this simulation alone may change; NULL: there is none
  struct mjData_ *data;             // owned
  struct glb_model *shared;         // entry of the process' list of models
  int contact_forces;               // set by the user: each step ends with mj_rnePostConstraint (cfrc_ext)
};

/* Loads the model (or shares it, where this process has it already) and makes a simulation of it.
 *   model_dir   in  folder of the packages that bring the models; NULL or "": the one fixed at build time
 *   file        in  path of the model below it, "gymnasium/envs/mujoco/assets/ant.xml"
 * GLB_EASSET: the file is not there (the message says where it was sought and how to get it); GLB_EFORMAT:
 * MuJoCo cannot compile it; GLB_ESETUP: the library at run time is not the version of the headers. Nothing is
 * held on failure. */
int glb_physics_init(struct glb_physics *physics, const char *model_dir, const char *file);
void glb_physics_finish(struct glb_physics *physics);

/* Gives the simulation a model of its own, equal to the compiled one. */
int glb_physics_own(struct glb_physics *physics);

/* After parameters of the own model have changed: the constants that follow from them (total masses, inverse
 * weights), so that it is as if compiled with them. Only a reset may follow. */
int glb_physics_derive(struct glb_physics *physics);

/* Everything back to the model's initial state; derived quantities are not computed (glb_physics_forward). */
int glb_physics_reset(struct glb_physics *physics);

/* Derived quantities of the present state; also sets the warm start of the constraint solver. */
int glb_physics_forward(struct glb_physics *physics);

/* data->ctrl = action (nu, in [-1, 1]) scaled to the range of each control; where that is [-1, 1], the same
 * numbers. */
void glb_physics_control(struct glb_physics *physics, const double *action);

/* Advances by frame_skip time steps with the controls in data->ctrl, then contact_forces. GLB_EPHYSICS also where the state
 * diverged and MuJoCo started over. */
int glb_physics_step(struct glb_physics *physics, int frame_skip);

/* The limit for benchmarks, nothing but controls, time steps and, where asked for, contact forces: for each of
 * n rows of actions (n x nu) control and step, under one guard. */
int glb_physics_bare_loop(struct glb_physics *physics, const double *actions, int n, int frame_skip);

/* work(context) under the guard, for what else calls MuJoCo. GLB_EPHYSICS with MuJoCo's text. work must hold nothing that the
 * jump would leak. */
int glb_physics_guarded(void (*work)(void *context), void *context);

#endif  // ACTORS_ENV_PHYSICS_H
