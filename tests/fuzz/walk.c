#include "tests/fuzz/walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/store/h5.h"
#include "learner/state.h"
#include "tests/fuzz/target.h"

enum { VALUES = 1024, DEPTH = 4, MEMBERS = 24, PATH = 255 };

struct walk {
  struct glb_h5 *file;
  const char *group;
  int depth, *left;  // left: members that are still looked at
};

// Whether something was read; there is one reason why it may not be, and a message.
static int taken(int code) {
  fuzz_require(code == GLB_OK || code == GLB_EFORMAT);
  fuzz_require(!code || glb_error_message()[0]);
  return !code;
}

// The information is of one piece, and so many values can be read or none.
static void try_set(struct glb_h5 *file, const char *path) {
  static double values[VALUES + 1];
  struct glb_h5_info info;
  if (!taken(glb_h5_info(file, path, &info))) return;
  fuzz_require(info.rank >= 0 && info.rank <= GLB_H5_RANK);
  size_t count = info.rank || info.count ? 1 : 0;
  for (int i = 0; i < info.rank; i++) count *= info.dims[i];
  fuzz_require(count == info.count);
  if (count > VALUES) return;

  taken(glb_h5_read(file, path, info.type, count, values));
  taken(glb_h5_read(file, path, GLB_H5_I32, count, values));
  values[count] = 0.5;
  taken(glb_h5_read(file, path, GLB_H5_F64, count, values));
  fuzz_require(values[count] == 0.5);
  fuzz_require(glb_h5_read(file, path, GLB_H5_F64, count + 1, values));
}

// A text of at most size - 1 bytes; none is written past them.
static int try_text(struct glb_h5 *file, const char *path, const char *name, size_t size) {
  char text[16];
  text[size] = 'x';
  const int good = taken(glb_h5_read_text(file, path, name, text, size));
  fuzz_require(text[size] == 'x' && (!good || memchr(text, '\0', size)));
  return good;
}

static void try_number(struct glb_h5 *file, const char *path, const char *name) {
  int64_t whole;
  double real;
  const int good = taken(glb_h5_read_int(file, path, name, &whole));
  fuzz_require(taken(glb_h5_read_real(file, path, name, &real)) || !good);
}

static void try_object(struct glb_h5 *file, const char *path) {
  if (try_text(file, path, "units", 15)) try_text(file, path, "units", 7);
  try_number(file, path, "partially_observable");
  try_set(file, path);
}

static int visit(void *context, const char *name, int is_group) {
  struct walk *w = context, inner = *w;
  char path[PATH + 1];
  if ((*w->left)-- <= 0) return GLB_EFORMAT;
  if (snprintf(path, sizeof path, "%s/%s", w->group, name) > PATH) return GLB_OK;
  if (!glb_h5_exists(w->file, path)) return GLB_OK;  // a name with a slash at its end, or such
  try_object(w->file, path);
  if (!is_group || w->depth == DEPTH) return GLB_OK;
  inner.group = path;
  inner.depth++;
  return glb_h5_each(w->file, path, visit, &inner);
}

void fuzz_walk(struct glb_h5 *file) {
  static struct glb_config config;
  char digest[33];
  int left = MEMBERS;
  struct walk w = {.file = file, .group = "", .left = &left};
  try_object(file, "/");
  taken(glb_h5_each(file, "/", visit, &w));
  if (left > 0) taken(glb_state_digest(digest, file));
  const int code = glb_state_config(&config, file);
  if (code != GLB_ECONFIG) taken(code);
}
