#include "learner/state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/store/checkpoint.h"
#include "common/store/digest.h"
#include "common/store/h5.h"
#include "learner/columns.h"
#include "learner/learner.h"

static const int64_t format = 1;

/* Where a walk over all blocks brings them, so that no list is written twice. */
enum direction {
  KEEP,   // the learner's to memory; without memory it counts
  WRITE,  // what was kept to the file, beside a learner that goes on
  LOAD    // the file's to the learner
};

struct walk {
  enum direction direction;
  struct glb_h5 *file;
  char *memory;  // of what is kept
  size_t at;     // bytes of it so far
};

static int array(struct walk *w, const char *name, enum glb_h5_type type, int rank, const size_t *dims,
                 void *data, const char *help) {
  size_t count = 1;
  for (int i = 0; i < rank; i++) count *= dims[i];
  const size_t bytes = count * glb_h5_width(type);
  char *kept = w->memory ? w->memory + w->at : NULL;
  w->at += bytes;
  switch (w->direction) {
    case KEEP:
      if (kept) memcpy(kept, data, bytes);
      return GLB_OK;
    case WRITE:
      GLB_TRY(glb_h5_write(w->file, name, type, rank, dims, kept, ""));
      return glb_h5_write_text(w->file, name, "help", help);
    case LOAD:
      return glb_h5_read(w->file, name, type, count, data);
  }
  return GLB_OK;
}

static int vector(struct walk *w, const char *name, enum glb_h5_type type, size_t count, void *data,
                  const char *help) {
  return array(w, name, type, 1, &count, data, help);
}

/* What a tensor is, by the end of its name. */
static const char *help_of(const char *tensor) {
  static const char *const helps[][2] = {
      {".W", "weights of a layer (inputs x outputs): y = act(x W + b)"},
      {".b", "biases of a layer"},
      {".M0", "prior mean of the weights (features x targets)"},
      {".log_Xi0", "log of the diagonal of the prior precision Xi0, by feature"},
      {".log_Omega0", "log of the diagonal of Omega0 - model.omega_floor, by target"},
      {"log_temperature", "log of the entropy temperature"}};
  const size_t length = strlen(tensor);
  for (size_t i = 0; i < sizeof helps / sizeof *helps; i++) {
    const size_t end = strlen(helps[i][0]);
    if (length >= end && !strcmp(tensor + length - end, helps[i][0])) return helps[i][1];
  }
  return "parameters";
}

/* Each tensor of a params table, under prefix. what: in front of its help. */
static int tensors(struct walk *w, const char *prefix, const char *what, const struct glb_params *params,
                   float *theta) {
  for (int i = 0; i < params->count; i++) {
    const struct glb_param *p = &params->table[i];
    const size_t dims[2] = {(size_t)p->rows, (size_t)p->cols};
    char name[128], help[192];
    snprintf(name, sizeof name, "%s/%s", prefix, p->name);
    snprintf(help, sizeof help, "%s: %s", what, help_of(p->name));
    GLB_TRY(array(w, name, GLB_H5_F32, 2, dims, theta + p->offset, help));
  }
  return GLB_OK;
}

static const char obs_help[] = "networks read (observation - obs_shift) * obs_scale, cut off at +-10";
static const char belief_help[] = "networks read (belief - belief_shift) * belief_scale, cut off at +-5";

/* The acting version without the policy, which stands with the agent. */
static int acting(struct walk *w, const char *prefix, const struct glb_space *space, struct glb_acting *a) {
  const struct {
    const char *name;
    float *data;
    int count;
    const char *help;
  } normaliser[] = {{"obs_shift", a->obs_shift, space->trial.O, obs_help},
                    {"obs_scale", a->obs_scale, space->trial.O, obs_help},
                    {"belief_shift", a->belief_shift, space->B, belief_help},
                    {"belief_scale", a->belief_scale, space->B, belief_help}};
  char name[128];
  snprintf(name, sizeof name, "%s/model", prefix);
  GLB_TRY(tensors(w, name, "acting model", &space->model.params, a->model));
  for (int i = 0; i < 4; i++) {
    snprintf(name, sizeof name, "%s/%s", prefix, normaliser[i].name);
    GLB_TRY(vector(w, name, GLB_H5_F32, (size_t)normaliser[i].count, normaliser[i].data, normaliser[i].help));
  }
  return GLB_OK;
}

