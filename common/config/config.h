/* config.h: the configuration of a run, made from one table (params.def). */
#ifndef COMMON_CONFIG_CONFIG_H
#define COMMON_CONFIG_CONFIG_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { GLB_CONFIG_TEXT = 1024 };

struct glb_config {
#define INT(section, name, initial, low, high, unit, help) int64_t section##_##name;
#define REAL(section, name, initial, low, high, unit, help) double section##_##name;
#define FLAG(section, name, initial, help) int section##_##name;
#define WORD(section, name, initial, words, help) int section##_##name;
#define TEXT(section, name, initial, help) char section##_##name[GLB_CONFIG_TEXT];
#include "common/config/params.def"
#undef INT
#undef REAL
#undef FLAG
#undef WORD
#undef TEXT
};

/* Indices of the WORD parameters, in the order of their lists. */
enum { GLB_OBJECTIVE_EVIDENCE, GLB_OBJECTIVE_CONDITIONAL };
enum { GLB_HEADS_REWARD, GLB_HEADS_TRANSITION, GLB_HEADS_BOTH };
enum { GLB_BACKUP_TRIAL, GLB_BACKUP_EPISODE };
enum { GLB_ON_ACTOR_LOSS_CONTINUE, GLB_ON_ACTOR_LOSS_ABORT };

/* Defaults of the table. */
void glb_config_init(struct glb_config *config);

/* Sets one key from text ("section.name=value"). GLB_ECONFIG: unknown key (with the nearest known one), a
 * value that is no number, out of range, or not in the list; the message has key, value and what is allowed.
 * where names the source for the message ("--set", "run.ini:12"). */
int glb_config_set(struct glb_config *config, const char *assignment, const char *where);

/* Reads an INI file: [section], key = value; a comment starts at # or ; at the start of a line or after a
 * blank. At most 1 MiB. Keys that are not in it stay as they are. GLB_EIO, or GLB_ECONFIG with file and line.
 * A key given twice is an error. */
int glb_config_read(struct glb_config *config, const char *path);
/* The same from text in memory; name stands for the path in messages. */
int glb_config_parse(struct glb_config *config, const char *text, const char *name);

/* What there is to know of parameter i, for pages and shells. 0: after the last. */
struct glb_config_entry {
  char key[64], takes[1152];                  // "train.seed", "a whole number from 0 to 9"
  const char *initial, *words, *unit, *help;  // words: "a|b" where it is one of a list, else NULL
};
int glb_config_entry(struct glb_config_entry *entry, int i);

/* Presets are INI texts compiled into the program from deploy/configs. GLB_ECONFIG lists the names. */
int glb_config_preset(struct glb_config *config, const char *name);
/* Name of preset i, NULL after the last; its first line, which says what it is, cut to size. */
const char *glb_config_preset_name(int i);
int glb_config_preset_help(char *text, size_t size, int i);

/* Relations between keys: slots_per_task and group divide slots, shards divide the batch, the replay holds a
 * round. GLB_ECONFIG. Ranges are checked by set, the family by glb_family_find. */
int glb_config_validate(const struct glb_config *config);

/* The complete configuration as INI text, in table order; parses back to the same. Returns the length as
 * snprintf does. */
size_t glb_config_write(const struct glb_config *config, char *text, size_t size);

/* Names the first keys in which two configurations differ, leaving out those that may change at a restart
 * (train.rounds, learner.*, eval.*, checkpoint.*, watch.*, metrics.*); returns their number and writes "key: a -> b" lines
 * to text. */
int glb_config_diff(const struct glb_config *a, const struct glb_config *b, char *text, size_t size);

/* Reference of all keys, for `glibrl params`; format: 0 plain text, 1 Markdown (docs/parameters.md), 2 an INI
 * file with comments. */
void glb_config_document(FILE *out, int format);

#endif  // COMMON_CONFIG_CONFIG_H
