#include "actors/gradient.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/la/gemm.h"
#include "common/model/stats.h"

struct held {  // a picked trial that this actor remembers
  struct glb_trial trial;
  int pick;
};

struct glb_gradient {
  const struct glb_space *space;
  const struct glb_fit *fit;
  const struct glb_memory *memory;
  const struct glb_desk *desk;
  struct glb_acting acting;   // view of the desk's snapshot
  uint64_t version;           // of the normaliser
  int count;                  // trials held of those picked
  struct glb_pick *picks;     // (picks)
  struct held *held;          // (picks x slots_per_task)
  double *statistics;         // of each trial held                    (held x per_trial)
  size_t per_trial;           // doubles of a trial's statistics, all heads and parts
  float *grad;                // of each trial held                    (held x params size)
  struct glb_rows_work rows;  // one trial
  double *dPhi[GLB_HEADS];    // (T x K)
  float *work;                // of the backward pass
  double *wide;               // one tensor in double
  struct glb_arena arena;
};

static void lay_out(void *object, struct glb_arena *arena) {
  struct glb_gradient *g = object;
  const struct glb_model *model = &g->space->model;
  const int T = g->space->trial.T, held = g->fit->picks * g->fit->slots_per_task;
  size_t work = 0;
  g->per_trial = 0;
  for (int h = 0; h < GLB_HEADS; h++) {
    const struct glb_head *head = &model->head[h];
    if (!head->used) continue;
    g->per_trial += (size_t)g->fit->parts * g->fit->stats_size[h];
    g->dPhi[h] = GLB_TAKE(arena, double, T * head->K);
    const size_t need = glb_head_work_size(head, T);
    if (need > work) work = need;
  }
  g->picks = GLB_TAKE(arena, struct glb_pick, g->fit->picks);
  g->held = GLB_TAKE(arena, struct held, held);
  g->statistics = GLB_TAKE(arena, double, (size_t)held * g->per_trial);
  g->grad = GLB_TAKE(arena, float, (size_t)held * model->params.size);
  g->work = GLB_TAKE(arena, float, work);
  g->wide = GLB_TAKE(arena, double, model->params.size);
  glb_rows_init(&g->rows, g->space, arena, T);
}

int glb_gradient_create(struct glb_gradient **out, const struct glb_space *space, const struct glb_fit *fit,
                        const struct glb_memory *memory, const struct glb_desk *desk) {
  struct glb_gradient *g = calloc(1, sizeof *g);
  *out = NULL;
  GLB_CHECK(g, GLB_ENOMEM, "no memory for the model update");
  *g = (struct glb_gradient){.space = space, .fit = fit, .memory = memory, .desk = desk};
  int code = glb_arena_lay(&g->arena, lay_out, g);
  if (code) {
    free(g);
    return glb_error_pass(code, __FILE__, __LINE__);
  }
  glb_acting_map(&g->acting, space, desk->snapshot);
  *out = g;
  return GLB_OK;
}

void glb_gradient_destroy(struct glb_gradient *g) {
  if (!g) return;
  glb_arena_finish(&g->arena);
  free(g);
}

void glb_gradient_begin(struct glb_gradient *g, const struct glb_order *order) {
  g->version = order->version;
  g->count = 0;
  glb_fit_pick(g->fit, g->picks, order->round, order->update, order->first, order->last);
  for (int p = 0; p < g->fit->picks; p++)
    for (int i = 0; i < g->fit->slots_per_task; i++) {
      const uint32_t round = g->picks[p].round, slot = g->picks[p].slot + (uint32_t)i;
      struct held *held = &g->held[g->count];
      if (!glb_memory_find(g->memory, &held->trial, round, slot)) continue;
      held->pick = p;
      g->count++;
    }
}

/* Shows a part of trial i to the reduction; one that is not finite gets its name. */
static int show(const struct glb_gradient *g, struct glb_reduce *reduce, int block, const double *x, size_t n,
                int i, const char *what, const char *of) {
  const int code = glb_reduce_scan(reduce, block, x, n);
  if (code != GLB_ENONFINITE) return code;
  const struct glb_trial_head *head = g->held[i].trial.head;
  GLB_RAISE(
      code,
      "%s of %s is not finite in the trial of round %u, slot %u: look for rewards or observations out of "
      "scale, or lower model.rate",
      what, of, head->round, head->slot);
}

/* ---- phase 1 ---- */

/* Shows or adds the statistics of one trial, kind by kind. */
static int each_kind(struct glb_gradient *g, struct glb_reduce *reduce, int i, int scan) {
  static const char *const heads[GLB_HEADS] = {"the reward head", "the transition head"};
  static const char *const kinds[GLB_FIT_KINDS] = {"statistic Phi'Phi", "statistic Phi'Y", "statistic Y'Y"};
  const double *at = g->statistics + (size_t)i * g->per_trial;
  for (int h = 0; h < GLB_HEADS; h++) {
    const size_t K = (size_t)g->space->model.head[h].K, D = (size_t)g->space->model.head[h].D;
    const size_t sizes[GLB_FIT_KINDS] = {1 + K * K, K * D, D * D};
    if (!g->space->model.head[h].used) continue;
    for (int part = 0; part < g->fit->parts; part++) {
      const int block = glb_fit_block_at(g->fit, h, g->held[i].pick, part);
      for (int kind = 0; kind < GLB_FIT_KINDS; at += sizes[kind++]) {
        if (scan)
          GLB_TRY(show(g, reduce, block + kind, at, sizes[kind], i, kinds[kind], heads[h]));
        else
          glb_reduce_add(reduce, block + kind, at, sizes[kind]);
      }
    }
  }
  return GLB_OK;
}

