#include "actors/env/physics.h"

#include <mujoco/mujoco.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "actors/env/model_dir.h"
#include "common/base/error.h"
#include "common/base/log.h"

enum { TEXT = 512 };

// ---- guard: MuJoCo's errors become codes ----

static _Thread_local jmp_buf *guard;  // where to go on an error; NULL outside of a guarded call
static _Thread_local char error_text[TEXT], warning_text[TEXT];

// A text of MuJoCo, which may have several lines, as one.
static void keep(char kept[TEXT], const char *text) {
  snprintf(kept, TEXT, "%s", text);
  for (char *c = kept; *c; c++)
    if (*c == '\n') *c = ' ';
}

static void on_error(const char *text) {
  keep(error_text, text);
  if (guard) longjmp(*guard, 1);
  glb_log(GLB_LOG_ERROR, "MuJoCo, outside of a guarded call: %s", text);
  abort();
}

static void on_warning(const char *text) {
  keep(warning_text, text);
}

// work(context) under the guard
static int guarded(void (*work)(void *context), void *context) {
  jmp_buf here;
  warning_text[0] = '\0';
  guard = &here;
  if (setjmp(here)) {
    guard = NULL;
    GLB_RAISE(GLB_EPHYSICS, "MuJoCo: %s", error_text);
  }
  work(context);
  guard = NULL;
  return GLB_OK;
}

int glb_physics_guarded(void (*work)(void *context), void *context) {
  return guarded(work, context);
}

const char *glb_physics_version(void) {
  return mj_versionString();
}

// ---- models: one per file and process ----

struct glb_model {
  struct glb_model *next;
  mjModel *model;  // owned
  int users;
  char path[];  // key
};

static struct glb_model *models;

struct loading {
  const char *path;
  mjModel *model;
  char error[TEXT];
};

static void load(void *context) {
  struct loading *loading = context;
  loading->model = mj_loadXML(loading->path, NULL, loading->error, sizeof loading->error);
}

// a new entry for path, not yet in the list
static int read_model(struct glb_model **entry, const char *path) {
  GLB_CHECK(
      mj_version() == mjVERSION_HEADER, GLB_ESETUP,
      "libmujoco is version %d, the program was built with headers of version %d: build again, or put the "
      "folder of the right libmujoco.so first in LD_LIBRARY_PATH",
      mj_version(), mjVERSION_HEADER);
  GLB_CHECK(
      !access(path, R_OK), GLB_EASSET,
      "no model file %s: run deploy/setup.sh, or `pip install gymnasium==1.4.0 metaworld==3.1.1` and set "
      "env.model_dir to the site-packages folder that holds them",
      path);

  struct loading loading = {.path = path};
  GLB_TRY(guarded(load, &loading));
  GLB_CHECK(loading.model, GLB_EFORMAT, "MuJoCo cannot compile %s: %s", path, loading.error);

  size_t length = strlen(path) + 1;
  *entry = calloc(1, sizeof **entry + length);
  if (!*entry) mj_deleteModel(loading.model);
  GLB_CHECK(*entry, GLB_ENOMEM, "%zu bytes for the name of a model", length);
  (*entry)->model = loading.model;
  memcpy((*entry)->path, path, length);
  return GLB_OK;
}

static int find_or_read(struct glb_model **entry, const char *path) {
  for (*entry = models; *entry; *entry = (*entry)->next)
    if (!strcmp((*entry)->path, path)) return GLB_OK;
  GLB_TRY(read_model(entry, path));
  (*entry)->next = models;
  models = *entry;
  return GLB_OK;
}

static int acquire_model(struct glb_model **entry, const char *path) {
  mju_user_error = on_error;
  mju_user_warning = on_warning;
  GLB_TRY(find_or_read(entry, path));
  (*entry)->users++;
  return GLB_OK;
}

static void release_model(struct glb_model *entry) {
  if (--entry->users) return;
  struct glb_model **link = &models;
  while (*link != entry) link = &(*link)->next;
  *link = entry->next;
  mj_deleteModel(entry->model);
  free(entry);
}

// ---- simulations ----

static void make_data(void *context) {
  struct glb_physics *physics = context;
  physics->data = mj_makeData(physics->model);
}

