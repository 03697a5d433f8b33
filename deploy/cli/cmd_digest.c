#include <stdio.h>

#include "common/base/error.h"
#include "common/store/checkpoint.h"
#include "common/store/h5.h"
#include "deploy/cli/cli.h"
#include "learner/state.h"

const struct glb_usage glb_usage_digest = {
    .command = "digest",
    .synopsis = "RUN",
    .text =
        "Prints one line that stands for everything learned in the newest checkpoint of RUN: parameters, "
        "Adam moments,\n"
        "acting basis, normalisers. Two runs with the same line are the same to the bit.",
    .arguments = 1,
    .examples = "glibrl digest runs/dir-1\n"};

static int take(void *context, const char *name, const char *value) {
  const char **run = context;
  if (!name) *run = value;
  return GLB_OK;
}

int glb_cmd_digest(int argc, char **argv, int *status) {
  const char *run = NULL;
  char digest[33];
  struct glb_h5 *file;
  int code = glb_usage_parse(&glb_usage_digest, argc, argv, status, take, &run);
  if (code) return code == GLB_USAGE_HELP ? GLB_OK : code;
  if (!run) {
    *status = glb_usage_error(&glb_usage_digest, "RUN is missing");
    return GLB_OK;
  }
  GLB_TRY(glb_checkpoint_need(&file, run));
  code = glb_state_digest(digest, file);
  glb_h5_close(file);
  GLB_TRY(code);
  printf("%s\n", digest);
  return GLB_OK;
}
