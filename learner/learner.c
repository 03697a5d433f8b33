#include "learner/learner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/task/task.h"
#include "learner/schedule.h"
#include "learner/state.h"
#include "proto/comm/tickets.h"
#include "proto/comm/trials.h"
#include "proto/wire/message.h"

static const double std_floor_obs = 1e-4;
enum { updates_between_stops = 8 };  // of the agent: a wish to stop is looked for that often

/* ---- life ---- */

/* Whether a checkpoint under way reads the trials of a round from the replica's shelf. */
static int in_use(const void *context, uint32_t round) {
  const struct glb_learner *l = context;
  return l->archive != &l->archive_own && glb_guard_holds(&l->guard, round);
}

static int create_replica(struct glb_learner *l) {
  const struct glb_learner_links *link = &l->link;
  const struct glb_replica_links links = {.config = link->config,
                                          .space = link->space,
                                          .world = link->world,
                                          .desk = link->desk,
                                          .mail = link->mail,
                                          .pool = link->pool};
  GLB_TRY(glb_replica_create(&l->replica, &links));
  l->replica->in_use = in_use;
  l->replica->user = l;
  l->archive = &l->replica->replay->shelf;
  if (link->world->learners == 1) return GLB_OK;
  l->archive = &l->archive_own;
  return glb_shelf_init(l->archive, link->space->trial, link->space->window, (int)link->config->train_slots,
                        NULL);
}

static int create_parts(struct glb_learner *l) {
  const struct glb_learner_links *link = &l->link;
  const struct glb_config *config = link->config;
  const struct glb_space *space = link->space;
  const int O = space->trial.O;

  GLB_TRY(create_replica(l));
  l->lagged = calloc(glb_acting_size(space), sizeof *l->lagged);
  l->moments_block = calloc((size_t)glb_moments_size(O), sizeof *l->moments_block);
  GLB_CHECK(l->lagged && l->moments_block, GLB_ENOMEM, "no memory for the learner");
  glb_moments_map(&l->moments, O, l->moments_block);
  GLB_TRY(glb_model_update_create(&l->model, config, space, link->fit, link->desk, link->partner));
  GLB_TRY(glb_evaluation_init(&l->evaluation, (int)config->eval_trials, space->trial.E));
  return GLB_OK;
}

/* Parameters before the first round: drawn from the seed, normalisers do nothing. */
static void start_fresh(struct glb_learner *l) {
  const struct glb_space *space = l->link.space;
  struct glb_acting *acting = &l->replica->acting;
  glb_model_draw(&space->model, l->link.desk->theta, (uint64_t)l->link.config->train_seed);
  memcpy(acting->model, l->link.desk->theta, space->model.params.size * sizeof(float));
  for (int i = 0; i < space->trial.O; i++) acting->obs_scale[i] = 1;
  for (int i = 0; i < space->B; i++) acting->belief_scale[i] = 1;
  memcpy(acting->policy, l->replica->sac->theta, space->policy.params.size * sizeof(float));
  memcpy(l->lagged, acting->block, acting->size * sizeof(float));
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
  glb_tensorboard_destroy(l->events);
  glb_runlog_destroy(l->log);
  glb_evaluation_finish(&l->evaluation);
  glb_guard_finish(&l->guard);
  glb_progress_finish(&l->progress);  // the guard's writer may log
  glb_model_update_destroy(l->model);
  glb_shelf_finish(&l->archive_own);
  glb_replica_destroy(l->replica);
  free(l->moments_block);
  free(l->lagged);
  free(l);
}

static struct glb_trace *trace_of(const struct glb_learner *l) {
  return l->link.world->trace;
}

/* ---- to and from the actors ---- */

static int order(struct glb_learner *l, const struct glb_order *what) {
  struct glb_order copy = *what;
  const struct glb_partner *partner = l->link.partner;
  GLB_TRY(glb_desk_order(l->link.desk, GLB_ACTING, &copy));
  if (partner) GLB_TRY(partner->obey(partner->self, &copy));
  return GLB_OK;
}

/* Tells the other ranks that learn what all of them do next. */
static int lead(struct glb_learner *l, struct glb_order what) {
  return glb_desk_order(l->link.desk, GLB_LEARNING, &what);
}

static int publish(struct glb_learner *l, const float *snapshot, uint64_t version) {
  memcpy(l->link.desk->snapshot, snapshot, l->replica->acting.size * sizeof(float));
  GLB_TRY(order(l, &(struct glb_order){.verb = GLB_VERB_SNAPSHOT, .version = version}));
  GLB_TRY(glb_desk_snapshot(l->link.desk));
  return GLB_OK;
}

