/* sawyer.h: the arm that all MetaWorld environments share.
 *
 * A struct glb_sawyer_task holds the constants of one environment (a row of metaworld.def) and its functions
 * (tasks/<id>.c); a struct glb_sawyer simulates it. The hand hangs on a mocap body by a weld; an action moves
 * the mocap body by 0.01 a[0:3] and presses the fingers with a[3]. A step is five time steps and the forward
 * pass after them, which belongs to the dynamics: it sets the warm start of the constraint solver.
 *
 * Derived quantities (positions of bodies, sites, geoms) lag behind the state by a time step after the hand's
 * drive in a reset, as in the package. Functions of a task must make the same calls in the same order; a
 * forward pass more or less changes the contacts to come. */
#ifndef ACTORS_ENV_METAWORLD_SAWYER_H
#define ACTORS_ENV_METAWORLD_SAWYER_H

#include "actors/env/env.h"
#include "actors/env/physics.h"

enum {
  GLB_SAWYER_O = 39,       // observation: frame, frame before it, goal
  GLB_SAWYER_A = 4,        // action: hand, fingers
  GLB_SAWYER_FRAME = 18,   // hand (3), opening, objects (14)
  GLB_SAWYER_OBJECTS = 14  // position, quaternion of two objects
};

enum { GLB_SAWYER_VECTOR = 6 };  // longest task vector

enum glb_sawyer_rule { GLB_SAWYER_ANY, GLB_SAWYER_APART, GLB_SAWYER_OFF_HOLE };

struct glb_sawyer;
struct glb_sawyer_result;

struct glb_sawyer_task {
  const char *name;                                       // "button-press-topdown"
  const char *model;                                      // "button_press_topdown"
  double hand[3];                                         // where the hand starts
  double low[3];                                          // lower bound of the hand
  int n;                                                  // size of the task vector
  double from[GLB_SAWYER_VECTOR], to[GLB_SAWYER_VECTOR];  // box that it is uniform in
  enum glb_sawyer_rule rule;                              // which vectors are drawn again
  double apart;                                           // distance of the rule
  double goal_from[3], goal_to[3];                        // box that a visible goal is clipped to
  const struct glb_sawyer_rules *rules;
};

/* The functions of an environment, in this order in its file; v is the task vector. */
struct glb_sawyer_rules {
  /* moves fixed bodies of the model (glb_sawyer_move_body), before the hand's drive; NULL: none */
  void (*furnish)(struct glb_sawyer *arm, const double *v);
  /* after the hand's drive: objects, memory.obj_init, memory.target, ... */
  int (*place)(struct glb_sawyer *arm, const double *v);
  /* the objects of a frame (GLB_SAWYER_OBJECTS numbers, come zeroed) */
  void (*observe)(struct glb_sawyer *arm, double *objects);
  /* reward of version 2 and what else the package reports of the step that ended; result comes zeroed */
  void (*reward)(struct glb_sawyer *arm, struct glb_sawyer_result *result);
  /* the same for version 1, and after place what it needs to know of the start: memory.v1 */
  void (*measure_v1)(struct glb_sawyer *arm);
  void (*reward_v1)(struct glb_sawyer *arm, struct glb_sawyer_result *result);
};

struct glb_sawyer_result {  // names of the package in brackets
  double reward;
  double success;   // 0 or 1
  double near;      // near_object
  double grasped;   // grasp_success
  double grasp;     // grasp_reward
  double in_place;  // in_place_reward
  double distance;  // obj_to_target
};

struct glb_sawyer_v1 {  // for rewards of version 1 (reward_v1.h)
  double limit;         // the distance that the distance from the target is taken from
  double height, top;   // of the object at the start, and where it is to be lifted to
};

struct glb_sawyer_memory {  // what an episode remembers of its start
  double obj_init[3], target[3];
  double init_tcp[3];   // between the fingers, after the hand's drive
  double tool_init[3];  // second object or point of the task's own (stick, handle, head of the peg)
  double scale;         // distance of the task's own
  struct glb_sawyer_v1 v1;
};

struct glb_sawyer {
  const struct glb_sawyer_task *task;
  struct glb_physics physics;
  struct mjModel_ *model;  // physics.model: the shared one with positions of bodies and welds of its own
  int visible;             // the goal is part of the observation
  int reward_version;      // 1 or 2
  struct glb_sawyer_memory memory;
  double action[GLB_SAWYER_A];        // of the last step, not clipped
  double obs[GLB_SAWYER_O];           // of the last step, clipped: [0:3] hand, [3] opening, [4:18] objects
  double previous[GLB_SAWYER_FRAME];  // last frame, not clipped
  const char *missing;                // a name that the model does not have; NULL
  struct glb_sawyer_cache *cache;
};