static int learned(struct walk *w, struct glb_learner *l) {
  const struct glb_space *space = l->link.space;
  struct glb_sac *sac = l->replica->sac;
  int64_t counters[3] = {0};
  if (w->direction == KEEP) {
    counters[0] = l->model->updates;
    counters[1] = sac->updates;
    counters[2] = (int64_t)l->version;
  }
  GLB_TRY(tensors(w, "learned/model", "learning model", &space->model.params, l->link.desk->theta));
  GLB_TRY(tensors(w, "learned/model_adam_m", "mean gradient (Adam)", &space->model.params, l->model->m));
  GLB_TRY(
      tensors(w, "learned/model_adam_v", "mean square gradient (Adam)", &space->model.params, l->model->v));
  GLB_TRY(acting(w, "learned/acting", space, &l->replica->acting));
  GLB_TRY(vector(w, "learned/obs_moments", GLB_H5_F64, (size_t)glb_moments_size(space->trial.O),
                 l->moments_block, "of observations: count, means, sums of squared deviations from them"));
  GLB_TRY(tensors(w, "learned/agent", "policy and critics", &sac->params, sac->theta));
  GLB_TRY(tensors(w, "learned/agent_adam_m", "mean gradient (Adam)", &sac->params, sac->m));
  GLB_TRY(tensors(w, "learned/agent_adam_v", "mean square gradient (Adam)", &sac->params, sac->v));
  GLB_TRY(tensors(w, "learned/agent_target", "target critics", &sac->target_params, sac->target));
  GLB_TRY(vector(w, "learned/updates", GLB_H5_I64, 3, counters,
                 "updates of the model, updates of the agent, acting version"));
  if (w->direction != LOAD) return GLB_OK;
  l->model->updates = counters[0];
  sac->updates = counters[1];
  l->version = (uint64_t)counters[2];
  return GLB_OK;
}

static int counters(struct walk *w, struct glb_learner *l) {
  int64_t values[5] = {0};
  if (w->direction == KEEP) {
    values[0] = l->round;
    values[1] = l->steps;
    values[2] = (int64_t)l->lagged_version;
    values[3] = l->replica->replay->first;
    values[4] = l->replica->replay->last;
  }
  GLB_TRY(
      vector(w, "run/counters", GLB_H5_I64, 5, values,
             "round, environment steps, version of lagged_snapshot, first round in replay, last one + 1"));
  GLB_TRY(vector(w, "run/lagged_snapshot", GLB_H5_F32, l->replica->acting.size, l->lagged,
                 "what the round under way is acted with: model, normalisers, policy in one block"));
  if (w->direction != LOAD) return GLB_OK;
  GLB_CHECK(values[0] >= 0 && values[3] >= 0 && values[3] <= values[4] && values[4] == values[0] &&
                values[4] - values[3] < l->link.space->window,
            GLB_EFORMAT, "run/counters of the checkpoint do not fit together");
  l->round = values[0];
  l->steps = values[1];
  l->lagged_version = (uint64_t)values[2];
  l->replica->replay->first = (uint32_t)values[3];
  l->replica->replay->last = (uint32_t)values[4];
  return GLB_OK;
}

/* The rounds whose trials are written or read: those that were in replay when the rest was kept, or that are. */
struct rounds {
  uint32_t first, last;
};

struct archived {  // trials on the learner's archive, in (round, slot) order
  const struct glb_shelf *shelf;
  uint32_t first;  // round
};