static int scan_statistics(void *self, struct glb_reduce *reduce) {
  struct glb_gradient *g = self;
  for (int i = 0; i < g->count; i++) {
    double *at = g->statistics + (size_t)i * g->per_trial;
    const struct glb_trial *trial = &g->held[i].trial;
    glb_rows_trial(&g->rows, g->space, &g->acting, g->desk->theta, trial);
    for (int h = 0; h < GLB_HEADS; h++) {
      const struct glb_head *head = &g->space->model.head[h];
      if (!head->used) continue;
      for (int part = 0; part < g->fit->parts; part++, at += g->fit->stats_size[h]) {
        struct glb_stats stats;
        glb_stats_map(&stats, head->K, head->D, at);
        glb_stats_zero(&stats);
        const int rows = glb_fit_rows(g->fit, part, trial->head->T);
        GLB_TRY(glb_stats_add(&stats, g->version, g->rows.Phi[h], g->rows.Y[h], rows));
      }
    }
    GLB_TRY(each_kind(g, reduce, i, 1));
  }
  return GLB_OK;
}

static void add_statistics(void *self, struct glb_reduce *reduce) {
  struct glb_gradient *g = self;
  for (int i = 0; i < g->count; i++) (void)each_kind(g, reduce, i, 0);
}

/* ---- phase 2 ---- */

/* dPhi = sum over parts of 2 Phi G_FF + Y G_FY', on the rows of the part. */
static void feature_gradient(struct glb_gradient *g, int h, int pick, int T) {
  const struct glb_head *head = &g->space->model.head[h];
  const int K = head->K, D = head->D;
  for (int part = 0; part < g->fit->parts; part++) {
    const double *G_FF = g->desk->adjoints + glb_fit_adjoints_at(g->fit, h, pick, part), *G_FY = G_FF + K * K;
    const int rows = glb_fit_rows(g->fit, part, T);
    const struct glb_dmat Phi = {g->rows.Phi[h], K}, Y = {g->rows.Y[h], D};
    glb_dgemm_nn(g->dPhi[h], K, 2, Phi, (struct glb_dmat){G_FF, K}, part ? 1 : 0, rows, K, K);
    glb_dgemm_nt(g->dPhi[h], K, 1, Y, (struct glb_dmat){G_FY, D}, 1, rows, K, D);
  }
}

/* Shows or adds the gradient of one trial, tensor by tensor. */
static int each_tensor(struct glb_gradient *g, struct glb_reduce *reduce, int i, int scan) {
  const struct glb_params *params = &g->space->model.params;
  const float *grad = g->grad + (size_t)i * params->size;
  for (int p = 0; p < params->count; p++) {
    const size_t at = params->table[p].offset,
                 n = (size_t)params->table[p].rows * (size_t)params->table[p].cols;
    for (size_t j = 0; j < n; j++) g->wide[j] = grad[at + j];
    if (scan)
      GLB_TRY(show(g, reduce, p, g->wide, n, i, "gradient of the evidence", params->table[p].name));
    else
      glb_reduce_add(reduce, p, g->wide, n);
  }
  return GLB_OK;
}

static int scan_gradient(void *self, struct glb_reduce *reduce) {
  struct glb_gradient *g = self;
  const size_t size = g->space->model.params.size;
  for (int i = 0; i < g->count; i++) {
    const struct glb_trial *trial = &g->held[i].trial;
    const int T = trial->head->T;
    float *grad = g->grad + (size_t)i * size;
    memset(grad, 0, size * sizeof *grad);
    glb_rows_trial(&g->rows, g->space, &g->acting, g->desk->theta, trial);
    for (int h = 0; h < GLB_HEADS; h++) {
      const struct glb_head *head = &g->space->model.head[h];
      if (!head->used) continue;
      feature_gradient(g, h, g->held[i].pick, T);
      glb_head_backward(head, grad, g->desk->theta, g->rows.X[h], g->rows.cache[h], g->dPhi[h], g->work, T);
    }
    GLB_TRY(each_tensor(g, reduce, i, 1));
  }
  return GLB_OK;
}

static void add_gradient(void *self, struct glb_reduce *reduce) {
  struct glb_gradient *g = self;
  for (int i = 0; i < g->count; i++) (void)each_tensor(g, reduce, i, 0);
}

struct glb_contribution glb_gradient_statistics(struct glb_gradient *g) {
  return (struct glb_contribution){.self = g, .scan = scan_statistics, .add = add_statistics};
}

struct glb_contribution glb_gradient_gradient(struct glb_gradient *g) {
  return (struct glb_contribution){.self = g, .scan = scan_gradient, .add = add_gradient};
}
