#include "deploy/cli/placement.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/la/setup.h"

static int count_nodes(void) {
  int count = 0, node, end;
  DIR *dir = opendir("/sys/devices/system/node");
  if (!dir) return 0;
  for (struct dirent *entry; (entry = readdir(dir));)
    count += sscanf(entry->d_name, "node%d%n", &node, &end) == 1 && !entry->d_name[end];
  closedir(dir);
  return count;
}

void glb_placement_probe(struct glb_place *p) {
  memset(p, 0, sizeof *p);
  gethostname(p->host, sizeof p->host - 1);
  snprintf(p->kernel, sizeof p->kernel, "%s", glb_blas_kernel());
  sched_getaffinity(0, sizeof p->cpus, &p->cpus);
  p->online = (int)sysconf(_SC_NPROCESSORS_ONLN);
  p->nodes = count_nodes();
}

static int same_host(const struct glb_place *places, int a, int b) {
  return !strcmp(places[a].host, places[b].host);
}

static int first_of_host(const struct glb_place *places, int rank) {
  for (int r = 0; r < rank; r++)
    if (same_host(places, r, rank)) return 0;
  return 1;
}

struct teller {
  void (*tell)(void *context, int warn, const char *what, const char *line);
  void *context;
};

__attribute__((format(printf, 4, 5))) static void say(const struct teller *to, int warn, const char *what,
                                                      const char *format, ...) {
  char line[512];
  va_list args;
  va_start(args, format);
  vsnprintf(line, sizeof line, format, args);
  va_end(args);
  to->tell(to->context, warn, what, line);
}

// One host: its ranks and the CPUs they have together.
static void tell_host(const struct teller *to, const struct glb_place *places, int size, int first) {
  const char *host = places[first].host;
  const int online = places[first].online;
  char nodes[32] = "";
  cpu_set_t all;
  int ranks = 0;
  CPU_ZERO(&all);
  for (int r = first; r < size; r++) {
    if (!same_host(places, r, first)) continue;
    CPU_OR(&all, &all, &places[r].cpus);
    ranks++;
  }
  const int cpus = CPU_COUNT(&all);
  if (places[first].nodes > 1) snprintf(nodes, sizeof nodes, " in %d NUMA nodes", places[first].nodes);
  if (ranks <= cpus)
    say(to, 0, "cpus", "%s: %d rank%s on %d of %d CPUs%s", host, ranks, ranks > 1 ? "s" : "", cpus, online,
        nodes);
  else if (cpus < online)
    say(to, 1, "cpus",
        "%s: %d ranks are bound to %d of %d CPUs and take turns: mpirun --bind-to core, or --bind-to none",
        host, ranks, cpus, online);
  else
    say(to, 1, "cpus", "%s: %d ranks on %d CPUs take turns: start fewer there, or take more hosts", host,
        ranks, cpus);
}

void glb_placement_tell(const struct glb_place *places, int size, int learners, int threads,
                        void (*tell)(void *context, int warn, const char *what, const char *line),
                        void *context) {
  const struct teller to = {tell, context};
  int unlike = 0;
  for (int r = 0; r < size; r++) {
    if (first_of_host(places, r)) tell_host(&to, places, size, r);
    if (!unlike && strcmp(places[r].kernel, places[0].kernel) != 0) unlike = r;
  }
  for (int r = 0; r < learners; r++) {
    const int cpus = CPU_COUNT(&places[r].cpus);
    if (cpus < threads && cpus < places[r].online)
      say(&to, 1, "learner",
          "rank %d is bound to %d CPU%s, its part of the agent can use %d: mpirun --map-by slot:PE=%d, "
          "--bind-to none, or "
          "learner.bind=true",
          r, cpus, cpus > 1 ? "s" : "", threads, threads);
  }
  if (unlike)
    say(&to, 1, "blas",
        "rank 0 uses kernel %s, rank %d uses %s: the same seed gives the same bits on one kernel only; "
        "OPENBLAS_CORETYPE=Haswell on all ranks makes them alike",
        places[0].kernel, unlike, places[unlike].kernel);
}

struct share {  // CPUs of a rank: count of those of its host from number first on; 0: as they are
  int first, count;
};

// Shares for the ranks of the host of rank `first`.
static void share_host(struct share *shares, const struct glb_place *places, const struct glb_world *world,
                       int first, int threads) {
  int next = 0, wanted = 0;
  for (int r = first; r < world->size; r++) {
    if (!same_host(places, r, first)) continue;
    if (!CPU_EQUAL(&places[r].cpus, &places[first].cpus)) return;  // somebody has bound them
    wanted += r < world->learners ? threads : 1;
  }
  if (wanted > CPU_COUNT(&places[first].cpus)) return;
  for (int r = first; r < world->size; r++) {
    if (!same_host(places, r, first)) continue;
    shares[r] = (struct share){.first = next, .count = r < world->learners ? threads : 1};
    next += shares[r].count;
  }
}

// The CPUs of a set from number first on.
static int bind_to(const struct share *share) {
  cpu_set_t all, own;
  int number = 0;
  CPU_ZERO(&own);
  if (!share->count || sched_getaffinity(0, sizeof all, &all)) return 0;
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
    if (!CPU_ISSET(cpu, &all)) continue;
    if (number >= share->first && number < share->first + share->count) CPU_SET(cpu, &own);
    number++;
  }
  return !sched_setaffinity(0, sizeof own, &own);
}

int glb_placement_bind(struct glb_world *world, const struct glb_place *places, int threads, int *bound) {
  const size_t size = (size_t)world->size;
  struct share *shares = calloc(size, sizeof *shares);
  GLB_CHECK(shares, GLB_ENOMEM, "no memory for the places of %d ranks", world->size);
  for (int r = 0; world->learner && r < world->size; r++)
    if (first_of_host(places, r)) share_host(shares, places, world, r, threads);
  const int code = glb_world_broadcast(world, GLB_ALL, shares, size * sizeof *shares);
  *bound = !code && bind_to(&shares[world->rank]);
  free(shares);
  GLB_TRY(code);
  return GLB_OK;
}
