/* coffee_push.c: the mug under the machine. */
#include "actors/env/metaworld/coffee.h"
#include "actors/env/metaworld/vec.h"

static void furnish(struct glb_sawyer *arm, const double *v) {
  double machine[3];
  glb_vec_add(machine, v + 3, 0, 0.22, 0);
  glb_sawyer_move_body(arm, "coffee_machine", machine);
}

const struct glb_sawyer_rules glb_sawyer_rules_coffee_push = {.furnish = furnish,
                                                              .place = glb_coffee_place,
                                                              .observe = glb_coffee_observe,
                                                              .reward = glb_coffee_reward};
