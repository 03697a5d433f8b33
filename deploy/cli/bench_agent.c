#include "deploy/cli/bench.h"

#include <stdlib.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/pool.h"
#include "common/base/rng.h"
#include "common/la/gemm.h"
#include "common/nn/noise.h"
#include "learner/agents/sac.h"

/* The agent at its usual size: observation 17, belief of 16 features, 6 actions. */
enum {
  BATCH = 256,
  ROWS = BATCH,  // of one shard on one thread
  S = 17,
  B = 34,
  A = 6,
  E = 64,
  H = 256,
  ACTORS = 4,
  UPDATES = 10,
  ACTS = 1000
};

static const struct glb_sac_options one_shard = {.shape = {.S = S, .B = B, .A = A, .E = E, .H = H},
                                                 .batch = BATCH,
                                                 .shards = 1,
                                                 .rate = 3e-4,
                                                 .polyak = 0.005,
                                                 .temperature = 0.2,
                                                 .target_entropy = -A,
                                                 .seed = 1};

struct agent_bench {
  struct glb_arena arena;
  struct glb_pool *pool;
  struct glb_sac *one, *two;  // one shard on one thread, two shards on two threads
  struct glb_batch batch;
  struct glb_policy_work acting;
  float *action;

  // operands of the products, of the largest size that occurs
  float *left, *right, *product;
};

static double update(struct glb_sac *sac, const struct glb_batch *batch) {
  struct glb_sac_report report;
  for (int i = 0; i < UPDATES; i++)
    if (glb_sac_update(sac, batch, &report)) return 0;
  return UPDATES;
}

static double update_one(void *context) {
  struct agent_bench *bench = context;
  return update(bench->one, &bench->batch);
}

static double update_two(void *context) {
  struct agent_bench *bench = context;
  return update(bench->two, &bench->batch);
}

static void forward_products(const struct agent_bench *bench, const int *size, int layers) {
  for (int i = 0; i < layers; i++)
    glb_sgemm_nn(bench->product, size[i + 1], 1, (struct glb_mat){bench->left, size[i]},
                 (struct glb_mat){bench->right, size[i + 1]}, 0, ROWS, size[i + 1], size[i]);
}

// rows that take part; inputs: columns of the input whose gradient is wanted; weights: gradients of the
// weights too
struct backward {
  int rows, inputs, weights;
};
static void backward_products(const struct agent_bench *bench, const int *size, int layers,
                              struct backward which) {
  for (int i = layers - 1; i >= 0; i--) {
    const int in = size[i], out = size[i + 1], wanted = i ? in : which.inputs;
    if (which.weights)
      glb_sgemm_tn(bench->product, out, 1, (struct glb_mat){bench->left, in},
                   (struct glb_mat){bench->right, out}, 0, in, out, which.rows);
    if (wanted)
      glb_sgemm_nt(bench->product, wanted, 1, (struct glb_mat){bench->left, out},
                   (struct glb_mat){bench->right, out}, 0, which.rows, wanted, out);
  }
}

/* Every matrix product of an update, in its order, and nothing else. */
static double products(void *context) {
  const struct agent_bench *bench = context;
  const int embed[] = {B, E}, policy[] = {S + E, H, H, 2 * A}, critic[] = {S + A + E, H, H, 1};
  for (int i = 0; i < UPDATES; i++) {
    // policy at s' and s, target critics, critics at a and at x
    for (int k = 0; k < 2; k++) {
      forward_products(bench, embed, 1);
      forward_products(bench, policy, 3);
    }
    for (int k = 0; k < 6; k++) {
      forward_products(bench, embed, 1);
      forward_products(bench, critic, 3);
    }
    // gradients of the critics; of x, each row by way of one of them; of the policy
    for (int k = 0; k < 2; k++) {
      backward_products(bench, critic, 3, (struct backward){ROWS, E, 1});
      backward_products(bench, embed, 1, (struct backward){ROWS, 0, 1});
      backward_products(bench, critic, 3, (struct backward){ROWS / 2, A, 0});
    }
    backward_products(bench, policy, 3, (struct backward){ROWS, E, 1});
    backward_products(bench, embed, 1, (struct backward){ROWS, 0, 1});
  }
  return UPDATES;
}

static double act(void *context) {
  struct agent_bench *bench = context;
  const struct glb_sac *sac = bench->one;
  for (int i = 0; i < ACTS; i++)
    glb_policy_act(&sac->policy, &bench->acting, bench->action, sac->theta, bench->batch.s, bench->batch.b,
                   bench->batch.a);
  return ACTS;
}

static float *normals(struct glb_arena *arena, size_t n, struct glb_rng *rng) {
  float *x = GLB_TAKE(arena, float, n);
  if (x) glb_noise_normals(x, n, rng);
  return x;
}

static void take_all(void *object, struct glb_arena *arena) {
  struct agent_bench *bench = object;
  struct glb_rng rng;
  glb_rng_start(&rng, 1, GLB_STREAM_TEST, (struct glb_rng_at){0});
  const float *discount = GLB_TAKE(arena, float, BATCH);
  bench->batch = (struct glb_batch){.s = normals(arena, BATCH * S, &rng),
                                    .b = normals(arena, BATCH * B, &rng),
                                    .a = normals(arena, BATCH * A, &rng),
                                    .r = normals(arena, BATCH, &rng),
                                    .s2 = normals(arena, BATCH * S, &rng),
                                    .b2 = normals(arena, BATCH * B, &rng),
                                    .discount = discount};
  bench->action = GLB_TAKE(arena, float, ACTORS *A);
  glb_policy_work_init(&bench->acting, &bench->one->policy, arena, ACTORS);
  bench->left = normals(arena, H * H, &rng);
  bench->right = normals(arena, H * H, &rng);
  bench->product = GLB_TAKE(arena, float, H *H);
}

static int set_up(struct agent_bench *bench) {
  GLB_TRY(glb_pool_create(&bench->pool, 2));
  struct glb_sac_options two_shards = one_shard;
  two_shards.shards = 2;
  GLB_TRY(glb_sac_create(&bench->one, &one_shard, NULL, NULL));
  GLB_TRY(glb_sac_create(&bench->two, &two_shards, bench->pool, NULL));
  return glb_arena_lay(&bench->arena, take_all, bench);
}

static void clean_up(struct agent_bench *bench) {
  glb_sac_destroy(bench->one);
  glb_sac_destroy(bench->two);
  glb_pool_destroy(bench->pool);
  glb_arena_finish(&bench->arena);
}

static int measure(struct glb_bench *bench, struct agent_bench *agent) {
  GLB_TRY(set_up(agent));
  const struct glb_bench_row one = {.name = "agent.update",
                                    .unit = "update/s",
                                    .work = update_one,
                                    .limit = "its matrix products alone",
                                    .limit_work = products,
                                    .context = agent,
                                    .reach = 0.85};
  GLB_TRY(glb_bench_measure(bench, &one));
  const struct glb_bench_row two = {.name = "agent.update.2threads",
                                    .unit = "update/s",
                                    .work = update_two,
                                    .limit = "one thread",
                                    .limit_work = update_one,
                                    .context = agent,
                                    .reach = 1.6};
  GLB_TRY(glb_bench_measure_wall(bench, &two));
  const struct glb_bench_row acting = {
      .name = "agent.act", .unit = "call/s of 4 rows", .work = act, .context = agent};
  return glb_bench_measure(bench, &acting);
}

int glb_bench_agent(struct glb_bench *bench) {
  struct agent_bench agent = {0};
  int code = measure(bench, &agent);
  clean_up(&agent);
  return code;
}
