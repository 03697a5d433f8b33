/* coffee_pull.c: the mug away from the machine. */
#include "actors/env/metaworld/coffee.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

static void furnish(struct glb_sawyer *arm, const double *v) {
  double machine[3];
  glb_vec_add(machine, v, 0, 0.22, 0);
  glb_sawyer_move_body(arm, "coffee_machine", machine);
}

// where the mug is away from the origin, the package takes its place for the distance of the hand
static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_v1_move move = {.along = {1, 1, 0}, .radius = 0};
  const double *obj = arm->obs + 4;
  const double here[3] = {obj[0], obj[1], arm->memory.init_tcp[2]}, origin[3] = {0, 0, 0};
  double hand[3];
  glb_sawyer_tcp(arm, hand);
  glb_v1_move(arm, &move, result);
  result->reward += glb_vec_distance(obj, hand) - glb_vec_distance(here, origin);
  glb_v1_report(glb_vec_distance(obj, arm->memory.target), 0.07, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_coffee_pull = {.furnish = furnish,
                                                              .place = glb_coffee_place,
                                                              .observe = glb_coffee_observe,
                                                              .reward = glb_coffee_reward,
                                                              .measure_v1 = glb_v1_limit_xy,
                                                              .reward_v1 = reward_v1};
