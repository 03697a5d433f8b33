/* coffee_button.c: the button of the coffee machine. */
#include "actors/env/metaworld/button.h"
#include "actors/env/metaworld/coffee.h"
#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

static void furnish(struct glb_sawyer *arm, const double *v) {
  glb_sawyer_move_body(arm, "coffee_machine", v);
}

static int place(struct glb_sawyer *arm, const double *v) {
  double mug[3];
  glb_vec_add(mug, v, 0, -0.22, 0);
  glb_vec_copy(arm->memory.obj_init, v);
  glb_vec_add(arm->memory.target, v, 0, -0.22, 0.3);
  arm->memory.target[1] += 0.03;
  arm->memory.scale = 0.03;
  return glb_coffee_put_mug(arm, mug);
}

// the orientation is a constant
static void observe(struct glb_sawyer *arm, double *objects) {
  glb_vec_copy(objects, glb_sawyer_site(arm, "buttonStart"));
  objects[3] = 1;
}

static void measure_v1(struct glb_sawyer *arm) {
  arm->memory.v1.limit = fabs(glb_sawyer_site(arm, "buttonStart")[1] - arm->memory.target[1]);
}

static void reward_v1(struct glb_sawyer *arm, struct glb_sawyer_result *result) {
  static const struct glb_v1_move move = {.along = {0, 1, 0}, .left = 1, .radius = 0.02};
  glb_v1_move(arm, &move, result);
}

const struct glb_sawyer_rules glb_sawyer_rules_coffee_button = {.furnish = furnish,
                                                                .place = place,
                                                                .observe = observe,
                                                                .reward = glb_button_reward_front,
                                                                .measure_v1 = measure_v1,
                                                                .reward_v1 = reward_v1};
