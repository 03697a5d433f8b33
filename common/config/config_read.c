#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/base/error.h"
#include "common/config/config.h"
#include "common/config/table.h"
#include "common/config/text.h"

enum { FILE_LIMIT = 1 << 20, LINE = GLB_KEY_VALUE + 128, KEY = 128, WHERE = 512 };

// ---- one key ----

// Index of "section.name"; -1 where there is none.
static int find_key(const char *name) {
  const struct glb_key *keys = glb_key_table();
  for (int i = 0; i < GLB_KEY_COUNT; i++) {
    size_t section = strlen(keys[i].section);
    if (!strncmp(name, keys[i].section, section) && name[section] == '.' &&
        !strcmp(name + section + 1, keys[i].name))
      return i;
  }
  return -1;
}

// The unknown key's message: the nearest key, or whether its section is known at all.
static int refuse_key(const char *name, const char *where) {
  const struct glb_key *keys = glb_key_table();
  struct glb_text_nearest nearest = {.word = name};
  for (int i = 0; i < GLB_KEY_COUNT; i++) {
    char key[KEY];
    snprintf(key, sizeof key, "%s.%s", keys[i].section, keys[i].name);
    glb_text_offer(&nearest, key);
  }
  GLB_RAISE(GLB_ECONFIG, "%s: unknown key \"%.100s\"%s%s%s (glibrl params lists all keys)", where, name,
            nearest.best[0] ? "; did you mean " : "", nearest.best, nearest.best[0] ? "?" : "");
}

static int set_value(struct glb_config *config, int index, const char *value, const char *where) {
  const struct glb_key *key = &glb_key_table()[index];
  char range[GLB_KEY_VALUE];
  glb_key_print_range(range, key);
  GLB_CHECK(glb_key_set(key, config, value), GLB_ECONFIG, "%s: %s.%s = \"%.100s\": %s expected", where,
            key->section, key->name, value, range);
  return GLB_OK;
}

static int is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';  // a file from Windows has \r at the end of lines
}

// Text between two pointers without the blanks around it; 0 where it does not fit.
static int trim(char *out, size_t size, const char *from, const char *to) {
  while (from < to && is_blank(*from)) from++;
  while (to > from && is_blank(to[-1])) to--;
  size_t length = (size_t)(to - from);
  if (length >= size) return 0;
  memcpy(out, from, length);
  out[length] = '\0';
  return 1;
}

int glb_config_set(struct glb_config *config, const char *assignment, const char *where) {
  char name[KEY], value[GLB_KEY_VALUE];
  const char *equals = strchr(assignment, '=');
  GLB_CHECK(equals, GLB_ECONFIG, "%s: \"%.100s\" is no section.name=value", where, assignment);
  int fits = trim(name, sizeof name, assignment, equals) &&
             trim(value, sizeof value, equals + 1, equals + strlen(equals));
  GLB_CHECK(fits, GLB_ECONFIG, "%s: \"%.60s...\" is too long", where, assignment);
  int index = find_key(name);
  if (index < 0) return refuse_key(name, where);
  GLB_TRY(set_value(config, index, value, where));
  return GLB_OK;
}

// ---- files ----

struct reader {
  struct glb_config *config;
  const char *name;         // of the file, for messages
  const char *rest;         // text not read yet
  int line;                 // number of the line inih has now
  const char *begin, *end;  // that line, without comment and indentation
  int code;                 // first error
  int seen[GLB_KEY_COUNT];  // line that gave a key, 0: none yet
};

