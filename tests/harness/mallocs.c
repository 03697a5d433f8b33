#include "tests/harness/mallocs.h"

#include <errno.h>
#include <stdlib.h>

#ifdef __has_feature  // clang
#define SANITIZED \
  (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer))
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

#if defined(__GLIBC__) && !SANITIZED

/* The names here stand before the C library's in every library of the process; it offers the names behind
 * them for just this. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t align, size_t size);
extern const char __executable_start, etext;
static int own, all;

static void note(const void *from) {
  __atomic_fetch_add(&all, 1, __ATOMIC_RELAXED);
  if ((const char *)from >= &__executable_start && (const char *)from < &etext)
    __atomic_fetch_add(&own, 1, __ATOMIC_RELAXED);
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

int posix_memalign(void **block, size_t align, size_t size) {
  note(__builtin_return_address(0));
  void *new = __libc_memalign(align, size);
  if (new) *block = new;
  return new ? 0 : ENOMEM;
}

int test_mallocs_counted(void) {  // not where valgrind's stand in front of these
  const int own_before = own, all_before = all;
  void *volatile block = malloc(1);
  const int counted = all != all_before;
  free(block);
  own = own_before;
  all = all_before;
  return counted;
}

int test_mallocs(void) {
  return __atomic_load_n(&own, __ATOMIC_RELAXED);
}

int test_mallocs_everywhere(void) {
  return __atomic_load_n(&all, __ATOMIC_RELAXED);
}

#else

int test_mallocs_counted(void) {
  return 0;
}

int test_mallocs(void) {
  return 0;
}

int test_mallocs_everywhere(void) {
  return 0;
}

#endif
