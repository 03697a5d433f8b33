#include "actors/env/gl.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "actors/env/gl_config.h"
#include "common/base/error.h"

#if GLB_HAVE_OSMESA
#include <GL/osmesa.h>
#endif
#if GLB_HAVE_EGL
#include <EGL/egl.h>
#endif

struct glb_gl {
  const struct backend *backend;
  void *library;
  void *context, *display;
  unsigned char pixels[16 * 16 * 4];  // MuJoCo draws into buffers of its own
};

struct backend {
  const char *name, *package;
  int built;
  const char *files[3];  // of the library, the newest first
  int (*start)(struct glb_gl *gl);
  void (*end)(struct glb_gl *gl);
};

/* A function of the library; dlsym gives an object pointer, which POSIX lets stand for a function. */
#define FIND(function, gl) *(void **)&(function) = dlsym((gl)->library, #function)

// ---- OSMesa ----

#if GLB_HAVE_OSMESA
static int start_osmesa(struct glb_gl *gl) {
  __typeof__(&OSMesaCreateContextExt) OSMesaCreateContextExt;
  __typeof__(&OSMesaMakeCurrent) OSMesaMakeCurrent;
  FIND(OSMesaCreateContextExt, gl);
  FIND(OSMesaMakeCurrent, gl);
  if (!OSMesaCreateContextExt || !OSMesaMakeCurrent) return 0;
  gl->context = OSMesaCreateContextExt(GL_RGBA, 24, 8, 8, NULL);
  return gl->context && OSMesaMakeCurrent(gl->context, gl->pixels, GL_UNSIGNED_BYTE, 16, 16);
}

static void end_osmesa(struct glb_gl *gl) {
  __typeof__(&OSMesaDestroyContext) OSMesaDestroyContext;
  FIND(OSMesaDestroyContext, gl);
  if (gl->context && OSMesaDestroyContext) OSMesaDestroyContext(gl->context);
}
#else
static int start_osmesa(struct glb_gl *gl) {
  (void)gl;
  return 0;
}

static void end_osmesa(struct glb_gl *gl) {
  (void)gl;
}
#endif

// ---- EGL ----

#if GLB_HAVE_EGL
enum { SURFACELESS = 0x31DD };  // EGL_PLATFORM_SURFACELESS_MESA: no display server is asked

static int start_display(struct glb_gl *gl, EGLDisplay display) {
  __typeof__(&eglInitialize) eglInitialize;
  FIND(eglInitialize, gl);
  if (!display || !eglInitialize || !eglInitialize(display, NULL, NULL)) return 0;
  gl->display = display;
  return 1;
}

static int open_display(struct glb_gl *gl) {
  __typeof__(&eglGetPlatformDisplay) eglGetPlatformDisplay;
  __typeof__(&eglGetDisplay) eglGetDisplay;
  FIND(eglGetPlatformDisplay, gl);
  FIND(eglGetDisplay, gl);
  if (eglGetPlatformDisplay &&
      start_display(gl, eglGetPlatformDisplay(SURFACELESS, EGL_DEFAULT_DISPLAY, NULL)))
    return 1;
  return eglGetDisplay && start_display(gl, eglGetDisplay(EGL_DEFAULT_DISPLAY));
}

