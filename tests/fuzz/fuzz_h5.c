/* fuzz_h5.c: any bytes as a checkpoint, and any HDF5 file that the library writes, through all our readers.
 *
 * What the digest of a checkpoint keeps from the library is not given to it here: damaged images are the
 * business of fuzz_image.c. */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/store/checkpoint.h"
#include "common/store/h5.h"
#include "tests/fuzz/program.h"
#include "tests/fuzz/target.h"
#include "tests/fuzz/walk.h"

enum { MOST = 1 << 16, CHECKPOINT = 'G' };

static void try_checkpoint(const uint8_t *data, size_t size) {
  static int fd = -1;
  struct glb_h5 *file;
  char path[64];
  if (fd < 0) fd = memfd_create("checkpoint", MFD_CLOEXEC);
  fuzz_require(fd >= 0 && !ftruncate(fd, 0) && pwrite(fd, data, size, 0) == (ssize_t)size);
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  const int code = glb_checkpoint_open(&file, path);
  fuzz_require(code ? code == GLB_EFORMAT && !file : file != NULL);
  if (!code) fuzz_walk(file);
  glb_h5_close(file);
}

static void try_program(const uint8_t *data, size_t size) {
  struct glb_h5 *file;
  uint8_t *image;
  size_t bytes;
  fuzz_program(&image, &bytes, data, size);
  if (!image) return;
  fuzz_require(!glb_h5_open_image(&file, image, bytes, "program"));
  free(image);
  fuzz_walk(file);
  glb_h5_close(file);
}

// A checkpoint has this first byte; other bytes are a program.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0 || size > MOST) return 0;
  (data[0] == CHECKPOINT ? try_checkpoint : try_program)(data, size);
  return 0;
}
