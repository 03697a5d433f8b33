/* playback.h: recorded episodes of the packages that the environments come from, played again: the proof that a
 * port is one. Unlike training, a replay takes actions as the package does, and starts where the recording
 * started.
 *
 * A package is a struct glb_playback_ops and a line in the table of playback.c. The recording is read through a
 * function of the caller, for this room knows no files. */
#ifndef ACTORS_ENV_PLAYBACK_H
#define ACTORS_ENV_PLAYBACK_H

#include <stddef.h>

#include "actors/env/env.h"

struct glb_recording {  // of one episode; borrowed
  void *context;
  /* Values of the data set called name ("start/qpos"), count of them: GLB_EFORMAT where it is missing or has
   * another number. */
  int (*read)(void *context, const char *name, size_t count, double *values);
  /* A whole number that is an attribute of the episode's group. */
  int (*attribute)(void *context, const char *name, double *value);
};

struct glb_playback_options {  // borrowed during create
  struct glb_env_options env;
  int from_state;  // start from the recorded state, even where the package could rebuild its start
};

struct glb_playback;  // one environment of a package; it can play many episodes

struct glb_playback_ops {
  const char *package;  // for messages
  const char *flag;     // the flag of a step that its recordings hold: "terminated" or "success"
  int (*matches)(const char *env);
  int (*create)(struct glb_playback **playback, const char *env, const struct glb_playback_options *options);
  void (*destroy)(struct glb_playback *playback);
  int (*start)(struct glb_playback *playback, const struct glb_recording *recording, double *obs);
  int (*step)(struct glb_playback *playback, const double *action, double *obs, struct glb_env_step *step);
  /* reward and flag of the same step by the package's older version of its rewards; NULL: it has one */
  void (*older)(struct glb_playback *playback, struct glb_env_step *step);
};

struct glb_playback {  // first member of every instance; create fills the sizes in
  const struct glb_playback_ops *ops;
  int O, A;
};

/* env: "Ant-v5". GLB_ECONFIG where no package has it, otherwise as glb_env_create; *playback is then NULL. */
int glb_playback_create(struct glb_playback **playback, const char *env,
                        const struct glb_playback_options *options);
void glb_playback_destroy(struct glb_playback *playback);

/* Starts the episode as the recording did and writes the first observation (O). */
int glb_playback_start(struct glb_playback *playback, const struct glb_recording *recording, double *obs);

/* One step with action (A) as the package takes it. Writes the observation (O), step, and for a package that has an older
 * version of its rewards that of the same step (otherwise zeros). */
int glb_playback_step(struct glb_playback *playback, const double *action, double *obs,
                      struct glb_env_step *step, struct glb_env_step *older);

#endif  // ACTORS_ENV_PLAYBACK_H
