/* lists.h: what there is to choose from, for help and reference pages. */
#ifndef DEPLOY_CLI_LISTS_H
#define DEPLOY_CLI_LISTS_H

/* A title, and a row with name and help for each: of plain text, or of a Markdown table. */
void glb_lists_families(const char *title, int markdown);
void glb_lists_presets(const char *title, int markdown);

/* Families by name alone, in lines of at most 96 columns; MetaWorld's fifty of one environment as one word. */
void glb_lists_family_names(const char *title);

#endif  // DEPLOY_CLI_LISTS_H
