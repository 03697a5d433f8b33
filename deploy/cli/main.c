#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "actors/env/physics.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/config/text.h"
#include "common/la/setup.h"
#include "common/store/h5.h"
#include "deploy/cli/cli.h"
#include "deploy/cli/version.h"
#include "proto/comm/survive.h"

static const struct command {
  const char *name;
  glb_command_fn run;
  int needs_mpi;
  const char *summary;
} commands[] = {
#define C(name, needs_mpi, summary) {#name, glb_cmd_##name, needs_mpi, summary},
#include "deploy/cli/commands.def"
#undef C
};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

// ---- what is said without a command ----

static void print_help(void) {
  printf(
      "glibrl: distributed meta reinforcement learning with Bayesian linear task models\n\n"
      "Usage: glibrl COMMAND [ARGUMENTS]\n\nCommands:\n");
  for (int i = 0; i < COMMANDS; i++) printf("  %-10s %s\n", commands[i].name, commands[i].summary);
  printf(
      "\nglibrl COMMAND --help explains a command; glibrl --version names the program and its libraries.\n\n"
      "Examples:\n"
      "  glibrl train --preset quickstart --out runs/first\n"
      "  mpirun -n 9 glibrl train --preset cheetah-vel --set train.seed=1 --out runs/vel-1\n"
      "  glibrl eval runs/first\n");
}

const char *glb_mpi_version(void) {
  static char text[MPI_MAX_LIBRARY_VERSION_STRING];
  int length;
  MPI_Get_library_version(text, &length);
  text[strcspn(text, ",\n")] = '\0';
  return text;
}

static void print_version(void) {
  printf("glibrl %s\nMPI: %s\nMuJoCo: %s\nHDF5: %s\nBLAS: %s, kernel %s\n", GLB_VERSION, glb_mpi_version(),
         glb_physics_version(), glb_h5_version(), glb_blas_config(), glb_blas_kernel());
}

static const struct command *find(const char *name) {
  for (int i = 0; i < COMMANDS; i++)
    if (!strcmp(commands[i].name, name)) return &commands[i];
  return NULL;
}

static int refuse(const char *name) {
  if (!name[0]) return fprintf(stderr, "glibrl: a command is missing\nTry: glibrl --help\n"), 2;
  struct glb_text_nearest nearest = {.word = name};
  for (int i = 0; i < COMMANDS; i++) glb_text_offer(&nearest, commands[i].name);
  fprintf(stderr, "glibrl: unknown command \"%s\"", name);
  if (nearest.best[0]) fprintf(stderr, "; did you mean %s?", nearest.best);
  fprintf(stderr, "\nTry: glibrl --help\n");
  return 2;
}

// ---- MPI and errors ----

struct process {
  int rank, size;  // in MPI_COMM_WORLD; 0 and 1 without MPI
  int mpi;         // initialised here
};

// Help is for machines where no MPI runs too.
static int wants_help(int argc, char **argv) {
  for (int i = 1; i < argc; i++)
    if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) return 1;
  return 0;
}

static int start_mpi(struct process *process) {
  int provided;
  GLB_CHECK(MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided) == MPI_SUCCESS, GLB_EMPI,
            "MPI does not start");
  process->mpi = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &process->rank);
  MPI_Comm_size(MPI_COMM_WORLD, &process->size);
  GLB_CHECK(
      provided >= MPI_THREAD_FUNNELED, GLB_ESETUP,
      "this MPI gives thread level %d, MPI_THREAD_FUNNELED is needed: use one built with thread support",
      provided);
  if (process->rank > 0) glb_usage_silence();
  return GLB_OK;
}

// The message, then for who looks deeper the code and the places it went through.
static void print_error(const struct process *process, const char *command, int code) {
  char rank[32] = "";
  const char *no_colour = getenv("NO_COLOR");  // https://no-color.org
  int dim = isatty(STDERR_FILENO) && !(no_colour && *no_colour);
  if (process->size > 1) snprintf(rank, sizeof rank, "[rank %d] ", process->rank);
  fflush(stdout);
  fprintf(stderr, "%sglibrl %s: %s\n%s%s(%s: %s; %s)%s\n", rank, command, glb_error_message(), rank,
          dim ? "\033[2m" : "", glb_error_name(code), glb_error_text(code), glb_error_trace(),
          dim ? "\033[0m" : "");
}

// Ends all ranks. What all of them have come to is said by the first alone: the others give it time to end
// them.
static void abort_all(const struct process *process, const char *command, int code) {
  if (process->rank > 0) glb_clock_sleep(0.5);
  print_error(process, command, code);
  MPI_Abort(MPI_COMM_WORLD, 1);
}

static int run(struct process *process, const struct command *command, int argc, char **argv, int *status) {
  if (command->needs_mpi && !wants_help(argc, argv)) GLB_TRY(start_mpi(process));
  glb_log_setup(process->rank, process->size, GLB_LOG_INFO);
  GLB_TRY(glb_blas_setup());
  GLB_TRY(command->run(argc, argv, status));
  GLB_CHECK(!fflush(stdout) && !ferror(stdout), GLB_EIO, "standard output cannot be written");
  return GLB_OK;
}

// Exit code of a command.
static int finish(const struct process *process, const char *command, int code, int status) {
  const int failed = code != GLB_OK && code != GLB_ESTOPPED && code != GLB_USAGE_HELP && status != 2;
  if (code == GLB_ESTOPPED && process->size > 1) MPI_Abort(MPI_COMM_WORLD, status);  // the others are at work
  if (failed) {
    if (process->size > 1) abort_all(process, command, code);
    print_error(process, command, code);
    status = 1;
  }
  if (process->mpi && glb_world_is_maimed()) {  // the rest of the end without MPI's, which waits for the dead
    fflush(NULL);
    _exit(status);
  }
  if (process->mpi) MPI_Finalize();
  return status;
}

int main(int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : "";
  if (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help")) return print_help(), 0;
  if (!strcmp(name, "--version")) return print_version(), 0;

  const struct command *command = find(name);
  if (!command) return refuse(name);

  struct process process = {.size = 1};
  int status = 0;
  int code = run(&process, command, argc - 1, argv + 1, &status);
  return finish(&process, name, code, status);
}
