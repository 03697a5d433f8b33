#include "actors/rollout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actors/env/env.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/rng.h"
#include "common/config/config.h"

struct slot {  // where one slot stands
  struct glb_env *env;
  struct glb_mind mind;
  uint32_t number;    // slot number
  int episode, step;  // within the trial, within the episode
  int done;           // rows so far; the row being filled
  int diverged;       // the simulator failed on the step just done
  int ended;          // the step just done ended its episode
  int active;
};

struct glb_rollout {
  const struct glb_space *space;
  int G;  // slots of a group
  int slots_per_task;
  struct slot *slot;  // (G)
  struct glb_policy_work policy;
  struct glb_rows_work rows;    // one row per slot
  double *obs;                  // current observation                      (G x O)
  double *action;               // for the simulator                        (A)
  double *reward;               // of this step                             (G)
  float *obs32, *obs2_32;       // before and after the step                (G x O)
  float *state, *belief, *raw;  // policy inputs; raw belief                (G x S), (G x B), (B)
  float *z, *a;                 // noise, actions                           (G x A)
  struct glb_arena arena;
};

static void lay_out(void *object, struct glb_arena *arena) {
  struct glb_rollout *r = object;
  const struct glb_space *space = r->space;
  const int G = r->G, O = space->trial.O, A = space->trial.A;
  r->slot = GLB_TAKE(arena, struct slot, G);
  r->obs = GLB_TAKE(arena, double, G *O);
  r->action = GLB_TAKE(arena, double, A);
  r->reward = GLB_TAKE(arena, double, G);
  r->obs32 = GLB_TAKE(arena, float, G *O);
  r->obs2_32 = GLB_TAKE(arena, float, G *O);
  r->state = GLB_TAKE(arena, float, G * space->S);
  r->belief = GLB_TAKE(arena, float, G * space->B);
  r->raw = GLB_TAKE(arena, float, space->B);
  r->z = GLB_TAKE(arena, float, G *A);
  r->a = GLB_TAKE(arena, float, G *A);
  glb_policy_work_init(&r->policy, &space->policy, arena, G);
  glb_rows_init(&r->rows, space, arena, G);
  struct glb_mind counted;
  for (int i = 0; i < G; i++) glb_mind_init(arena->base ? &r->slot[i].mind : &counted, space, arena);
}

int glb_rollout_create(struct glb_rollout **out, const struct glb_config *config,
                       const struct glb_space *space) {
  struct glb_rollout *r = calloc(1, sizeof *r);
  *out = NULL;
  GLB_CHECK(r, GLB_ENOMEM, "no memory for a rollout");
  *r = (struct glb_rollout){
      .space = space, .G = (int)config->actor_group, .slots_per_task = (int)config->train_slots_per_task};
  int code = GLB_OK;
  GLB_TRY_OUT(code, out, glb_arena_lay(&r->arena, lay_out, r));
  struct glb_env_options options = {.model_dir = config->env_model_dir,
                                    .reward_version = (int)config->env_reward_version};
  for (int i = 0; i < r->G; i++)
    GLB_TRY_OUT(code, out, glb_env_create(&r->slot[i].env, space->family->name, &options));
  *out = r;
  return GLB_OK;
out:
  glb_rollout_destroy(r);
  return code;
}

void glb_rollout_destroy(struct glb_rollout *r) {
  if (!r) return;
  for (int i = 0; r->slot && i < r->G; i++) glb_env_destroy(r->slot[i].env);
  glb_arena_finish(&r->arena);
  free(r);
}

static void narrow(float *y, const double *x, int n) {
  for (int i = 0; i < n; i++) y[i] = (float)x[i];
}

enum { PLACE = 80 };  // bytes of a place's text

/* Where slot s of a trial stands, for people. */
static void write_place(char place[PLACE], const struct slot *s, const struct glb_trial *trial) {
  const uint32_t round = trial->head->round;
  if (round >= GLB_ROLLOUT_HELD_OUT_ROUND)
    snprintf(place, PLACE, "evaluation trial %u, episode %d, step %d", s->number, s->episode, s->step);
  else
    snprintf(place, PLACE, "round %u, slot %u, episode %d, step %d", round, s->number, s->episode, s->step);
}

/* Names the place in front of a message of the environment's reset. */
static int of_start(const struct slot *s, const struct glb_trial *trial, int code) {
  char place[PLACE], message[800];
  if (!code) return GLB_OK;
  write_place(place, s, trial);
  snprintf(message, sizeof message, "%s", glb_error_message());
  GLB_RAISE(code, "%s: no start, %s", place, message);
}

