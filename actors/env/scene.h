/* scene.h: pictures of an environment, drawn without a window by MuJoCo's own renderer. Drawing changes nothing in the
 * simulation. For one thread. */
#ifndef ACTORS_ENV_SCENE_H
#define ACTORS_ENV_SCENE_H

struct glb_env;
struct glb_scene;

struct glb_scene_options {  // copied; texts are kept
  int width, height;        // of a picture, in pixels
  const char *camera;       // of the model, "free", or NULL: the family's own choice
  const char *gl;           // "osmesa" or "egl" (gl.h)
};

/* Errors of glb_gl_create. */
int glb_scene_create(struct glb_scene **scene, const struct glb_scene_options *options);
void glb_scene_destroy(struct glb_scene *scene);

/* What env looks like now, after a reset; a free camera goes along with what moves.
 *   rgb  out  rows from the bottom to the top                          (height x width x 3)
 * GLB_EINVAL: the family has no model. GLB_ECONFIG: the model has no such camera; the message has those it has. GLB_EPHYSICS: from
 * MuJoCo. */
int glb_scene_draw(struct glb_scene *scene, struct glb_env *env, unsigned char *rgb);

#endif  // ACTORS_ENV_SCENE_H
