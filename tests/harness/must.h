/* must.h: calls that a test takes for granted, ending it with the message of the one that fails. */
#ifndef TESTS_HARNESS_MUST_H
#define TESTS_HARNESS_MUST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <stdio.h>
#include <stdlib.h>

#include "common/base/error.h"
#include "common/store/h5.h"

static inline void must(int code) {
  if (code) fail_msg("%s: %s (%s)", glb_error_name(code), glb_error_message(), glb_error_trace());
}

/* A data set of a group, all of it; owned by the caller. */
static inline double *must_read(struct glb_h5 *file, const char *group, const char *name, size_t *count) {
  char path[256];
  struct glb_h5_info info;
  snprintf(path, sizeof path, "%s/%s", group, name);
  must(glb_h5_info(file, path, &info));
  double *values = malloc((info.count + 1) * sizeof *values);
  assert_non_null(values);
  must(glb_h5_read(file, path, GLB_H5_F64, info.count, values));
  *count = info.count;
  return values;
}

#endif  // TESTS_HARNESS_MUST_H
