#include "common/nn/params.h"

#include <stdio.h>
#include <string.h>

#include "common/base/assert.h"

size_t glb_params_add(struct glb_params *params, const char *prefix, const char *suffix, int rows, int cols) {
  GLB_ASSERT(params->count < GLB_PARAMS_MAX && rows > 0 && cols > 0);
  struct glb_param *param = &params->table[params->count++];
  int length = snprintf(param->name, sizeof param->name, "%s%s%s", prefix, *prefix ? "." : "", suffix);
  GLB_ASSERT(length > 0 && length < GLB_PARAM_NAME);
  (void)length;
  param->rows = rows;
  param->cols = cols;
  param->offset = params->size;
  params->size += (size_t)rows * (size_t)cols;
  return param->offset;
}

const struct glb_param *glb_params_find(const struct glb_params *params, const char *name) {
  for (int i = 0; i < params->count; i++)
    if (!strcmp(params->table[i].name, name)) return &params->table[i];
  return NULL;
}
