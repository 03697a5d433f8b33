#include "tests/harness/mallocs.h"

#include <stddef.h>
#include <stdlib.h>

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && defined(__GLIBC__)

/* The C library offers the names behind the usual ones for just this. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t align, size_t size);
extern const char __executable_start, etext;
static int count;

static void note(const void *from) {
  if ((const char *)from >= &__executable_start && (const char *)from < &etext)
    __atomic_fetch_add(&count, 1, __ATOMIC_RELAXED);
}

void *malloc(size_t size) {
  note(__builtin_return_address(0));
  return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
  note(__builtin_return_address(0));
  return __libc_calloc(number, size);
}

void *realloc(void *old, size_t size) {
  note(__builtin_return_address(0));
  return __libc_realloc(old, size);
}

void *aligned_alloc(size_t align, size_t size) {
  note(__builtin_return_address(0));
  return __libc_memalign(align, size);
}

int test_mallocs_counted(void) {
  return 1;
}

int test_mallocs(void) {
  return __atomic_load_n(&count, __ATOMIC_RELAXED);
}

#else

int test_mallocs_counted(void) {
  return 0;
}

int test_mallocs(void) {
  return 0;
}

#endif