/* Shows slot i, at a reset or after its step. */
static int show(const struct glb_rollout *r, const struct glb_rollout_request *request, int i, int step,
                const struct glb_trial *trial) {
  const struct slot *s = &r->slot[i];
  if (!request->watch || request->watch->slot != i) return GLB_OK;
  const struct glb_rollout_view view = {.env = s->env,
                                        .mind = &s->mind,
                                        .task = trial->task,
                                        .episode = s->episode,
                                        .step = step,
                                        .reward = step ? r->reward[i] : 0,
                                        .success = trial->success[s->episode]};
  return request->watch->see(request->watch->context, &view);
}

/* Starts the next episode of slot i. */
static int start_episode(struct glb_rollout *r, const struct glb_rollout_request *request, int i,
                         const struct glb_trial *trial) {
  struct slot *s = &r->slot[i];
  const int O = r->space->trial.O;
  struct glb_rng rng;
  struct glb_rng_at at = {.round = request->round, .slot = s->number, .episode = (uint32_t)s->episode};
  glb_rng_start(&rng, request->seed, GLB_STREAM_RESET, at);
  s->step = 0;
  GLB_TRY(of_start(s, trial, glb_env_reset(s->env, trial->task, &rng, r->obs + i * O)));
  narrow(r->obs32 + i * O, r->obs + i * O, O);
  GLB_TRY(show(r, request, i, 0, trial));
  return GLB_OK;
}

static int start_trial(struct glb_rollout *r, const struct glb_acting *acting,
                       const struct glb_rollout_request *request, int i, struct glb_trial *trial) {
  struct slot *s = &r->slot[i];
  s->number = request->group * (uint32_t)r->G + (uint32_t)i;
  s->episode = s->done = 0;
  s->active = 1;
  memset(trial->block, 0, glb_trial_bytes(trial->shape));
  *trial->head =
      (struct glb_trial_head){.round = request->round, .slot = s->number, .version = request->version};
  const uint32_t key = request->evaluate ? s->number : s->number / (uint32_t)r->slots_per_task;
  GLB_TRY(glb_env_sample(trial->task, r->space->family->name, request->split, request->seed, request->round,
                         key));
  glb_mind_load(&s->mind, r->space, acting);
  return start_episode(r, request, i, trial);
}

/* Whether a slot is past the episodes in which it adapts. */
static int adapted(const struct slot *s, const struct glb_rollout_request *request) {
  return request->adapt && s->episode >= request->adapt;
}

/* Noise of all active slots, none where the mode is wanted; for uniform actions the actions themselves. */
static void draw_noise(struct glb_rollout *r, const struct glb_rollout_request *request) {
  const int A = r->space->trial.A;
  memset(r->z, 0, sizeof(float) * (size_t)(r->G * A));
  for (int i = 0; i < r->G; i++) {
    const struct slot *s = &r->slot[i];
    if (!s->active || (request->greedy && (!request->adapt || adapted(s, request)))) continue;
    struct glb_rng rng;
    struct glb_rng_at at = {request->round, s->number, (uint32_t)s->episode, (uint32_t)s->step};
    glb_rng_start(&rng, request->seed, GLB_STREAM_ACTION, at);
    for (int j = 0; j < A; j++) {
      if (request->random)
        r->a[i * A + j] = (float)(2 * glb_rng_uniform(&rng) - 1);
      else
        r->z[i * A + j] = (float)glb_rng_normal(&rng);
    }
  }
}

static void choose_actions(struct glb_rollout *r, const struct glb_acting *acting,
                           const struct glb_rollout_request *request) {
  const struct glb_space *space = r->space;
  const int O = space->trial.O;
  glb_acting_normalise(acting, space, r->rows.s, r->obs32, r->G);
  draw_noise(r, request);
  if (request->random) return;

  // a = pi(s, b)
  for (int i = 0; i < r->G; i++) {
    const struct slot *s = &r->slot[i];
    const struct slot *context = request->shuffled ? &r->slot[(i + 1) % r->G] : s;
    glb_mind_vector(&context->mind, space, r->raw);
    glb_acting_state(space, r->state + i * space->S, r->rows.s + i * O, s->episode > 0 && s->step == 0,
                     s->done);
    glb_acting_belief(acting, space, r->belief + i * space->B, r->raw);
  }
  glb_policy_act(&space->policy, &r->policy, r->a, acting->policy, r->state, r->belief, r->z);
}

/* A step of slot i on which the simulator failed: back to obs32, with nothing gained. */
static void stay(struct glb_rollout *r, int i, struct glb_env_step *step, const struct glb_trial *trial) {
  const int O = r->space->trial.O;
  char place[PLACE];
  write_place(place, &r->slot[i], trial);
  GLB_WARN("%s: the episode ends, %s", place, glb_error_message());
  *step = (struct glb_env_step){0};
  memcpy(r->obs2_32 + i * O, r->obs32 + i * O, sizeof(float) * (size_t)O);
}

