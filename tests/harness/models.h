/* models.h: a temporary folder that stands for that of the packages, with Gymnasium's model files edited. */
#ifndef TESTS_HARNESS_MODELS_H
#define TESTS_HARNESS_MODELS_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actors/env/model_dir.h"

#define MODELS "gymnasium/envs/mujoco/assets"

static char models_folder[64];

static inline int models_shell(const char *format, ...) {
  char command[1024];
  va_list args;
  va_start(args, format);
  vsnprintf(command, sizeof command, format, args);
  va_end(args);
  return system(command);
}

/* For cmocka's group set-up and tear-down. */
static inline int models_make(void **state) {
  (void)state;
  strcpy(models_folder, "/tmp/glibrl-env-XXXXXX");
  if (!mkdtemp(models_folder)) return -1;
  return models_shell("mkdir -p '%s/" MODELS "'", models_folder);
}

static inline int models_drop(void **state) {
  (void)state;
  return models_shell("rm -rf '%s'", models_folder);
}

/* The real model, "ant.xml", edited by a sed script, in the folder. Not zero: it cannot be written. */
static inline int models_write(const char *file, const char *script) {
  return models_shell("sed '%s' '%s/" MODELS "/%s' > '%s/" MODELS "/%s'", script, GLB_MODEL_DIR, file,
                      models_folder, file);
}

#endif  // TESTS_HARNESS_MODELS_H
