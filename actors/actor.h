/* actor.h: a rank that acts: it obeys the learner's orders until it is told to stop.
 *
 *   snapshot v    -> kept on the desk
 *   rollout n     -> trials of this rank's slot groups: remembered, and sent to the learner
 *   model update  -> statistics up, adjoints down, gradients up
 *   evaluate      -> greedy trials; scores are sent to the learner
 *
 * It holds no state that cannot be made again: configuration, the desk, and the trials of the last rounds. */
#ifndef ACTORS_ACTOR_H
#define ACTORS_ACTOR_H

#include "common/config/config.h"
#include "common/model/fit.h"
#include "common/policy/acting.h"
#include "proto/comm/desk.h"
#include "proto/comm/mail.h"

struct glb_actor;

struct glb_actor_links {  // all kept
  const struct glb_config *config;
  const struct glb_space *space;
  const struct glb_fit *fit;
  struct glb_world *world;
  struct glb_desk *desk;
  struct glb_mail *mail;
};

int glb_actor_create(struct glb_actor **actor, const struct glb_actor_links *links);
void glb_actor_destroy(struct glb_actor *actor);

/* Obeys until GLB_VERB_STOP. */
int glb_actor_run(struct glb_actor *actor);

/* The same actor as the acting half of the learner's own rank. */
struct glb_partner glb_actor_partner(struct glb_actor *actor);

/* Bytes of trials that this actor can remember. */
size_t glb_actor_memory(const struct glb_actor *actor);

#endif  // ACTORS_ACTOR_H
