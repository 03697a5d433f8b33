/* Slot groups handed out: each once, more of them to those who are quick, and none of a job that is over. */
#include "common/base/clock.h"
#include "proto/comm/tickets.h"
#include "tests/harness/mpi_check.h"

enum { GROUPS = 40 };

struct done {
  int count, group[GROUPS];
};

static void act(struct glb_world *world, struct done *done, double seconds) {
  glb_tickets_open(world, GROUPS);
  for (int group = world->actor, next; group >= 0 && group < GROUPS; group = next) {
    CHECK_OK(glb_tickets_ask(world));
    glb_clock_sleep(seconds);
    done->group[done->count++] = group;
    CHECK_OK(glb_tickets_take(world, &next));
  }
}

static void check_all(const struct glb_world *world, const struct done *all, int slow) {
  int times[GROUPS] = {0}, quickest = 0;
  for (int rank = world->learners; rank < world->size; rank++) {
    if (all[rank].count > quickest) quickest = all[rank].count;
    for (int i = 0; i < all[rank].count; i++) {
      const int group = all[rank].group[i];
      times[group]++;
      CHECK(glb_tickets_holder(world, group) == rank, "group %d of rank %d is said to be rank %d's", group,
            rank, glb_tickets_holder(world, group));
    }
  }
  for (int group = 0; group < GROUPS; group++)
    CHECK(times[group] == 1, "group %d done %d times", group, times[group]);
  if (slow && world->actors > 1)
    CHECK(all[world->size - 1].count < quickest, "the slow rank did %d groups, a quick one %d",
          all[world->size - 1].count, quickest);
}

static void run_job(int slow) {
  struct glb_world *world = &check.world;
  struct done mine = {0}, *all = NULL;
  const int last = world->rank == world->size - 1;
  if (world->learner) {
    all = calloc((size_t)world->size, sizeof *all);
    glb_tickets_open(world, GROUPS);
    CHECK(glb_tickets_holder(world, GROUPS - 1) == -1, "%d", glb_tickets_holder(world, GROUPS - 1));
  }
  CHECK_OK(glb_world_barrier(world,
                             GLB_ALL));  // as with an order, which comes after the learner has opened the job
  if (!world->learner) {
    act(world, &mine, slow && last ? 0.05 : 0.001);
  }
  CHECK_OK(glb_world_gather(world, GLB_ALL, all, &mine, sizeof mine));  // the learner answers while it waits
  if (all) check_all(world, all, slow);
  free(all);
}

/* A question about the job before is refused, though the next has groups left. */
static void test_late(void) {
  struct glb_world *world = &check.world;
  int group = 0;
  glb_tickets_open(world, GROUPS);
  if (!world->learner) CHECK_OK(glb_tickets_ask(world));
  glb_tickets_open(world, GROUPS);
  if (!world->learner) {
    CHECK_OK(glb_tickets_take(world, &group));
    CHECK(group == -1, "%d", group);
  }
  CHECK_OK(glb_world_barrier(world, GLB_ALL));
}

int main(int argc, char **argv) {
  check_begin(&argc, &argv);
  CHECK_OK(glb_tickets_init(&check.world, GROUPS));
  if (check.world.size > 1) {
    run_job(0);
    run_job(1);
    CHECK_OK(glb_world_barrier(&check.world, GLB_ALL));
    test_late();
  }
  return check_end("tickets");
}