/* The acting version with the policy as it is now. */
static int publish_current(struct glb_learner *l) {
  memcpy(l->replica->acting.policy, l->replica->sac->theta,
         l->link.space->policy.params.size * sizeof(float));
  return publish(l, l->replica->acting.block, l->version);
}

/* Remembers the snapshot that the actors have as the one the next round is rolled out with. */
static void keep_lagged(struct glb_learner *l) {
  memcpy(l->lagged, l->link.desk->snapshot, l->replica->acting.size * sizeof(float));
  l->lagged_version = l->version;
}

/* Lets the actors roll out a round with the snapshot they have. */
static int roll_out(struct glb_learner *l, int64_t round) {
  l->due = (uint32_t)round;
  glb_tickets_open(l->link.world, (int)(l->link.config->train_slots / l->link.config->actor_group));
  return order(l,
               &(struct glb_order){.verb = GLB_VERB_ROLLOUT,
                                   .round = (uint32_t)round,
                                   .flags = glb_schedule_random(l->link.config, round) ? GLB_ORDER_RANDOM : 0,
                                   .version = l->lagged_version});
}

static int owes(const struct glb_learner *l, int rank) {
  const struct glb_replay *replay = l->replica->replay;
  for (int i = 0; i < replay->shelf.width; i++) {
    const int slot = replay->slots[i], group = slot / (int)l->link.config->actor_group;
    if (glb_tickets_holder(l->link.world, group) == rank &&
        !glb_shelf_has(&replay->shelf, l->due, (uint32_t)slot))
      return 1;
  }
  return 0;
}

/* Which ranks owe trials of the round under way. */
static void name_missing(const void *context, char *text, size_t size) {
  const struct glb_learner *l = context;
  size_t at = (size_t)snprintf(text, size, "%d of %d of round %u have come, missing from rank",
                               l->replica->arrived, l->replica->replay->shelf.width, l->due);
  for (int rank = 0; rank < l->link.world->size && at < size; rank++)
    if (owes(l, rank)) at += (size_t)snprintf(text + at, size - at, " %d", rank);
}

/* Waits until all trials of the round under way are in their places. */
static int receive_round(struct glb_learner *l) {
  struct glb_watch *watch = &l->link.world->watch;
  const uint32_t rounds = (uint32_t)l->replica->replay->shelf.rounds;
  if (l->due >= rounds && in_use(l, l->due - rounds))
    GLB_TRY_IN(trace_of(l), GLB_PHASE_checkpoint, -1, glb_guard_release(&l->guard, l->due - rounds));
  GLB_TRY(lead(l, (struct glb_order){.verb = GLB_VERB_RECEIVE, .round = l->due}));
  watch->missing = name_missing;
  watch->context = l;
  const int code = glb_replica_receive(l->replica, l->due);
  watch->missing = NULL;
  return code;
}

int glb_learner_archive(struct glb_learner *l, uint32_t last) {
  const uint32_t first = l->archived > l->replica->replay->first ? l->archived : l->replica->replay->first;
  if (l->archive == &l->archive_own && first < last) {
    GLB_TRY(
        lead(l, (struct glb_order){.verb = GLB_VERB_GIVE, .round = last - 1, .first = first, .last = last}));
    GLB_TRY(glb_replica_give(l->replica, l->archive, first, last));
  }
  l->archived = last;
  return GLB_OK;
}

/* ---- the parts of a round ---- */

/* At safe points within a round. */
static int go_on(const struct glb_learner *l) {
  GLB_CHECK(!glb_stop_now(l->link.stop), GLB_ESTOPPED, "asked to stop in round %lld", (long long)l->round);
  return GLB_OK;
}

/* A metric of each head used; the enumeration has reward and transition side by side. */
static void set_heads(struct glb_learner *l, enum glb_metric reward, const double *values) {
  for (int h = 0; h < GLB_HEADS; h++)
    if (l->link.space->model.head[h].used) l->row[(int)reward + h] = values[h];
}

/* Returns, successes and divergences of the round's trials, in slot order; observations to the running
 * moments. */
