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

static void put_option(const char *name, const char *value, const char *help, int column) {
  int used = printf("  --%s%s%s", name, value ? " " : "", value ? value : "");
  printf("%*s", column - used, "");
  put_wrapped(help, column);
}

static void put_examples(const char *lines) {
  printf("\nExamples:\n");
  for (size_t length; *lines; lines += length + (lines[length] == '\n')) {
    length = strcspn(lines, "\n");
    printf("  %.*s\n", (int)length, lines);
  }
}

void glb_usage_print(const struct glb_usage *usage) {
  size_t widest = 4;
  for (int i = 0; i < usage->count; i++) {
    const struct glb_option *option = &usage->options[i];
    size_t width = strlen(option->name) + (option->value ? 1 + strlen(option->value) : 0);
    if (width > widest) widest = width;
  }
  printf("Usage: glibrl %s %s\n\n%s\n\nOptions:\n", usage->command, usage->synopsis, usage->text);
  for (int i = 0; i < usage->count; i++)
    put_option(usage->options[i].name, usage->options[i].value, usage->options[i].help, (int)widest + 6);
  put_option("help", NULL, "this page", (int)widest + 6);
  if (usage->lists) usage->lists();
  if (usage->examples) put_examples(usage->examples);
}

// ---- bad usage ----

int glb_usage_number(int64_t *out, const char *name, const char *value, int64_t low, int64_t high) {
  GLB_CHECK(glb_text_parse_int(out, value) && *out >= low && *out <= high, GLB_ECONFIG,
            "--%s takes a whole number from %lld to %lld, not \"%s\"", name, (long long)low, (long long)high,
            value);
  return GLB_OK;
}

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

// The table as getopt_long wants it, --help last; option i has the value FIRST_VALUE + i.
static void make_options(struct option options[OPTIONS + 2], const struct glb_usage *usage) {
  memset(options, 0, sizeof *options * (OPTIONS + 2));
  for (int i = 0; i < usage->count; i++)
    options[i] =
        (struct option){usage->options[i].name, usage->options[i].value ? required_argument : no_argument,
                        NULL, FIRST_VALUE + i};
  options[usage->count] = (struct option){"help", no_argument, NULL, 'h'};
}

// What getopt_long did not understand, told to stderr.
static int refuse(const struct glb_usage *usage, int found, char **argv) {
  int known = optopt >= FIRST_VALUE && optopt < FIRST_VALUE + usage->count;
  const char *name = known ? usage->options[optopt - FIRST_VALUE].name : "";
  char letter[3] = {'-', (char)optopt, '\0'};
  if (found == ':') return glb_usage_error(usage, "option --%s needs a value", name);
  if (known) return glb_usage_error(usage, "option --%s takes no value", name);
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
  int count = 0;
  GLB_CHECK(usage->count <= OPTIONS, GLB_ELIMIT, "%s has %d options, at most %d", usage->command,
            usage->count, OPTIONS);
  make_options(options, usage);

  // "-": positional arguments in their place; ":": a missing value is told apart
  optind = 0;
  opterr = 0;
  for (int found; (found = getopt_long(argc, argv, "-:h", options, NULL)) != -1;) {
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
      code = take(context, options[found - FIRST_VALUE].name, optarg);
    }
    if (code) return code;
  }
  for (; optind < argc; optind++) {
    int code = take_argument(usage, count++, argv[optind], status, take, context);
    if (code) return code;
  }
  return GLB_OK;
}
