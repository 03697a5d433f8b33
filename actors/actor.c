#include "actors/actor.h"

#include <stdlib.h>
#include <string.h>

#include "actors/gradient.h"
#include "actors/memory.h"
#include "actors/rollout.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/task/shelf.h"
#include "proto/comm/tickets.h"
#include "proto/comm/trials.h"
#include "proto/wire/message.h"

struct glb_actor {
  struct glb_actor_links link;
  struct glb_acting acting;  // view of the desk's snapshot
  struct glb_memory memory;  // trials of the last rounds that it has rolled out
  struct glb_shelf bench;    // one group of evaluation trials
  struct glb_trial *trials;  // views of the group under way         (G)
  struct glb_rollout *rollout;
  struct glb_gradient *gradient;
  uint64_t version;  // of the snapshot's basis and normalisers
  double *returns;   // of one evaluation trial              (E)
};

/* Slot groups that an actor may get of one round: where they are handed out as actors become free, twice its share. */
static int most_groups(const struct glb_actor *a) {
  const int groups = (int)(a->link.config->train_slots / a->link.config->actor_group),
            actors = a->link.world->actors, share = (groups + actors - 1) / actors;
  return share > 1 && 2 * share < groups ? 2 * share : share > 1 ? groups : 1;
}

static int remember(struct glb_actor *a) {
  const struct glb_config *config = a->link.config;
  return glb_memory_init(&a->memory, a->link.space->trial, a->link.space->window, (int)config->train_slots,
                         most_groups(a) * (int)config->actor_group);
}

int glb_actor_create(struct glb_actor **out, const struct glb_actor_links *links) {
  struct glb_actor *a = calloc(1, sizeof *a);
  const int G = (int)links->config->actor_group;
  int code = GLB_OK;
  *out = NULL;
  GLB_CHECK(a, GLB_ENOMEM, "no memory for an actor");
  a->link = *links;
  glb_acting_map(&a->acting, links->space, links->desk->snapshot);
  a->trials = calloc((size_t)G, sizeof *a->trials);
  a->returns = calloc((size_t)links->space->trial.E, sizeof *a->returns);
  if (!a->trials || !a->returns) code = GLB_ENOMEM;
  if (code) goto out;
  GLB_TRY_OUT(code, out, remember(a));
  GLB_TRY_OUT(code, out, glb_shelf_init(&a->bench, links->space->trial, 1, G, NULL));
  GLB_TRY_OUT(code, out, glb_rollout_create(&a->rollout, links->config, links->space));
  GLB_TRY_OUT(code, out,
              glb_gradient_create(&a->gradient, links->space, links->fit, &a->memory, links->desk));
  *out = a;
  return GLB_OK;
out:
  glb_actor_destroy(a);
  return code;
}

void glb_actor_destroy(struct glb_actor *a) {
  if (!a) return;
  glb_gradient_destroy(a->gradient);
  glb_rollout_destroy(a->rollout);
  glb_shelf_finish(&a->bench);
  glb_memory_finish(&a->memory);
  free(a->returns);
  free(a->trials);
  free(a);
}

size_t glb_actor_memory(const struct glb_actor *a) {
  return a->memory.bytes;
}

static int send_score(struct glb_actor *a, const struct glb_trial *trial) {
  uint8_t *buffer;
  size_t capacity, size;
  for (int e = 0; e < trial->head->E; e++) a->returns[e] = glb_trial_return(trial, e);
  struct glb_score score = {.round = trial->head->round,
                            .slot = trial->head->slot,
                            .E = trial->head->E,
                            .returns = a->returns,
                            .success = trial->success};
  GLB_TRY(glb_mail_buffer(a->link.mail, &buffer, &capacity));
  GLB_TRY(glb_message_put_score(buffer, capacity, &size, &score));
  GLB_TRY(glb_mail_send(a->link.mail, GLB_LEARNER_RANK, size));
  return GLB_OK;
}

