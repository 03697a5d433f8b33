#include "deploy/cli/values.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/config/text.h"

int glb_value_number(int64_t *out, const char *name, const char *value, int64_t low, int64_t high) {
  GLB_CHECK(glb_text_parse_int(out, value) && *out >= low && *out <= high, GLB_ECONFIG,
            "--%s takes a whole number from %lld to %lld, not \"%s\"", name, (long long)low, (long long)high,
            value);
  return GLB_OK;
}

int glb_value_ranges(int *taken, const struct glb_value_range *ranges, size_t count, const char *name,
                     const char *value) {
  *taken = 0;
  for (size_t i = 0; i < count && !*taken; i++) {
    if (strcmp(name, ranges[i].name) != 0) continue;
    *taken = 1;
    GLB_TRY(glb_value_number(ranges[i].out, name, value, ranges[i].low, ranges[i].high));
  }
  return GLB_OK;
}

int glb_value_list(int *out, int *count, int most, int high, const char *name, const char *value) {
  *count = 0;
  for (const char *at = value;;) {
    char word[16];
    int64_t number;
    const size_t length = strcspn(at, ",");
    snprintf(word, sizeof word, "%.*s", (int)(length < 15 ? length : 15), at);
    GLB_CHECK(*count < most && glb_text_parse_int(&number, word) && number >= 1 && number <= high &&
                  (!*count || number > out[*count - 1]),
              GLB_ECONFIG,
              "--%s takes ascending whole numbers up to %d such as 1,2,4 (at most %d of them), not \"%s\"",
              name, high, most, value);
    out[(*count)++] = (int)number;
    if (!at[length]) return GLB_OK;
    at += length + 1;
  }
}

int glb_value_config(struct glb_config *config, int given, const char *name, const char *value) {
  GLB_CHECK(!given, GLB_ECONFIG, "give one configuration: a file or a preset (\"%s\" is one more)", value);
  return name ? glb_config_preset(config, value) : glb_config_read(config, value);
}

int glb_value_program(char *path, size_t size) {
  const ssize_t length = readlink("/proc/self/exe", path, size - 1);
  GLB_CHECK(length > 0, GLB_ESETUP, "/proc/self/exe cannot be read: this program does not find itself");
  path[length] = '\0';
  return GLB_OK;
}
