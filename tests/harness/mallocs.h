/* mallocs.h: how often memory has been asked for; link mallocs.c into the test. */
#ifndef TESTS_HARNESS_MALLOCS_H
#define TESTS_HARNESS_MALLOCS_H

/* 0 where allocations cannot be counted: under sanitizers and valgrind, and without glibc. */
int test_mallocs_counted(void);

/* Calls of malloc, calloc, realloc, aligned_alloc and posix_memalign so far, all threads: from the program's
 * own code (OpenBLAS allocates inside small products, and that is its own affair), and from libraries too. */
int test_mallocs(void);
int test_mallocs_everywhere(void);

#endif  // TESTS_HARNESS_MALLOCS_H
