/* Model updates over ranks have the bits of the same updates in one process that holds all trials. Both
 * heads, tasks shared by slots, both parts of the conditional objective. */
#include <string.h>

#include "actors/gradient.h"
#include "common/base/pool.h"
#include "learner/model_update.h"
#include "learner/replay.h"
#include "proto/comm/tickets.h"
#include "proto/comm/trials.h"
#include "tests/harness/mpi_session.h"

enum { UPDATES = 4, ROUNDS = 2 };

static const char *const keys[] = {
    "env.family=cheetah-vel", "env.horizon=25",   "train.slots=16",      "train.slots_per_task=2",
    "model.tasks=5",          "model.features=7", "model.hidden=12",     "model.objective=conditional",
    "model.condition=9",      "replay.trials=32", "belief.heads=both",   "agent.hidden=16",
    "model.clip=0",           "model.rate=0.01",  "model.noise=diagonal"};

static struct glb_session session;
static struct glb_acting acting;
static struct glb_replay *replay;

static int order(struct glb_order what) {
  const struct glb_partner *partner = glb_session_partner(&session);
  CHECK_OK(glb_desk_order(&session.desk, GLB_ACTING, &what));
  return partner ? partner->obey(partner->self, &what) : GLB_OK;
}

static void publish(void) {
  const struct glb_space *space = &session.space;
  glb_acting_map(&acting, space, session.desk.snapshot);
  glb_model_draw(&space->model, acting.model, 1);
  for (int i = 0; i < space->trial.O; i++) acting.obs_scale[i] = 0.7f;
  for (int i = 0; i < space->B; i++) acting.belief_scale[i] = 1;
  CHECK_OK(order((struct glb_order){.verb = GLB_VERB_SNAPSHOT, .version = 1}));
  CHECK_OK(glb_desk_snapshot(&session.desk));
}

static void collect(uint32_t round, struct glb_trial *trial) {
  glb_tickets_open(&check.world, (int)(session.config.train_slots / session.config.actor_group));
  CHECK_OK(order((struct glb_order){.verb = GLB_VERB_ROLLOUT, .round = round, .flags = GLB_ORDER_RANDOM}));
  for (int i = 0; i < session.config.train_slots; i++) {
    int from;
    CHECK_OK(glb_trials_receive(&check.world, session.mail, trial, &from));
    CHECK_OK(glb_replay_put(replay, trial));
  }
  CHECK_OK(glb_replay_admit(replay, NULL));
}

/* One process with all trials in its memory. */
struct alone {
  struct glb_memory memory;
  struct glb_world world;
  struct glb_session session;
  struct glb_gradient *gradient;
  struct glb_partner partner;
  struct glb_model_update *update;
};

static int obey_alone(void *self, const struct glb_order *what) {
  glb_gradient_begin(self, what);
  return GLB_OK;
}

static void start_alone(struct alone *a) {
  const int slots = (int)session.config.train_slots;
  a->world = (struct glb_world){.size = 1, .learner = 1, .learners = 1, .shards = 1, .actors = 1};
  a->session.config = session.config;
  CHECK_OK(glb_session_sizes(&a->session, 0, 0));
  CHECK_OK(glb_session_join(&a->session, &a->world, 4));
  memcpy(a->session.desk.snapshot, session.desk.snapshot, acting.size * sizeof(float));
  CHECK_OK(glb_memory_init(&a->memory, session.space.trial, ROUNDS, slots, slots));
  for (uint32_t i = 0; i < (uint32_t)(ROUNDS * slots); i++) {
    struct glb_trial from, to;
    glb_shelf_place(&replay->shelf, &from, i / (uint32_t)slots, i % (uint32_t)slots);
    CHECK_OK(glb_memory_open(&a->memory, &to, from.head->round, from.head->slot));
    memcpy(to.block, from.block, glb_trial_bytes(from.shape));
  }
  CHECK_OK(
      glb_gradient_create(&a->gradient, &a->session.space, &a->session.fit, &a->memory, &a->session.desk));
  a->partner = (struct glb_partner){.self = a->gradient,
                                    .obey = obey_alone,
                                    .statistics = glb_gradient_statistics(a->gradient),
                                    .gradient = glb_gradient_gradient(a->gradient)};
  CHECK_OK(glb_model_update_create(&a->update, &a->session.config, &a->session.space, &a->session.fit,
                                   &a->session.desk, &a->partner));
}

static void stop_alone(struct alone *a) {
  glb_model_update_destroy(a->update);
  glb_gradient_destroy(a->gradient);
  glb_session_finish(&a->session);
  glb_memory_finish(&a->memory);
}

static void compare(struct glb_model_update *shared, struct alone *a) {
  const struct glb_params *params = &session.space.model.params;
  glb_model_draw(&session.space.model, session.desk.theta, 2);
  memcpy(a->session.desk.theta, session.desk.theta, params->size * sizeof(float));
  for (uint32_t u = 0; u < UPDATES; u++) {
    struct glb_order what = {.round = 1, .update = u, .first = 0, .last = ROUNDS, .version = 1}, same = what;
    struct glb_model_report report, expected;
    CHECK_OK(glb_model_update_run(shared, &what, &report));
    CHECK_OK(glb_model_update_run(a->update, &same, &expected));
    CHECK(report.evidence[0] == expected.evidence[0] && report.evidence[1] == expected.evidence[1],
          "update %u: evidence %.17g %.17g, alone %.17g %.17g", u, report.evidence[0], report.evidence[1],
          expected.evidence[0], expected.evidence[1]);
    CHECK(report.grad_norm == expected.grad_norm && report.grad_norm > 0,
          "update %u: gradient norm %.17g, alone %.17g", u, report.grad_norm, expected.grad_norm);
    for (size_t i = 0; i < params->size; i++) {
      if (session.desk.theta[i] == a->session.desk.theta[i]) continue;
      CHECK(0, "update %u: parameter %zu is %.9g, alone %.9g", u, i, session.desk.theta[i],
            a->session.desk.theta[i]);
      break;
    }
  }
}

static void learn(void) {
  struct glb_pool *pool;
  struct glb_model_update *update;
  struct glb_trial trial;
  struct alone a = {0};
  void *block = aligned_alloc(64, glb_trial_bytes(session.space.trial));
  glb_trial_map(&trial, session.space.trial, block);
  CHECK_OK(glb_pool_create(&pool, 1));
  publish();
  CHECK_OK(glb_replay_create(&replay, &session.config, &session.space, &acting, pool, NULL));
  CHECK_OK(glb_model_update_create(&update, &session.config, &session.space, &session.fit, &session.desk,
                                   glb_session_partner(&session)));
  for (uint32_t round = 0; round < ROUNDS; round++) collect(round, &trial);
  start_alone(&a);
  compare(update, &a);
  CHECK_OK(order((struct glb_order){.verb = GLB_VERB_STOP}));
  stop_alone(&a);
  glb_model_update_destroy(update);
  glb_replay_destroy(replay);
  glb_pool_destroy(pool);
  free(block);
}

int main(int argc, char **argv) {
  check_begin(&argc, &argv);
  check_join(&session, keys, sizeof keys / sizeof *keys, 4);
  if (check.world.learner)
    learn();
  else
    CHECK_OK(glb_actor_run(session.actor));
  glb_session_finish(&session);
  return check_end("gradient");
}
