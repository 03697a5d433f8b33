#include "common/task/task.h"

#include <stdio.h>
#include <string.h>

#include "common/base/error.h"
#include "common/config/text.h"

static const struct glb_family table[] = {
#define F(name, O, free, A, P, episodes, horizon, scale, held_out, success, help) \
  {name, O, free, A, P, episodes, horizon, scale, held_out, success, help},
#include "common/task/tasks.def"
#undef F
};

enum { COUNT = sizeof table / sizeof table[0] };

const struct glb_family *glb_family_table(int *count) {
  *count = COUNT;
  return table;
}

int glb_family_find(const struct glb_family **family, const char *name) {
  char known[2048] = "";
  struct glb_text_nearest nearest = {.word = name};
  for (int i = 0; i < COUNT; i++) {
    if (!strcmp(table[i].name, name)) {
      *family = &table[i];
      return GLB_OK;
    }
    glb_text_offer(&nearest, table[i].name);
    size_t used = strlen(known);
    snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", table[i].name);
  }
  GLB_CHECK(
      !nearest.best[0], GLB_ECONFIG,
      "no environment family \"%.60s\" (env.family); did you mean %s? (glibrl params lists all families)",
      name, nearest.best);
  GLB_RAISE(GLB_ECONFIG, "no environment family \"%s\" (env.family); there are: %s", name, known);
}
