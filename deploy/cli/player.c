#include "deploy/cli/player.h"

#include "common/base/error.h"
#include "learner/state.h"

static void lay_out(void *object, struct glb_arena *arena) {
  struct glb_player *p = object;
  const struct glb_space *space = &p->session.space;
  float *snapshot = GLB_TAKE(arena, float, glb_acting_size(space));
  if (snapshot) glb_acting_map(&p->acting, space, snapshot);
  p->trials = GLB_TAKE(arena, struct glb_trial, p->group);
  for (int i = 0; i < p->group; i++) {
    char *block = GLB_TAKE(arena, char, glb_trial_bytes(space->trial));
    if (block) glb_trial_map(&p->trials[i], space->trial, block);
  }
}

int glb_player_init(struct glb_player *p, struct glb_h5 *file, int episodes, int horizon) {
  struct glb_session *s = &p->session;
  *p = (struct glb_player){0};
  GLB_TRY(glb_state_config(&s->config, file));
  GLB_TRY(glb_session_sizes(s, episodes, horizon));
  p->group = (int)s->config.actor_group;
  GLB_TRY(glb_arena_lay(&p->arena, lay_out, p));
  GLB_TRY(glb_state_snapshot(p->acting.block, &s->space, file));
  return glb_rollout_create(&p->rollout, &s->config, &s->space);
}

void glb_player_finish(struct glb_player *p) {
  glb_rollout_destroy(p->rollout);
  glb_arena_finish(&p->arena);
  glb_session_finish(&p->session);
}