int glb_physics_init(struct glb_physics *physics, const char *model_dir, const char *file) {
  *physics = (struct glb_physics){0};
  if (!model_dir || !*model_dir) model_dir = GLB_MODEL_DIR;
  char path[4096];
  int length = snprintf(path, sizeof path, "%s/%s", model_dir, file);
  GLB_CHECK(length < (int)sizeof path, GLB_ELIMIT, "the path of the model %s is longer than %zu bytes", file,
            sizeof path);

  int code;
  GLB_TRY_OUT(code, out, acquire_model(&physics->shared, path));
  physics->model = physics->compiled = physics->shared->model;
  GLB_TRY_OUT(code, out, guarded(make_data, physics));
out:
  if (code) glb_physics_finish(physics);
  return code;
}

void glb_physics_finish(struct glb_physics *physics) {
  if (!physics) return;
  if (physics->data) mj_deleteData(physics->data);
  if (physics->own) mj_deleteModel(physics->own);
  if (physics->shared) release_model(physics->shared);
  *physics = (struct glb_physics){0};
}

static void copy_model(void *context) {
  struct glb_physics *physics = context;
  physics->own = mj_copyModel(NULL, physics->compiled);
}

int glb_physics_own(struct glb_physics *physics) {
  GLB_TRY(guarded(copy_model, physics));
  physics->model = physics->own;
  return GLB_OK;
}

static void derive(void *context) {
  struct glb_physics *physics = context;
  mj_setConst(physics->own, physics->data);
}

int glb_physics_derive(struct glb_physics *physics) {
  return guarded(derive, physics);
}

static void reset(void *context) {
  struct glb_physics *physics = context;
  mj_resetData(physics->model, physics->data);
}

int glb_physics_reset(struct glb_physics *physics) {
  return guarded(reset, physics);
}

static void forward(void *context) {
  struct glb_physics *physics = context;
  mj_forward(physics->model, physics->data);
}

int glb_physics_forward(struct glb_physics *physics) {
  return guarded(forward, physics);
}

// MuJoCo answers a state that is not finite or huge by starting over, with a warning that its reset leaves
// standing
static int check_diverged(const struct glb_physics *physics) {
  static const mjtWarning fatal[] = {mjWARN_BADQPOS, mjWARN_BADQVEL, mjWARN_BADQACC, mjWARN_BADCTRL};
  for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++)
    GLB_CHECK(!physics->data->warning[fatal[i]].number, GLB_EPHYSICS, "MuJoCo: %s", warning_text);
  if (warning_text[0]) GLB_WARN("MuJoCo: %s", warning_text);
  return GLB_OK;
}

void glb_physics_control(struct glb_physics *physics, const double *action) {
  const mjtNum *range = physics->model->actuator_ctrlrange;  // (nu x 2)
  for (int i = 0; i < physics->model->nu; i++) {
    double middle = 0.5 * (range[2 * i] + range[2 * i + 1]), half = 0.5 * (range[2 * i + 1] - range[2 * i]);
    physics->data->ctrl[i] = middle + half * action[i];
  }
}

struct steps {
  struct glb_physics *physics;
  const double *actions;  // (n x nu)
  int n, frame_skip;
};

static void advance(const struct glb_physics *physics, int frame_skip) {
  for (int i = 0; i < frame_skip; i++) mj_step(physics->model, physics->data);
  if (physics->contact_forces) mj_rnePostConstraint(physics->model, physics->data);
}

static void step(void *context) {
  const struct steps *steps = context;
  advance(steps->physics, steps->frame_skip);
}

int glb_physics_step(struct glb_physics *physics, int frame_skip) {
  struct steps steps = {.physics = physics, .frame_skip = frame_skip};
  GLB_TRY(guarded(step, &steps));
  return check_diverged(physics);
}

static void bare_loop(void *context) {
  const struct steps *steps = context;
  const size_t nu = steps->physics->model->nu;
  for (int t = 0; t < steps->n; t++) {
    glb_physics_control(steps->physics, steps->actions + t * nu);
    advance(steps->physics, steps->frame_skip);
  }
}

int glb_physics_bare_loop(struct glb_physics *physics, const double *actions, int n, int frame_skip) {
  struct steps steps = {.physics = physics, .actions = actions, .n = n, .frame_skip = frame_skip};
  GLB_TRY(guarded(bare_loop, &steps));
  return check_diverged(physics);
}
