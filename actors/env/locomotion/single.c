/* single.c: Gymnasium's environments as families of one task each: Gymnasium's observation, reward and
 * termination, nothing to be found out. The task vector is the number 0. */
#include <string.h>

#include "actors/env/locomotion/loco.h"
#include "common/base/error.h"

static const struct {
  const struct glb_gym *gym;
  const char *family;
} table[] = {
#define X(name, family) {&glb_gym_##name, family},
#include "actors/env/locomotion/gyms.def"
#undef X
};

enum { COUNT = sizeof table / sizeof table[0] };

const struct glb_gym *glb_gym_find(const char *name) {
  for (int i = 0; i < COUNT; i++)
    if (!strcmp(table[i].gym->name, name)) return table[i].gym;
  return NULL;
}

static int create(struct glb_env **env, const struct glb_family *family,
                  const struct glb_env_options *options) {
  for (int i = 0; i < COUNT; i++)
    if (!strcmp(table[i].family, family->name)) return glb_loco_env_create(env, table[i].gym, options);
  GLB_RAISE(GLB_ECONFIG, "family %s is none of Gymnasium's", family->name);
}

static void sample(double *task, const struct glb_family *family, enum glb_split split, uint32_t key,
                   struct glb_rng *rng) {
  (void)family, (void)split, (void)key, (void)rng;
  task[0] = 0;
}

#define X(name, family_name)                                                          \
  const struct glb_env_ops glb_env_ops_gym_##name = {.family = family_name,           \
                                                     .create = create,                \
                                                     .destroy = glb_loco_env_destroy, \
                                                     .sample = sample,                \
                                                     .reset = glb_loco_env_reset,     \
                                                     .step = glb_loco_env_step,       \
                                                     .bare = glb_loco_env_bare,       \
                                                     .view = glb_loco_env_view};
#include "actors/env/locomotion/gyms.def"
#undef X
