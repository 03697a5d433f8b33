/* pages.h: what is made from the tables of commands, options and parameters besides their help. Written to stdout. */
#ifndef DEPLOY_CLI_PAGES_H
#define DEPLOY_CLI_PAGES_H

#include "deploy/cli/cli.h"

struct glb_page_command {
  const char *name, *summary;
  const struct glb_usage *usage;
};

/* The commands in the order of `glibrl --help`. */
const struct glb_page_command *glb_page_commands(int *count);

void glb_page_man(void);
void glb_page_bash(void);
void glb_page_zsh(void);

#endif  // DEPLOY_CLI_PAGES_H
