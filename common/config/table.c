#include "common/config/table.h"

#include <stdio.h>
#include <string.h>

#include "common/config/config.h"
#include "common/config/text.h"

#define ROW(section, name) #section, #name
#define AT(section, name) offsetof(struct glb_config, section##_##name)

static const struct glb_key table[GLB_KEY_COUNT] = {
#define INT(section, name, initial, low, high, unit, help) \
  {ROW(section, name), GLB_KEY_INT, AT(section, name), #initial, low, high, NULL, unit, help},
#define REAL(section, name, initial, low, high, unit, help) \
  {ROW(section, name), GLB_KEY_REAL, AT(section, name), #initial, low, high, NULL, unit, help},
#define FLAG(section, name, initial, help) \
  {ROW(section, name), GLB_KEY_FLAG, AT(section, name), #initial, 0, 0, NULL, "", help},
#define WORD(section, name, initial, words, help) \
  {ROW(section, name), GLB_KEY_WORD, AT(section, name), initial, 0, 0, words, "", help},
#define TEXT(section, name, initial, help) \
  {ROW(section, name), GLB_KEY_TEXT, AT(section, name), initial, 0, 0, NULL, "", help},
#include "common/config/params.def"
#undef INT
#undef REAL
#undef FLAG
#undef WORD
#undef TEXT
};

const struct glb_key *glb_key_table(void) {
  return table;
}

void *glb_key_field(const struct glb_key *key, struct glb_config *config) {
  return (char *)config + key->offset;
}

static const void *field_of(const struct glb_key *key, const struct glb_config *config) {
  return (const char *)config + key->offset;
}

// Word number i of a list "a|b|c"; NULL after the last.
static const char *word_at(const char *words, int i, int *length) {
  for (; i > 0 && words; i--) {
    words = strchr(words, '|');
    if (words) words++;
  }
  if (words) *length = (int)strcspn(words, "|");
  return words;
}

void glb_key_print(char text[GLB_KEY_VALUE], const struct glb_key *key, const struct glb_config *config) {
  const void *field = field_of(key, config);
  int length;
  switch (key->kind) {
    case GLB_KEY_INT:
      snprintf(text, GLB_KEY_VALUE, "%lld", (long long)*(const int64_t *)field);
      break;
    case GLB_KEY_REAL:
      glb_text_print_real(text, *(const double *)field);
      break;
    case GLB_KEY_FLAG:
      snprintf(text, GLB_KEY_VALUE, "%s", *(const int *)field ? "true" : "false");
      break;
    case GLB_KEY_TEXT:
      snprintf(text, GLB_KEY_VALUE, "%s", (const char *)field);
      break;
    case GLB_KEY_WORD: {
      const char *word = word_at(key->words, *(const int *)field, &length);
      snprintf(text, GLB_KEY_VALUE, "%.*s", word ? length : 0, word ? word : "");
    }
  }
}

void glb_key_print_range(char text[GLB_KEY_VALUE], const struct glb_key *key) {
  switch (key->kind) {
    case GLB_KEY_INT:
      snprintf(text, GLB_KEY_VALUE, "a whole number from %.0f to %.0f", key->low, key->high);
      break;
    case GLB_KEY_REAL:
      snprintf(text, GLB_KEY_VALUE, "a number from %g to %g", key->low, key->high);
      break;
    case GLB_KEY_FLAG:
      snprintf(text, GLB_KEY_VALUE, "true or false");
      break;
    case GLB_KEY_WORD:
      snprintf(text, GLB_KEY_VALUE, "one of %s", key->words);
      break;
    case GLB_KEY_TEXT:
      snprintf(text, GLB_KEY_VALUE, "a text of one line and at most %d bytes, no # or ; after a blank",
               GLB_CONFIG_TEXT - 1);
  }
}

static int set_word(int *field, const char *words, const char *value) {
  int length;
  for (int i = 0;; i++) {
    const char *word = word_at(words, i, &length);
    if (!word) return 0;
    if (strlen(value) == (size_t)length && !strncmp(word, value, (size_t)length)) {
      *field = i;
      return 1;
    }
  }
}

// A text that a file gives back as it was; zeroed to its end, so that equal configurations have equal bytes.
static int set_text(char field[GLB_CONFIG_TEXT], const char *value) {
  size_t length = strlen(value);
  if (length >= GLB_CONFIG_TEXT) return 0;
  for (size_t i = 0; i < length; i++) {
    int blank = value[i] == ' ';
    int comment = value[i] == '#' || value[i] == ';';
    if ((unsigned char)value[i] < ' ' || value[i] == 127) return 0;
    if (blank && (i == 0 || i + 1 == length)) return 0;
    if (comment && (i == 0 || value[i - 1] == ' ')) return 0;
  }
  memset(field, 0, GLB_CONFIG_TEXT);
  memcpy(field, value, length);
  return 1;
}

int glb_key_set(const struct glb_key *key, struct glb_config *config, const char *value) {
  void *field = glb_key_field(key, config);
  int64_t whole;
  double real;
  switch (key->kind) {
    case GLB_KEY_INT:
      if (!glb_text_parse_int(&whole, value) || (double)whole < key->low || (double)whole > key->high)
        return 0;
      *(int64_t *)field = whole;
      return 1;
    case GLB_KEY_REAL:
      if (!glb_text_parse_real(&real, value) || real < key->low || real > key->high) return 0;
      *(double *)field = real;
      return 1;
    case GLB_KEY_FLAG:
      return set_word(field, "false|true", value);
    case GLB_KEY_WORD:
      return set_word(field, key->words, value);
    case GLB_KEY_TEXT:
      return set_text(field, value);
  }
  return 0;
}