static int start_egl(struct glb_gl *gl) {
  static const EGLint wanted[] = {EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT,
                                  EGL_NONE};
  static const EGLint size[] = {EGL_WIDTH, 16, EGL_HEIGHT, 16, EGL_NONE};
  __typeof__(&eglBindAPI) eglBindAPI;
  __typeof__(&eglChooseConfig) eglChooseConfig;
  __typeof__(&eglCreateContext) eglCreateContext;
  __typeof__(&eglCreatePbufferSurface) eglCreatePbufferSurface;
  __typeof__(&eglMakeCurrent) eglMakeCurrent;
  FIND(eglBindAPI, gl);
  FIND(eglChooseConfig, gl);
  FIND(eglCreateContext, gl);
  FIND(eglCreatePbufferSurface, gl);
  FIND(eglMakeCurrent, gl);
  EGLConfig config;
  EGLint count = 0;
  if (!eglBindAPI || !eglChooseConfig || !eglCreateContext || !eglCreatePbufferSurface || !eglMakeCurrent ||
      !open_display(gl) || !eglChooseConfig(gl->display, wanted, &config, 1, &count) || !count ||
      !eglBindAPI(EGL_OPENGL_API))
    return 0;
  gl->context = eglCreateContext(gl->display, config, EGL_NO_CONTEXT, NULL);
  EGLSurface surface = eglCreatePbufferSurface(gl->display, config, size);
  return gl->context && surface && eglMakeCurrent(gl->display, surface, surface, gl->context);
}

static void end_egl(struct glb_gl *gl) {
  __typeof__(&eglMakeCurrent) eglMakeCurrent;
  __typeof__(&eglTerminate) eglTerminate;
  FIND(eglMakeCurrent, gl);
  FIND(eglTerminate, gl);
  if (!gl->display || !eglMakeCurrent || !eglTerminate) return;
  eglMakeCurrent(gl->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
  eglTerminate(gl->display);  // with its contexts and surfaces
}
#else
static int start_egl(struct glb_gl *gl) {
  (void)gl;
  return 0;
}

static void end_egl(struct glb_gl *gl) {
  (void)gl;
}
#endif

// ---- either ----

static const struct backend backends[] = {
    {"osmesa",
     "libosmesa6-dev",
     GLB_HAVE_OSMESA,
     {"libOSMesa.so.8", "libOSMesa.so.6", "libOSMesa.so"},
     start_osmesa,
     end_osmesa},
    {"egl", "libegl-dev libegl1 libgl1", GLB_HAVE_EGL, {"libEGL.so.1", "libEGL.so"}, start_egl, end_egl},
};

static const struct backend *find(const char *name) {
  for (size_t i = 0; i < sizeof backends / sizeof *backends; i++)
    if (!strcmp(backends[i].name, name)) return &backends[i];
  return NULL;
}

static int load(struct glb_gl *gl) {
  const struct backend *b = gl->backend;
  for (size_t i = 0; !gl->library && i < sizeof b->files / sizeof *b->files && b->files[i]; i++)
    gl->library = dlopen(b->files[i], RTLD_NOW | RTLD_GLOBAL);  // MuJoCo finds its functions there
  const char *reason = gl->library ? "" : dlerror();
  GLB_CHECK(gl->library, GLB_ESETUP, "no library for drawing with %s (%s): apt-get install %s", b->name,
            reason ? reason : "?", b->package);
  return GLB_OK;
}

int glb_gl_create(struct glb_gl **out, const char *name) {
  const struct backend *backend = find(name);
  *out = NULL;
  GLB_CHECK(backend, GLB_ECONFIG, "drawing is done with osmesa or egl, not \"%s\"", name);
  GLB_CHECK(backend->built, GLB_ESETUP,
            "this program was built without %s, so it cannot draw with it: apt-get install %s, then build "
            "again with -Drender=enabled",
            name, backend->package);
  struct glb_gl *gl = calloc(1, sizeof *gl);
  GLB_CHECK(gl, GLB_ENOMEM, "no memory for a drawing context");
  gl->backend = backend;
  int code = load(gl);
  if (!code && !backend->start(gl))
    code = glb_error_raise(GLB_ESETUP, __FILE__, __LINE__, "%s gives no OpenGL context here: try --gl %s",
                           name, backend == backends ? "egl" : "osmesa");
  if (code) {
    glb_gl_destroy(gl);
    return glb_error_pass(code, __FILE__, __LINE__);
  }
  *out = gl;
  return GLB_OK;
}

/* The library stays loaded: drivers do not like to go. */
void glb_gl_destroy(struct glb_gl *gl) {
  if (!gl) return;
  if (gl->library) gl->backend->end(gl);
  free(gl);
}