static void observe_round(struct glb_learner *l) {
  const struct glb_config *config = l->link.config;
  const int slots = (int)config->train_slots;
  double mean = 0, first = 0, last = 0, success = 0, diverged = 0, rows = 0, predictive[GLB_HEADS] = {0};
  for (int s = 0; s < slots; s++) {
    const struct glb_fact *fact = glb_replica_fact(l->replica, s);
    mean += fact->mean;
    success += fact->success;
    first += fact->first;
    last += fact->last;
    diverged += fact->diverged;
    rows += fact->steps;
    for (int h = 0; h < GLB_HEADS; h++) predictive[h] += fact->predictive[h];
  }
  l->steps += (int64_t)rows;
  if (glb_schedule_normalise(config, l->round)) glb_replica_observed(l->replica, &l->moments);
  for (int h = 0; h < GLB_HEADS; h++) predictive[h] /= rows;
  set_heads(l, GLB_METRIC_predictive_reward, predictive);
  l->row[GLB_METRIC_train_return] = mean / slots;
  l->row[GLB_METRIC_train_return_first] = first / slots;
  l->row[GLB_METRIC_train_return_last] = last / slots;
  if (l->link.space->family->success) l->row[GLB_METRIC_train_success] = success / slots;
  l->row[GLB_METRIC_steps] = (double)l->steps;
  l->row[GLB_METRIC_diverged] = diverged;
}

