// nudge.c: nudge RUN BLOCK ELEMENT: rewrites the newest checkpoint of a run with one float changed by its
// last bit and its digest renewed: what a defect that shows no other sign leaves behind.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/store/checkpoint.h"
#include "common/store/h5.h"

struct copy {
  struct glb_h5 *from, *to;
  const char *group;
  const char *block;  // to change
  size_t element;
  int found;
};

static int change(struct copy *c, float *data, const struct glb_h5_info *info, const char *path) {
  GLB_CHECK(info->type == GLB_H5_F32 && c->element < info->count, GLB_EINVAL, "%s has no float %zu", path,
            c->element);
  data[c->element] = nextafterf(data[c->element], INFINITY);
  c->found = 1;
  return GLB_OK;
}

static int copy_block(struct copy *c, const char *path) {
  struct glb_h5_info info;
  GLB_TRY(glb_h5_info(c->from, path, &info));
  void *data = malloc(info.count * glb_h5_width(info.type) + 1);
  GLB_CHECK(data, GLB_ENOMEM, "no memory for %s", path);
  int code = glb_h5_read(c->from, path, info.type, info.count, data);
  if (!code && !strcmp(path, c->block)) code = change(c, data, &info, path);
  if (!code) code = glb_h5_write(c->to, path, info.type, info.rank, info.dims, data, "");
  free(data);
  return code;
}

static int visit(void *context, const char *name, int is_group) {
  struct copy *c = context;
  const char *group = c->group;
  char path[512];
  snprintf(path, sizeof path, "%s%s%s", group, *group ? "/" : "", name);
  if (!is_group) return copy_block(c, path);
  c->group = path;
  int code = glb_h5_each(c->from, path, visit, c);
  c->group = group;
  return code;
}

static int copy(struct copy *c) {
  char config[16384];
  int64_t format;
  GLB_TRY(glb_h5_read_int(c->from, "", "format", &format));
  GLB_TRY(glb_h5_read_text(c->from, "", "config", config, sizeof config));
  GLB_TRY(glb_h5_write_int(c->to, "", "format", format));
  GLB_TRY(glb_h5_write_text(c->to, "", "config", config));
  GLB_TRY(glb_h5_each(c->from, "", visit, c));
  GLB_CHECK(c->found, GLB_EINVAL, "no block %s", c->block);
  return GLB_OK;
}

static int nudge(struct copy *c, const char *run) {
  int64_t *rounds;
  size_t count;
  GLB_TRY(glb_checkpoint_rounds(&rounds, &count, run));
  const int64_t newest = count ? rounds[0] : -1;
  free(rounds);
  GLB_TRY(glb_checkpoint_need(&c->from, run));
  GLB_TRY(glb_h5_create(&c->to));
  GLB_TRY(copy(c));
  return glb_checkpoint_land(c->to, run, newest, 1000);
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  struct copy c = {.group = "", .block = argv[2], .element = strtoul(argv[3], NULL, 10)};
  int code = nudge(&c, argv[1]);
  if (code) fprintf(stderr, "nudge: %s\n", glb_error_message());
  glb_h5_close(c.from);
  glb_h5_close(c.to);
  return code ? 1 : 0;
}
