/* Roles and collectives of the world. */
#include <string.h>

#include "common/base/clock.h"
#include "tests/harness/mpi_check.h"

static void test_roles(void) {
  const struct glb_world *world = &check.world;
  int actors = world->size == 1 ? 1 : world->size - 1;
  CHECK(world->learner == (world->rank == 0), "%d", world->learner);
  CHECK(world->actors == actors, "%d, not %d", world->actors, actors);
  CHECK(world->actor == (world->size == 1 ? 0 : world->rank - 1), "%d", world->actor);
  for (int group = 0; group < 12; group++) {
    int owner = glb_world_owner(world, group), rank = glb_world_owner_rank(world, group);
    CHECK(owner == group % actors, "owner %d of group %d", owner, group);
    CHECK(rank == (world->size == 1 ? 0 : owner + 1), "rank %d of owner %d", rank, owner);
  }
}

static void test_broadcast(size_t bytes) {
  unsigned char *data = malloc(bytes + 1);
  for (size_t i = 0; i < bytes; i++) data[i] = check.world.learner ? (unsigned char)(i * 7 + 3) : 0;
  data[bytes] = 99;
  CHECK_OK(glb_world_broadcast(&check.world, GLB_ALL, data, bytes));
  size_t wrong = 0;
  for (size_t i = 0; i < bytes; i++) wrong += data[i] != (unsigned char)(i * 7 + 3);
  CHECK(wrong == 0, "%zu of %zu bytes wrong", wrong, bytes);
  CHECK(data[bytes] == 99, "%d past the end", data[bytes]);
  free(data);
}

static void test_agree(void) {
  int worst = -1, last = check.world.size - 1;
  CHECK_OK(glb_world_agree(&check.world, GLB_OK, &worst));
  CHECK(worst == GLB_OK, "%d", worst);
  CHECK_OK(glb_world_agree(&check.world, check.world.rank == last ? GLB_EASSET : GLB_OK, &worst));
  CHECK(worst == GLB_EASSET, "%d, not %d", worst, GLB_EASSET);
}

struct record {
  int rank;
  char name[60];
};

static void test_gather(void) {
  const struct glb_world *world = &check.world;
  struct record mine = {.rank = world->rank}, *all = NULL;
  snprintf(mine.name, sizeof mine.name, "node-%d", world->rank);
  if (world->learner) all = calloc((size_t)world->size, sizeof *all);
  CHECK_OK(glb_world_gather(&check.world, GLB_ALL, all, &mine, sizeof mine));
  for (int rank = 0; all && rank < world->size; rank++) {
    char name[60];
    snprintf(name, sizeof name, "node-%d", rank);
    CHECK(all[rank].rank == rank, "%d, not %d", all[rank].rank, rank);
    CHECK(!strcmp(all[rank].name, name), "%s, not %s", all[rank].name, name);
  }
  free(all);
}

// the last rank comes late: the others wait for it, asleep
static void test_barrier(void) {
  const double late = 0.2;
  double wall = glb_clock_wall(), cpu = glb_clock_cpu(), waited = check.world.waited;
  if (check.world.rank == check.world.size - 1) glb_clock_sleep(late);
  CHECK_OK(glb_world_barrier(&check.world, GLB_ALL));
  wall = glb_clock_wall() - wall;
  cpu = glb_clock_cpu() - cpu;
  waited = check.world.waited - waited;
  CHECK(wall >= 0.9 * late, "left the barrier after %g s", wall);
  CHECK(check.world.rank == check.world.size - 1 || waited >= 0.9 * late, "counted %g s of %g", waited, wall);
  CHECK(cpu < 0.5 * late, "%g s of CPU time in a wait of %g s", cpu, late);
}

int main(int argc, char **argv) {
  check_begin(&argc, &argv);
  CHECK_OK(glb_world_barrier(&check.world, GLB_ALL));
  test_roles();
  test_broadcast(0);
  test_broadcast(1);
  test_broadcast(128);
  test_broadcast(3000001);
  test_agree();
  test_gather();
  test_barrier();
  return check_end("world");
}
