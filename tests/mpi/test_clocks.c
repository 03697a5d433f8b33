/* Clocks of ranks, parcels to the learner, and the learner's word to leave everything. */
#include "proto/comm/clocks.h"

#include <math.h>

#include "common/base/clock.h"
#include "proto/comm/halt.h"
#include "proto/comm/parcel.h"
#include "tests/harness/mpi_check.h"

// one machine has one clock: the offset is known
static void test_reading(void) {
  struct glb_clock_reading reading;
  const double before = glb_clock_wall();
  CHECK_OK(glb_clock_read(&reading, &check.world));
  CHECK(fabs(reading.offset) <= reading.error, "offset %g, error at most %g", reading.offset, reading.error);
  CHECK(reading.error < 0.1, "%g", reading.error);
  CHECK(reading.at >= before && reading.at <= glb_clock_wall(), "read at %g, after %g", reading.at, before);
}

static void test_common(void) {
  const struct glb_clock_reading first = {.at = 100, .offset = 10}, last = {.at = 300, .offset = 10.5};
  const struct { double at, expected; } cases[] = {{100, 90}, {200, 189.75}, {300, 289.5}, {500, 489}};
  for (int i = 0; i < 4; i++) {
    const double found = glb_clock_common(cases[i].at, &first, &last);
    CHECK(fabs(found - cases[i].expected) < 1e-9, "%g, not %g", found, cases[i].expected);
  }
  const double same = glb_clock_common(150, &first, &first);
  CHECK(same == 140, "%g", same);
}

static size_t size_of(int rank) {
  return (size_t)(rank - 1) * 300001;  // the first is empty
}

static void take_all(void) {
  for (int rank = check.world.size - 1; rank > 0; rank--) {
    unsigned char *data;
    size_t bytes = 99, wrong = 0;
    CHECK_OK(glb_parcel_take(&check.world, rank, (void **)&data, &bytes, 0));
    CHECK(data && bytes == size_of(rank), "%zu bytes from %d", bytes, rank);
    for (size_t i = 0; data && i < bytes; i++) wrong += data[i] != (unsigned char)(i * 7 + (size_t)rank);
    CHECK(wrong == 0, "%zu bytes from %d are wrong", wrong, rank);
    free(data);
  }
}

static void test_parcels(void) {
  const int rank = check.world.rank;
  if (rank == 0) {
    take_all();
  } else {
    unsigned char *data = malloc(size_of(rank) + 1);
    for (size_t i = 0; i < size_of(rank); i++) data[i] = (unsigned char)(i * 7 + (size_t)rank);
    CHECK_OK(glb_parcel_send(&check.world, data, size_of(rank)));
    free(data);
  }
  CHECK_OK(glb_world_barrier(&check.world, GLB_ALL));
}

static void test_a_parcel_that_does_not_come(void) {
  void *data = &data;
  size_t bytes;
  const double begin = glb_clock_wall();
  if (check.world.rank == 0 && check.world.size > 1) {
    CHECK_OK(glb_parcel_take(&check.world, 1, &data, &bytes, begin + 0.05));
    CHECK(!data, "a parcel nobody has sent");
    CHECK(glb_clock_wall() - begin < 1, "after %g s", glb_clock_wall() - begin);
  }
  CHECK_OK(glb_world_barrier(&check.world, GLB_ALL));
}

// who waits for a rank that does not come leaves when it is told to, if it listens
static void test_halt(void) {
  struct glb_world *world = &check.world;
  CHECK(!glb_world_halted(world), "nobody has said so");
  if (world->rank == 0) {
    glb_clock_sleep(0.05);
    CHECK_OK(glb_world_halt(world));
    glb_clock_sleep(0.2);
    CHECK_OK(glb_world_barrier(world, GLB_ALL));
    return;
  }
  world->halts = world->rank % 2;
  const int code = glb_world_barrier(world, GLB_ALL), expected = world->halts ? GLB_ESTOPPED : GLB_OK;
  CHECK(code == expected, "%d, not %d", code, expected);
  CHECK(!world->halts || glb_world_halted(world), "halted, and then not");
  world->halts = 0;
}

int main(int argc, char **argv) {
  check_begin(&argc, &argv);
  test_reading();
  test_common();
  test_parcels();
  test_a_parcel_that_does_not_come();
  test_halt();
  return check_end("clocks");
}
