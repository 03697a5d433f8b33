/* placement.h: where the ranks of a run are: hosts, CPUs, binding, kernels of BLAS; and a binding of our own. */
#ifndef DEPLOY_CLI_PLACEMENT_H
#define DEPLOY_CLI_PLACEMENT_H

#include <sched.h>

#include "proto/comm/world.h"

struct glb_place {  // of one rank; sent as it is
  char host[GLB_HOST_BYTES];
  char kernel[32];  // of BLAS
  cpu_set_t cpus;   // that the rank may run on
  int online;       // CPUs of the host
  int nodes;        // NUMA nodes of the host, 0: not known
};

void glb_placement_probe(struct glb_place *place);

/* A line for each host, and one for each thing that is likely to cost speed or bits: ranks that take turns, a learner with fewer CPUs
 * than threads it could use, unlike kernels. tell gets them one after the other; warn: not as it should be.
 *   places    of all ranks (size)
 *   threads   that each rank which learns can use */
void glb_placement_tell(const struct glb_place *places, int size, int learners, int threads,
                        void (*tell)(void *context, int warn, const char *what, const char *line),
                        void *context);

/* All ranks: where every rank of a host may run on the same CPUs and there are enough, binds each to CPUs of its own: `threads` to
 * a rank that learns, one to the others; ranks that learn first. Elsewhere nothing is changed. bound: whether this rank is.
 * places (size) is known on the learner. GLB_EMPI. */
int glb_placement_bind(struct glb_world *world, const struct glb_place *places, int threads, int *bound);

#endif  // DEPLOY_CLI_PLACEMENT_H
