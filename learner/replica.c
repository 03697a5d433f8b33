#include "learner/replica.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/config/config.h"
#include "common/task/task.h"
#include "learner/schedule.h"
#include "proto/comm/tickets.h"
#include "proto/comm/trials.h"
#include "proto/wire/message.h"

static const double std_floor_belief = 1e-3;

/* ---- life ---- */

static int create_agent(struct glb_replica *r) {
  const struct glb_config *config = r->link.config;
  const struct glb_space *space = r->link.space;
  const struct glb_sac_options options = {
      .shape = space->policy.shape,
      .batch = (int)(config->agent_batch_trials * config->agent_batch_steps),
      .shards = (int)config->agent_shards,
      .rate = config->agent_rate,
      .polyak = config->agent_polyak,
      .temperature = config->agent_temperature,
      .target_entropy = config->agent_target_entropy != 0 ? config->agent_target_entropy : -space->trial.A,
      .seed = (uint64_t)config->train_seed};
  return glb_sac_create(&r->sac, &options, r->link.pool, r->link.world);
}

/* The replay of the slots that are this rank's. */
static int create_replay(struct glb_replica *r) {
  const struct glb_config *config = r->link.config;
  const int slots = (int)config->train_slots;
  unsigned char *keep = calloc((size_t)slots, 1);
  GLB_CHECK(keep, GLB_ENOMEM, "no memory for a table of %d slots", slots);
  for (int s = 0; s < slots; s++) keep[s] = glb_world_keeper(r->link.world, s) == r->link.world->replica;
  const int code = glb_replay_create(&r->replay, config, r->link.space, &r->acting, r->link.pool, keep);
  free(keep);
  return code;
}

static int create_parts(struct glb_replica *r) {
  const struct glb_config *config = r->link.config;
  const struct glb_space *space = r->link.space;
  const size_t shards = (size_t)config->agent_shards, obs = (size_t)glb_moments_size(space->trial.O),
               belief = (size_t)glb_moments_size(space->B), slots = (size_t)config->train_slots;
  float *block = calloc(glb_acting_size(space), sizeof *block);
  if (block) glb_acting_map(&r->acting, space, block);
  r->facts = calloc(slots, sizeof *r->facts);
  r->all_facts = calloc(slots, sizeof *r->all_facts);
  r->predictive = calloc(slots * GLB_HEADS, sizeof(double));
  r->obs_moments = calloc(shards * obs, sizeof(double));
  r->all_obs_moments = calloc(shards * obs, sizeof(double));
  r->belief_moments = calloc(shards * belief, sizeof(double));
  r->all_belief_moments = calloc(shards * belief, sizeof(double));
  r->incoming_block = calloc(1, glb_trial_bytes(space->trial));
  GLB_CHECK(block && r->facts && r->all_facts && r->predictive && r->obs_moments && r->all_obs_moments &&
                r->belief_moments && r->all_belief_moments && r->incoming_block,
            GLB_ENOMEM, "no memory for a rank that learns");
  glb_trial_map(&r->incoming, space->trial, r->incoming_block);
  GLB_TRY(create_replay(r));
  GLB_TRY(glb_sampler_create(&r->sampler, config, r->replay, r->link.pool, r->first, r->own));
  return create_agent(r);
}

int glb_replica_create(struct glb_replica **out, const struct glb_replica_links *links) {
  struct glb_replica *r = calloc(1, sizeof *r);
  *out = NULL;
  GLB_CHECK(r, GLB_ENOMEM, "no memory for a rank that learns");
  r->link = *links;
  r->own = (int)links->config->agent_shards / links->world->learners;
  r->first = links->world->replica * r->own;
  r->due = UINT32_MAX;  // none yet
  const int code = create_parts(r);
  if (code) {
    glb_replica_destroy(r);
    return glb_error_pass(code, __FILE__, __LINE__);
  }
  *out = r;
  return GLB_OK;
}

void glb_replica_destroy(struct glb_replica *r) {
  if (!r) return;
  glb_sac_destroy(r->sac);
  glb_sampler_destroy(r->sampler);
  glb_replay_destroy(r->replay);
  free(r->incoming_block);
  free(r->all_belief_moments);
  free(r->belief_moments);
  free(r->all_obs_moments);
  free(r->obs_moments);
  free(r->predictive);
  free(r->all_facts);
  free(r->facts);
  free(r->acting.block);
  free(r);
}

/* ---- trials ---- */

/* Whether the shelf is the replica's own, so that its trials are in their places. */
static int is_own(const struct glb_replica *r, const struct glb_shelf *shelf) {
  return shelf == &r->replay->shelf;
}

