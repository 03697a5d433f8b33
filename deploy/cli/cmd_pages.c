#include <stdio.h>
#include <string.h>

#include "common/base/error.h"
#include "deploy/cli/cli.h"
#include "deploy/cli/pages.h"

const struct glb_usage glb_usage_pages = {
    .command = "pages",
    .synopsis = "man|bash|zsh",
    .text =
        "Prints the manual page, or what bash or zsh need to complete commands, options, parameters, "
        "families and presets. "
        "`meson install` puts\n"
        "all three in their places.",
    .arguments = 1,
    .words = "man|bash|zsh",
    .examples =
        "glibrl pages man | man -l -\n"
        "source <(glibrl pages bash)",
};

const struct glb_page_command *glb_page_commands(int *count) {
  static const struct glb_page_command commands[] = {
#define C(name, needs_mpi, summary) {#name, summary, &glb_usage_##name},
#include "deploy/cli/commands.def"
#undef C
  };
  *count = sizeof commands / sizeof *commands;
  return commands;
}

static int take(void *context, const char *name, const char *value) {
  (void)name;
  *(const char **)context = value;
  return GLB_OK;
}

int glb_cmd_pages(int argc, char **argv, int *status) {
  const char *page = "";
  GLB_TRY(glb_usage_parse(&glb_usage_pages, argc, argv, status, take, &page));
  if (!strcmp(page, "man"))
    glb_page_man();
  else if (!strcmp(page, "bash"))
    glb_page_bash();
  else if (!strcmp(page, "zsh"))
    glb_page_zsh();
  else
    *status = glb_usage_error(&glb_usage_pages, "say man, bash or zsh%s%s", *page ? ", not " : "", page);
  return GLB_OK;
}
