// test_job.c: time limits and lists of seeds as Slurm takes them. What the scripts do is tested in tests/slurm.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include "deploy/cli/job.h"

static void time_limits(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int64_t seconds;
  } cases[] = {{"90", 5400},       {"2:30", 150},
               {"1:00:00", 3600},  {"1-0", 86400},
               {"2-3:30", 185400}, {"1-2:03:04", 93784},
               {"0", 0},           {"", 0},
               {"1:", 0},          {"1:2:3:4", 0},
               {"1-2-3", 0},       {"1:2-3", 0},
               {"x", 0},           {"-5", 0},
               {"5m", 0},          {"1-", 0},
               {"99999999", 0},    {" 5", 0},
               {"UNLIMITED", 0}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    if (glb_job_seconds(cases[i].text) != cases[i].seconds)
      fail_msg("\"%s\" is %lld s, not %lld", cases[i].text, (long long)glb_job_seconds(cases[i].text),
               (long long)cases[i].seconds);
}

static void lists(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int is_list;
  } cases[] = {
      {"0", 1},     {"0-4", 1},     {"1,3,8", 1}, {"0-30:10", 1}, {"0-9%2", 1}, {"1,5-7,20-40:5%3", 1},
      {"", 0},      {"4-0", 0},     {"1,", 0},    {",1", 0},      {"1-", 0},    {"0-4:0", 0},
      {"0-4%0", 0}, {"0-4%2,5", 0}, {"0 1", 0},   {"a", 0},       {"-1", 0},    {"9999999", 0}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
    if (glb_job_is_list(cases[i].text) != cases[i].is_list)
      fail_msg("\"%s\": %d, not %d", cases[i].text, glb_job_is_list(cases[i].text), cases[i].is_list);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(time_limits), cmocka_unit_test(lists)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
