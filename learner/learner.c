#include "learner/learner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/task/task.h"
#include "learner/schedule.h"
#include "learner/state.h"
#include "proto/wire/message.h"

static const double std_floor_obs = 1e-4, std_floor_belief = 1e-3;

/* ---- life ---- */

static int create_parts(struct glb_learner *l) {
  const struct glb_learner_links *link = &l->link;
  const struct glb_config *config = link->config;
  const struct glb_space *space = link->space;
  const int O = space->trial.O;

  float *block = calloc(glb_acting_size(space), sizeof *block);
  if (block) glb_acting_map(&l->acting, space, block);
  l->lagged = calloc(glb_acting_size(space), sizeof *l->lagged);
  l->moments_block =
      calloc((size_t)(glb_moments_size(O) + glb_moments_size(space->B)), sizeof *l->moments_block);
  l->incoming_block = calloc(1, glb_trial_bytes(space->trial));
  GLB_CHECK(block && l->lagged && l->moments_block && l->incoming_block, GLB_ENOMEM,
            "no memory for the learner");
  glb_moments_map(&l->moments, O, l->moments_block);
  glb_moments_map(&l->belief_moments, space->B, l->moments_block + glb_moments_size(O));
  glb_trial_map(&l->incoming, space->trial, l->incoming_block);

  GLB_TRY(glb_replay_create(&l->replay, config, space, &l->acting, link->pool));
  GLB_TRY(glb_sampler_create(&l->sampler, config, l->replay));
  GLB_TRY(glb_model_update_create(&l->model, config, space, link->fit, link->desk, link->partner));
  const struct glb_sac_options options = {
      .shape = space->policy.shape,
      .batch = (int)(config->agent_batch_trials * config->agent_batch_steps),
      .shards = (int)config->agent_shards,
      .rate = config->agent_rate,
      .polyak = config->agent_polyak,
      .temperature = config->agent_temperature,
      .target_entropy = config->agent_target_entropy != 0 ? config->agent_target_entropy : -space->trial.A,
      .seed = (uint64_t)config->train_seed};
  GLB_TRY(glb_sac_create(&l->sac, &options, link->pool));
  GLB_TRY(glb_evaluation_init(&l->evaluation, (int)config->eval_trials, space->trial.E));
  return GLB_OK;
}

/* Parameters before the first round: drawn from the seed, normalisers do nothing. */
static void start_fresh(struct glb_learner *l) {
  const struct glb_space *space = l->link.space;
  glb_model_draw(&space->model, l->link.desk->theta, (uint64_t)l->link.config->train_seed);
  memcpy(l->acting.model, l->link.desk->theta, space->model.params.size * sizeof(float));
  for (int i = 0; i < space->trial.O; i++) l->acting.obs_scale[i] = 1;
  for (int i = 0; i < space->B; i++) l->acting.belief_scale[i] = 1;
  memcpy(l->acting.policy, l->sac->theta, space->policy.params.size * sizeof(float));
  memcpy(l->lagged, l->acting.block, l->acting.size * sizeof(float));
  l->version = l->lagged_version = 1;
}

int glb_learner_create(struct glb_learner **out, const struct glb_learner_links *links) {
  struct glb_learner *l = calloc(1, sizeof *l);
  *out = NULL;
  GLB_CHECK(l, GLB_ENOMEM, "no memory for the learner");
  l->link = *links;
  int code = create_parts(l);
  if (code) {
    glb_learner_destroy(l);
    return glb_error_pass(code, __FILE__, __LINE__);
  }
  start_fresh(l);
  *out = l;
  return GLB_OK;
}

void glb_learner_destroy(struct glb_learner *l) {
  if (!l) return;
  glb_account_finish(&l->account);
  glb_runlog_destroy(l->log);
  glb_evaluation_finish(&l->evaluation);
  glb_sac_destroy(l->sac);
  glb_model_update_destroy(l->model);
  glb_sampler_destroy(l->sampler);
  glb_replay_destroy(l->replay);
  glb_guard_finish(&l->guard);
  free(l->incoming_block);
  free(l->moments_block);
  free(l->lagged);
  free(l->acting.block);
  free(l);
}

static struct glb_trace *trace_of(const struct glb_learner *l) {
  return l->link.world->trace;
}

/* ---- to and from the actors ---- */

static int order(struct glb_learner *l, const struct glb_order *what) {
  struct glb_order copy = *what;
  const struct glb_partner *partner = l->link.partner;
  GLB_TRY(glb_desk_order(l->link.desk, &copy));
  if (partner) GLB_TRY(partner->obey(partner->self, &copy));
  return GLB_OK;
}

