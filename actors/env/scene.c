#include "actors/env/scene.h"

#include <mujoco/mujoco.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actors/env/env.h"
#include "actors/env/gl.h"
#include "actors/env/physics.h"
#include "common/base/error.h"

enum { GEOMS = 4000 };

struct glb_scene {
  struct glb_scene_options options;
  struct glb_gl *gl;
  const mjModel *model;  // that the rest is for; NULL: none yet
  mjvScene scene;
  mjvCamera camera;
  mjvOption look;
  mjrContext context;
  // of the picture under way
  const struct glb_physics *physics;
  unsigned char *rgb;
};

int glb_scene_create(struct glb_scene **out, const struct glb_scene_options *options) {
  struct glb_scene *s = calloc(1, sizeof *s);
  *out = NULL;
  GLB_CHECK(s, GLB_ENOMEM, "no memory for a scene");
  s->options = *options;
  mjv_defaultScene(&s->scene);
  mjr_defaultContext(&s->context);
  const int code = glb_gl_create(&s->gl, options->gl);
  if (code) free(s);
  GLB_TRY(code);
  *out = s;
  return GLB_OK;
}

static void clear(struct glb_scene *s) {
  mjv_freeScene(&s->scene);
  if (s->gl) mjr_freeContext(&s->context);
  s->model = NULL;
}

void glb_scene_destroy(struct glb_scene *s) {
  if (!s) return;
  clear(s);
  glb_gl_destroy(s->gl);
  free(s);
}

// ---- cameras ----

static int refuse_camera(const mjModel *model, const char *name) {
  char known[512] = "";
  for (int i = 0, used = 0; i < model->ncam && used < (int)sizeof known - 80; i++) {
    const char *camera = mj_id2name(model, mjOBJ_CAMERA, i);
    if (camera) used += snprintf(known + used, sizeof known - (size_t)used, "%.60s, ", camera);
  }
  GLB_RAISE(GLB_ECONFIG, "the model has no camera \"%s\"; there are: %sfree", name, known);
}

static void place_free(mjvCamera *camera, const mjModel *model, const struct glb_env_view *view) {
  mjv_defaultFreeCamera(model, camera);
  if (!view->distance) return;
  memcpy(camera->lookat, view->look_at, sizeof camera->lookat);
  camera->distance = view->distance;
  camera->azimuth = view->azimuth;
  camera->elevation = view->elevation;
}

static int place_camera(struct glb_scene *s, const struct glb_env_view *view) {
  const mjModel *model = view->physics->model;
  const char *asked = s->options.camera, *name = asked ? asked : view->camera;
  const int number = name ? mj_name2id(model, mjOBJ_CAMERA, name) : -1;
  mjv_defaultCamera(&s->camera);
  if (asked && number < 0 && strcmp(asked, "free")) return refuse_camera(model, asked);
  if (number < 0) {
    place_free(&s->camera, model, view);
  } else {
    s->camera.type = mjCAMERA_FIXED;
    s->camera.fixedcamid = number;
  }
  return GLB_OK;
}

// ---- drawing ----

/* Buffers on the graphics side take their size from the model: here from a copy of its head, for the model is shared. */
static void prepare(void *context) {
  struct glb_scene *s = context;
  mjModel model = *s->physics->model;
  model.vis.global.offwidth = s->options.width;
  model.vis.global.offheight = s->options.height;
  mjv_makeScene(&model, &s->scene, GEOMS);
  mjr_makeContext(&model, &s->context, mjFONTSCALE_100);
  mjr_setBuffer(mjFB_OFFSCREEN, &s->context);
}

/* A free camera looks where the middle of what moves is, but keeps its height. */
static void follow(struct glb_scene *s, const struct glb_env_view *view) {
  if (s->camera.type != mjCAMERA_FREE || view->distance) return;
  memcpy(s->camera.lookat, s->physics->data->subtree_com, 2 * sizeof *s->camera.lookat);
}

static void draw(void *context) {
  struct glb_scene *s = context;
  const mjrRect all = {0, 0, s->options.width, s->options.height};
  mjv_updateScene(s->physics->model, s->physics->data, &s->look, NULL, &s->camera, mjCAT_ALL, &s->scene);
  mjr_render(all, &s->scene, &s->context);
  mjr_readPixels(s->rgb, NULL, all, &s->context);
}

int glb_scene_draw(struct glb_scene *s, struct glb_env *env, unsigned char *rgb) {
  struct glb_env_view view;
  GLB_TRY(glb_env_view(env, &view));
  s->physics = view.physics;
  s->rgb = rgb;
  if (s->model != view.physics->model) {
    clear(s);
    mjv_defaultOption(&s->look);
    GLB_TRY(place_camera(s, &view));
    GLB_TRY(glb_physics_guarded(prepare, s));
    GLB_CHECK(s->context.currentBuffer == mjFB_OFFSCREEN, GLB_ESETUP, "%s cannot draw into memory",
              s->options.gl);
    s->model = view.physics->model;
  }
  follow(s, &view);
  return glb_physics_guarded(draw, s);
}
