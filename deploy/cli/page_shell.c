/* Completion for bash and zsh. What an option completes to follows from how its value is written: small words are what it takes,
 * NAME of --preset and KEY=VALUE have lists of their own, and the rest are files. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "common/config/config.h"
#include "common/task/task.h"
#include "deploy/cli/pages.h"

enum { LIST = 16384 };

// ---- lists of words ----

/* A word more, after a blank. */
static void add(char list[LIST], const char *word, int length) {
  const size_t used = strlen(list);
  snprintf(list + used, LIST - used, "%s%.*s", used ? " " : "", length, word);
}

/* The small words of "auto|never|PATH". */
static void add_choices(char list[LIST], const char *text) {
  while (*text) {
    const int length = (int)strcspn(text, "|");
    if (islower((unsigned char)*text) || isdigit((unsigned char)*text)) add(list, text, length);
    text += length + (text[length] == '|');
  }
}

static void list_commands(char list[LIST]) {
  int count;
  const struct glb_page_command *commands = glb_page_commands(&count);
  for (int i = 0; i < count; i++) add(list, commands[i].name, (int)strlen(commands[i].name));
}

static void list_options(char list[LIST], const struct glb_usage *usage) {
  char name[80];
  for (int i = 0; i < usage->count; i++) {
    const char letter[] = {'-', usage->options[i].letter, '\0'};
    if (usage->options[i].letter) add(list, letter, 2);
    add(list, name, snprintf(name, sizeof name, "--%.70s", usage->options[i].name));
  }
  add(list, "--help", 6);
}

static void list_presets(char list[LIST]) {
  for (int i = 0; glb_config_preset_name(i); i++)
    add(list, glb_config_preset_name(i), (int)strlen(glb_config_preset_name(i)));
}

static void list_families(char list[LIST]) {
  int count;
  const struct glb_family *families = glb_family_table(&count);
  for (int i = 0; i < count; i++) add(list, families[i].name, (int)strlen(families[i].name));
}

static void list_keys(char list[LIST], const char *end) {
  struct glb_config_entry entry;
  char word[80];
  for (int i = 0; glb_config_entry(&entry, i); i++)
    add(list, word, snprintf(word, sizeof word, "%.70s%s", entry.key, end));
}

/* Values of a parameter; empty: not a list. */
static void list_values(char list[LIST], const struct glb_config_entry *entry) {
  if (!strcmp(entry->key, "env.family"))
    list_families(list);
  else if (entry->words)
    add_choices(list, entry->words);
}

/* Values of an option; 1: they are files too. */
static int list_option_values(char list[LIST], const struct glb_option *option) {
  static const char *const files[] = {"RUN", "DIR", "PATH", "FILE"};
  if (!strcmp(option->name, "preset"))
    list_presets(list);
  else
    add_choices(list, option->value);
  for (size_t i = 0; i < sizeof files / sizeof *files; i++)
    if (strstr(option->value, files[i])) return 1;
  return 0;
}

// ---- bash ----

static void put_bash_option(const struct glb_page_command *command, const struct glb_option *option) {
  char list[LIST] = "";
  if (!option->value) return;
  if (!strcmp(option->value, "KEY=VALUE")) {
    list_keys(list, "=");
    printf("    %s:--%s)\n      if [ -n \"$key\" ]; then words=$(_glibrl_values \"$key\")\n", command->name,
           option->name);
    printf("      else words='%s'; compopt -o nospace 2>/dev/null; fi ;;\n", list);
    return;
  }
  const int files = list_option_values(list, option);
  printf("    %s:--%s", command->name, option->name);
  if (option->letter) printf(" | %s:-%c", command->name, option->letter);
  printf(") words='%s' files=%d ;;\n", list, files);
}

static void put_bash_command(const struct glb_page_command *command) {
  char list[LIST] = "";
  list_options(list, command->usage);
  printf("    %s:*)\n      if [[ $cur == -* ]]; then words='%s'\n", command->name, list);
  list[0] = '\0';
  if (command->usage->words) add_choices(list, command->usage->words);
  if (list[0])
    printf("      else words='%s'; fi ;;\n", list);
  else
    printf("      else files=%d; fi ;;\n", command->usage->arguments > 0);
}

static void put_bash_values(void) {
  struct glb_config_entry entry;
  printf("_glibrl_values() {\n  case $1 in\n");
  for (int i = 0; glb_config_entry(&entry, i); i++) {
    char list[LIST] = "";
    list_values(list, &entry);
    if (list[0]) printf("    %s) echo '%s' ;;\n", entry.key, list);
  }
  printf("  esac\n}\n\n");
}

