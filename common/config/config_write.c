#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/config/config.h"
#include "common/config/table.h"

// Appends to a text of limited size; used goes on counting beyond it, as snprintf does.
struct writer {
  char *text;
  size_t size, used;
};

__attribute__((format(printf, 2, 3))) static void put(struct writer *w, const char *format, ...) {
  size_t left = w->used < w->size ? w->size - w->used : 0;
  va_list args;
  va_start(args, format);
  w->used += (size_t)vsnprintf(left ? w->text + w->used : NULL, left, format, args);
  va_end(args);
}

static int new_section(const struct glb_key *keys, int i) {
  return i == 0 || strcmp(keys[i].section, keys[i - 1].section) != 0;
}

size_t glb_config_write(const struct glb_config *config, char *text, size_t size) {
  const struct glb_key *keys = glb_key_table();
  struct writer w = {text, size, 0};
  for (int i = 0; i < GLB_KEY_COUNT; i++) {
    char value[GLB_KEY_VALUE];
    glb_key_print(value, &keys[i], config);
    if (new_section(keys, i)) put(&w, "%s[%s]\n", i ? "\n" : "", keys[i].section);
    put(&w, "%s =%s%s\n", keys[i].name, value[0] ? " " : "", value);
  }
  return w.used;
}

// Keys that do not change what has been learned so far.
static int may_change(const struct glb_key *key) {
  static const char *const free_keys[] = {"train.rounds",  "learner.", "eval.",   "checkpoint.",
                                          "env.model_dir", "watch.",   "metrics."};
  char name[128];
  snprintf(name, sizeof name, "%s.%s", key->section, key->name);
  for (size_t i = 0; i < sizeof free_keys / sizeof free_keys[0]; i++)
    if (!strncmp(name, free_keys[i], strlen(free_keys[i]))) return 1;
  return 0;
}

int glb_config_diff(const struct glb_config *a, const struct glb_config *b, char *text, size_t size) {
  int differences = 0;
  const struct glb_key *keys = glb_key_table();
  struct writer w = {text, size, 0};
  if (size) text[0] = '\0';
  for (int i = 0; i < GLB_KEY_COUNT; i++) {
    char one[GLB_KEY_VALUE], other[GLB_KEY_VALUE];
    glb_key_print(one, &keys[i], a);
    glb_key_print(other, &keys[i], b);
    if (may_change(&keys[i]) || !strcmp(one, other)) continue;
    put(&w, "%s.%s: %s -> %s\n", keys[i].section, keys[i].name, one, other);
    differences++;
  }
  return differences;
}

// ---- reference ----

int glb_config_entry(struct glb_config_entry *entry, int i) {
  if (i < 0 || i >= GLB_KEY_COUNT) return 0;
  const struct glb_key *key = &glb_key_table()[i];
  *entry = (struct glb_config_entry){.initial = key->initial,
                                     .words = key->kind == GLB_KEY_FLAG ? "true|false" : key->words,
                                     .unit = key->unit,
                                     .help = key->help};
  _Static_assert(sizeof entry->takes >= GLB_KEY_VALUE, "a longer range");
  snprintf(entry->key, sizeof entry->key, "%s.%s", key->section, key->name);
  glb_key_print_range(entry->takes, key);
  return 1;
}

static void document_plain(FILE *out, const struct glb_key *key, int first) {
  char range[GLB_KEY_VALUE], name[128], initial[128];
  glb_key_print_range(range, key);
  snprintf(name, sizeof name, "%s.%s", key->section, key->name);
  snprintf(initial, sizeof initial, "%s%s%s", key->initial, key->unit[0] ? " " : "", key->unit);
  fprintf(out, "%s%-26s %-14s %s\n%41s %s\n", first ? "\n" : "", name, initial, key->help, "", range);
}

// Text with | escaped, which would end a cell.
static void put_cell(FILE *out, const char *text) {
  for (; *text; text++) fprintf(out, *text == '|' ? "\\%c" : "%c", *text);
}

static void document_markdown(FILE *out, const struct glb_key *key, int first) {
  char range[GLB_KEY_VALUE];
  glb_key_print_range(range, key);
  if (first)
    fprintf(out, "\n## %s\n\n| key | default | takes | unit | what it is |\n|---|---|---|---|---|\n",
            key->section);
  fprintf(out, "| `%s.%s` | %s%s%s | ", key->section, key->name, key->initial[0] ? "`" : "", key->initial,
          key->initial[0] ? "`" : "");
  put_cell(out, range);
  fprintf(out, " | %s | ", key->unit);
  put_cell(out, key->help);
  fprintf(out, " |\n");
}

static void document_ini(FILE *out, const struct glb_key *key, int first) {
  char range[GLB_KEY_VALUE];
  glb_key_print_range(range, key);
  if (first) fprintf(out, "\n[%s]\n", key->section);
  fprintf(out, "# %s\n# %s%s%s\n%s =%s%s\n", key->help, range, key->unit[0] ? ", in units of: " : "",
          key->unit, key->name, key->initial[0] ? " " : "", key->initial);
}

void glb_config_document(FILE *out, int format) {
  static void (*const documents[])(FILE *, const struct glb_key *, int) = {document_plain, document_markdown,
                                                                           document_ini};
  const struct glb_key *keys = glb_key_table();
  for (int i = 0; i < GLB_KEY_COUNT; i++) documents[format](out, &keys[i], new_section(keys, i));
}