/* ---- simulation ---- */

/* The environments, in the order of MT50. */
const struct glb_sawyer_task *glb_sawyer_task_table(int *count);
/* The environment called name ("reach"); GLB_ECONFIG. */
int glb_sawyer_task_find(const struct glb_sawyer_task **task, const char *name);

/* Errors of glb_physics_init; nothing is held on failure. options may be NULL. */
int glb_sawyer_init(struct glb_sawyer *arm, const struct glb_sawyer_task *task,
                    const struct glb_env_options *options);
void glb_sawyer_finish(struct glb_sawyer *arm);

/* Starts an episode of task vector v (task->n) and writes the first observation. States after a reset are
 * kept, so the next reset of the same v costs a copy. GLB_EMISMATCH where the model lacks a name: another
 * version of the package. */
int glb_sawyer_reset(struct glb_sawyer *arm, const double *v, int visible, double *obs);

struct glb_sawyer_start {  // a recorded state, as the simulator has it; borrowed
  const double *qpos, *qvel, *ctrl, *qacc_warmstart;
  const double *mocap_pos, *mocap_quat;
};

/* Puts a recorded state in the place of the one that a reset has just made, and writes its observation. What an episode
 * remembers of its start stays that of the reset. Where the states are the same, so are the bits of all that follows. */
int glb_sawyer_restore(struct glb_sawyer *arm, const struct glb_sawyer_start *start, double *obs);

/* One step with a raw action (the package clips only the hand's part). obs and result are written. */
int glb_sawyer_step(struct glb_sawyer *arm, const double *action, double *obs,
                    struct glb_sawyer_result *result);

/* What the package reports of the step that ended with rewards of a version (1 or 2). */
void glb_sawyer_judge(struct glb_sawyer *arm, int version, struct glb_sawyer_result *result);

/* The time steps of a step and its forward pass, nothing else: the limit for benchmarks. */
int glb_sawyer_bare(struct glb_sawyer *arm, const double *action);

/* ---- for furnish ---- */

/* Position of a body in its parent; the shape and all else stay. */
void glb_sawyer_move_body(struct glb_sawyer *arm, const char *body, const double *position);

/* ---- for place ---- */

/* A free object (joint at qpos 9, qvel 9) at rest at p, orientation kept, and a forward pass. */
int glb_sawyer_put(struct glb_sawyer *arm, const double *p);
/* A hinge or slide (qpos 9, qvel 9) at rest at x, and a forward pass. */
int glb_sawyer_set_joint(struct glb_sawyer *arm, double x);
/* Forward pass after writing physics.data->qpos or qvel. */
int glb_sawyer_forward(struct glb_sawyer *arm);
/* count time steps, no forward pass */
int glb_sawyer_settle(struct glb_sawyer *arm, int count);

/* ---- for place, observe and reward: where things are (3 doubles, live) ---- */

const double *glb_sawyer_body(struct glb_sawyer *arm, const char *name);
const double *glb_sawyer_site(struct glb_sawyer *arm, const char *name);
const double *glb_sawyer_geom(struct glb_sawyer *arm, const char *name);
/* Position of a site in the frame of its body. */
const double *glb_sawyer_site_local(struct glb_sawyer *arm, const char *name);
/* Address of a joint in physics.data->qpos. */
double *glb_sawyer_joint(struct glb_sawyer *arm, const char *name);
/* Between the fingers. */
void glb_sawyer_tcp(struct glb_sawyer *arm, double *tcp);

/* ---- for observe: orientations (4 doubles, written) ---- */

/* Of a body, (w, x, y, z). */
void glb_sawyer_quat_body(struct glb_sawyer *arm, const char *name, double *quat);
/* Of a body, geom or site from its rotation matrix, (x, y, z, w), with SciPy's choice of sign. */
void glb_sawyer_rotation_body(struct glb_sawyer *arm, const char *name, double *quat);
void glb_sawyer_rotation_geom(struct glb_sawyer *arm, const char *name, double *quat);
void glb_sawyer_rotation_site(struct glb_sawyer *arm, const char *name, double *quat);

/* ---- for reward ---- */

/* Both finger pads press on the geom. */
int glb_sawyer_touch(struct glb_sawyer *arm, const char *geom);

#endif  // ACTORS_ENV_METAWORLD_SAWYER_H
