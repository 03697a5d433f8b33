/* player.h: trials by this process alone, with what a checkpoint acts with. */
#ifndef DEPLOY_CLI_PLAYER_H
#define DEPLOY_CLI_PLAYER_H

#include "actors/rollout.h"
#include "common/base/arena.h"
#include "common/policy/acting.h"
#include "common/store/h5.h"
#include "deploy/cli/session.h"

struct glb_player {
  struct glb_session session;  // its sizes alone
  struct glb_acting acting;    // the checkpoint's
  struct glb_rollout *rollout;
  int group;                 // slots side by side, G
  struct glb_trial *trials;  // of one slot group (G)
  struct glb_arena arena;
};

/* With the configuration of the checkpoint in file, and trials of `episodes` episodes of `horizon` steps (0: as configured).
 * Codes of glb_state_config, glb_session_sizes and glb_rollout_create; finish then too. */
int glb_player_init(struct glb_player *player, struct glb_h5 *file, int episodes, int horizon);
void glb_player_finish(struct glb_player *player);

#endif  // DEPLOY_CLI_PLAYER_H