static int publish(struct glb_learner *l, const float *snapshot, uint64_t version) {
  memcpy(l->link.desk->snapshot, snapshot, l->acting.size * sizeof(float));
  GLB_TRY(order(l, &(struct glb_order){.verb = GLB_VERB_SNAPSHOT, .version = version}));
  GLB_TRY(glb_desk_snapshot(l->link.desk));
  return GLB_OK;
}

/* The acting version with the policy as it is now. */
static int publish_current(struct glb_learner *l) {
  memcpy(l->acting.policy, l->sac->theta, l->link.space->policy.params.size * sizeof(float));
  return publish(l, l->acting.block, l->version);
}

/* Remembers the snapshot that the actors have as the one the next round is rolled out with. */
static void keep_lagged(struct glb_learner *l) {
  memcpy(l->lagged, l->link.desk->snapshot, l->acting.size * sizeof(float));
  l->lagged_version = l->version;
}

/* Lets the actors roll out a round with the snapshot they have. */
static int roll_out(struct glb_learner *l, int64_t round) {
  l->due = (uint32_t)round;
  l->arrived = 0;
  return order(l,
               &(struct glb_order){.verb = GLB_VERB_ROLLOUT,
                                   .round = (uint32_t)round,
                                   .flags = glb_schedule_random(l->link.config, round) ? GLB_ORDER_RANDOM : 0,
                                   .version = l->lagged_version});
}

static int owes(const struct glb_learner *l, int rank) {
  const struct glb_config *config = l->link.config;
  for (int s = 0; s < config->train_slots; s++)
    if (glb_world_owner_rank(l->link.world, s / (int)config->actor_group) == rank &&
        !glb_shelf_has(&l->replay->shelf, l->due, (uint32_t)s))
      return 1;
  return 0;
}

/* Which ranks owe trials of the round under way. */
static void name_missing(const void *context, char *text, size_t size) {
  const struct glb_learner *l = context;
  size_t at = (size_t)snprintf(text, size, "%d of %d of round %u have come, missing from rank", l->arrived,
                               (int)l->link.config->train_slots, l->due);
  for (int rank = 0; rank < l->link.world->size && at < size; rank++)
    if (owes(l, rank)) at += (size_t)snprintf(text + at, size - at, " %d", rank);
}

/* A frame that has come is a trial of the round under way: into its place. */
static int place(struct glb_learner *l, const uint8_t *frame, size_t size, int from) {
  GLB_TRY(glb_message_get_trial(&l->incoming, frame, size));
  GLB_CHECK(l->incoming.head->round == l->due, GLB_EWIRE, "rank %d sent a trial of round %u while %u is due",
            from, l->incoming.head->round, l->due);
  GLB_TRY(glb_replay_put(l->replay, &l->incoming));
  l->arrived++;
  return GLB_OK;
}

static int receive_missing(struct glb_learner *l) {
  while (l->arrived < l->link.config->train_slots) {
    const uint8_t *frame;
    size_t size;
    int from;
    GLB_TRY_IN(trace_of(l), GLB_PHASE_wait, -1, glb_mail_receive(l->link.mail, &frame, &size, &from));
    GLB_TRY_IN(trace_of(l), GLB_PHASE_pack, -1, place(l, frame, size, from));
  }
  return GLB_OK;
}

/* Waits until all trials of the round under way are in their places. */
static int receive_round(struct glb_learner *l) {
  struct glb_watch *watch = &l->link.world->watch;
  const uint32_t rounds = (uint32_t)l->replay->shelf.rounds;
  if (l->due >= rounds)
    GLB_TRY_IN(trace_of(l), GLB_PHASE_checkpoint, -1, glb_guard_release(&l->guard, l->due - rounds));
  glb_world_phase(l->link.world, "trials");
  watch->missing = name_missing;
  watch->context = l;
  const int code = receive_missing(l);
  watch->missing = NULL;
  return code;
}

/* Takes in what has come so far of the round under way: actors that get no buffer free do not go on. Trials whose places a
 * checkpoint under way still needs stay where they are. */
static int receive_arrived(struct glb_learner *l) {
  const uint32_t rounds = (uint32_t)l->replay->shelf.rounds;
  if (l->due >= rounds && glb_guard_holds(&l->guard, l->due - rounds)) return GLB_OK;
  while (l->arrived < l->link.config->train_slots) {
    const uint8_t *frame;
    size_t size;
    int from;
    GLB_TRY(glb_mail_poll(l->link.mail, &frame, &size, &from));
    if (!frame) break;
    GLB_TRY_IN(trace_of(l), GLB_PHASE_pack, -1, place(l, frame, size, from));
  }
  return GLB_OK;
}

