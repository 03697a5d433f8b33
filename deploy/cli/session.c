#include "deploy/cli/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actors/env/env.h"
#include "actors/targets.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "proto/comm/tickets.h"

enum { SENDS_UNDER_WAY = 8 };

int glb_session_sizes(struct glb_session *s, int episodes, int horizon) {
  struct glb_targets measured, *targets = NULL;
  if (s->config.belief_heads != GLB_HEADS_REWARD) {
    GLB_TRY(glb_targets_measure(&measured, &s->warm, &s->config));
    targets = &measured;
  }
  GLB_TRY(glb_space_init(&s->space, &s->config, targets));
  glb_space_set_trial(&s->space, episodes, horizon);
  glb_fit_init(&s->fit, &s->config, &s->space.model);
  return GLB_OK;
}

static int set_desk(struct glb_session *s) {
  const struct glb_params *params = &s->space.model.params;
  size_t gradient[GLB_PARAMS_MAX], *statistics = calloc((size_t)s->fit.blocks, sizeof *statistics);
  GLB_CHECK(statistics, GLB_ENOMEM, "no memory for %d reduction blocks", s->fit.blocks);
  glb_fit_blocks(&s->fit, &s->space.model, statistics);
  for (int i = 0; i < params->count; i++)
    gradient[i] = (size_t)params->table[i].rows * (size_t)params->table[i].cols;
  const struct glb_desk_sizes sizes = {.snapshot = glb_acting_size(&s->space),
                                       .theta = params->size,
                                       .adjoints = s->fit.adjoints,
                                       .statistics_blocks = s->fit.blocks,
                                       .statistics_sizes = statistics,
                                       .statistics_summands = s->fit.picks * s->fit.slots_per_task,
                                       .gradient_blocks = params->count,
                                       .gradient_sizes = gradient,
                                       .gradient_summands = s->fit.picks * s->fit.slots_per_task};
  int code = glb_desk_init(&s->desk, s->world, &sizes);
  free(statistics);
  GLB_TRY(code);
  return GLB_OK;
}

static int join(struct glb_session *s, int groups) {
  const size_t trial = glb_message_trial_bytes(s->space.trial),
               score = glb_message_score_bytes(s->space.trial.E);
  const int local = (int)(s->config.train_slots + s->config.eval_trials);
  GLB_CHECK(s->world->actors <= groups, GLB_ESETUP,
            "%d actors for %d slot groups: start at most %d ranks, or raise train.slots or lower actor.group",
            s->world->actors, groups, groups + s->world->learners);
  GLB_TRY(set_desk(s));
  GLB_TRY(glb_tickets_init(s->world, local));
  GLB_TRY(glb_mail_create(&s->mail, s->world, trial > score ? trial : score, SENDS_UNDER_WAY,
                          s->world->size == 1 ? local : 0));
  if (s->world->actor < 0) return GLB_OK;
  const struct glb_actor_links links = {.config = &s->config,
                                        .space = &s->space,
                                        .fit = &s->fit,
                                        .world = s->world,
                                        .desk = &s->desk,
                                        .mail = s->mail};
  GLB_TRY(glb_actor_create(&s->actor, &links));
  s->partner = glb_actor_partner(s->actor);
  return GLB_OK;
}

/* Some rank has failed: the learner, where it has not itself, fails with the reason of the first that has, so
 * that the reason is said whoever ends the job. */
static int tell_reason(struct glb_world *world, int code) {
  struct {
    int code;
    char text[1024];
  } mine = {.code = code}, *all = NULL;
  if (code) snprintf(mine.text, sizeof mine.text, "%s", glb_error_message());
  if (world->learner) {
    all = calloc((size_t)world->size, sizeof *all);
    GLB_CHECK(all, GLB_ENOMEM, "no memory for the errors of %d ranks", world->size);
  }
  int gathered = glb_world_gather(world, GLB_ALL, all, &mine, sizeof mine), first = 0;
  if (!gathered && !code && all) {
    while (!all[first].code) first++;
    gathered = glb_error_raise(all[first].code, __FILE__, __LINE__, "rank %d could not start: %s", first,
                               all[first].text);
  }
  free(all);
  GLB_TRY(gathered);
  GLB_TRY(code);
  GLB_RAISE(GLB_ESETUP, "another rank could not start");
}

static void cool(struct glb_session *s) {
  glb_env_destroy(s->warm);
  s->warm = NULL;
}

int glb_session_join(struct glb_session *s, struct glb_world *world, int groups) {
  int worst;
  s->world = world;
  const int code = join(s, groups);
  cool(s);
  GLB_TRY(glb_world_agree(world, code, &worst));
  if (worst) GLB_TRY(tell_reason(world, code));
  return GLB_OK;
}

void glb_session_finish(struct glb_session *s) {
  if (!s) return;
  cool(s);
  glb_actor_destroy(s->actor);
  glb_mail_destroy(s->mail);
  glb_desk_finish(&s->desk);
  if (s->world) glb_tickets_finish(s->world);
}

void glb_session_abandon(struct glb_session *s) {
  glb_actor_destroy(s->actor);
}

const struct glb_partner *glb_session_partner(const struct glb_session *s) {
  return s->actor ? &s->partner : NULL;
}

int glb_session_share(struct glb_config *config, struct glb_world *world, int code, int *status, int *go) {
  struct {
    int code, status;
    char text[16384];
  } word = {code, *status, ""};
  if (world->learner && !code) glb_config_write(config, word.text, sizeof word.text);
  GLB_TRY(glb_world_broadcast(world, GLB_ALL, &word, sizeof word));
  *status = word.status;
  *go = word.code == GLB_OK && word.status == 0 && word.text[0];
  if (world->learner) {
    GLB_TRY(code);
    return GLB_OK;
  }
  if (!*go) return GLB_OK;
  glb_config_init(config);
  GLB_TRY(glb_config_parse(config, word.text, "configuration from the learner"));
  return GLB_OK;
}
