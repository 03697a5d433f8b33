/* session.h: what a rank needs to take part in a run: sizes, world, desk, mail, and an actor where it acts.
 * The one place that joins both sides. */
#ifndef DEPLOY_CLI_SESSION_H
#define DEPLOY_CLI_SESSION_H

#include "actors/actor.h"
#include "common/config/config.h"
#include "common/model/fit.h"
#include "common/policy/acting.h"
#include "proto/comm/desk.h"
#include "proto/comm/mail.h"
#include "proto/comm/world.h"

struct glb_session {
  struct glb_config config;
  struct glb_space space;
  struct glb_fit fit;
  struct glb_world *world;  // kept
  struct glb_desk desk;
  struct glb_mail *mail;
  struct glb_env *warm;        // of the warm-up, until an actor has its own
  struct glb_actor *actor;     // NULL on a rank that only learns
  struct glb_partner partner;  // of the actor, where this rank learns too
};

/* Sizes of a configuration, with trials of `episodes` episodes of `horizon` steps (0: as configured). */
int glb_session_sizes(struct glb_session *session, int episodes, int horizon);

/* Joins the world: all ranks call it with the same configuration (sizes have been set). groups: slot groups
 * there are to share out; more actors than groups is GLB_ESETUP with the number that fits. All ranks return
 * an error when one has one. */
int glb_session_join(struct glb_session *session, struct glb_world *world, int groups);

/* Also of a session that has only its sizes. */
void glb_session_finish(struct glb_session *session);

/* Lets go of a session whose waits were cut short: the memory that MPI may still be writing to stays to the end. */
void glb_session_abandon(struct glb_session *session);

/* The partner for a learner on this rank, or NULL. */
const struct glb_partner *glb_session_partner(const struct glb_session *session);

/* The learner's rank resolves what is to be done, and all get the same: code and status, and on success the
 * configuration. Returns code on the learner and GLB_OK with *go = 0 elsewhere. */
int glb_session_share(struct glb_config *config, struct glb_world *world, int code, int *status, int *go);

#endif  // DEPLOY_CLI_SESSION_H
