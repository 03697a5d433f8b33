#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/config/config.h"
#include "deploy/cli/cli.h"
#include "deploy/cli/lists.h"

static const struct glb_option options[] = {
    {"markdown", NULL, "as Markdown: the page docs/parameters.md"},
    {"ini", NULL, "as a configuration file with comments, to start one's own from"},
    {"preset", "NAME", "the complete configuration that a preset stands for"},
};

const struct glb_usage glb_usage_params = {
    .command = "params",
    .synopsis = "[--markdown | --ini | --preset NAME]",
    .text =
        "Lists every parameter with its default, what it takes and what it is, then the task families and "
        "the\n"
        "presets. A parameter is set in a configuration file or with --set section.key=value.",
    .options = options,
    .count = sizeof options / sizeof options[0],
    .examples =
        "glibrl params | less\n"
        "glibrl params --ini > my.ini && glibrl train my.ini --out runs/mine\n"
        "glibrl params --preset cheetah-vel",
};

enum { PLAIN, MARKDOWN, INI, PRESET };

struct choice {
  int *status;
  int form;            // PLAIN where nothing is asked for
  const char *preset;  // name
};

static int take(void *context, const char *name, const char *value) {
  struct choice *choice = context;
  if (choice->form != PLAIN) {
    *choice->status = glb_usage_error(&glb_usage_params, "--%s goes with no other option", name);
    return GLB_ECONFIG;
  }
  choice->form = !strcmp(name, "markdown") ? MARKDOWN : !strcmp(name, "ini") ? INI : PRESET;
  choice->preset = value;
  return GLB_OK;
}

static int print_preset(const char *name) {
  struct glb_config config;
  glb_config_init(&config);
  GLB_TRY(glb_config_preset(&config, name));
  size_t size = glb_config_write(&config, NULL, 0) + 1;
  char *text = malloc(size);
  GLB_CHECK(text, GLB_ENOMEM, "no memory for %zu bytes of configuration", size);
  glb_config_write(&config, text, size);
  fputs(text, stdout);
  free(text);
  return GLB_OK;
}

static void print_plain(void) {
  printf("Parameters: key, default, what it is and takes. Set them in a file, or with --set key=value.\n");
  glb_config_document(stdout, 0);
  glb_lists_families("\nTask families (env.family):\n", 0);
  glb_lists_presets("\nPresets (--preset):\n", 0);
}

static void print_markdown(void) {
  printf(
      "# Parameters\n\nThis page is what `glibrl params --markdown` prints; do not edit it. A parameter is "
      "set in a "
      "configuration file\n(`[section]`, `name = value`) or on the command line (`--set "
      "section.name=value`); "
      "`glibrl params --ini` prints a file\nto start from. Unknown keys are errors.\n");
  glb_config_document(stdout, 1);
  glb_lists_families("\n## Task families\n\nValues of `env.family`.\n\n| family | what it is |\n|---|---|\n",
                     1);
  glb_lists_presets(
      "\n## Presets\n\nGiven with `glibrl train --preset NAME`; `glibrl params --preset NAME` shows all of "
      "it."
      "\n\n| preset | what it is |\n|---|---|\n",
      1);
}

int glb_cmd_params(int argc, char **argv, int *status) {
  struct choice choice = {.status = status};
  GLB_TRY(glb_usage_parse(&glb_usage_params, argc, argv, status, take, &choice));
  switch (choice.form) {
    case MARKDOWN:
      print_markdown();
      break;
    case INI:
      glb_config_document(stdout, 2);
      break;
    case PRESET:
      GLB_TRY(print_preset(choice.preset));
      break;
    default:
      print_plain();
  }
  return GLB_OK;
}
