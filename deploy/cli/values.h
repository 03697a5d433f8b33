/* values.h: what options of several commands take. All codes are GLB_ECONFIG unless said otherwise, with a message that names the
 * option and what it takes. */
#ifndef DEPLOY_CLI_VALUES_H
#define DEPLOY_CLI_VALUES_H

#include <stddef.h>
#include <stdint.h>

#include "common/config/config.h"

/* A whole number of a range. */
int glb_value_number(int64_t *out, const char *name, const char *value, int64_t low, int64_t high);

struct glb_value_range {  // an option that takes one
  const char *name;
  int64_t *out, low, high;
};

/* Takes option --name where it is one of count ranges; *taken is whether it was. */
int glb_value_ranges(int *taken, const struct glb_value_range *ranges, size_t count, const char *name,
                     const char *value);

/* "1,2,4": at most `most` whole numbers from 1 to high, ascending; *count of them go to out. */
int glb_value_list(int *out, int *count, int most, int high, const char *name, const char *value);

/* [CONFIG.ini | --preset NAME]: an argument (name NULL) or that option becomes the configuration. given: one has been before,
 * which is an error. Also the codes of glb_config_preset and glb_config_read. */
int glb_value_config(struct glb_config *config, int given, const char *name, const char *value);

/* The path of this program. GLB_ESETUP. */
int glb_value_program(char *path, size_t size);

#endif  // DEPLOY_CLI_VALUES_H
