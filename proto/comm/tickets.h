/* tickets.h: slot groups of a job (a round, an evaluation) handed out as actors become free.
 *
 * Actor i begins with group i and asks ahead: for its next group before it computes the one it has, so that the answer has the
 * time of a group to come. The learner answers whenever it waits for anything, and where it computes for long, at its calls of
 * glb_tickets_serve. Who computes a group does not change the result. A job has as many requests as it has groups
 * beyond one for each actor, and one refusal for each actor. */
#ifndef PROTO_COMM_TICKETS_H
#define PROTO_COMM_TICKETS_H

#include "proto/comm/world.h"

/* Room for jobs of so many groups. GLB_ENOMEM. */
int glb_tickets_init(struct glb_world *world, int most);
void glb_tickets_finish(struct glb_world *world);

/* A new job of so many groups: on the learner and every actor, in the same order of jobs. */
void glb_tickets_open(struct glb_world *world, int groups);

/* On the learner: the rank that has a group of the job that was opened last, -1: none yet. */
int glb_tickets_holder(const struct glb_world *world, int group);

/* On the learner: answers those who have asked. */
int glb_tickets_serve(struct glb_world *world);

/* On an actor, in turn: asks for another group of the job that was opened last, and takes the answer: -1 where none is left. */
int glb_tickets_ask(struct glb_world *world);
int glb_tickets_take(struct glb_world *world, int *group);

#endif  // PROTO_COMM_TICKETS_H
