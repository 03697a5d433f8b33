/* world.h: who is who; the only file with rank arithmetic.
 *
 * Ranks 0 .. learners - 1 learn, and rank 0, "the learner", leads. The ranks after them act; where there is one
 * rank only, it does both. Slot group g (of fixed width) belongs to actor g mod actors: groups are pure
 * functions, so that who computes one does not change the result. Slot s belongs to shard s mod shards of the
 * replay, and each rank that learns keeps as many neighbouring shards. MPI_THREAD_FUNNELED: only the main thread calls this room. Waits poll: they test, then sleep
 * with growing pauses (20 us .. 1 ms), because a spinning rank takes the core from one that works. MPI's
 * errors are returned as GLB_EMPI with MPI's own text. */
#ifndef PROTO_COMM_WORLD_H
#define PROTO_COMM_WORLD_H

#include <stddef.h>
#include <stdint.h>

#include "common/base/stop.h"
#include "common/base/trace.h"

enum { GLB_LEARNER_RANK = 0, GLB_HOST_BYTES = 64 };

struct glb_comm;  // the private communicators (MPI_Comm inside)

/* Ranks that do something together; the learner is the first of each. */
enum glb_circle {
  GLB_ALL,       // every rank
  GLB_ACTING,    // the learner and the actors
  GLB_LEARNING,  // the ranks that learn
  GLB_CIRCLES
};

/* What a rank says when it waits for long: who has not come, and for what. */
struct glb_watch {
  double looked;      // when the dead were last looked for
  double patience;    // seconds after which a wait is reported, and again when it has doubled; 0: never
  double limit;       // seconds after which a wait is given up with GLB_ESILENT; 0: never
  double reported;    // seconds that the wait under way had lasted at its last report, 0: none yet
  const char *phase;  // "gradients of a model update"
  int peer;           // rank that is waited for; -1: any or all
  /* More about what is missing; NULL: nothing to add */
  void (*missing)(const void *context, char *text, size_t size);
  const void *context;
};

struct glb_tickets {  // tickets.h
  int job;            // number of the job, counted alike on all ranks
  int groups;         // it has
  int next;           // group to hand out; on an actor: that it was handed
  int *holder;        // on the learner: rank that each group was handed to, -1: nobody yet   (most), owned
  int most;           // groups of a job at most
};

struct glb_world {
  struct glb_comm *comm;  // owned; NULL in a process without MPI
  int rank, size;
  int learner;  // this rank leads those that learn
  int learners,
      shards;   // ranks that learn, and shards of the replay that they share: learners divides shards
  int replica;  // number of this rank among those that learn, or -1
  int actors;   // number of actors, >= 1
  int actor;    // number of this rank among the actors, or -1
  char (*hosts)[GLB_HOST_BYTES];  // names of the ranks' hosts, on the learner; NULL elsewhere   (size), owned
  int lost;                       // ranks that have died so far
  double waited;                  // seconds spent in waits so far
  const struct glb_stop *stop;    // ends waits with GLB_ESTOPPED; kept; NULL: nothing does
  struct glb_watch watch;
  struct glb_tickets tickets;
  uint64_t sent, received;  // bytes handed to and taken from MPI so far
  struct glb_trace *trace;  // where this rank's time goes; kept; NULL: nobody asks
  int halts;                // this rank ends its waits when the learner says so (see halt.h)
};

/* Makes a duplicate of MPI_COMM_WORLD. Where MPI is not initialised, the world is this process alone and
 * nothing below calls MPI. All ranks call this together. GLB_ESETUP when several copies were started without
 * being connected: MPI sees one process, the launcher's environment speaks of more (OMPI_COMM_WORLD_SIZE,
 * PMI_SIZE, PMIX_RANK, SLURM_STEP_NUM_TASKS of a numbered step); the message says how to start them. world is
 * zero on failure. */
int glb_world_init(struct glb_world *world);
void glb_world_finish(struct glb_world *world);

/* Rank, size and roles anew after the communicator has changed: one rank learns. */
int glb_world_renumber(struct glb_world *world);

/* All ranks: as many of them learn as divide shards, are at most `wanted` and leave an actor. GLB_EMPI. */
int glb_world_enlist(struct glb_world *world, int wanted, int shards);

/* How many of `size` ranks learn then. The others act; a rank alone does both. */
int glb_world_learners(int size, int wanted, int shards);

/* Names what the next waits are for. */
void glb_world_phase(struct glb_world *world, const char *phase);

/* Actor number and rank that slot group g belongs to. */
int glb_world_owner(const struct glb_world *world, int group);
int glb_world_owner_rank(const struct glb_world *world, int group);

/* Rank that keeps the trials of slot s for the agent. */
int glb_world_keeper(const struct glb_world *world, int slot);

/* The following are collective: all ranks of a circle call them in the same order. In a circle of one rank they call no
 * MPI. */

/* Broadcast from the learner; bytes must be equal everywhere. */
int glb_world_broadcast(struct glb_world *world, enum glb_circle circle, void *data, size_t bytes);

/* All ranks of the circle wait for each other, sleeping. */
int glb_world_barrier(struct glb_world *world, enum glb_circle circle);

/* Adds up n doubles and takes the largest of m over the ranks of the circle, along a tree: on the learner sum and most are replaced
 * by the results. Sums have no fixed order. */
int glb_world_sum_up(struct glb_world *world, enum glb_circle circle, double *sum, int n, double *most,
                     int m);

/* Any rank's non-zero code reaches all: *worst gets the largest code; used where every rank must go on or
 * stop together (set-up). */
int glb_world_agree(struct glb_world *world, int code, int *worst);

/* Gathers one record of bytes <= 2^30 of each rank of the circle on the learner, in rank order: all is written there only,
 * NULL elsewhere. */
int glb_world_gather(struct glb_world *world, enum glb_circle circle, void *all, const void *mine,
                     size_t bytes);

#endif  // PROTO_COMM_WORLD_H
