#include "actors/env/metaworld/stick.h"

#include <mujoco/mujoco.h>

#include "actors/env/metaworld/reward_v1.h"
#include "actors/env/metaworld/vec.h"

int glb_stick_place(struct glb_sawyer *arm, const double *v, double x, double y) {
  mjData *data = arm->physics.data;
  glb_vec_set(arm->memory.tool_init, v[0], v[1], 0.02);
  int code = glb_sawyer_put(arm, arm->memory.tool_init);
  if (code) return code;
  data->qpos[16] = x;
  data->qpos[17] = y;
  data->qvel[16] = 0;  // the package stops one of the two slides
  code = glb_sawyer_forward(arm);
  glb_vec_copy(arm->memory.obj_init, glb_sawyer_body(arm, "object"));
  return code;
}

void glb_stick_observe(struct glb_sawyer *arm, double *objects, double offset) {
  glb_vec_copy(objects, glb_sawyer_body(arm, "stick"));
  glb_sawyer_rotation_body(arm, "stick", objects + 3);
  glb_vec_add(objects + 7, glb_sawyer_site(arm, "insertion"), 0, offset, 0);
}

void glb_stick_measure_v1(struct glb_sawyer *arm) {
  const double *box = arm->memory.obj_init, height = glb_sawyer_body(arm, "stick")[2];
  const double top[3] = {box[0], box[1], height + 0.04};
  arm->memory.v1 = (struct glb_sawyer_v1){
      .limit = glb_vec_distance(top, arm->memory.tool_init) + top[2], .height = height, .top = top[2]};
}

void glb_stick_reward_v1(struct glb_sawyer *arm, double wide, double narrow,
                         struct glb_sawyer_result *result) {
  static const struct glb_v1_lift how = {
      .beside = INFINITY, .close = 0.05, .firm = INFINITY, .hold = 0.1, .place = 0.1};
  const double *stick = arm->obs + 4, *box = arm->obs + 6, *target = arm->memory.target;
  const double to_box = glb_vec_distance(stick, box), d = glb_vec_distance_xy(box, target);
  struct glb_v1_carry carry;
  glb_v1_carry(&carry, arm, stick, stick[2], d, &how);
  double bonus = glb_v1_bonus(arm->memory.v1.limit, to_box);
  if (to_box < 0.05)
    bonus += 1000 * (glb_vec_distance_xy(arm->memory.obj_init, target) - d) +
             2000 * (exp(-(d * d) / wide) + exp(-(d * d) / narrow));
  result->reward = carry.approach + carry.lift + (carry.placing ? fmax(bonus, 0) : 0);
  glb_v1_report(d, 0, result);
}