static void place(const void *context, struct glb_trial *trial, size_t i) {
  const struct archived *a = context;
  const size_t slots = (size_t)a->shelf->slots;
  glb_shelf_place(a->shelf, trial, a->first + (uint32_t)(i / slots), (uint32_t)(i % slots));
}

static int trials(struct walk *w, struct glb_learner *l, struct rounds rounds) {
  const struct archived archived = {.shelf = l->archive, .first = rounds.first};
  const struct glb_columns columns = {.shape = l->link.space->trial,
                                      .count = (rounds.last - rounds.first) * (size_t)l->archive->slots,
                                      .place = place,
                                      .context = &archived};
  if (rounds.first == rounds.last) return GLB_OK;
  return w->direction == LOAD ? glb_columns_read(&columns, w->file, "replay")
                              : glb_columns_write(&columns, w->file, "replay");
}

/* Trials that came out of a file are what they should be. */
static int check_trials(const struct glb_shelf *shelf, struct rounds rounds) {
  for (uint32_t round = rounds.first; round < rounds.last; round++)
    for (uint32_t s = 0; s < (uint32_t)shelf->slots; s++) {
      struct glb_trial trial;
      GLB_CHECK(glb_shelf_has(shelf, round, s), GLB_EFORMAT, "trial (%u, %u) is missing from the checkpoint",
                round, s);
      glb_shelf_place(shelf, &trial, round, s);
      GLB_TRY(glb_trial_validate(&trial));
    }
  return GLB_OK;
}

static struct rounds rounds_of(const struct glb_replay *replay) {
  return (struct rounds){.first = replay->first, .last = replay->last};
}

/* What the program has from its own tables and from the warm-up, as attributes: for readers that have neither. */
static int sizes(struct walk *w, const struct glb_space *space) {
  const struct glb_targets *targets = &space->model.targets;
  char text[8 * GLB_OBS_MAX] = "";
  GLB_TRY(glb_h5_write_int(w->file, "", "episodes", space->trial.E));
  GLB_TRY(glb_h5_write_int(w->file, "", "trial_steps", space->trial_steps));
  GLB_TRY(glb_h5_write_int(w->file, "", "trial_inputs", space->trial_inputs));
  for (int i = 0, used = 0; i < targets->count; i++)
    used += snprintf(text + used, sizeof text - (size_t)used, "%s%d", i ? " " : "", targets->index[i]);
  return glb_h5_write_text(w->file, "", "targets", text);
}

static int write_all(struct walk *w, struct glb_learner *l, struct rounds rounds) {
  char text[16384];
  glb_config_write(l->link.config, text, sizeof text);
  GLB_TRY(glb_h5_write_int(w->file, "", "format", format));
  GLB_TRY(glb_h5_write_text(w->file, "", "config", text));
  GLB_TRY(learned(w, l));
  GLB_TRY(counters(w, l));
  GLB_TRY(sizes(w, l->link.space));
  GLB_TRY(trials(w, l, rounds));
  return GLB_OK;
}

/* ---- to the file ---- */

struct glb_state_kept {
  int64_t round;
  struct rounds rounds;
  size_t size;
  char memory[];
};

static int walk_kept(struct walk *w, struct glb_learner *l) {
  GLB_TRY(learned(w, l));
  return counters(w, l);
}

/* Names the first value that is not a number any more. */
static int check_finite(const struct glb_params *params, const float *values, const char *what,
                        const char *rate) {
  for (int i = 0; i < params->count; i++) {
    const struct glb_param *p = &params->table[i];
    for (int j = 0; j < p->rows * p->cols; j++)
      GLB_CHECK(isfinite(values[p->offset + (size_t)j]), GLB_ENONFINITE,
                "%s %s[%d] has become %g: look for rewards or observations out of scale, or lower %s", what,
                p->name, j, (double)values[p->offset + (size_t)j], rate);
  }
  return GLB_OK;
}

