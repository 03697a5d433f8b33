/* A reduction over ranks has the bits of the same reduction in one process. */
#include <math.h>
#include <string.h>

#include "common/base/rng.h"
#include "proto/comm/reduce.h"
#include "tests/harness/mpi_check.h"

enum { GROUPS = 16, BLOCKS = 4, ROUNDS = 3 };
static const size_t sizes[BLOCKS] = {1, 273, 8000, 40000};
enum { TOTAL = 1 + 273 + 8000 + 40000 };

// summand of a group: pure function of (round, group); block 1 is zero, block 2 has huge and tiny values
static void make_summand(double *x, int round, int group) {
  struct glb_rng rng;
  glb_rng_start(&rng, 5, GLB_STREAM_TEST,
                (struct glb_rng_at){.round = (uint32_t)round, .slot = (uint32_t)group});
  for (size_t i = 0; i < TOTAL; i++) x[i] = glb_rng_normal(&rng);
  for (size_t i = 1; i < 274; i++) x[i] = 0;
  for (size_t i = 274; i < 8274; i++) x[i] = ldexp(x[i], (int)glb_rng_below(&rng, 200) - 100);
}

typedef int (*wants_fn)(int group);
static int mine(int group) {
  return glb_world_owner_rank(&check.world, group) == check.world.rank;
}
static int every(int group) {
  return group >= 0;
}

static void reduce_groups(struct glb_reduce *reduce, struct glb_world *world, double *out, int round,
                          wants_fn wants) {
  double *x = malloc(TOTAL * sizeof *x);
  glb_reduce_begin(reduce);
  for (int group = 0; group < GROUPS; group++) {
    if (!wants(group)) continue;
    make_summand(x, round, group);
    for (int b = 0; b < BLOCKS; b++) CHECK_OK(glb_reduce_scan(reduce, b, x + reduce->start[b], sizes[b]));
  }
  CHECK_OK(glb_reduce_agree(reduce, world));
  for (int group = GROUPS - 1; group >= 0; group--) {
    if (!wants(group)) continue;
    make_summand(x, round, group);
    for (int b = 0; b < BLOCKS; b++) glb_reduce_add(reduce, b, x + reduce->start[b], sizes[b]);
  }
  CHECK_OK(glb_reduce_sum(reduce, world, out));
  free(x);
}

/* Each rank but the learner hands its sums on once, and as much is taken as is handed over. */
static void check_bytes(struct glb_reduce *reduce, double *out) {
  struct glb_world *world = &check.world;
  const uint64_t small = world->size > 1 ? BLOCKS * sizeof(int32_t) : 0;
  const uint64_t before[2] = {world->sent, world->received};
  uint64_t all[64][2], sent = 0, received = 0;
  reduce_groups(reduce, world, world->learner ? out : NULL, 0, mine);
  const uint64_t used[2] = {world->sent - before[0], world->received - before[1]};
  const uint64_t expected = small + (world->learner ? 0 : TOTAL * sizeof(int64_t));
  CHECK(used[0] == expected, "%llu bytes sent, not %llu", (unsigned long long)used[0],
        (unsigned long long)expected);
  CHECK_OK(glb_world_gather(world, GLB_ALL, world->learner ? all : NULL, used, sizeof used));
  for (int rank = 0; world->learner && rank < world->size; rank++)
    sent += all[rank][0], received += all[rank][1];
  CHECK(sent == received, "%llu bytes sent, %llu received", (unsigned long long)sent,
        (unsigned long long)received);
}

int main(int argc, char **argv) {
  check_begin(&argc, &argv);
  struct glb_world *world = &check.world, alone = {.size = 1, .learner = 1, .actors = 1};
  struct glb_reduce shared, single;
  CHECK_OK(glb_reduce_init(&shared, BLOCKS, sizes, GROUPS));
  CHECK_OK(glb_reduce_init(&single, BLOCKS, sizes, GROUPS));
  double *got = calloc(TOTAL, sizeof *got), *want = calloc(TOTAL, sizeof *want);

  for (int round = 0; round < ROUNDS; round++) {
    reduce_groups(&shared, world, world->learner ? got : NULL, round, mine);
    reduce_groups(&single, &alone, want, round, every);
    size_t unlike = 0, first = 0;
    for (size_t i = 0; i < TOTAL && world->learner; i++)
      if (memcmp(&got[i], &want[i], sizeof got[i]) && !unlike++) first = i;
    CHECK(unlike == 0, "round %d: %zu elements differ, element %zu is %a, not %a", round, unlike, first,
          got[first], want[first]);
    CHECK(!memcmp(shared.exponent, single.exponent, BLOCKS * sizeof *shared.exponent),
          "exponents differ in round %d", round);
  }

  check_bytes(&shared, got);
  free(got);
  free(want);
  glb_reduce_finish(&shared);
  glb_reduce_finish(&single);
  return check_end("reduce");
}