static int send_trial(struct glb_replica *r, int rank, const struct glb_trial *trial) {
  return glb_trials_send(r->link.world, r->link.mail, rank, trial);
}

static int receive_trial(struct glb_replica *r, int *from) {
  return glb_trials_receive(r->link.world, r->link.mail, &r->incoming, from);
}

static void copy_trial(const struct glb_shelf *to, const struct glb_trial *trial) {
  struct glb_trial place;
  glb_shelf_place(to, &place, trial->head->round, trial->head->slot);
  memcpy(place.block, trial->block, glb_trial_bytes(trial->shape));
}

/* The learner hands the trials on `all` to the ranks that keep them. */
static int hand_out(struct glb_replica *r, const struct glb_shelf *all, uint32_t first, uint32_t last) {
  for (uint32_t round = first; round < last; round++)
    for (int s = 0; s < all->slots; s++) {
      const int keeper = glb_world_keeper(r->link.world, s);
      struct glb_trial trial;
      glb_shelf_place(all, &trial, round, (uint32_t)s);
      if (keeper == r->link.world->rank)
        copy_trial(&r->replay->shelf, &trial);
      else
        GLB_TRY(send_trial(r, keeper, &trial));
    }
  return glb_mail_flush(r->link.mail);
}

static int take_in(struct glb_replica *r, uint32_t first, uint32_t last) {
  const int count = (int)(last - first) * r->replay->shelf.width;
  for (int i = 0, from; i < count; i++) {
    GLB_TRY(receive_trial(r, &from));
    GLB_CHECK(glb_shelf_keeps(&r->replay->shelf, r->incoming.head->slot), GLB_EWIRE,
              "rank %d sent a trial of slot %u, which is kept elsewhere", from, r->incoming.head->slot);
    copy_trial(&r->replay->shelf, &r->incoming);
  }
  return GLB_OK;
}

int glb_replica_adopt(struct glb_replica *r, const struct glb_shelf *all, uint32_t first, uint32_t last) {
  struct glb_world *world = r->link.world;
  glb_world_phase(world, "the state to start from");
  GLB_TRY(glb_world_broadcast(world, GLB_LEARNING, r->acting.block, r->acting.size * sizeof(float)));
  GLB_TRY(glb_sac_spread(r->sac));
  if (!is_own(r, all)) GLB_TRY(world->learner ? hand_out(r, all, first, last) : take_in(r, first, last));
  r->replay->first = first;
  r->replay->last = last;
  return glb_replay_refresh(r->replay);
}

/* A trial of the round under way, as it comes from an actor. */
static int put_due(struct glb_replica *r, uint32_t round, int from) {
  if (r->due != round) r->arrived = 0;
  r->due = round;
  GLB_CHECK(r->incoming.head->round == round, GLB_EWIRE, "rank %d sent a trial of round %u while %u is due",
            from, r->incoming.head->round, round);
  GLB_TRY(glb_replay_put(r->replay, &r->incoming));
  r->arrived++;
  return GLB_OK;
}

int glb_replica_receive(struct glb_replica *r, uint32_t round) {
  glb_world_phase(r->link.world, "trials");
  for (int from; r->due != round || r->arrived < r->replay->shelf.width;) {
    GLB_TRY(receive_trial(r, &from));
    GLB_TRY_IN(r->link.world->trace, GLB_PHASE_pack, -1, put_due(r, round, from));
  }
  return GLB_OK;
}

/* Takes in what has come so far of the round after those in the replay. Trials whose places a checkpoint under way still needs
 * stay where they are. */
static int receive_arrived(struct glb_replica *r) {
  const uint32_t round = r->replay->last, rounds = (uint32_t)r->replay->shelf.rounds;
  if (r->in_use && round >= rounds && r->in_use(r->user, round - rounds)) return GLB_OK;
  for (int from; r->due != round || r->arrived < r->replay->shelf.width;) {
    GLB_TRY(glb_trials_poll(r->link.world, r->link.mail, &r->incoming, &from));
    if (from < 0) break;
    GLB_TRY_IN(r->link.world->trace, GLB_PHASE_pack, -1, put_due(r, round, from));
  }
  return GLB_OK;
}

