#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/rng.h"
#include "common/la/chol.h"
#include "common/la/gemm.h"
#include "common/model/belief.h"
#include "common/model/evidence.h"
#include "deploy/cli/bench.h"

enum { N = 5000, K = 64, D = 39, FACTORS = 3, BELIEF_K = 16, BELIEF_ROWS = 200 };

static const double evidence_reach = 1 / 1.25;

struct model_bench {
  struct glb_arena arena;
  double *Phi, *Y, *dPhi;     // (N x K), (N x D), (N x K)
  double *M0, *Xi0, *Omega0;  // prior
  double *work, *scratch;     // of the evidence; of the products alone: [K x K | K x D | K x K]
  struct glb_posterior post;
  struct glb_prior prior;
  struct glb_belief belief;
  double *rows, *targets;  // of the belief                          (BELIEF_ROWS x BELIEF_K), (BELIEF_ROWS)
  float *vector;
};

static void lay_out(void *object, struct glb_arena *arena) {
  struct model_bench *b = object;
  b->Phi = GLB_TAKE(arena, double, N *K);
  b->Y = GLB_TAKE(arena, double, N *D);
  b->dPhi = GLB_TAKE(arena, double, N *K);
  b->M0 = GLB_TAKE(arena, double, K *D);
  b->Xi0 = GLB_TAKE(arena, double, K *K);
  b->Omega0 = GLB_TAKE(arena, double, D *D);
  b->work = GLB_TAKE(arena, double, glb_evidence_work_size(K, D, N));
  b->scratch = GLB_TAKE(arena, double, 2 * K * K + K * D);
  double *post = GLB_TAKE(arena, double, glb_posterior_size(K, D));
  if (post) glb_posterior_map(&b->post, K, D, post);
  double *belief = GLB_TAKE(arena, double, glb_belief_size(BELIEF_K, 1));
  if (belief) glb_belief_map(&b->belief, BELIEF_K, 1, belief);
  b->rows = GLB_TAKE(arena, double, BELIEF_ROWS *BELIEF_K);
  b->targets = GLB_TAKE(arena, double, BELIEF_ROWS);
  b->vector = GLB_TAKE(arena, float, glb_belief_dim(BELIEF_K, 1));
}

static void fill(double *x, size_t n, struct glb_rng *rng) {
  for (size_t i = 0; i < n; i++) x[i] = glb_rng_normal(rng);
}

static int start(struct model_bench *b) {
  struct glb_rng rng;
  GLB_TRY(glb_arena_lay(&b->arena, lay_out, b));
  b->prior =
      (struct glb_prior){.K = K, .D = D, .nu0 = D + 2, .M0 = b->M0, .Xi0 = b->Xi0, .Omega0 = b->Omega0};
  for (int i = 0; i < K; i++) b->Xi0[i * K + i] = 1;
  for (int i = 0; i < D; i++) b->Omega0[i * D + i] = 1;
  for (int i = 0; i < N; i += 100) {  // a stream has room for 2^16 blocks
    glb_rng_start(&rng, 0, GLB_STREAM_TEST, (struct glb_rng_at){.step = (uint32_t)i});
    fill(b->Phi + i * K, 100 * K, &rng);
    fill(b->Y + i * D, 100 * D, &rng);
  }
  fill(b->rows, BELIEF_ROWS * BELIEF_K, &rng);
  fill(b->targets, BELIEF_ROWS, &rng);
  return GLB_OK;
}

static double evidence(void *context) {
  struct model_bench *b = context;
  double value;
  const int code =
      glb_evidence_rows(&b->post, &value, b->dPhi, &b->prior, (struct glb_rows){b->Phi, b->Y, N}, b->work);
  return code ? -code : 1;
}

/* Statistics, the two products of the gradient, and three factorisations of order K. */
static double products(void *context) {
  struct model_bench *b = context;
  double *FF = b->scratch, *FY = FF + K * K, *L = FY + K * D;
  const struct glb_dmat Phi = {b->Phi, K}, Y = {b->Y, D};
  glb_dsyrk_tn(FF, K, 1, Phi, 0, K, N);
  glb_dgemm_tn(FY, D, 1, Phi, Y, 0, K, D, N);
  for (int f = 0; f < FACTORS; f++) {
    for (int i = 0; i < K * K; i++) L[i] = FF[i];
    const int code = glb_chol_factor(L, K);
    if (code) return -code;
  }
  glb_dgemm_nn(b->dPhi, K, 1, Phi, (struct glb_dmat){FF, K}, 0, N, K, K);
  glb_dgemm_nt(b->dPhi, K, 1, Y, (struct glb_dmat){FY, D}, 1, N, K, D);
  return 1;
}

static double belief_rows(void *context) {
  struct model_bench *b = context;
  static const double ones[BELIEF_K] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
  double Xi0[BELIEF_K * BELIEF_K] = {0};
  const struct glb_prior prior = {
      .K = BELIEF_K, .D = 1, .nu0 = 3, .M0 = b->M0, .Xi0 = Xi0, .Omega0 = b->Omega0};
  for (int i = 0; i < BELIEF_K; i++) Xi0[i * BELIEF_K + i] = 1;
  glb_belief_reset(&b->belief, &prior);
  for (int t = 0; t < BELIEF_ROWS; t++) {
    glb_belief_observe(&b->belief, b->rows + t * BELIEF_K, b->targets + t, NULL);
    glb_belief_vector(&b->belief, 1, b->vector, b->M0, ones);
  }
  return BELIEF_ROWS;
}

int glb_bench_model(struct glb_bench *bench) {
  struct model_bench b = {0};
  const struct glb_bench_row rows[] = {
      {.name = "model.evidence",
       .unit = "call/s",
       .work = evidence,
       .limit = "its BLAS calls (N 5000, K 64, D 39)",
       .limit_work = products,
       .context = &b,
       .reach = evidence_reach},
      {.name = "model.belief", .unit = "row/s", .work = belief_rows, .context = &b}};
  int code = start(&b);
  for (int i = 0; i < 2 && !code; i++) code = glb_bench_measure(bench, &rows[i]);
  glb_arena_finish(&b.arena);
  GLB_TRY(code);
  return GLB_OK;
}