/* Parameters, and Adam's moments: a square of a gradient that is beyond the range of a float holds its parameter where it is for
 * good, and nothing else shows it. */
static int check_learned(const struct glb_learner *l) {
  const struct glb_params *model = &l->link.space->model.params, *agent = &l->replica->sac->params;
  GLB_TRY(check_finite(model, l->link.desk->theta, "parameter", "model.rate"));
  GLB_TRY(check_finite(agent, l->replica->sac->theta, "parameter", "agent.rate"));
  GLB_TRY(check_finite(model, l->model->v, "mean square gradient of parameter", "model.rate"));
  GLB_TRY(check_finite(agent, l->replica->sac->v, "mean square gradient of parameter", "agent.rate"));
  return GLB_OK;
}

int glb_state_keep(struct glb_state_kept **kept, struct glb_learner *l) {
  GLB_TRY(check_learned(l));
  if (!*kept) {
    struct walk count = {.direction = KEEP};
    GLB_TRY(walk_kept(&count, l));
    *kept = malloc(sizeof **kept + count.at);
    GLB_CHECK(*kept, GLB_ENOMEM, "no memory for %zu bytes of state", count.at);
    (*kept)->size = count.at;
  }
  (*kept)->round = l->round;
  (*kept)->rounds = rounds_of(l->replica->replay);
  return walk_kept(&(struct walk){.direction = KEEP, .memory = (*kept)->memory}, l);
}

int64_t glb_state_kept_round(const struct glb_state_kept *kept) {
  return kept->round;
}

uint32_t glb_state_kept_last(const struct glb_state_kept *kept) {
  return kept->rounds.last;
}

int glb_state_needs(const struct glb_state_kept *kept, uint32_t round) {
  return round >= kept->rounds.first && round < kept->rounds.last;
}

int glb_state_write(struct glb_state_kept *kept, struct glb_learner *l) {
  struct walk w = {.direction = WRITE, .memory = kept->memory};
  GLB_TRY(glb_h5_create(&w.file));
  int code = write_all(&w, l, kept->rounds);
  if (!code)
    code = glb_checkpoint_land(w.file, l->link.run, kept->round, (int)l->link.config->checkpoint_keep);
  glb_h5_close(w.file);
  GLB_TRY(code);
  return GLB_OK;
}

int glb_state_load(struct glb_learner *l, struct glb_h5 *file) {
  struct walk w = {.direction = LOAD, .file = file};
  GLB_TRY(learned(&w, l));
  GLB_TRY(counters(&w, l));
  GLB_TRY(trials(&w, l, rounds_of(l->replica->replay)));
  return check_trials(l->archive, rounds_of(l->replica->replay));
}

int glb_state_config(struct glb_config *config, struct glb_h5 *file) {
  char text[16384];
  int64_t found = 0;
  GLB_TRY(glb_h5_read_int(file, "", "format", &found));
  GLB_CHECK(found == format, GLB_EFORMAT, "checkpoint format %lld, this program reads %lld", (long long)found,
            (long long)format);
  GLB_TRY(glb_h5_read_text(file, "", "config", text, sizeof text));
  glb_config_init(config);
  GLB_TRY(glb_config_parse(config, text, "configuration in the checkpoint"));
  return GLB_OK;
}

int glb_state_snapshot(float *snapshot, const struct glb_space *space, struct glb_h5 *file) {
  struct walk w = {.direction = LOAD, .file = file};
  struct glb_acting a;
  glb_acting_map(&a, space, snapshot);
  GLB_TRY(acting(&w, "learned/acting", space, &a));
  GLB_TRY(tensors(&w, "learned/agent", "policy", &space->policy.params, a.policy));
  return GLB_OK;
}

int glb_state_digest(char digest[33], struct glb_h5 *file) {
  return glb_digest_group(digest, file, "learned");
}
