#include "learner/model_update.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/config/config.h"
#include "common/la/chol.h"
#include "common/model/stats.h"
#include "common/nn/adam.h"

struct glb_model_private {
  double *statistics;  // sums of all ranks                    (fit statistics)
  double *wide;        // gradient as summed                   (params size)
  float *grad;         // with the prior's part                (params size)
  struct glb_head_prior prior[GLB_HEADS];
  struct glb_posterior post[GLB_HEADS];
  struct glb_prior_grad d[GLB_HEADS];  // gradient with respect to the prior
  double *work;                        // for the condition number             (4 K)
  struct glb_arena arena;
};

static void lay_out(void *object, struct glb_arena *arena) {
  struct glb_model_update *u = object;
  struct glb_model_private *p = u->private_;
  const struct glb_params *params = &u->space->model.params;
  int widest = 0;
  u->m = GLB_TAKE(arena, float, params->size);
  u->v = GLB_TAKE(arena, float, params->size);
  p->grad = GLB_TAKE(arena, float, params->size);
  p->wide = GLB_TAKE(arena, double, params->size);
  p->statistics = GLB_TAKE(arena, double, u->fit->statistics);
  for (int h = 0; h < GLB_HEADS; h++) {
    const struct glb_head *head = &u->space->model.head[h];
    const int K = head->K, D = head->D;
    if (!head->used) continue;
    if (K > widest) widest = K;
    glb_head_prior_init(&p->prior[h], head, arena);
    double *block = GLB_TAKE(arena, double, glb_posterior_size(K, D));
    if (block) glb_posterior_map(&p->post[h], K, D, block);
    p->d[h] = (struct glb_prior_grad){.dM0 = GLB_TAKE(arena, double, K *D),
                                      .dXi0 = GLB_TAKE(arena, double, K *K),
                                      .dOmega0 = GLB_TAKE(arena, double, D *D),
                                      .dnu0 = NULL};
  }
  p->work = GLB_TAKE(arena, double, 4 * widest);
}

int glb_model_update_create(struct glb_model_update **out, const struct glb_config *config,
                            const struct glb_space *space, const struct glb_fit *fit, struct glb_desk *desk,
                            const struct glb_partner *partner) {
  struct glb_model_update *u = calloc(1, sizeof *u);
  int code = GLB_OK;
  *out = NULL;
  GLB_CHECK(u, GLB_ENOMEM, "no memory for the model update");
  *u = (struct glb_model_update){.space = space,
                                 .fit = fit,
                                 .desk = desk,
                                 .partner = partner,
                                 .rate = config->model_rate,
                                 .clip = config->model_clip,
                                 .learn_basis = config->model_learn_basis};
  u->private_ = calloc(1, sizeof *u->private_);
  if (!u->private_) code = GLB_ENOMEM;
  if (code) goto out;
  GLB_TRY_OUT(code, out, glb_arena_lay(&u->private_->arena, lay_out, u));
  *out = u;
  return GLB_OK;
out:
  glb_model_update_destroy(u);
  return code;
}

void glb_model_update_destroy(struct glb_model_update *u) {
  if (!u) return;
  if (u->private_) glb_arena_finish(&u->private_->arena);
  free(u->private_);
  free(u);
}

/* log of (tr FF)^2 / tr(FF FF): the number of directions that the features fill, on a log scale. */
static double log_rank(const double *FF, int K) {
  double trace = 0, squares = 0;
  for (int i = 0; i < K; i++) trace += FF[i * K + i];
  for (int i = 0; i < K * K; i++) squares += FF[i] * FF[i];
  return squares > 0 ? log(trace * trace / squares) : 0;
}

static void note(struct glb_model_update *u, struct glb_model_report *report, int h,
                 const struct glb_stats *stats) {
  const struct glb_posterior *post = &u->private_->post[h];
  report->log_rank[h] += log_rank(stats->FF, stats->K) / u->fit->picks;
  report->condition[h] = fmax(report->condition[h], glb_chol_condition(post->L, post->K, u->private_->work));
}

