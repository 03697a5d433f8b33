/* assert.h: GLB_ASSERT, for our own bugs only; compiled in when the build defines GLB_DEBUG. */
#ifndef COMMON_BASE_ASSERT_H
#define COMMON_BASE_ASSERT_H

#ifdef GLB_DEBUG
#include <stdio.h>
#include <stdlib.h>
#define GLB_ASSERT(condition)                                                           \
  do {                                                                                  \
    if (!(condition)) {                                                                 \
      fprintf(stderr, "%s:%d: assertion failed: %s\n", __FILE__, __LINE__, #condition); \
      abort();                                                                          \
    }                                                                                   \
  } while (0)
#else
#define GLB_ASSERT(condition) ((void)sizeof(!(condition)))
#endif

#endif  // COMMON_BASE_ASSERT_H