/* One step of slot i's environment, from obs32 to obs2_32. */
static int simulate(struct glb_rollout *r, int i, struct glb_env_step *step, const struct glb_trial *trial) {
  struct slot *s = &r->slot[i];
  const int O = r->space->trial.O;
  const int code = glb_env_step(s->env, r->action, r->obs + i * O, step);
  s->diverged = code == GLB_EPHYSICS;
  if (s->diverged) {
    stay(r, i, step, trial);
    return GLB_OK;
  }
  GLB_TRY(code);
  narrow(r->obs2_32 + i * O, r->obs + i * O, O);
  return GLB_OK;
}

/* Steps slot i's environment and records the row; the belief follows when all slots have stepped. */
static int step_slot(struct glb_rollout *r, int i, struct glb_trial *trial) {
  struct slot *s = &r->slot[i];
  const int O = r->space->trial.O, A = r->space->trial.A;
  struct glb_env_step step = {0};
  for (int j = 0; j < A; j++) r->action[j] = r->a[i * A + j];
  memcpy(trial->obs + s->done * O, r->obs32 + i * O, sizeof(float) * (size_t)O);
  memcpy(trial->action + s->done * A, r->a + i * A, sizeof(float) * (size_t)A);
  GLB_TRY(simulate(r, i, &step, trial));
  trial->reward[s->done] = r->reward[i] = step.reward;
  trial->success[s->episode] |= (uint8_t)(step.success != 0);
  const enum glb_ended how = s->diverged       ? GLB_ENDED_DIVERGED
                             : step.terminated ? GLB_ENDED_TERMINATED
                                               : GLB_ENDED_HORIZON;
  s->ended = how != GLB_ENDED_HORIZON || s->step + 1 == r->space->horizon;
  if (s->ended) {
    trial->terminated[s->episode] = (uint8_t)how;
    memcpy(trial->last_obs + s->episode * O, r->obs2_32 + i * O, sizeof(float) * (size_t)O);
  }
  return GLB_OK;
}

/* After a step: the next row, the next episode, or the end of the trial. */
static int move_on(struct glb_rollout *r, const struct glb_rollout_request *request, int i,
                   struct glb_trial *trial) {
  struct slot *s = &r->slot[i];
  const int O = r->space->trial.O;
  s->done++;
  s->step++;
  trial->length[s->episode] = s->step;
  memcpy(r->obs32 + i * O, r->obs2_32 + i * O, sizeof(float) * (size_t)O);
  if (!s->ended) return GLB_OK;
  if (++s->episode < r->space->trial.E) return start_episode(r, request, i, trial);
  trial->head->E = s->episode;
  trial->head->T = s->done;
  s->active = 0;
  return GLB_OK;
}

static void update_beliefs(struct glb_rollout *r, const struct glb_acting *acting,
                           const struct glb_rollout_request *request) {
  const struct glb_space *space = r->space;
  glb_acting_normalise(acting, space, r->rows.s2, r->obs2_32, r->G);
  glb_rows_features(&r->rows, space, acting->model, r->a, r->reward, r->G);
  for (int i = 0; i < r->G; i++) {
    const double *Phi[GLB_HEADS] = {0}, *Y[GLB_HEADS] = {0};
    if (!r->slot[i].active || adapted(&r->slot[i], request)) continue;
    for (int h = 0; h < GLB_HEADS; h++) {
      const struct glb_head *head = &space->model.head[h];
      if (!head->used) continue;
      Phi[h] = r->rows.Phi[h] + i * head->K;
      Y[h] = r->rows.Y[h] + i * head->D;
    }
    glb_mind_observe(&r->slot[i].mind, space, Phi, Y, NULL);
  }
}

int glb_rollout_run(struct glb_rollout *r, const struct glb_acting *acting,
                    const struct glb_rollout_request *request, struct glb_trial *trials) {
  int active = r->G;
  for (int i = 0; i < r->G; i++) GLB_TRY(start_trial(r, acting, request, i, &trials[i]));
  while (active) {
    choose_actions(r, acting, request);
    for (int i = 0; i < r->G; i++)
      if (r->slot[i].active) GLB_TRY(step_slot(r, i, &trials[i]));
    update_beliefs(r, acting, request);
    for (int i = 0; i < r->G; i++) {
      if (!r->slot[i].active) continue;
      GLB_TRY(show(r, request, i, r->slot[i].step + 1, &trials[i]));
      GLB_TRY(move_on(r, request, i, &trials[i]));
      active -= !r->slot[i].active;
    }
  }
  return GLB_OK;
}
