/* table.h: params.def as data, for reading, writing and describing alike. Private to common/config. */
#ifndef COMMON_CONFIG_TABLE_H
#define COMMON_CONFIG_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct glb_config;

enum glb_key_kind { GLB_KEY_INT, GLB_KEY_REAL, GLB_KEY_FLAG, GLB_KEY_WORD, GLB_KEY_TEXT };

struct glb_key {
  const char *section, *name;  // "train", "seed"
  enum glb_key_kind kind;
  size_t offset;        // of its field in struct glb_config
  const char *initial;  // default as text
  double low, high;     // INT and REAL; whole numbers here are exact
  const char *words;    // WORD: "a|b"
  const char *unit;     // "" where it has none
  const char *help;
};

enum { GLB_KEY_VALUE = 1152 };  // bytes of the longest value or range as text

enum {
  GLB_KEY_COUNT = 0
#define INT(...) +1
#define REAL(...) +1
#define FLAG(...) +1
#define WORD(...) +1
#define TEXT(...) +1
#include "common/config/params.def"
#undef INT
#undef REAL
#undef FLAG
#undef WORD
#undef TEXT
};

/* GLB_KEY_COUNT keys in the order of params.def. */
const struct glb_key *glb_key_table(void);

/* Field of a key, to be cast to its type. */
void *glb_key_field(const struct glb_key *key, struct glb_config *config);

/* Value of a key as it is written in a file. */
void glb_key_print(char text[GLB_KEY_VALUE], const struct glb_key *key, const struct glb_config *config);

/* What a key takes, for messages and the reference: "a whole number from 1 to 9". */
void glb_key_print_range(char text[GLB_KEY_VALUE], const struct glb_key *key);

/* Stores a value given as text; 0 where the key does not take it. */
int glb_key_set(const struct glb_key *key, struct glb_config *config, const char *value);

#endif  // COMMON_CONFIG_TABLE_H
