#include "common/store/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "common/base/error.h"
#include "common/store/h5.h"

enum { DEPTH = 8, MEMBERS = 1 << 14 };  // a group may be in itself

struct walk {
  struct glb_h5 *file;
  XXH3_state_t *state;
  const char *group;
  int depth, *members;  // members: in all groups so far
};

static int add_data(struct walk *w, const char *path) {
  struct glb_h5_info info;
  GLB_TRY(glb_h5_info(w->file, path, &info));
  const size_t bytes = info.count * glb_h5_width(info.type);
  void *data = malloc(bytes + 1);
  GLB_CHECK(data, GLB_ENOMEM, "no memory for %zu bytes of %s", bytes, path);
  int code = glb_h5_read(w->file, path, info.type, info.count, data);
  XXH3_128bits_update(w->state, path, strlen(path) + 1);
  XXH3_128bits_update(w->state, data, bytes);
  free(data);
  GLB_TRY(code);
  return GLB_OK;
}

static int visit(void *context, const char *name, int is_group) {
  struct walk *w = context, inner = *w;
  char path[GLB_H5_NAME];
  GLB_CHECK(w->depth < DEPTH && ++*w->members <= MEMBERS, GLB_EFORMAT,
            "group %s: more than %d groups in groups, or %d members in all: groups in a circle?", w->group,
            DEPTH, MEMBERS);
  int length = snprintf(path, sizeof path, "%s/%s", w->group, name);
  GLB_CHECK(length < GLB_H5_NAME, GLB_EFORMAT, "group %s: the path of a member is longer than %d bytes",
            w->group, GLB_H5_NAME - 1);
  if (!is_group) return add_data(w, path);
  inner.group = path;
  inner.depth++;
  return glb_h5_each(w->file, path, visit, &inner);
}

int glb_digest_group(char digest[33], struct glb_h5 *file, const char *group) {
  int members = 0;
  struct walk w = {.file = file, .state = XXH3_createState(), .group = group, .members = &members};
  GLB_CHECK(w.state, GLB_ENOMEM, "no memory for a digest");
  XXH3_128bits_reset(w.state);
  int code = glb_h5_each(file, group, visit, &w);
  XXH128_hash_t hash = XXH3_128bits_digest(w.state);
  XXH3_freeState(w.state);
  GLB_TRY(code);
  snprintf(digest, 33, "%016llx%016llx", (unsigned long long)hash.high64, (unsigned long long)hash.low64);
  return GLB_OK;
}