/* Evidence, adjoints and prior gradient of one block of statistics, with weight w in the loss. */
static int solve_part(struct glb_model_update *u, struct glb_model_report *report, int h, int pick, int part,
                      double w) {
  struct glb_model_private *p = u->private_;
  const struct glb_head *head = &u->space->model.head[h];
  const int K = head->K, D = head->D;
  struct glb_stats stats;
  glb_stats_map(&stats, K, D, p->statistics + glb_fit_statistics_at(u->fit, h, pick, part));
  GLB_TRY(glb_posterior_solve(&p->post[h], &p->prior[h].prior, &stats));
  report->evidence[h] -= w * glb_posterior_evidence(&p->post[h], &p->prior[h].prior);
  if (part == 0) note(u, report, h, &stats);

  double *G_FF = u->desk->adjoints + glb_fit_adjoints_at(u->fit, h, pick, part);
  glb_posterior_adjoints(&p->post[h], G_FF, G_FF + K * K);
  for (int i = 0; i < K * (K + D); i++) G_FF[i] *= w;
  glb_posterior_prior_grad(&p->post[h], &p->prior[h].prior, p->d[h]);
  glb_head_prior_backward(&u->space->model, h, p->grad, &p->prior[h], &p->d[h], w);
  return GLB_OK;
}

/* Posteriors of all picked tasks: adjoints to the desk, the prior's gradient to grad. */
static int solve(struct glb_model_update *u, struct glb_model_report *report) {
  struct glb_model_private *p = u->private_;
  memset(p->grad, 0, u->space->model.params.size * sizeof *p->grad);
  for (int h = 0; h < GLB_HEADS; h++) {
    if (!u->space->model.head[h].used) continue;
    glb_head_prior_load(&p->prior[h], &u->space->model, h, u->desk->theta);
    for (int pick = 0; pick < u->fit->picks; pick++) {
      // the first double of a block of statistics is its number of rows
      double rows = p->statistics[glb_fit_statistics_at(u->fit, h, pick, 0)];
      if (u->fit->parts == 2) rows -= p->statistics[glb_fit_statistics_at(u->fit, h, pick, 1)];
      const double w = rows > 0 ? -1 / (rows * u->fit->picks) : 0;
      for (int part = 0; part < u->fit->parts; part++)
        GLB_TRY(solve_part(u, report, h, pick, part, part ? -w : w));
    }
  }
  return GLB_OK;
}

static int step(struct glb_model_update *u, struct glb_model_report *report) {
  struct glb_model_private *p = u->private_;
  const size_t size = u->space->model.params.size;
  if (u->learn_basis)
    for (size_t i = 0; i < size; i++) p->grad[i] += (float)p->wide[i];
  const float scale = glb_adam_clip(p->grad, size, u->clip, &report->grad_norm);
  GLB_CHECK(isfinite(report->grad_norm), GLB_ENONFINITE, "the gradient of the evidence is not finite");
  u->updates++;
  glb_adam_step(&(struct glb_adam){.rate = u->rate}, u->desk->theta, u->m, u->v, p->grad, scale, u->updates,
                0, size);
  return GLB_OK;
}

static int run(struct glb_model_update *u, struct glb_order *order, struct glb_model_report *report) {
  const struct glb_partner *partner = u->partner;
  struct glb_trace *trace = u->desk->world->trace;
  GLB_TRY(glb_desk_order(u->desk, GLB_ACTING, order));
  if (partner) GLB_TRY(partner->obey(partner->self, order));
  GLB_TRY(glb_desk_theta(u->desk));
  GLB_TRY(glb_desk_reduce(u->desk, &u->desk->statistics, partner ? &partner->statistics : NULL,
                          u->private_->statistics));
  GLB_TRY_IN(trace, GLB_PHASE_solve, -1, solve(u, report));
  GLB_TRY(glb_desk_adjoints(u->desk));
  GLB_TRY(
      glb_desk_reduce(u->desk, &u->desk->gradient, partner ? &partner->gradient : NULL, u->private_->wide));
  GLB_TRY_IN(trace, GLB_PHASE_solve, -1, step(u, report));
  return GLB_OK;
}

int glb_model_update_run(struct glb_model_update *u, struct glb_order *order,
                         struct glb_model_report *report) {
  *report = (struct glb_model_report){0};
  order->verb = GLB_VERB_MODEL;
  GLB_TRY_IN(u->desk->world->trace, GLB_PHASE_model, (int)order->update, run(u, order, report));
  return GLB_OK;
}