/* ---- the parts of a round ---- */

/* At safe points within a round. */
static int go_on(const struct glb_learner *l) {
  GLB_CHECK(!glb_stop_now(l->link.stop), GLB_ESTOPPED, "asked to stop in round %lld", (long long)l->round);
  return GLB_OK;
}

/* Returns, successes and divergences of the round's trials, in slot order; observations to the running
 * moments. */
static void observe_round(struct glb_learner *l) {
  const struct glb_config *config = l->link.config;
  const int slots = (int)config->train_slots, O = l->link.space->trial.O;
  double mean = 0, first = 0, last = 0, success = 0;
  int diverged = 0;
  for (int s = 0; s < slots; s++) {
    struct glb_trial trial;
    glb_shelf_place(&l->replay->shelf, &trial, (uint32_t)l->round, (uint32_t)s);
    const int E = trial.head->E;
    for (int e = 0; e < E; e++) {
      mean += glb_trial_return(&trial, e) / E;
      success += (double)trial.success[e] / E;
    }
    first += glb_trial_return(&trial, 0);
    last += glb_trial_return(&trial, E - 1);
    diverged += glb_trial_diverged(&trial);
    l->steps += trial.head->T;
    if (glb_schedule_normalise(config, l->round)) glb_moments_add(&l->moments, trial.obs, O, trial.head->T);
  }
  l->row[GLB_METRIC_train_return] = mean / slots;
  l->row[GLB_METRIC_train_return_first] = first / slots;
  l->row[GLB_METRIC_train_return_last] = last / slots;
  if (l->link.space->family->success) l->row[GLB_METRIC_train_success] = success / slots;
  l->row[GLB_METRIC_steps] = (double)l->steps;
  l->row[GLB_METRIC_diverged] = diverged;
}

/* A metric of each head used; the enumeration has reward and transition side by side. */
static void set_heads(struct glb_learner *l, enum glb_metric reward, const double *values) {
  for (int h = 0; h < GLB_HEADS; h++)
    if (l->link.space->model.head[h].used) l->row[(int)reward + h] = values[h];
}

static int admit_round(struct glb_learner *l) {
  double predictive[GLB_HEADS];
  GLB_TRY(glb_replay_admit(l->replay, predictive));
  set_heads(l, GLB_METRIC_predictive_reward, predictive);
  observe_round(l);
  return GLB_OK;
}

static int collect(struct glb_learner *l) {
  GLB_TRY(receive_round(l));
  GLB_TRY_IN(trace_of(l), GLB_PHASE_admit, -1, admit_round(l));
  return GLB_OK;
}

static int update_model(struct glb_learner *l) {
  const int updates = glb_schedule_model_updates(l->link.config, l->round);
  const double start = glb_clock_wall();
  struct glb_model_report report;
  for (int u = 0; u < updates; u++) {
    struct glb_order what = {.round = (uint32_t)l->round,
                             .update = (uint32_t)u,
                             .first = l->replay->first,
                             .last = l->replay->last,
                             .version = l->version};
    GLB_TRY(go_on(l));
    GLB_TRY(glb_model_update_run(l->model, &what, &report));
  }
  l->row[GLB_METRIC_time_model] = glb_clock_wall() - start;
  if (!updates) return GLB_OK;
  set_heads(l, GLB_METRIC_evidence_reward, report.evidence);
  set_heads(l, GLB_METRIC_log_rank_reward, report.log_rank);
  set_heads(l, GLB_METRIC_condition_reward, report.condition);
  l->row[GLB_METRIC_model_grad_norm] = report.grad_norm;
  return GLB_OK;
}

/* Belief normaliser from all beliefs in replay, in (round, slot) order. */
static void normalise_beliefs(struct glb_learner *l) {
  const struct glb_replay *replay = l->replay;
  const int B = l->link.space->B;
  memset(l->belief_moments.count, 0, (size_t)glb_moments_size(B) * sizeof(double));
  for (uint32_t round = replay->first; round < replay->last; round++)
    for (uint32_t s = 0; s < (uint32_t)replay->shelf.slots; s++) {
      struct glb_trial trial;
      glb_shelf_place(&replay->shelf, &trial, round, s);
      glb_moments_add(&l->belief_moments, glb_replay_beliefs(replay, round, s), B, trial.head->T + 1);
    }
  glb_moments_freeze(&l->belief_moments, l->acting.belief_shift, l->acting.belief_scale, std_floor_belief);
}