/* Trials of one slot group of a training round, in their places in memory. */
static int roll_group(struct glb_actor *a, const struct glb_order *order, uint32_t group) {
  const uint32_t G = (uint32_t)a->link.config->actor_group;
  struct glb_rollout_request request = {.seed = (uint64_t)a->link.config->train_seed,
                                        .round = order->round,
                                        .group = group,
                                        .random = (order->flags & GLB_ORDER_RANDOM) != 0,
                                        .version = order->version};
  for (uint32_t i = 0; i < G; i++)
    GLB_TRY(glb_memory_open(&a->memory, &a->trials[i], order->round, group * G + i));
  GLB_TRY_IN(a->link.world->trace, GLB_PHASE_rollout, (int)group,
             glb_rollout_run(a->rollout, &a->acting, &request, a->trials));
  for (uint32_t i = 0; i < G; i++)
    GLB_TRY(glb_trials_send(a->link.world, a->link.mail,
                            glb_world_keeper(a->link.world, (int)(group * G + i)), &a->trials[i]));
  return GLB_OK;
}

/* Greedy trials; the last group may be filled beyond the number asked for. */
static int evaluate_group(struct glb_actor *a, const struct glb_order *order, uint32_t group) {
  const uint32_t G = (uint32_t)a->link.config->actor_group;
  struct glb_rollout_request request = {
      .seed = order->version,
      .round = GLB_ROLLOUT_HELD_OUT_ROUND,
      .group = group,
      .split = order->flags & GLB_ORDER_TRAIN_TASKS ? GLB_SPLIT_TRAIN : GLB_SPLIT_TEST,
      .evaluate = 1,
      .greedy = 1,
      .adapt = (int)order->first,
      .shuffled = (order->flags & GLB_ORDER_SHUFFLED) != 0};
  for (uint32_t i = 0; i < G; i++) glb_shelf_place(&a->bench, &a->trials[i], 0, i);
  GLB_TRY_IN(a->link.world->trace, GLB_PHASE_evaluate, (int)group,
             glb_rollout_run(a->rollout, &a->acting, &request, a->trials));
  for (uint32_t i = 0; i < G && group * G + i < order->update; i++)
    GLB_TRY(order->flags & GLB_ORDER_WHOLE
                ? glb_trials_send(a->link.world, a->link.mail, GLB_LEARNER_RANK, &a->trials[i])
                : send_score(a, &a->trials[i]));
  return GLB_OK;
}

/* Whether this rank may be handed one more group after that under way. */
static int takes_more(const struct glb_actor *a, const struct glb_order *order) {
  const int G = (int)a->link.config->actor_group;
  return order->verb != GLB_VERB_ROLLOUT || glb_memory_room(&a->memory, order->round) >= 2 * G;
}

/* Does groups of `count` slots one after the other: the first by this actor's number, the others as they are handed out. */
static int each_group(struct glb_actor *a, const struct glb_order *order, uint32_t count,
                      int (*work)(struct glb_actor *, const struct glb_order *, uint32_t)) {
  struct glb_world *world = a->link.world;
  const int G = (int)a->link.config->actor_group, groups = ((int)count + G - 1) / G;
  glb_tickets_open(world, groups);
  for (int group = world->actor, next; group >= 0 && group < groups; group = next) {
    const int alone = world->size == 1, ask = !alone && groups > world->actors && takes_more(a, order);
    next = alone ? group + 1 : -1;
    GLB_CHECK(!glb_stop_now(world->stop), GLB_ESTOPPED, "asked to stop before slot group %d", group);
    if (ask) GLB_TRY(glb_tickets_ask(world));
    GLB_TRY(work(a, order, (uint32_t)group));
    if (ask) GLB_TRY_IN(world->trace, GLB_PHASE_idle, -1, glb_tickets_take(world, &next));
  }
  return GLB_OK;
}

