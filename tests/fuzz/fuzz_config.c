/* fuzz_config.c: any bytes as the text of a configuration file, and as one --set.
 *
 * Whatever the text, the configuration holds values of the table afterwards: written out and read again it is
 * the same, bit for bit. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/config/config.h"
#include "tests/fuzz/target.h"

enum { MOST = 1 << 16 };

static struct glb_config defaults;

static void round_trip(const struct glb_config *config) {
  static struct glb_config again;
  static char text[MOST], difference[256];
  if (!memcmp(config, &defaults, sizeof defaults)) return;  // most texts change nothing
  again = defaults;
  fuzz_require(glb_config_write(config, text, sizeof text) < sizeof text);
  fuzz_require(!glb_config_parse(&again, text, "written"));
  fuzz_require(!memcmp(config, &again, sizeof again));
  fuzz_require(!glb_config_diff(config, &again, difference, sizeof difference));
}

// Whether a text was taken; it may be refused for one reason only, with a message.
static int taken(int code) {
  fuzz_require(code == GLB_OK || code == GLB_ECONFIG);
  fuzz_require(!code || glb_error_message()[0]);
  return !code;
}

static void try_text(const char *text) {
  static struct glb_config config;
  config = defaults;
  if (taken(glb_config_parse(&config, text, "any bytes"))) taken(glb_config_validate(&config));
  round_trip(&config);
}

static void try_set(const char *text) {
  static struct glb_config config;
  config = defaults;
  taken(glb_config_set(&config, text, "--set"));
  round_trip(&config);
}

// A text ends at its first NUL; a file with one is refused.
static void try_file(const uint8_t *data, size_t size) {
  static struct glb_config config;
  static int fd = -1;
  char path[64];
  if (fd < 0) fd = memfd_create("config", MFD_CLOEXEC);
  fuzz_require(fd >= 0 && !ftruncate(fd, 0) && pwrite(fd, data, size, 0) == (ssize_t)size);
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  fuzz_require(glb_config_read(&config, path) == GLB_ECONFIG);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size > MOST) return 0;
  if (!defaults.train_rounds) glb_config_init(&defaults);
  char *text = malloc(size + 1);  // of this size: reads past the end are seen
  fuzz_require(text != NULL);
  if (size) memcpy(text, data, size);
  text[size] = '\0';
  try_text(text);
  if (!strchr(text, '\n')) try_set(text);
  if (strlen(text) < size) try_file(data, size);
  free(text);
  return 0;
}