/* A new acting version: the learning basis, and normalisers where they still change. */
static int refresh(struct glb_learner *l) {
  const struct glb_config *config = l->link.config;
  if (!glb_schedule_refresh(config, l->round)) return GLB_OK;
  memcpy(l->acting.model, l->link.desk->theta, l->link.space->model.params.size * sizeof(float));
  if (glb_schedule_normalise(config, l->round))
    glb_moments_freeze(&l->moments, l->acting.obs_shift, l->acting.obs_scale, std_floor_obs);
  l->version++;
  GLB_TRY(glb_replay_refresh(l->replay));
  if (glb_schedule_normalise(config, l->round)) normalise_beliefs(l);
  return GLB_OK;
}

static int update_agent(struct glb_learner *l) {
  const int updates = glb_schedule_agent_updates(l->link.config, l->round);
  const double start = glb_clock_wall();
  double critic = 0, policy = 0, entropy = 0, q = 0;
  struct glb_sac_report report = {0};
  for (int u = 0; u < updates; u++) {
    GLB_TRY(go_on(l));
    GLB_TRY(receive_arrived(l));
    GLB_TRY(glb_sac_update(l->sac, glb_sampler_draw(l->sampler, (uint32_t)l->round, (uint32_t)u), &report));
    critic += report.critic_loss / updates;
    policy += report.policy_loss / updates;
    entropy += report.entropy / updates;
    q += report.q_mean / updates;
  }
  if (!updates) return GLB_OK;
  l->row[GLB_METRIC_updates_per_second] = updates / (glb_clock_wall() - start);
  l->row[GLB_METRIC_critic_loss] = critic;
  l->row[GLB_METRIC_policy_loss] = policy;
  l->row[GLB_METRIC_entropy] = entropy;
  l->row[GLB_METRIC_q_mean] = q;
  l->row[GLB_METRIC_temperature] = report.temperature;
  return GLB_OK;
}

static int evaluate(struct glb_learner *l) {
  const struct glb_evaluation_links links = {
      .desk = l->link.desk, .mail = l->link.mail, .partner = l->link.partner};
  const int E = l->evaluation.E;
  GLB_TRY(publish_current(l));
  const struct glb_protocol protocol = {.seed = (uint64_t)l->link.config->train_seed,
                                        .split = GLB_SPLIT_TEST};
  GLB_TRY(glb_evaluation_run(&l->evaluation, &links, &protocol));
  double success = 0;
  for (int e = 0; e < E; e++) success += glb_evaluation_success(&l->evaluation, e) / E;
  l->row[GLB_METRIC_eval_return_first] = glb_evaluation_return(&l->evaluation, 0);
  l->row[GLB_METRIC_eval_return_last] = glb_evaluation_return(&l->evaluation, E - 1);
  if (l->link.space->family->success) l->row[GLB_METRIC_eval_success] = success;
  return GLB_OK;
}

/* After a round; trials of the one ahead come first, which would be taken for scores. */
static int evaluate_round(struct glb_learner *l) {
  const struct glb_config *config = l->link.config;
  if (config->schedule_lag == 1 && l->round < config->train_rounds) GLB_TRY(receive_round(l));
  return evaluate(l);
}

/* ---- records ---- */

static int write_row(struct glb_learner *l) {
  l->row[GLB_METRIC_round] = (double)l->round;
  l->row[GLB_METRIC_seconds] = glb_clock_wall() - l->progress.start;
  glb_account_close(&l->account, l->row, l->steps);
  l->row[GLB_METRIC_actors] = l->link.world->actors;
  l->row[GLB_METRIC_actors_lost] = l->link.world->lost;
  glb_progress_show(&l->progress, l->row);
  GLB_TRY(glb_runlog_add(l->log, l->row));
  return GLB_OK;
}

static int record(struct glb_learner *l) {
  GLB_TRY_IN(trace_of(l), GLB_PHASE_record, -1, write_row(l));
  return GLB_OK;
}

static void clear_row(struct glb_learner *l) {
  for (int i = 0; i < GLB_METRICS; i++) l->row[i] = NAN;
  l->row[GLB_METRIC_steps] = (double)l->steps;
}

/* ---- the loop ---- */

