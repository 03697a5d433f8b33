#include "proto/comm/mpi_check.h"

#include <stdio.h>
#include <string.h>

#include "common/base/error.h"

int glb_mpi_raise(int code, const char *call, const char *file, int line) {
  char text[MPI_MAX_ERROR_STRING + 1] = "";
  int length = 0, name = (int)strcspn(call, "(");
  if (MPI_Error_string(code, text, &length) != MPI_SUCCESS) snprintf(text, sizeof text, "code %d", code);
  return glb_error_raise(GLB_EMPI, file, line, "%.*s: %s", name, call, text);
}
