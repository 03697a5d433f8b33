/* coffee_pull.c: the mug away from the machine. */
#include "actors/env/metaworld/coffee.h"
#include "actors/env/metaworld/vec.h"

static void furnish(struct glb_sawyer *arm, const double *v) {
  double machine[3];
  glb_vec_add(machine, v, 0, 0.22, 0);
  glb_sawyer_move_body(arm, "coffee_machine", machine);
}

const struct glb_sawyer_rules glb_sawyer_rules_coffee_pull = {.furnish = furnish,
                                                              .place = glb_coffee_place,
                                                              .observe = glb_coffee_observe,
                                                              .reward = glb_coffee_reward};
