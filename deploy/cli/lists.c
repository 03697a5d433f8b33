#include "deploy/cli/lists.h"

#include <stdio.h>
#include <string.h>

#include "common/config/config.h"
#include "common/task/task.h"

enum { COLUMNS = 96 };

static void print_row(const char *name, const char *help, int markdown) {
  if (markdown)
    printf("| `%s` | %s |\n", name, help);
  else
    printf("  %-15s %s\n", name, help);
}

void glb_lists_families(const char *title, int markdown) {
  int count;
  const struct glb_family *families = glb_family_table(&count);
  printf("%s", title);
  for (int i = 0; i < count; i++) print_row(families[i].name, families[i].help, markdown);
}

void glb_lists_presets(const char *title, int markdown) {
  printf("%s", title);
  for (int i = 0; glb_config_preset_name(i); i++) {
    char help[160];
    glb_config_preset_help(help, sizeof help, i);
    print_row(glb_config_preset_name(i), help, markdown);
  }
}

void glb_lists_family_names(const char *title) {
  static const char single[] = "ml1-";
  int count, column = COLUMNS, seen = 0;
  const struct glb_family *families = glb_family_table(&count);
  printf("%s", title);
  for (int i = 0; i < count; i++) {
    const int is_single = !strncmp(families[i].name, single, sizeof single - 1);
    const char *name = is_single ? "ml1-<environment>" : families[i].name;
    if (is_single && seen++) continue;
    if (column + 2 + (int)strlen(name) > COLUMNS) column = printf("\n ") - 1;
    column += printf(" %s", name);
  }
  printf("\n");
}
