#include "proto/comm/reduce.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/base/error.h"
#include "proto/comm/mpi_check.h"
#include "proto/comm/wait.h"

enum { ZERO = INT_MIN };                                      // exponent of a block of zeros
static const size_t chunk = GLB_MPI_CHUNK / sizeof(int64_t);  // elements of one call
static const int64_t infinity = 0x7ff0000000000000;           // bits of +inf, the least of what is not finite

// ceil(log2 n), n >= 1
static int log2_ceil(int n) {
  return n == 1 ? 0 : 32 - __builtin_clz((unsigned)n - 1);
}

int glb_reduce_init(struct glb_reduce *reduce, int blocks, const size_t *sizes, int summands) {
  *reduce = (struct glb_reduce){.blocks = blocks, .summands = summands};
  GLB_CHECK(blocks >= 1 && summands >= 1, GLB_EINVAL, "reduction of %d blocks and %d summands", blocks,
            summands);
  reduce->start = malloc(((size_t)blocks + 1) * sizeof *reduce->start);
  reduce->exponent = malloc((size_t)blocks * sizeof *reduce->exponent);
  size_t total = 0;
  for (int b = 0; b < blocks; b++) total += sizes[b];
  reduce->sum = malloc((total + 1) * sizeof *reduce->sum);
  reduce->inbox = malloc(((total < chunk ? total : chunk) + 1) * sizeof *reduce->inbox);
  if (!reduce->start || !reduce->exponent || !reduce->sum || !reduce->inbox) {
    glb_reduce_finish(reduce);
    GLB_RAISE(GLB_ENOMEM, "reduction of %zu elements in %d blocks", total, blocks);
  }
  reduce->start[0] = 0;
  for (int b = 0; b < blocks; b++) reduce->start[b + 1] = reduce->start[b] + sizes[b];
  glb_reduce_begin(reduce);
  return GLB_OK;
}

void glb_reduce_finish(struct glb_reduce *reduce) {
  if (!reduce) return;
  free(reduce->start);
  free(reduce->exponent);
  free(reduce->sum);
  free(reduce->inbox);
  *reduce = (struct glb_reduce){0};
}

void glb_reduce_begin(struct glb_reduce *reduce) {
  for (int b = 0; b < reduce->blocks; b++) reduce->exponent[b] = ZERO;
  memset(reduce->sum, 0, reduce->start[reduce->blocks] * sizeof *reduce->sum);
}

static int64_t magnitude_bits(double x) {
  int64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits & INT64_MAX;
}

// largest |x_i| as bits, which are ordered as the values, with infinities and NaN above all numbers
static int64_t largest_bits(const double *x, size_t n) {
  int64_t largest = 0;
  for (size_t i = 0; i < n; i++) {
    int64_t bits = magnitude_bits(x[i]);
    largest = bits > largest ? bits : largest;
  }
  return largest;
}

// least e with |x| < 2^e
static int exponent_of(int64_t bits) {
  double x;
  int e;
  if (!bits) return ZERO;
  memcpy(&x, &bits, sizeof x);
  frexp(x, &e);
  return e;
}

int glb_reduce_scan(struct glb_reduce *reduce, int block, const double *summand, size_t n) {
  GLB_ASSERT(block >= 0 && block < reduce->blocks && n == reduce->start[block + 1] - reduce->start[block]);
  int64_t largest = largest_bits(summand, n);
  if (largest >= infinity) {
    size_t i = 0;
    while (magnitude_bits(summand[i]) < infinity) i++;
    GLB_RAISE(GLB_ENONFINITE, "reduction: element %zu of block %d is %g", i, block, summand[i]);
  }
  int e = exponent_of(largest);
  if (e > reduce->exponent[block]) reduce->exponent[block] = e;
  return GLB_OK;
}

int glb_reduce_agree(struct glb_reduce *reduce, struct glb_world *world) {
  const struct glb_ring ring = glb_world_ring(world, GLB_ACTING);
  MPI_Request request;
  if (ring.size == 1) return GLB_OK;
  GLB_MPI(MPI_Iallreduce(MPI_IN_PLACE, reduce->exponent, reduce->blocks, MPI_INT32_T, MPI_MAX, ring.mpi,
                         &request));
  GLB_TRY(glb_wait_request(world, &request));
  world->sent += (size_t)reduce->blocks * sizeof *reduce->exponent;
  world->received += (size_t)reduce->blocks * sizeof *reduce->exponent;
  return GLB_OK;
}

// 2^exponent as two factors: the power itself may lie beyond the range of a double
struct power {
  double a, b;
};
static struct power power_of_two(int exponent) {
  int half = exponent / 2;
  return (struct power){ldexp(1, half), ldexp(1, exponent - half)};
}

