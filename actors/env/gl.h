/* gl.h: an OpenGL context without a window, for pictures. The libraries are looked for when the first picture is drawn, so that
 * a training run has nothing to do with them. */
#ifndef ACTORS_ENV_GL_H
#define ACTORS_ENV_GL_H

struct glb_gl;

/* Makes a context and makes it this thread's current one. name: "osmesa" (drawn by the processor) or "egl" (by a graphics card,
 * where there is one). GLB_ESETUP: the library is missing or gives no context, or the program was built without it; the message
 * says how to get it. GLB_ECONFIG: another name. */
int glb_gl_create(struct glb_gl **gl, const char *name);
void glb_gl_destroy(struct glb_gl *gl);

#endif  // ACTORS_ENV_GL_H