// Where a comment starts: # or ; at the start of a line or after a blank.
static size_t comment_start(const char *line, size_t length) {
  for (size_t i = 0; i < length; i++)
    if ((line[i] == '#' || line[i] == ';') && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t')) return i;
  return length;
}

/* Hands inih the next line, without comment and indentation (which would mean a continued value to it). Its
 * buffer holds about 200 bytes: of a longer line it gets the beginning, in which it finds the name. */
static char *next_line(char *buffer, int size, void *context) {
  struct reader *r = context;
  if (r->code || !*r->rest) return NULL;
  size_t whole = strcspn(r->rest, "\n"), length = comment_start(r->rest, whole);
  r->begin = r->rest;
  r->end = r->rest + length;
  while (r->begin < r->end && (*r->begin == ' ' || *r->begin == '\t')) r->begin++;
  r->rest += whole + (r->rest[whole] == '\n');
  r->line++;

  length = (size_t)(r->end - r->begin);
  if (length >= LINE) {
    r->code = glb_error_raise(GLB_ECONFIG, __FILE__, __LINE__, "%s:%d: line of %zu bytes, at most %d",
                              r->name, r->line, length, LINE - 1);
    return NULL;
  }
  if (length > (size_t)size - 2) length = (size_t)size - 2;
  memcpy(buffer, r->begin, length);
  memcpy(buffer + length, "\n", 2);
  return buffer;
}

static int take(struct reader *r, const char *section, const char *name) {
  char where[WHERE], key[KEY], value[LINE];
  snprintf(where, sizeof where, "%s:%d", r->name, r->line);
  GLB_CHECK(section[0], GLB_ECONFIG, "%s: \"%.60s\" stands before any [section]", where, name);
  snprintf(key, sizeof key, "%.60s.%.60s", section, name);
  int index = find_key(key);
  if (index < 0) return refuse_key(key, where);
  GLB_CHECK(!r->seen[index], GLB_ECONFIG, "%s: %s is given twice, first in line %d", where, key,
            r->seen[index]);
  r->seen[index] = r->line;
  int fits = trim(value, sizeof value, r->begin + strcspn(r->begin, "=:") + 1, r->end);
  GLB_ASSERT(fits);
  (void)fits;
  GLB_TRY(set_value(r->config, index, value, where));
  return GLB_OK;
}

// inih's handler: 1 to go on; the value is read from the line itself, which inih may know in part only
static int handle(void *context, const char *section, const char *name, const char *value) {
  struct reader *r = context;
  (void)value;
  r->code = take(r, section, name);
  return !r->code;
}

int glb_config_parse(struct glb_config *config, const char *text, const char *name) {
  struct reader r = {.config = config, .name = name, .rest = text};
  int bad_line = ini_parse_stream(next_line, &r, handle, &r);
  GLB_CHECK(bad_line >= 0, GLB_ENOMEM, "%s: no memory to read it", name);

  // inih goes on after a line it does not understand, so the first error may be its own or ours
  GLB_CHECK(!bad_line || (r.code && bad_line >= r.line), GLB_ECONFIG,
            "%s:%d: is no [section], no key = value and no comment", name, bad_line);
  return r.code;
}

int glb_config_read(struct glb_config *config, const char *path) {
  FILE *in = fopen(path, "rb");
  GLB_CHECK(in, GLB_EIO, "%s: %s", path, strerror(errno));
  char *text = malloc(FILE_LIMIT + 2);
  errno = 0;
  size_t size = text ? fread(text, 1, FILE_LIMIT + 1, in) : 0;
  int error = ferror(in) ? errno : 0, code;
  fclose(in);
  GLB_CHECK(text, GLB_ENOMEM, "%s: no memory to read it", path);
  text[size] = '\0';

  if (error) {
    code = glb_error_raise(GLB_EIO, __FILE__, __LINE__, "%s: %s", path, strerror(error));
  } else if (size > FILE_LIMIT) {
    code = glb_error_raise(GLB_ECONFIG, __FILE__, __LINE__, "%s: is larger than %d bytes", path, FILE_LIMIT);
  } else if (strlen(text) != size) {
    code = glb_error_raise(GLB_ECONFIG, __FILE__, __LINE__, "%s: is no text, byte %zu is NUL", path,
                           strlen(text));
  } else {
    code = glb_config_parse(config, text, path);
  }
  free(text);
  return code;
}

// ---- presets ----

static const struct {
  const char *name, *text;
} presets[] = {
#include "common/config/presets.inc"
};

enum { PRESETS = sizeof presets / sizeof presets[0] };

const char *glb_config_preset_name(int i) {
  return i >= 0 && i < PRESETS ? presets[i].name : NULL;
}

int glb_config_preset_help(char *text, size_t size, int i) {
  const char *first = presets[i].text;
  return snprintf(text, size, "%.*s", (int)strcspn(first, "\n") - 2, first + 2);
}

int glb_config_preset(struct glb_config *config, const char *name) {
  char known[1024] = "";
  struct glb_text_nearest nearest = {.word = name};
  for (int i = 0; i < PRESETS; i++) {
    if (!strcmp(presets[i].name, name)) {
      GLB_TRY(glb_config_parse(config, presets[i].text, name));
      return GLB_OK;
    }
    glb_text_offer(&nearest, presets[i].name);
    size_t used = strlen(known);
    snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", presets[i].name);
  }
  GLB_CHECK(!nearest.best[0], GLB_ECONFIG, "no preset \"%.60s\"; did you mean %s? (there are: %s)", name,
            nearest.best, known);
  GLB_RAISE(GLB_ECONFIG, "no preset \"%.60s\"; there are: %s", name, known);
}