// fractional bits of the integers of a block: |x| 2^bits < 2^(62 - ceil(log2 G)), so that G of them stay
// below 2^62
static int fraction_bits(const struct glb_reduce *reduce, int block) {
  return 62 - reduce->exponent[block] - log2_ceil(reduce->summands);
}

void glb_reduce_add(struct glb_reduce *reduce, int block, const double *summand, size_t n) {
  GLB_ASSERT(block >= 0 && block < reduce->blocks && n == reduce->start[block + 1] - reduce->start[block]);
  GLB_ASSERT(exponent_of(largest_bits(summand, n)) <= reduce->exponent[block]);
  int64_t *sum = reduce->sum + reduce->start[block];
  if (reduce->exponent[block] == ZERO) return;
  struct power scale = power_of_two(fraction_bits(reduce, block));

  // sum_i += round(x_i 2^bits): both products are exact, or so small that they round to 0
  for (size_t i = 0; i < n; i++) sum[i] += (int64_t)rint(summand[i] * scale.a * scale.b);
}

/* rank: in the acting circle, as below */
static int send_sums(struct glb_reduce *reduce, struct glb_world *world, int rank) {
  const MPI_Comm comm = glb_world_ring(world, GLB_ACTING).mpi;
  int64_t *at = reduce->sum;
  world->watch.peer = rank > 0 ? rank + world->learners - 1 : rank;
  for (size_t left = reduce->start[reduce->blocks], n; left > 0; left -= n, at += n) {
    MPI_Request request;
    n = left < chunk ? left : chunk;
    GLB_MPI(MPI_Isend(at, (int)n, MPI_INT64_T, rank, GLB_TAG_REDUCE, comm, &request));
    GLB_TRY(glb_wait_request(world, &request));
    world->sent += n * sizeof *at;
  }
  return GLB_OK;
}

static int add_sums(struct glb_reduce *reduce, struct glb_world *world, int rank) {
  const MPI_Comm comm = glb_world_ring(world, GLB_ACTING).mpi;
  int64_t *at = reduce->sum;
  world->watch.peer = rank > 0 ? rank + world->learners - 1 : rank;
  for (size_t left = reduce->start[reduce->blocks], n; left > 0; left -= n, at += n) {
    MPI_Request request;
    n = left < chunk ? left : chunk;
    GLB_MPI(MPI_Irecv(reduce->inbox, (int)n, MPI_INT64_T, rank, GLB_TAG_REDUCE, comm, &request));
    GLB_TRY(glb_wait_request(world, &request));
    for (size_t i = 0; i < n; i++) at[i] += reduce->inbox[i];
    world->received += n * sizeof *at;
  }
  return GLB_OK;
}

/* Binomial tree: in step s = 1, 2, 4, .. the ranks with bit s hand their sums to the rank without it. Not
 * MPI_Ireduce: Open MPI cuts it into small pieces that go round by round, and a rank that sleeps between
 * tests pays a pause for each (1.2 s for 8 MB). */
static int sum_over_ranks(struct glb_reduce *reduce, struct glb_world *world) {
  const struct glb_ring ring = glb_world_ring(world, GLB_ACTING);
  for (int s = 1; s < ring.size; s *= 2) {
    if (ring.rank & s) return send_sums(reduce, world, ring.rank - s);
    if (ring.rank + s < ring.size) GLB_TRY(add_sums(reduce, world, ring.rank + s));
  }
  return GLB_OK;
}

static int convert_block(const struct glb_reduce *reduce, int block, double *out) {
  size_t from = reduce->start[block], n = reduce->start[block + 1] - from;
  const int64_t *sum = reduce->sum + from;
  if (reduce->exponent[block] == ZERO) {
    memset(out + from, 0, n * sizeof *out);
    return GLB_OK;
  }
  struct power scale = power_of_two(-fraction_bits(reduce, block));
  for (size_t i = 0; i < n; i++) out[from + i] = (double)sum[i] * scale.a * scale.b;
  GLB_CHECK(largest_bits(out + from, n) < infinity, GLB_ENONFINITE,
            "reduction: the sum of block %d is beyond the range of a double", block);
  return GLB_OK;
}

int glb_reduce_sum(struct glb_reduce *reduce, struct glb_world *world, double *out) {
  GLB_TRY(sum_over_ranks(reduce, world));
  if (!world->learner) return GLB_OK;
  for (int b = 0; b < reduce->blocks; b++) GLB_TRY(convert_block(reduce, b, out));
  return GLB_OK;
}