void glb_page_bash(void) {
  int count;
  char list[LIST] = "";
  const struct glb_page_command *commands = glb_page_commands(&count);
  printf("# Completion of glibrl for bash, made by `glibrl pages bash`.\n\n");
  put_bash_values();
  list_commands(list);
  printf(
      "_glibrl() {\n"
      "  local at=$COMP_CWORD cur=${COMP_WORDS[COMP_CWORD]} prev= key= prefix= words= files=0\n"
      "  COMPREPLY=()\n"
      "  if [ \"$at\" -eq 1 ]; then\n"
      "    COMPREPLY=($(compgen -W '%s --help --version' -- \"$cur\"))\n"
      "    return\n"
      "  fi\n"
      "  # \"=\" is a word of its own, or part of one where COMP_WORDBREAKS has been changed\n"
      "  if [ \"$cur\" = = ]; then cur= key=${COMP_WORDS[at - 1]} at=$((at - 1))\n"
      "  elif [ \"${COMP_WORDS[at - 1]}\" = = ]; then key=${COMP_WORDS[at - 2]} at=$((at - 2))\n"
      "  elif [[ $cur == *=* ]]; then key=${cur%%%%=*} prefix=${cur%%%%=*}= cur=${cur#*=}\n"
      "  fi\n"
      "  prev=${COMP_WORDS[at - 1]}\n"
      "  if [[ $key == --* ]]; then prev=$key key=; fi\n"
      "  case ${COMP_WORDS[1]}:$prev in\n",
      list);
  for (int i = 0; i < count; i++)
    for (int k = 0; k < commands[i].usage->count; k++)
      put_bash_option(&commands[i], &commands[i].usage->options[k]);
  for (int i = 0; i < count; i++) put_bash_command(&commands[i]);
  printf(
      "  esac\n"
      "  COMPREPLY=($(compgen -P \"$prefix\" -W \"$words\" -- \"$cur\"))\n"
      "  if [ \"$files\" = 1 ]; then\n"
      "    compopt -o filenames 2>/dev/null\n"
      "    local IFS=$'\\n'\n"
      "    COMPREPLY+=($(compgen -P \"$prefix\" -f -- \"$cur\"))\n"
      "  fi\n"
      "}\n\n"
      "complete -F _glibrl glibrl\n");
}

// ---- zsh ----

/* Text within an option's brackets, all within single quotes. */
static void put_zsh_text(const char *text) {
  for (; *text; text++) {
    if (*text == '\'')
      fputs("'\\''", stdout);
    else if (strchr("[]:\\", *text))
      printf("\\%c", *text);
    else
      putchar(*text);
  }
}

static void put_zsh_option(const struct glb_option *option) {
  char list[LIST] = "";
  const int many = option->value && !strcmp(option->value, "KEY=VALUE");
  printf(" \\\n        %s", many ? "'*'" : "");
  if (option->letter) printf("{-%c+,", option->letter);
  printf("--%s%s", option->name, option->value ? "=" : "");
  printf("%s'[", option->letter ? "}" : "");
  put_zsh_text(option->help);
  printf("]");
  if (option->value) {
    printf(":");
    put_zsh_text(option->value);
    const int files = !many && list_option_values(list, option);
    if (many)
      printf(":_glibrl_settings");
    else if (files && list[0])
      printf(": _alternative \"words\\:word\\:(%s)\" \"files\\:file\\:_files\"", list);
    else if (files)
      printf(":_files");
    else
      printf(":(%s)", list);
  }
  printf("'");
}

static void put_zsh_command(const struct glb_page_command *command) {
  char list[LIST] = "";
  printf("    %s)\n      _arguments -S", command->name);
  for (int i = 0; i < command->usage->count; i++) put_zsh_option(&command->usage->options[i]);
  printf(" \\\n        '--help[what the command does and takes]'");
  if (command->usage->words) add_choices(list, command->usage->words);
  if (list[0])
    printf(" \\\n        '*:argument:(%s)'", list);
  else if (command->usage->arguments)
    printf(" \\\n        '*:argument:_files'");
  printf(" ;;\n");
}

static void put_zsh_settings(void) {
  struct glb_config_entry entry;
  char keys[LIST] = "";
  list_keys(keys, "");
  printf(
      "_glibrl_settings() {\n  if ! compset -P '*='; then\n    compadd -S = -- %s\n    return\n  fi\n  case "
      "$IPREFIX in\n",
      keys);
  for (int i = 0; glb_config_entry(&entry, i); i++) {
    char list[LIST] = "";
    list_values(list, &entry);
    if (list[0]) printf("    *%s=) compadd -- %s ;;\n", entry.key, list);
  }
  printf("  esac\n}\n\n");
}

void glb_page_zsh(void) {
  int count;
  const struct glb_page_command *commands = glb_page_commands(&count);
  printf("#compdef glibrl\n# Completion of glibrl for zsh, made by `glibrl pages zsh`.\n\n");
  put_zsh_settings();
  printf("_glibrl() {\n  local -a commands=(");
  for (int i = 0; i < count; i++) {
    printf("\n    '%s:", commands[i].name);
    put_zsh_text(commands[i].summary);
    printf("'");
  }
  printf(
      "\n  )\n  if (( CURRENT == 2 )); then\n    _describe command commands\n    compadd -- --help "
      "--version\n    return\n  fi\n"
      "  local command=$words[2]\n  shift words\n  (( CURRENT-- ))\n  case $command in\n");
  for (int i = 0; i < count; i++) put_zsh_command(&commands[i]);
  printf("  esac\n}\n\n_glibrl \"$@\"\n");
}
