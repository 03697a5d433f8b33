#include "common/policy/acting.h"

#include <math.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/config/config.h"
#include "common/nn/norm.h"
#include "common/task/task.h"

static const float obs_limit = 10, belief_limit = 5;

int glb_space_init(struct glb_space *space, const struct glb_config *config,
                   const struct glb_targets *targets) {
  struct glb_targets known;
  *space = (struct glb_space){0};
  GLB_TRY(glb_family_find(&space->family, config->env_family));
  const struct glb_family *family = space->family;
  const int E = config->train_episodes_per_task ? (int)config->train_episodes_per_task : family->episodes;
  space->horizon = config->env_horizon ? (int)config->env_horizon : family->horizon;
  space->trial = (struct glb_trial_shape){
      .O = family->O, .A = family->A, .P = family->P, .E = E, .T = E * space->horizon};
  space->window = (int)(config->replay_trials / config->train_slots) + 1;
  space->trial_steps = space->trial.T;
  space->trial_inputs = E > 1 && config->agent_backup == GLB_BACKUP_TRIAL;
  space->zero_belief = config->belief_zero;
  space->point_belief = !config->belief_uncertainty;
  glb_targets_leading(&known, family->free);
  glb_model_init(&space->model, config, family->O, family->A, targets ? targets : &known);
  space->S = family->O + 2 * space->trial_inputs;
  space->B = glb_model_belief_dim(&space->model);
  glb_policy_init(&space->policy, (struct glb_policy_shape){.S = space->S,
                                                            .B = space->B,
                                                            .A = family->A,
                                                            .E = (int)config->agent_embedding,
                                                            .H = (int)config->agent_hidden});
  return GLB_OK;
}

void glb_space_set_trial(struct glb_space *space, int E, int horizon) {
  if (E) space->trial.E = E;
  if (horizon) space->horizon = horizon;
  space->trial.T = space->trial.E * space->horizon;
}

size_t glb_acting_size(const struct glb_space *space) {
  return space->model.params.size + 2 * (size_t)space->trial.O + 2 * (size_t)space->B +
         space->policy.params.size;
}

void glb_acting_map(struct glb_acting *acting, const struct glb_space *space, float *block) {
  const size_t O = (size_t)space->trial.O, B = (size_t)space->B;
  acting->size = glb_acting_size(space);
  acting->block = acting->model = block;
  acting->obs_shift = acting->model + space->model.params.size;
  acting->obs_scale = acting->obs_shift + O;
  acting->belief_shift = acting->obs_scale + O;
  acting->belief_scale = acting->belief_shift + B;
  acting->policy = acting->belief_scale + B;
}

void glb_acting_normalise(const struct glb_acting *acting, const struct glb_space *space, float *s,
                          const float *obs, int B) {
  const int O = space->trial.O;
  glb_norm_apply(s, O, obs, O, acting->obs_shift, acting->obs_scale, obs_limit, O, B);
}

void glb_acting_state(const struct glb_space *space, float *state, const float *s, int first, int step) {
  const int O = space->trial.O;
  memcpy(state, s, sizeof(float) * (size_t)O);
  if (!space->trial_inputs) return;
  state[O] = (float)first;
  state[O + 1] = fminf((float)step / (float)space->trial_steps, 1);
}

/* Zeros in place of what a belief says beside the mean. */
static void keep_mean(const struct glb_model *model, float *b) {
  for (int h = 0; h < GLB_HEADS; h++) {
    const struct glb_head *head = &model->head[h];
    if (!head->used) continue;
    const int mean = head->K * head->columns, size = glb_belief_dim(head->K, head->columns);
    memset(b + glb_model_belief_at(model, h) + mean, 0, sizeof *b * (size_t)(size - mean));
  }
}

void glb_acting_belief(const struct glb_acting *acting, const struct glb_space *space, float *b,
                       const float *raw) {
  const int B = space->B;
  if (space->zero_belief) {
    memset(b, 0, sizeof(float) * (size_t)B);
    return;
  }
  glb_norm_apply(b, B, raw, B, acting->belief_shift, acting->belief_scale, belief_limit, B, 1);
  if (space->point_belief) keep_mean(&space->model, b);
}

void glb_mind_init(struct glb_mind *mind, const struct glb_space *space, struct glb_arena *arena) {
  for (int h = 0; h < GLB_HEADS; h++) {
    const struct glb_head *head = &space->model.head[h];
    if (!head->used) continue;
    glb_head_prior_init(&mind->prior[h], head, arena);
    double *block = GLB_TAKE(arena, double, glb_belief_size(head->K, head->D));
    if (block) glb_belief_map(&mind->belief[h], head->K, head->D, block);
  }
}

void glb_mind_load(struct glb_mind *mind, const struct glb_space *space, const struct glb_acting *acting) {
  for (int h = 0; h < GLB_HEADS; h++)
    if (space->model.head[h].used) glb_head_prior_load(&mind->prior[h], &space->model, h, acting->model);
  glb_mind_reset(mind, space);
}