static int adopt(void *self, const struct glb_trial *trial) {
  struct glb_actor *a = self;
  struct glb_trial place;
  GLB_TRY(glb_memory_open(&a->memory, &place, trial->head->round, trial->head->slot));
  memcpy(place.block, trial->block, glb_trial_bytes(trial->shape));
  return GLB_OK;
}

/* Receives this actor's trials of the rounds in the order's window. */
static int adopt_all(struct glb_actor *a, const struct glb_order *order) {
  struct glb_trial trial;
  glb_shelf_place(&a->bench, &trial, 0, 0);
  const int G = (int)a->link.config->actor_group;
  uint32_t own = 0;
  for (int group = 0; group * G < a->link.config->train_slots; group++)
    if (glb_world_owner(a->link.world, group) == a->link.world->actor) own += (uint32_t)G;
  for (uint32_t i = 0; i < (order->last - order->first) * own; i++) {
    int from;
    GLB_TRY(glb_trials_receive(a->link.world, a->link.mail, &trial, &from));
    GLB_TRY(adopt(a, &trial));
  }
  return GLB_OK;
}

/* What an order asks of this rank alone, without its part in broadcasts and reductions. */
static int obey(void *self, const struct glb_order *order) {
  struct glb_actor *a = self;
  switch (order->verb) {
    case GLB_VERB_ROLLOUT:
      return each_group(a, order, (uint32_t)a->link.config->train_slots, roll_group);
    case GLB_VERB_EVALUATE:
      return each_group(a, order, order->update, evaluate_group);
    case GLB_VERB_SNAPSHOT:
      a->version = order->version;
      return GLB_OK;
    case GLB_VERB_MODEL:
      GLB_CHECK(order->version == a->version, GLB_EVERSION,
                "a model update under version %llu, the snapshot has %llu",
                (unsigned long long)order->version, (unsigned long long)a->version);
      glb_gradient_begin(a->gradient, order);
      return GLB_OK;
    default:
      return GLB_OK;
  }
}

static int model_update(struct glb_actor *a) {
  struct glb_desk *desk = a->link.desk;
  const struct glb_contribution statistics = glb_gradient_statistics(a->gradient);
  const struct glb_contribution gradient = glb_gradient_gradient(a->gradient);
  GLB_TRY(glb_desk_theta(desk));
  GLB_TRY(glb_desk_reduce(desk, &desk->statistics, &statistics, NULL));
  GLB_TRY(glb_desk_adjoints(desk));
  GLB_TRY(glb_desk_reduce(desk, &desk->gradient, &gradient, NULL));
  return GLB_OK;
}

int glb_actor_run(struct glb_actor *a) {
  struct glb_desk *desk = a->link.desk;
  struct glb_trace *trace = a->link.world->trace;
  struct glb_order order = {0};
  for (;;) {
    GLB_TRY(glb_desk_order(desk, GLB_ACTING, &order));
    const double start = glb_clock_wall() - a->link.world->waited;
    if (order.verb == GLB_VERB_ROLLOUT || order.verb == GLB_VERB_MODEL) glb_trace_round(trace, order.round);
    GLB_TRY(obey(a, &order));
    if (order.verb == GLB_VERB_SNAPSHOT) GLB_TRY(glb_desk_snapshot(desk));
    if (order.verb == GLB_VERB_MODEL) GLB_TRY_IN(trace, GLB_PHASE_model, (int)order.update, model_update(a));
    if (order.verb == GLB_VERB_ADOPT) GLB_TRY_IN(trace, GLB_PHASE_setup, -1, adopt_all(a, &order));
    if (order.verb == GLB_VERB_STOP) return glb_mail_flush(a->link.mail);
    desk->busy += glb_clock_wall() - a->link.world->waited - start;
  }
}

struct glb_partner glb_actor_partner(struct glb_actor *a) {
  return (struct glb_partner){.self = a,
                              .obey = obey,
                              .adopt = adopt,
                              .statistics = glb_gradient_statistics(a->gradient),
                              .gradient = glb_gradient_gradient(a->gradient)};
}