static int admit_round(struct glb_learner *l) {
  GLB_TRY(lead(l, (struct glb_order){.verb = GLB_VERB_ADMIT, .round = (uint32_t)l->round}));
  GLB_TRY(glb_replica_admit(l->replica));
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
                             .first = l->replica->replay->first,
                             .last = l->replica->replay->last,
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

/* A new acting version: the learning basis, and normalisers where they still change. */
static int refresh(struct glb_learner *l) {
  const struct glb_config *config = l->link.config;
  struct glb_acting *acting = &l->replica->acting;
  if (!glb_schedule_refresh(config, l->round)) return GLB_OK;
  memcpy(acting->model, l->link.desk->theta, l->link.space->model.params.size * sizeof(float));
  if (glb_schedule_normalise(config, l->round))
    glb_moments_freeze(&l->moments, acting->obs_shift, acting->obs_scale, std_floor_obs);
  l->version++;
  GLB_TRY(lead(l, (struct glb_order){.verb = GLB_VERB_REFRESH, .round = (uint32_t)l->round}));
  return glb_replica_refresh(l->replica, (uint32_t)l->round);
}

/* Agent updates `first` and those after it up to `last` - 1, on all ranks that learn. */
static int update_some(struct glb_learner *l, int first, int last, struct glb_sac_report *sum) {
  GLB_TRY(go_on(l));
  GLB_TRY(lead(l, (struct glb_order){.verb = GLB_VERB_AGENT,
                                     .round = (uint32_t)l->round,
                                     .first = (uint32_t)first,
                                     .last = (uint32_t)last}));
  return glb_replica_update(l->replica, (uint32_t)l->round, first, last, sum);
}

static int update_agent(struct glb_learner *l) {
  const int updates = glb_schedule_agent_updates(l->link.config, l->round);
  const double start = glb_clock_wall();
  struct glb_sac_report sum = {0};
  for (int first = 0, last; first < updates; first = last) {
    last = updates - first < updates_between_stops ? updates : first + updates_between_stops;
    GLB_TRY(update_some(l, first, last, &sum));
  }
  if (!updates) return GLB_OK;
  l->row[GLB_METRIC_updates_per_second] = updates / (glb_clock_wall() - start);
  l->row[GLB_METRIC_critic_loss] = sum.critic_loss / updates;
  l->row[GLB_METRIC_policy_loss] = sum.policy_loss / updates;
  l->row[GLB_METRIC_entropy] = sum.entropy / updates;
  l->row[GLB_METRIC_q_mean] = sum.q_mean / updates;
  l->row[GLB_METRIC_temperature] = sum.temperature;
  return GLB_OK;
}

static int evaluate(struct glb_learner *l) {
  const struct glb_evaluation_links links = {.desk = l->link.desk,
                                             .mail = l->link.mail,
                                             .partner = l->link.partner,
                                             .group = (int)l->link.config->actor_group};
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

/* They say again what the metrics say, so a run goes on without them. */
static void end_events(struct glb_learner *l) {
  GLB_WARN("no TensorBoard events from here on: %s", glb_error_message());
  glb_tensorboard_destroy(l->events);
  l->events = NULL;
}

static void begin_events(struct glb_learner *l) {
  if (l->link.config->metrics_tensorboard &&
      glb_tensorboard_create(&l->events, l->link.run, l->round ? l->steps + 1 : 0))
    end_events(l);
}

static int write_row(struct glb_learner *l) {
  l->row[GLB_METRIC_round] = (double)l->round;
  glb_account_close(&l->account, l->row, l->steps);
  l->row[GLB_METRIC_seconds] = l->account.begin.wall - l->progress.start;
  l->row[GLB_METRIC_actors] = l->link.world->actors;
  l->row[GLB_METRIC_actors_lost] = l->link.world->lost;
  glb_progress_show(&l->progress, l->row);
  GLB_TRY(glb_runlog_add(l->log, l->row));
  if (l->events && glb_tensorboard_add(l->events, l->row)) end_events(l);
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

/* At a restart the trials on the archive go back to the actors that own them. */
static int hand_back(struct glb_learner *l) {
  const struct glb_replay *replay = l->replica->replay;
  const struct glb_partner *partner = l->link.partner;
  if (replay->first == replay->last) return GLB_OK;
  GLB_TRY(
      order(l, &(struct glb_order){.verb = GLB_VERB_ADOPT, .first = replay->first, .last = replay->last}));
  for (uint32_t round = replay->first; round < replay->last; round++)
    for (uint32_t s = 0; s < (uint32_t)l->archive->slots; s++) {
      struct glb_trial trial;
      glb_shelf_place(l->archive, &trial, round, s);
      if (partner) {
        GLB_TRY(partner->adopt(partner->self, &trial));
        continue;
      }
      const int group = (int)s / (int)l->link.config->actor_group;
      GLB_TRY(
          glb_trials_send(l->link.world, l->link.mail, glb_world_owner_rank(l->link.world, group), &trial));
    }
  return glb_mail_flush(l->link.mail);
}

/* All ranks that learn start from what this one has drawn or read. */
static int share_state(struct glb_learner *l) {
  const uint32_t first = l->replica->replay->first, last = l->replica->replay->last;
  GLB_TRY(lead(l, (struct glb_order){.verb = GLB_VERB_ADOPT, .first = first, .last = last}));
  l->archived = last;
  return glb_replica_adopt(l->replica, l->archive, first, last);
}

/* Before the first round: trials back to actors, the evaluation that later ones are compared with, and the
 * round that is ahead. */
static int begin(struct glb_learner *l) {
  struct glb_course course;
  const int plain = l->link.world->size > 1 || glb_log_shows(GLB_LOG_DEBUG);
  glb_course_init(&course, l->link.config->train_rounds, (int)l->link.config->schedule_lag, (double)l->round);
  glb_progress_init(&l->progress, l->link.quiet ? NULL : stdout, plain, l->link.run, &course);
  GLB_TRY_IN(trace_of(l), GLB_PHASE_setup, -1, share_state(l));
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
  GLB_DEBUG_LOG(
      "round %lld: waited %.3f s for trials, model %.3f s, refresh %.3f s, agent %.3f s, basis version %llu",
      (long long)l->round, l->row[GLB_METRIC_time_wait], l->row[GLB_METRIC_time_model],
      l->row[GLB_METRIC_time_refresh], l->row[GLB_METRIC_time_agent], (unsigned long long)l->version);
  GLB_TRY(evaluated);
  GLB_TRY_IN(trace, GLB_PHASE_checkpoint, -1, glb_guard_checkpoint(&l->guard, l));
  return GLB_OK;
}

/* Leaves all others without work. */
static int end(struct glb_learner *l) {
  GLB_TRY(lead(l, (struct glb_order){.verb = GLB_VERB_STOP}));
  return order(l, &(struct glb_order){.verb = GLB_VERB_STOP});
}

/* Leaves a checkpoint too. */
static int end_early(struct glb_learner *l) {
  GLB_TRY_IN(trace_of(l), GLB_PHASE_checkpoint, -1, glb_guard_save(&l->guard, l));
  if (l->link.config->schedule_lag == 1) GLB_TRY(receive_round(l));
  return end(l);
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
  return end(l);
}

int glb_learner_run(struct glb_learner *l) {
  GLB_TRY(glb_runlog_create(&l->log, l->link.run, l->round));
  begin_events(l);
  glb_account_init(&l->account, l->link.desk, l->steps);
  const int code = learn(l);
  if (code) GLB_TRY(glb_guard_rescue(&l->guard, l, code));
  return GLB_OK;
}