int glb_replica_give(struct glb_replica *r, struct glb_shelf *all, uint32_t first, uint32_t last) {
  const struct glb_shelf *own = &r->replay->shelf;
  if (is_own(r, all)) return GLB_OK;
  glb_world_phase(r->link.world, "trials for a checkpoint");
  for (uint32_t round = first; round < last; round++)
    for (int i = 0; i < own->width; i++) {
      struct glb_trial trial;
      glb_shelf_place(own, &trial, round, (uint32_t)r->replay->slots[i]);
      if (all)
        copy_trial(all, &trial);
      else
        GLB_TRY(send_trial(r, GLB_LEARNER_RANK, &trial));
    }
  if (!all) return glb_mail_flush(r->link.mail);
  const int others = (int)(last - first) * (all->slots - own->width);
  for (int come = 0, from; come < others;) {
    GLB_TRY(receive_trial(r, &from));
    if (from >= r->link.world->learners) {  // actors send meanwhile what is due next
      GLB_TRY(put_due(r, r->replay->last, from));
    } else {
      copy_trial(all, &r->incoming);
      come++;
    }
  }
  return GLB_OK;
}

/* ---- what the learner knows of a round ---- */

static void note_fact(const struct glb_trial *trial, const double *predictive, struct glb_fact *fact) {
  const int E = trial->head->E;
  *fact = (struct glb_fact){.first = glb_trial_return(trial, 0),
                            .last = glb_trial_return(trial, E - 1),
                            .steps = trial->head->T,
                            .diverged = glb_trial_diverged(trial)};
  for (int e = 0; e < E; e++) {
    fact->mean += glb_trial_return(trial, e) / E;
    fact->success += (double)trial->success[e] / E;
  }
  for (int h = 0; h < GLB_HEADS; h++) fact->predictive[h] = predictive[h];
}

/* Moments of shard first + i in a block of those of n components. */
static struct glb_moments moments_of(double *blocks, int i, int n) {
  struct glb_moments moments;
  glb_moments_map(&moments, n, blocks + (size_t)i * (size_t)glb_moments_size(n));
  return moments;
}

/* Facts and moments of observations of own trials of a round, slot by slot. */
static void observe(struct glb_replica *r, uint32_t round, const double *predictive) {
  const int O = r->link.space->trial.O, shards = (int)r->link.config->agent_shards;
  memset(r->obs_moments, 0, (size_t)r->own * (size_t)glb_moments_size(O) * sizeof(double));
  for (int i = 0; i < r->replay->shelf.width; i++) {
    struct glb_trial trial;
    struct glb_moments moments = moments_of(r->obs_moments, r->replay->slots[i] % shards - r->first, O);
    glb_shelf_place(&r->replay->shelf, &trial, round, (uint32_t)r->replay->slots[i]);
    note_fact(&trial, predictive + i * GLB_HEADS, &r->facts[i]);
    glb_moments_add(&moments, trial.obs, O, trial.head->T);
  }
}

int glb_replica_admit(struct glb_replica *r) {
  struct glb_world *world = r->link.world;
  const size_t width = (size_t)r->replay->shelf.width,
               moments = (size_t)r->own * (size_t)glb_moments_size(r->link.space->trial.O);
  const uint32_t round = r->replay->last;
  GLB_TRY(glb_replay_admit(r->replay, r->predictive));
  observe(r, round, r->predictive);
  glb_world_phase(world, "what the other learners know of the round");
  GLB_TRY(glb_world_gather(world, GLB_LEARNING, r->all_facts, r->facts, width * sizeof *r->facts));
  return glb_world_gather(world, GLB_LEARNING, r->all_obs_moments, r->obs_moments, moments * sizeof(double));
}

/* Ranks keep as many slots; those of rank j are in ascending order from all_facts + j * width on. */
const struct glb_fact *glb_replica_fact(const struct glb_replica *r, int slot) {
  const int shards = (int)r->link.config->agent_shards, width = r->replay->shelf.width;
  const int keeper = slot % shards / r->own, within = slot / shards * r->own + slot % shards % r->own;
  return &r->all_facts[keeper * width + within];
}

void glb_replica_observed(const struct glb_replica *r, struct glb_moments *moments) {
  for (int shard = 0; shard < r->link.config->agent_shards; shard++) {
    const struct glb_moments part = moments_of(r->all_obs_moments, shard, moments->n);
    glb_moments_merge(moments, &part);
  }
}

/* ---- refresh ---- */

