/* cli.h: the commands and how their options are described; one table gives parsing, help and completion. */
#ifndef DEPLOY_CLI_CLI_H
#define DEPLOY_CLI_CLI_H

#include <stdint.h>

/* A command gets its own argc and argv (argv[0] is the command's name), sets *status (exit code, 0 before the
 * call) and returns GLB_OK or a code. main prints the message of an error with its trace and exits with 1,
 * except where *status is 2 already: bad usage, told by the functions below. GLB_USAGE_HELP may be passed up
 * like an error and is exit 0. Exit codes: 0 done, 1 failed or what was compared
 * differs, 2 bad usage, 75 checkpointed: run me again. */
typedef int (*glb_command_fn)(int argc, char **argv, int *status);

#define C(name, needs_mpi, summary) int glb_cmd_##name(int argc, char **argv, int *status);
#include "deploy/cli/commands.def"
#undef C

struct glb_option {
  const char *name;   // "preset", without the dashes
  const char *value;  // what follows, "NAME"; NULL: a flag
  const char *help;
  char letter;  // short form, 'o' for -o; 0: none
};

struct glb_usage {       // glb_usage_train and so on, one for each command
  const char *command;   // "train"
  const char *synopsis;  // "[CONFIG.ini | --preset NAME] [--set k=v]... --out RUN"
  const char *text;      // a paragraph or two
  const struct glb_option *options;
  int count;             // options
  int arguments;         // positional arguments that it takes at most
  const char *examples;  // a line each
  void (*lists)(void);   // prints what there is to choose from; NULL: nothing
  const char *words;     // what the positional arguments are, "env|agent"; NULL: files
};

#define C(name, needs_mpi, summary) extern const struct glb_usage glb_usage_##name;
#include "deploy/cli/commands.def"
#undef C

enum { GLB_USAGE_HELP = -1 };
enum { GLB_EXIT_AGAIN = 75 };  // a checkpoint is written: run the same command again

/* Walks argv with getopt_long. take is called for each option (name, value or NULL) and each positional
 * argument (name NULL), in order; it returns 0 or a code of its own that ends the walk and is returned.
 * --help prints the help to stdout and returns GLB_USAGE_HELP with *status 0. An unknown option, a missing
 * value or an argument too many prints a line (with the nearest known option) to stderr, and returns GLB_ECONFIG with *status 2. */
int glb_usage_parse(const struct glb_usage *usage, int argc, char **argv, int *status,
                    int (*take)(void *context, const char *name, const char *value), void *context);

/* Prints "glibrl COMMAND: message" and a hint at --help to stderr; returns 2, the exit code. */
int glb_usage_error(const struct glb_usage *usage, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* No more words about bad usage from this process: another rank says them. */
void glb_usage_silence(void);

void glb_usage_print(const struct glb_usage *usage);

/* First line of the version of the MPI library; main.c asks, for no other file here may. */
const char *glb_mpi_version(void);

#endif  // DEPLOY_CLI_CLI_H