/* At a restart the trials in replay go back to the actors that own them. */
static int hand_back(struct glb_learner *l) {
  const struct glb_replay *replay = l->replay;
  const struct glb_partner *partner = l->link.partner;
  if (replay->first == replay->last) return GLB_OK;
  GLB_TRY(
      order(l, &(struct glb_order){.verb = GLB_VERB_ADOPT, .first = replay->first, .last = replay->last}));
  for (uint32_t round = replay->first; round < replay->last; round++)
    for (uint32_t s = 0; s < (uint32_t)replay->shelf.slots; s++) {
      struct glb_trial trial;
      glb_shelf_place(&replay->shelf, &trial, round, s);
      if (partner) {
        GLB_TRY(partner->adopt(partner->self, &trial));
        continue;
      }
      uint8_t *buffer;
      size_t capacity, size;
      const int group = (int)s / (int)l->link.config->actor_group;
      GLB_TRY(glb_mail_buffer(l->link.mail, &buffer, &capacity));
      GLB_TRY(glb_message_put_trial(buffer, capacity, &size, &trial));
      GLB_TRY(glb_mail_send(l->link.mail, glb_world_owner_rank(l->link.world, group), size));
    }
  return glb_mail_flush(l->link.mail);
}

/* Before the first round: trials back to actors, the evaluation that later ones are compared with, and the
 * round that is ahead. */
static int begin(struct glb_learner *l) {
  glb_progress_init(&l->progress, stdout, l->link.world->size > 1, l->link.config->train_rounds, l->round);
  GLB_TRY_IN(trace_of(l), GLB_PHASE_setup, -1, hand_back(l));
  if (l->round == 0) {
    clear_row(l);
    GLB_TRY(evaluate(l));
    GLB_TRY(record(l));
  }
  if (l->link.config->schedule_lag == 0 || l->round == l->link.config->train_rounds) return GLB_OK;
  GLB_TRY(publish(l, l->lagged, l->lagged_version));
  return roll_out(l, l->round);
}

static int learn_round(struct glb_learner *l) {
  const struct glb_config *config = l->link.config;
  const int ahead = config->schedule_lag == 1;
  const int64_t round = l->round;
  struct glb_trace *trace = trace_of(l);
  glb_trace_round(trace, (uint32_t)round);
  clear_row(l);

  if (!ahead) {
    GLB_TRY(publish_current(l));
    keep_lagged(l);
    GLB_TRY(roll_out(l, round));
  }
  GLB_TRY(collect(l));
  if (ahead) GLB_TRY(publish_current(l));
  GLB_TRY(update_model(l));
  if (ahead) {
    keep_lagged(l);
    if (round + 1 < config->train_rounds) GLB_TRY(roll_out(l, round + 1));
  }
  GLB_TRY_IN(trace, GLB_PHASE_refresh, -1, refresh(l));
  GLB_TRY_IN(trace, GLB_PHASE_agent, -1, update_agent(l));

  l->round = round + 1;
  GLB_TRY_IN(trace, GLB_PHASE_checkpoint, -1, glb_guard_round(&l->guard, l));
  const int evaluated = glb_schedule_evaluate(config, round) ? evaluate_round(l) : GLB_OK;
  GLB_TRY(record(l));  // whatever has come of the evaluation, the round is done
  GLB_TRY(evaluated);
  GLB_TRY_IN(trace, GLB_PHASE_checkpoint, -1, glb_guard_checkpoint(&l->guard, l));
  return GLB_OK;
}

/* Leaves a checkpoint, and the actors without work. */
static int end_early(struct glb_learner *l) {
  GLB_TRY_IN(trace_of(l), GLB_PHASE_checkpoint, -1, glb_guard_save(&l->guard, l));
  if (l->link.config->schedule_lag == 1) GLB_TRY(receive_round(l));
  return order(l, &(struct glb_order){.verb = GLB_VERB_STOP});
}

static int learn(struct glb_learner *l) {
  GLB_TRY(glb_guard_start(&l->guard, l));
  GLB_TRY(begin(l));
  while (l->round < l->link.config->train_rounds) {
    GLB_TRY(learn_round(l));
    if (l->round < l->link.config->train_rounds && glb_guard_over(&l->guard, l)) return end_early(l);
  }
  GLB_TRY_IN(trace_of(l), GLB_PHASE_checkpoint, -1, glb_guard_save(&l->guard, l));
  glb_progress_say(&l->progress, "finished after round %lld, %lld steps: %s", (long long)l->round,
                   (long long)l->steps, l->link.run);
  return order(l, &(struct glb_order){.verb = GLB_VERB_STOP});
}

int glb_learner_run(struct glb_learner *l) {
  GLB_TRY(glb_runlog_create(&l->log, l->link.run, l->round));
  GLB_TRY(glb_account_init(&l->account, l->link.desk, l->steps));
  const int code = learn(l);
  if (code) GLB_TRY(glb_guard_rescue(&l->guard, l, code));
  return GLB_OK;
}
