#include "actors/env/metaworld/stick.h"

#include <mujoco/mujoco.h>

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
