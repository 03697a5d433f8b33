#include <stdio.h>

#include "common/config/config.h"
#include "common/task/task.h"
#include "deploy/cli/pages.h"
#include "deploy/cli/version.h"

/* Text as roff has it: no dash or dot of it means anything. Lines stay lines. */
static void put(const char *text) {
  for (int first = 1; *text; text++) {
    if (first && (*text == '.' || *text == '\'')) fputs("\\&", stdout);
    first = *text == '\n';
    if (*text == '\\')
      fputs("\\e", stdout);
    else if (*text == '-')
      fputs("\\-", stdout);
    else
      putchar(*text);
  }
}

static void put_line(const char *text) {
  put(text);
  putchar('\n');
}

/* An entry of a list: what it is called in bold, its value in italics. */
static void put_term(const char *name, const char *value) {
  fputs(".TP\n\\fB", stdout);
  put(name);
  fputs("\\fR", stdout);
  if (value && *value) {
    fputs(" \\fI", stdout);
    put(value);
    fputs("\\fR", stdout);
  }
  putchar('\n');
}

static void put_lines_as_they_are(const char *text) {
  printf(".nf\n");
  put(text);
  printf("%s.fi\n", *text ? "\n" : "");
}

static void put_option(const struct glb_option *option) {
  char name[80];
  const char letter[] = {'-', option->letter, ',', ' ', '\0'};
  snprintf(name, sizeof name, "%s--%s", option->letter ? letter : "", option->name);
  put_term(name, option->value);
  put_line(option->help);
}

static void put_command(const struct glb_page_command *command) {
  const struct glb_usage *usage = command->usage;
  static const struct glb_option help = {"help", NULL, "what the command does and takes"};
  printf(".SS \"glibrl %s\"\n.B glibrl %s\n", command->name, command->name);
  put_line(usage->synopsis);
  printf(".PP\n");
  put_line(usage->text);
  for (int i = 0; i < usage->count; i++) put_option(&usage->options[i]);
  put_option(&help);
  if (!usage->examples) return;
  printf(".PP\nExamples:\n.RS\n");
  put_lines_as_they_are(usage->examples);
  printf(".RE\n");
}

static void put_parameters(void) {
  struct glb_config_entry entry;
  printf(".SH PARAMETERS\n");
  put_line(
      "Set in a configuration file ([section], name = value) or with --set section.name=value; the default "
      "is in brackets.");
  for (int i = 0; glb_config_entry(&entry, i); i++) {
    char value[128];
    snprintf(value, sizeof value, "[%.100s]", entry.initial);
    put_term(entry.key, value);
    put(entry.help);
    printf("; ");
    put_line(entry.takes);
  }
}

static void put_lists(void) {
  int count;
  const struct glb_family *families = glb_family_table(&count);
  printf(".SH TASK FAMILIES\nValues of env.family.\n");
  for (int i = 0; i < count; i++) {
    put_term(families[i].name, NULL);
    put_line(families[i].help);
  }
  printf(".SH PRESETS\nValues of \\-\\-preset.\n");
  for (int i = 0; glb_config_preset_name(i); i++) {
    char help[160];
    glb_config_preset_help(help, sizeof help, i);
    put_term(glb_config_preset_name(i), NULL);
    put_line(help);
  }
}

static void put_rest(void) {
  static const char *const codes[][2] = {
      {"0", "done; diff: no difference"},
      {"1", "failed; diff: a difference; doctor: a line says FAIL"},
      {"2", "bad usage"},
      {"75", "train, scale: stopped before the end; the same command goes on"}};
  static const char *const variables[][2] = {
      {"NO_COLOR", "not empty: no dim letters on a terminal"},
      {"SLURM_JOB_END_TIME", "train: when the job ends; it ends with a checkpoint before"},
      {"OPENBLAS_CORETYPE", "kernel of OpenBLAS: the same one gives the same bits on unlike processors"}};
  printf(".SH EXIT STATUS\n");
  for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
    put_term(codes[i][0], NULL), put_line(codes[i][1]);
  printf(".SH ENVIRONMENT\n");
  for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
    put_term(variables[i][0], NULL), put_line(variables[i][1]);
  printf(".SH SEE ALSO\n.BR mpirun (1),\n.BR ffmpeg (1)\n");
}

void glb_page_man(void) {
  int count;
  const struct glb_page_command *commands = glb_page_commands(&count);
  printf(
      ".TH GLIBRL 1 \"\" \"glibrl %s\" \"User Commands\"\n.SH NAME\nglibrl \\- distributed meta "
      "reinforcement learning with "
      "Bayesian linear task models\n"
      ".SH SYNOPSIS\n.B glibrl\n.I COMMAND\n[\\fIARGUMENTS\\fR]\n.br\n.B mpirun\n\\fB\\-n\\fR "
      "\\fIRANKS\\fR\n.B glibrl train\n"
      "[\\fIARGUMENTS\\fR]\n.SH DESCRIPTION\n",
      GLB_VERSION);
  for (int i = 0; i < count; i++) {
    put_term(commands[i].name, NULL);
    put_line(commands[i].summary);
  }
  put_term("--help", NULL);
  put_line("the commands; after a command, what it takes");
  put_term("--version", NULL);
  put_line("the program, its MPI, MuJoCo and HDF5 libraries and the kernel of OpenBLAS");
  printf(".SH COMMANDS\n");
  for (int i = 0; i < count; i++) put_command(&commands[i]);
  put_parameters();
  put_lists();
  put_rest();
}
