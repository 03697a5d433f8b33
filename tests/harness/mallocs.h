/* mallocs.h: how often the program itself has asked for memory; link mallocs.c into the test. */
#ifndef TESTS_HARNESS_MALLOCS_H
#define TESTS_HARNESS_MALLOCS_H

/* 0 where allocations cannot be counted: under sanitizers and without glibc. */
int test_mallocs_counted(void);

/* Calls of malloc, calloc, realloc and aligned_alloc from the program's own code so far, all threads. What
 * libraries do inside a call is theirs. */
int test_mallocs(void);

#endif  // TESTS_HARNESS_MALLOCS_H
