/* model.h: the learned part of the linear model: for each head a basis and a prior, in one float buffer.
 *
 *   reward head      Y = r             phi_R(s, a, s')     D = 1
 *   transition head  Y = s' - s        phi_T(s, a)         D targets  (normalised observations, those that change)
 *   phi = [tanh(mlp(x)) | 1]           bounded features and a constant one
 *   Xi0 = diag exp(l),  Omega0 = floor + exp(w),  nu0 = D + 2 (full) or 3 (diagonal, per target)
 *
 * Networks are single precision; features, targets, prior and all that follows from them are doubles. theta
 * is the whole buffer of model.params everywhere. K features, D targets, X basis inputs (in), O observation,
 * A action. */
#ifndef COMMON_MODEL_MODEL_H
#define COMMON_MODEL_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "common/model/posterior.h"
#include "common/nn/mlp.h"
#include "common/nn/params.h"
#include "common/task/task.h"

struct glb_arena;
struct glb_config;

enum { GLB_HEAD_REWARD, GLB_HEAD_TRANSITION, GLB_HEADS };

/* The numbers of an observation whose change the transition head predicts: not those that are copies, padding or constant,
 * for which the evidence has no bound. */
struct glb_targets {
  int count;
  int index[GLB_OBS_MAX];
};

struct glb_head {
  int used;
  int K, D, in;  // features, targets, width of the basis input
  int columns;   // of the posterior mean as the policy reads it, at most D
  enum glb_noise noise;
  double nu0;
  struct glb_mlp basis;            // in -> hidden -> hidden -> K - 1, all tanh
  size_t M0, log_Xi0, log_Omega0;  // offsets in theta of the prior          (K x D), (K), (D)
};

struct glb_model {
  int O, A;
  struct glb_targets targets;  // of the transition head
  double omega_floor;
  struct glb_head head[GLB_HEADS];
  struct glb_params params;
};

/* The heads that config asks for, for observations O and actions A. targets: NULL for all of O. */
void glb_model_init(struct glb_model *model, const struct glb_config *config, int O, int A,
                    const struct glb_targets *targets);

const char *glb_head_name(int head);  // "reward", "transition"

/* The leading `count` numbers. */
void glb_targets_leading(struct glb_targets *targets, int count);

/* Initial parameters: weights from stream INIT_BASIS, M0 = 0, Xi0 = I, Omega0 = floor + 1. */
void glb_model_draw(const struct glb_model *model, float *theta, uint64_t seed);

/* The prior of one head in doubles, with its storage in an arena. */
struct glb_head_prior {
  struct glb_prior prior;  // views of the arrays below
  double *M0;              // (K x D)
  double *Xi0;             // diagonal matrix                        (K x K)
  double *sqrt_Xi0;        // square roots of its diagonal           (K)
  double *Omega0;          // diagonal matrix, or its diagonal       (D x D) or (D)
};
void glb_head_prior_init(struct glb_head_prior *prior, const struct glb_head *head, struct glb_arena *arena);
void glb_head_prior_load(struct glb_head_prior *prior, const struct glb_model *model, int head,
                         const float *theta);

/* Gradient with respect to the prior's parameters from that with respect to the prior (glb_prior_grad):
 * adds w dM0, w Xi0 dXi0, w (Omega0 - floor) dOmega0 to grad at the head's offsets. Diagonals only. */
void glb_head_prior_backward(const struct glb_model *model, int head, float *grad,
                             const struct glb_head_prior *prior, const struct glb_prior_grad *d, double w);

/* Basis inputs of B rows: [s | a | s'] or [s | a].
 *   X     out  (B x in)
 *   s, s2 in   normalised observations (B x O), stride O;  a (B x A), stride A */
void glb_head_inputs(const struct glb_head *head, float *X, const float *s, const float *a, const float *s2,
                     int B, int O, int A);

/* Phi (B x K) of inputs X (B x in). cache: glb_head_cache_size floats, kept for backward. */
size_t glb_head_cache_size(const struct glb_head *head, int B);
void glb_head_features(const struct glb_head *head, double *Phi, float *cache, const float *theta,
                       const float *X, int B);

/* Adds d loss / d theta of the basis to grad (params size), given dPhi (B x K) and what features left in
 * cache. work: glb_head_work_size floats. */
size_t glb_head_work_size(const struct glb_head *head, int B);
void glb_head_backward(const struct glb_head *head, float *grad, const float *theta, const float *X,
                       const float *cache, const double *dPhi, float *work, int B);

/* Components of the belief vector of all heads used, and where a head's part starts. */
int glb_model_belief_dim(const struct glb_model *model);
int glb_model_belief_at(const struct glb_model *model, int head);

#endif  // COMMON_MODEL_MODEL_H