/* Belief normaliser from all beliefs in replay: shard by shard, in (round, slot) order, then over the shards in theirs. */
static int normalise_beliefs(struct glb_replica *r) {
  const struct glb_replay *replay = r->replay;
  const int B = r->link.space->B, shards = (int)r->link.config->agent_shards;
  const size_t size = (size_t)glb_moments_size(B);
  memset(r->belief_moments, 0, (size_t)r->own * size * sizeof(double));
  for (uint32_t round = replay->first; round < replay->last; round++)
    for (int i = 0; i < replay->shelf.width; i++) {
      const uint32_t slot = (uint32_t)replay->slots[i];
      struct glb_moments moments = moments_of(r->belief_moments, (int)slot % shards - r->first, B);
      struct glb_trial trial;
      glb_shelf_place(&replay->shelf, &trial, round, slot);
      glb_moments_add(&moments, glb_replay_beliefs(replay, round, slot), B, trial.head->T + 1);
    }
  GLB_TRY(glb_world_gather(r->link.world, GLB_LEARNING, r->all_belief_moments, r->belief_moments,
                           (size_t)r->own * size * sizeof(double)));
  if (r->link.world->learner) {
    struct glb_moments all = moments_of(r->all_belief_moments, 0, B);
    for (int shard = 1; shard < shards; shard++) {
      const struct glb_moments part = moments_of(r->all_belief_moments, shard, B);
      glb_moments_merge(&all, &part);
    }
    glb_moments_freeze(&all, r->acting.belief_shift, r->acting.belief_scale, std_floor_belief);
  }
  return glb_world_broadcast(r->link.world, GLB_LEARNING, r->acting.block, r->acting.size * sizeof(float));
}

int glb_replica_refresh(struct glb_replica *r, uint32_t round) {
  glb_world_phase(r->link.world, "the acting version");
  GLB_TRY(glb_world_broadcast(r->link.world, GLB_LEARNING, r->acting.block, r->acting.size * sizeof(float)));
  GLB_TRY(glb_replay_refresh(r->replay));
  return glb_schedule_normalise(r->link.config, round) ? normalise_beliefs(r) : GLB_OK;
}

/* ---- agent ---- */

int glb_replica_update(struct glb_replica *r, uint32_t round, int first, int last,
                       struct glb_sac_report *sum) {
  for (int u = first; u < last; u++) {
    struct glb_sac_report report;
    GLB_TRY(glb_tickets_serve(r->link.world));
    GLB_TRY(receive_arrived(r));
    GLB_TRY(glb_sac_update(r->sac, glb_sampler_draw(r->sampler, round, (uint32_t)u), &report));
    sum->critic_loss += report.critic_loss;
    sum->policy_loss += report.policy_loss;
    sum->entropy += report.entropy;
    sum->q_mean += report.q_mean;
    sum->temperature = report.temperature;
  }
  return last == glb_schedule_agent_updates(r->link.config, round) ? glb_sac_gather(r->sac) : GLB_OK;
}

/* ---- beside the learner ---- */

static int obey(struct glb_replica *r, const struct glb_order *order) {
  struct glb_sac_report report = {0};
  switch (order->verb) {
    case GLB_VERB_ADOPT:
      return glb_replica_adopt(r, NULL, order->first, order->last);
    case GLB_VERB_RECEIVE:
      return glb_replica_receive(r, order->round);
    case GLB_VERB_ADMIT:
      return glb_replica_admit(r);
    case GLB_VERB_REFRESH:
      return glb_replica_refresh(r, order->round);
    case GLB_VERB_AGENT:
      return glb_replica_update(r, order->round, (int)order->first, (int)order->last, &report);
    case GLB_VERB_GIVE:
      return glb_replica_give(r, NULL, order->first, order->last);
    default:
      return GLB_OK;
  }
}

/* What this rank is doing then, as the learner is. */
static const enum glb_phase phases[GLB_VERB_COUNT] = {
    [GLB_VERB_ADOPT] = GLB_PHASE_setup, [GLB_VERB_RECEIVE] = GLB_PHASE_wait,
    [GLB_VERB_ADMIT] = GLB_PHASE_admit, [GLB_VERB_REFRESH] = GLB_PHASE_refresh,
    [GLB_VERB_AGENT] = GLB_PHASE_agent, [GLB_VERB_GIVE] = GLB_PHASE_checkpoint};

int glb_replica_run(struct glb_replica *r) {
  struct glb_trace *trace = r->link.world->trace;
  struct glb_order order = {0};
  for (;;) {
    GLB_TRY(glb_desk_order(r->link.desk, GLB_LEARNING, &order));
    if (order.verb == GLB_VERB_STOP) return glb_mail_flush(r->link.mail);
    glb_trace_round(trace, order.round);
    glb_trace_begin(trace, phases[order.verb], -1);
    const int code = obey(r, &order);
    glb_trace_end(trace);
    if (code != GLB_ENONFINITE) GLB_TRY(code);
  }
}
