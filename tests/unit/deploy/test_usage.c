// test_usage.c: options and arguments reach the command in order; what is not understood is told with the
// nearest name.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <stdio.h>
#include <string.h>

#include "common/base/error.h"
#include "deploy/cli/cli.h"

static const struct glb_option options[] = {
    {"out", "DIR", "folder", 'o'}, {"json", NULL, "as JSON"}, {"set", "k=v", "key"}};
static const struct glb_usage usage = {"test", "[FILE]", "A command.", options, 3, 4, NULL};

static int take(void *context, const char *name, const char *value) {
  char *seen = context;
  if (value && !strcmp(value, "stop")) return 99;
  sprintf(seen + strlen(seen), "%s=%s;", name ? name : "", value ? value : "");
  return 0;
}

// Parses a line of words; returns the code, and what take saw in seen.
static int parse(const char *line, char *seen, int *status) {
  char name[] = "test", copy[256], *words[16] = {name}, *rest;
  int count = 1;
  snprintf(copy, sizeof copy, "%s", line);
  for (char *w = strtok_r(copy, " ", &rest); w; w = strtok_r(NULL, " ", &rest)) words[count++] = w;
  *seen = '\0';
  *status = 0;
  return glb_usage_parse(&usage, count, words, status, take, seen);
}

static void check(const char *line, int code, int status, const char *expected) {
  char seen[256];
  int got;
  assert_int_equal(parse(line, seen, &got), code);
  assert_int_equal(got, status);
  assert_string_equal(seen, expected);
}

static void in_order(void **state) {
  (void)state;
  check("", GLB_OK, 0, "");
  check("a --set x=1 b --json --set y=2 --out=d", GLB_OK, 0, "=a;set=x=1;=b;json=;set=y=2;out=d;");
  check("--js -- --json -x", GLB_OK, 0, "json=;=--json;=-x;");
  check("a stop b", 99, 0, "=a;");
  check("-", GLB_OK, 0, "=-;");
  check("-o d a -oe", GLB_OK, 0, "out=d;=a;out=e;");
}

static void what_is_wrong(void **state) {
  (void)state;
  glb_usage_silence();
  check("a --outt d", GLB_ECONFIG, 2, "=a;");
  check("--json=1", GLB_ECONFIG, 2, "");
  check("--set", GLB_ECONFIG, 2, "");
  check("-x", GLB_ECONFIG, 2, "");
  check("a -o", GLB_ECONFIG, 2, "=a;");
  check("a b c d e", GLB_ECONFIG, 2, "=a;=b;=c;=d;");
  check("--help --outt", GLB_USAGE_HELP, 0, "");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(in_order), cmocka_unit_test(what_is_wrong)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