void glb_mind_reset(struct glb_mind *mind, const struct glb_space *space) {
  for (int h = 0; h < GLB_HEADS; h++)
    if (space->model.head[h].used) glb_belief_reset(&mind->belief[h], &mind->prior[h].prior);
}

void glb_mind_observe(struct glb_mind *mind, const struct glb_space *space,
                      const double *const Phi[GLB_HEADS], const double *const Y[GLB_HEADS],
                      double log_predictive[GLB_HEADS]) {
  for (int h = 0; h < GLB_HEADS; h++)
    if (space->model.head[h].used)
      glb_belief_observe(&mind->belief[h], Phi[h], Y[h], log_predictive ? &log_predictive[h] : NULL);
}

void glb_mind_vector(const struct glb_mind *mind, const struct glb_space *space, float *raw) {
  for (int h = 0; h < GLB_HEADS; h++)
    if (space->model.head[h].used)
      glb_belief_vector(&mind->belief[h], space->model.head[h].columns,
                        raw + glb_model_belief_at(&space->model, h), mind->prior[h].M0,
                        mind->prior[h].sqrt_Xi0);
}

void glb_rows_init(struct glb_rows_work *rows, const struct glb_space *space, struct glb_arena *arena,
                   int T) {
  const int O = space->trial.O;
  *rows = (struct glb_rows_work){.T = T};
  rows->s = GLB_TAKE(arena, float, T *O);
  rows->s2 = GLB_TAKE(arena, float, T *O);
  for (int h = 0; h < GLB_HEADS; h++) {
    const struct glb_head *head = &space->model.head[h];
    if (!head->used) continue;
    rows->X[h] = GLB_TAKE(arena, float, T * head->in);
    rows->cache[h] = GLB_TAKE(arena, float, glb_head_cache_size(head, T));
    rows->Phi[h] = GLB_TAKE(arena, double, T * head->K);
    rows->Y[h] = GLB_TAKE(arena, double, T * head->D);
  }
}

void glb_rows_trial(struct glb_rows_work *rows, const struct glb_space *space,
                    const struct glb_acting *acting, const float *theta, const struct glb_trial *trial) {
  const int O = space->trial.O, T = trial->head->T;
  glb_acting_normalise(acting, space, rows->s, trial->obs, T);
  for (int t = 0; t < T; t++)
    glb_acting_normalise(acting, space, rows->s2 + t * O, glb_trial_next_obs(trial, t), 1);
  glb_rows_features(rows, space, theta, trial->action, trial->reward, T);
}

static void change_of(struct glb_rows_work *rows, const struct glb_targets *targets, int O, int B) {
  double *Y = rows->Y[GLB_HEAD_TRANSITION];
  for (int i = 0; i < B; i++)
    for (int d = 0; d < targets->count; d++) {
      const int at = i * O + targets->index[d];
      *Y++ = (double)rows->s2[at] - (double)rows->s[at];
    }
}

void glb_rows_features(struct glb_rows_work *rows, const struct glb_space *space, const float *theta,
                       const float *a, const double *r, int B) {
  const int O = space->trial.O, A = space->trial.A;
  for (int h = 0; h < GLB_HEADS; h++) {
    const struct glb_head *head = &space->model.head[h];
    if (!head->used) continue;
    glb_head_inputs(head, rows->X[h], rows->s, a, rows->s2, B, O, A);
    glb_head_features(head, rows->Phi[h], rows->cache[h], theta, rows->X[h], B);

    // Y = r, or the change of what changes in the normalised observation
    if (h == GLB_HEAD_REWARD)
      memcpy(rows->Y[h], r, sizeof(double) * (size_t)B);
    else
      change_of(rows, &space->model.targets, O, B);
  }
}

void glb_mind_sweep(struct glb_mind *mind, const struct glb_space *space, float *beliefs,
                    const struct glb_rows_work *rows, int T, double *predictive) {
  glb_mind_reset(mind, space);
  if (predictive) predictive[GLB_HEAD_REWARD] = predictive[GLB_HEAD_TRANSITION] = 0;
  glb_mind_vector(mind, space, beliefs);
  for (int t = 0; t < T; t++) {
    const double *Phi[GLB_HEADS] = {0}, *Y[GLB_HEADS] = {0};
    double row[GLB_HEADS] = {0};
    for (int h = 0; h < GLB_HEADS; h++) {
      const struct glb_head *head = &space->model.head[h];
      if (!head->used) continue;
      Phi[h] = rows->Phi[h] + t * head->K;
      Y[h] = rows->Y[h] + t * head->D;
    }
    glb_mind_observe(mind, space, Phi, Y, predictive ? row : NULL);
    if (predictive)
      for (int h = 0; h < GLB_HEADS; h++) predictive[h] += row[h];
    glb_mind_vector(mind, space, beliefs + (size_t)(t + 1) * (size_t)space->B);
  }
}
