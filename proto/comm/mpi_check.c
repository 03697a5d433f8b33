#include "proto/comm/mpi_check.h"

#include <stdio.h>
#include <string.h>

#include "common/base/error.h"

static int is_death(int code) {
#ifdef OMPI_HAVE_MPI_EXT_FTMPI
  int class = code;
  MPI_Error_class(code, &class);
  return class == MPIX_ERR_PROC_FAILED || class == MPIX_ERR_PROC_FAILED_PENDING || class == MPIX_ERR_REVOKED;
#else
  (void)code;
  return 0;
#endif
}

int glb_mpi_raise(int code, const char *call, const char *file, int line) {
  char text[MPI_MAX_ERROR_STRING + 1] = "";
  int length = 0, name = (int)strcspn(call, "(");
  if (MPI_Error_string(code, text, &length) != MPI_SUCCESS) snprintf(text, sizeof text, "code %d", code);
  return glb_error_raise(is_death(code) ? GLB_EPEER : GLB_EMPI, file, line, "%.*s: %s", name, call, text);
}
