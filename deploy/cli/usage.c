#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/error.h"
#include "common/config/text.h"
#include "deploy/cli/cli.h"

enum { OPTIONS = 32, WIDTH = 100, FIRST_VALUE = 256 };

static int silent;

void glb_usage_silence(void) {
  silent = 1;
}

// ---- help ----

// Words of text, broken into lines after the given column.
static void put_wrapped(const char *text, int column) {
  int at = column;
  while (*text) {
    int length = (int)strcspn(text, " \n");
    if (at > column && at + 1 + length > WIDTH) {
      printf("\n%*s", column, "");
      at = column;
    }
    at += printf("%s%.*s", at > column ? " " : "", length, text);
    text += length;
    text += strspn(text, " \n");
  }
  printf("\n");
}

/* "--out FILE" or "-o, --out FILE", as snprintf. */
static int write_option(char *text, size_t size, const struct glb_option *option) {
  const char letter[] = {'-', option->letter, ',', ' ', '\0'};
  return snprintf(text, size, "%s--%s%s%s", option->letter ? letter : "", option->name,
                  option->value ? " " : "", option->value ? option->value : "");
}

static void put_option(const struct glb_option *option, int column) {
  char text[WIDTH];
  write_option(text, sizeof text, option);
  printf("  %-*s", column - 2, text);
  put_wrapped(option->help, column);
}

static void put_examples(const char *lines) {
  printf("\nExamples:\n");
  for (size_t length; *lines; lines += length + (lines[length] == '\n')) {
    length = strcspn(lines, "\n");
    printf("  %.*s\n", (int)length, lines);
  }
}

void glb_usage_print(const struct glb_usage *usage) {
  static const struct glb_option help = {"help", NULL, "this page"};
  int column = write_option(NULL, 0, &help) + 4;
  for (int i = 0; i < usage->count; i++) {
    const int width = write_option(NULL, 0, &usage->options[i]) + 4;
    if (width > column) column = width;
  }
  printf("Usage: glibrl %s %s\n\n%s\n\nOptions:\n", usage->command, usage->synopsis, usage->text);
  for (int i = 0; i < usage->count; i++) put_option(&usage->options[i], column);
  put_option(&help, column);
  if (usage->lists) usage->lists();
  if (usage->examples) put_examples(usage->examples);
}

// ---- bad usage ----

int glb_usage_error(const struct glb_usage *usage, const char *format, ...) {
  if (silent) return 2;
  va_list args;
  va_start(args, format);
  fprintf(stderr, "glibrl %s: ", usage->command);
  vfprintf(stderr, format, args);
  va_end(args);
  fprintf(stderr, "\nTry: glibrl %s --help\n", usage->command);
  return 2;
}

static int refuse_option(const struct glb_usage *usage, const char *given) {
  char word[64], name[66];
  snprintf(word, sizeof word, "%.*s", (int)strcspn(given, "="), given);
  struct glb_text_nearest nearest = {.word = word};
  glb_text_offer(&nearest, "--help");
  for (int i = 0; i < usage->count; i++) {
    snprintf(name, sizeof name, "--%.60s", usage->options[i].name);
    glb_text_offer(&nearest, name);
  }
  if (!nearest.best[0]) return glb_usage_error(usage, "unknown option %s", word);
  return glb_usage_error(usage, "unknown option %s; did you mean %s?", word, nearest.best);
}

// ---- parsing ----

// The table as getopt_long wants it, --help last; option i has the value FIRST_VALUE + i. letters: the short ones. "-":
// positional arguments in their place; ":": a missing value is told apart.
static void make_options(struct option options[OPTIONS + 2], char letters[2 * OPTIONS + 4],
                         const struct glb_usage *usage) {
  memset(options, 0, sizeof *options * (OPTIONS + 2));
  letters += sprintf(letters, "-:h");
  for (int i = 0; i < usage->count; i++)
    options[i] =
        (struct option){usage->options[i].name, usage->options[i].value ? required_argument : no_argument,
                        NULL, FIRST_VALUE + i};
  for (int i = 0; i < usage->count; i++)
    if (usage->options[i].letter)
      letters += sprintf(letters, "%c%s", usage->options[i].letter, usage->options[i].value ? ":" : "");
  options[usage->count] = (struct option){"help", no_argument, NULL, 'h'};
}

// The option that getopt_long has found, by its value or its letter; -1: none.
static int index_of(const struct glb_usage *usage, int found) {
  if (found >= FIRST_VALUE) return found - FIRST_VALUE < usage->count ? found - FIRST_VALUE : -1;
  for (int i = 0; i < usage->count; i++)
    if (found && usage->options[i].letter == found) return i;
  return -1;
}

// What getopt_long did not understand, told to stderr.
static int refuse(const struct glb_usage *usage, int found, char **argv) {
  const int known = index_of(usage, optopt);
  const char *name = known >= 0 ? usage->options[known].name : "";
  char letter[3] = {'-', (char)optopt, '\0'};
  if (found == ':') return glb_usage_error(usage, "option --%s needs a value", name);
  if (known >= 0) return glb_usage_error(usage, "option --%s takes no value", name);
  return refuse_option(usage, optopt ? letter : argv[optind - 1]);
}

/* A positional argument; count: those before it. */
static int take_argument(const struct glb_usage *usage, int count, const char *value, int *status,
                         int (*take)(void *context, const char *name, const char *value), void *context) {
  if (count < usage->arguments) return take(context, NULL, value);
  *status = usage->arguments ? glb_usage_error(usage, "an argument too many: %s", value)
                             : glb_usage_error(usage, "takes no argument, \"%s\" is given", value);
  GLB_RAISE(GLB_ECONFIG, "bad usage");
}

int glb_usage_parse(const struct glb_usage *usage, int argc, char **argv, int *status,
                    int (*take)(void *context, const char *name, const char *value), void *context) {
  struct option options[OPTIONS + 2];
  char letters[2 * OPTIONS + 4];
  int count = 0;
  GLB_CHECK(usage->count <= OPTIONS, GLB_ELIMIT, "%s has %d options, at most %d", usage->command,
            usage->count, OPTIONS);
  make_options(options, letters, usage);
  optind = 0;
  opterr = 0;
  for (int found; (found = getopt_long(argc, argv, letters, options, NULL)) != -1;) {
    int code = GLB_OK;
    if (found == 'h') {
      glb_usage_print(usage);
      *status = 0;
      return GLB_USAGE_HELP;
    }
    if (found == '?' || found == ':') {
      *status = refuse(usage, found, argv);
      GLB_RAISE(GLB_ECONFIG, "bad usage");
    }
    if (found == 1) {
      code = take_argument(usage, count++, optarg, status, take, context);
    } else {
      code = take(context, options[index_of(usage, found)].name, optarg);
    }
    if (code) return code;
  }
  for (; optind < argc; optind++) {
    int code = take_argument(usage, count++, argv[optind], status, take, context);
    if (code) return code;
  }
  return GLB_OK;
}
