/* fuzz_image.c: any bytes as the image of an HDF5 file, through all our readers.
 *
 * The HDF5 library reads these bytes before any of our code does, so what it does not survive is found here
 * too; docs/reliability.md says what that has been. Not part of a suite. */
#include "common/store/h5.h"
#include "tests/fuzz/target.h"
#include "tests/fuzz/walk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct glb_h5 *file;
  if (glb_h5_open_image(&file, data, size, "image")) return 0;
  fuzz_walk(file);
  glb_h5_close(file);
  return 0;
}
