/* target.h: what a fuzz target shows, to libFuzzer or to driver.c. */
#ifndef TESTS_FUZZ_TARGET_H
#define TESTS_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* Takes any bytes; ends the process where something that must hold does not. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void fuzz_require(int holds) {
  if (!holds) abort();
}

#endif  // TESTS_FUZZ_TARGET_H
