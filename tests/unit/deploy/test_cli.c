// test_cli.c: the program as its users meet it: what goes to which stream, exit codes, and the generated
// page.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/config/config.h"
#include "tests/harness/models.h"

static char said[1 << 16];

// Runs "glibrl arguments", keeps what it says on the streams that redirection leaves, returns the exit code.
static int run(const char *arguments) {
  char command[1024];
  const char *build = getenv("GLIBRL_BUILD");
  snprintf(command, sizeof command, "'%s/glibrl' %s", build ? build : "build", arguments);
  FILE *in = popen(command, "r");
  assert_non_null(in);
  said[fread(said, 1, sizeof said - 1, in)] = '\0';
  int status = pclose(in);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// Standard output alone, standard error alone.
static void expect_out(const char *arguments, int code, const char *words) {
  char command[512];
  snprintf(command, sizeof command, "%s 2>/dev/null", arguments);
  int got = run(command);
  if (got != code || !strstr(said, words))
    fail_msg("%s: exit %d, said \"%s\"; expected %d, \"%s\"", arguments, got, said, code, words);
}

static void expect_error(const char *arguments, int code, const char *words) {
  char command[512];
  snprintf(command, sizeof command, "%s 2>&1 >/dev/null", arguments);
  int got = run(command);
  if (got != code || !strstr(said, words))
    fail_msg("%s: exit %d, said \"%s\"; expected %d, \"%s\"", arguments, got, said, code, words);
}

static void help_and_version(void **state) {
  (void)state;
  expect_out("--help", 0, "params     list the parameters");
  expect_out("params --help", 0, "Usage: glibrl params");
  expect_out("--version", 0, "HDF5: 1.");
  expect_out("--version", 0, "MuJoCo: 3.");
  expect_out("--version", 0, "MPI: ");
  expect_out("--version", 0, ", kernel ");
  expect_error("params --help", 0, "");
  assert_string_equal(said, "");
}

static void bad_usage(void **state) {
  (void)state;
  expect_error("", 2, "a command is missing");
  expect_error("parms", 2, "did you mean params?");
  expect_error("params --presets x", 2, "did you mean --preset?");
  expect_error("params --preset", 2, "option --preset needs a value");
  expect_error("params --ini --markdown", 2, "goes with no other option");
  expect_error("bench modle", 2, "did you mean model?");
  expect_error("pages fish", 2, "say man, bash or zsh, not fish");
  expect_error("params --preset cheeta-dir", 1, "did you mean cheetah-dir?");
  expect_error("train --out /dev/null/x --preset quikstart", 1, "did you mean quickstart?");
  expect_error("train --out /dev/null/x --set env.famly=point", 1, "did you mean env.family?");
  expect_error("train --out /dev/null/x --set env.family=cheetah_vel", 1, "did you mean cheetah-vel?");
  expect_error("train --out /dev/null/x --verbosse", 2, "did you mean --verbose?");
  expect_out("params more", 2, "");
  assert_string_equal(said, "");
}

static void errors(void **state) {
  (void)state;
  expect_error("params --preset x", 1, "glibrl params: no preset \"x\"; there are: quickstart");
  assert_non_null(strstr(said, "(GLB_ECONFIG: bad configuration; "));
  assert_int_equal(run("params 2>&1 >/dev/full"), 1);
  assert_non_null(strstr(said, "standard output cannot be written"));
}

// What cannot work is said when the script is made, not when the job starts; what is only a waste is a warning.
static void job_scripts(void **state) {
  (void)state;
  expect_out("sbatch --preset point --out r", 0, "#SBATCH --ntasks-per-node=6\n");
  expect_error("sbatch --preset point --out r", 0, "");
  assert_string_equal(said, "");
  expect_error("sbatch --preset point --ranks 4 --out r", 0, "as with --ranks 3, which is as fast");
  expect_error("sbatch --preset point --ranks 6 --out r", 1, "--ranks 5 is the most that is of use");
  expect_error("sbatch --preset pint --out r", 1, "no preset \"pint\"");
  expect_error("sbatch --set agent.rte=1 --out r", 1, "did you mean agent.rate?");
  expect_error("sbatch --set env.family=pointt --out r", 1, "pointt");
  expect_error("sbatch --preset point --seeds 0-4 --out r", 1, "--out r-{seed}");
  expect_error("sbatch --seeds 0 --set train.seed=1 --out r{seed}", 1, "give one of them");
  expect_error("sbatch --time 5:00 --out r", 1, "--time 5:00 is 300 s");
  expect_error("sbatch --partition 'a b' --out r", 1, "a word without blanks");
  expect_error("sbatch --sbatch \"$(printf 'a\\nb')\" --out r", 1, "control character");
  expect_error("sbatch --preset point", 2, "--out RUN is missing");
}

static void presets_are_complete_files(void **state) {
  (void)state;
  struct glb_config shown, meant;
  glb_config_init(&shown);
  glb_config_init(&meant);
  assert_int_equal(run("params --preset point"), 0);
  assert_int_equal(glb_config_parse(&shown, said, "shown"), GLB_OK);
  assert_int_equal(glb_config_preset(&meant, "point"), GLB_OK);
  assert_memory_equal(&shown, &meant, sizeof shown);
}

static void doctor(void **state) {
  (void)state;
  char folder[] = "/tmp/glibrl-cli-XXXXXX", arguments[128];
  assert_non_null(mkdtemp(folder));
  snprintf(arguments, sizeof arguments, "doctor --out %s/new 2>&1", folder);
  run(arguments);
  int left = rmdir(folder);  // works on an empty folder only
  assert_non_null(strstr(said, "ok    mpi"));
  assert_non_null(strstr(said, "ok    disk"));
  assert_non_null(strstr(said, "ok    lock"));
  assert_int_equal(left, 0);
  expect_out("doctor --out /dev/null/x --models /dev/null", 1, "FAIL  disk     cannot make folder");
  assert_non_null(strstr(said, "FAIL  models"));
  expect_error("doctor more", 2, "takes no argument");
}

// What a checker of deploy/test.sh says of the program goes to standard error and not to its file of findings, or there again.
static void excuse(int yes) {
  static const char *const names[] = {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "VALGRIND_OPTS"};
  static char before[4][512];
  char with[600];
  for (int i = 0; i < 4; i++) {
    const char *options = getenv(names[i]);
    if (!options) continue;
    if (yes) {
      snprintf(before[i], sizeof before[i], "%s", options);
      snprintf(with, sizeof with, "%s%s", before[i], i < 3 ? ":log_path=stderr" : " --log-fd=2");
    }
    setenv(names[i], yes ? with : before[i], 1);
  }
}

// Findings of the fuzz target `image` that HDF5 1.10.8 crashes on or takes gigabytes for, and half a file: all end in exit code 1
// and a message.
static void damaged_files(void **state) {
  (void)state;
  static const char *const names[] = {"crash", "four_gigabytes", "truncated"};
  static const char *const commands[] = {"evidence", "replay"};
  const char *source = getenv("GLIBRL_SOURCE");
  char folder[] = "/tmp/glibrl-cli-XXXXXX", arguments[400];
  assert_non_null(mkdtemp(folder));
  excuse(1);
  for (int i = 0; i < 6; i++) {
    snprintf(arguments, sizeof arguments, "%s '%s/tests/unit/deploy/data/%s.h5' %s/out.h5", commands[i % 2],
             source ? source : ".", names[i / 2], folder);
    expect_error(arguments, 1, "(GLB_EFORMAT: ");
  }
  excuse(0);
  assert_int_equal(rmdir(folder), 0);  // nothing half-written
}

static int count(const char *text, const char *word) {
  int found = 0;
  while ((text = strstr(text, word))) found++, text += strlen(word);
  return found;
}

// Sum of a metric over the rounds of the run in the folder; null and no run count as 0.
static int sum_of(const char *metric) {
  static char text[1 << 16];
  char path[128], key[32];
  int sum = 0;
  snprintf(path, sizeof path, "%s/run/metrics.jsonl", models_folder);
  FILE *in = fopen(path, "r");
  if (!in) return 0;
  text[fread(text, 1, sizeof text - 1, in)] = '\0';
  fclose(in);
  snprintf(key, sizeof key, "\"%s\":", metric);
  for (const char *at = text; (at = strstr(at, key));) sum += atoi(at += strlen(key));
  return sum;
}

// Motors so strong that simulations diverge: the run goes on, and each such episode is told of and counted.
static void a_run_that_diverges(void **state) {
  (void)state;
  char arguments[900];
  assert_int_equal(models_write("half_cheetah.xml", "s/gear=\"[0-9]*\"/gear=\"4000\"/"), 0);
  snprintf(
      arguments, sizeof arguments,
      "train --preset cheetah-dir --set env.horizon=15 --set train.rounds=3 --set train.random_rounds=2 "
      "--set train.episodes_per_task=2 --set agent.updates=2 --set agent.hidden=16 --set model.updates=1 "
      "--set model.warmup_factor=1 --set replay.trials=32 --set eval.trials=2 --set env.model_dir='%s' "
      "--out '%s/run' 2>&1",
      models_folder, models_folder);
  const int code = run(arguments), counted = sum_of("diverged"), told = count(said, "warning: round ");
  if (code || !told || told != counted) fail_msg("exit %d, %d counted, said %s", code, counted, said);
  assert_non_null(strstr(said, "  diverged "));
}

// Controls so strong that rewards are beyond what single precision can square: the run stops and says at what.
static void rewards_out_of_scale(void **state) {
  (void)state;
  char arguments[900], folder[128];
  assert_int_equal(
      models_write("half_cheetah.xml",
                   "s/ctrlrange=\"-1 1\"/ctrlrange=\"-9e9 9e9\"/; s/gear=\"[0-9]*\"/gear=\"1e-8\"/"),
      0);
  snprintf(
      arguments, sizeof arguments,
      "train --preset cheetah-dir --set env.horizon=15 --set train.rounds=6 --set train.random_rounds=2 "
      "--set agent.updates=2 --set agent.hidden=16 --set agent.reward_scale=1e6 --set model.updates=1 "
      "--set model.warmup_factor=1 --set replay.trials=32 --set eval.trials=2 --set checkpoint.interval=0 "
      "--set env.model_dir='%s' --out '%s/run' 2>&1",
      models_folder, models_folder);
  const int code = run(arguments);
  snprintf(folder, sizeof folder, "%s/run/checkpoints/round-00000002.h5", models_folder);
  if (code != 1 || !strstr(said, "mean square gradient of parameter critic0") || access(folder, R_OK))
    fail_msg("exit %d, said %s, %s%s there", code, said, folder, access(folder, R_OK) ? " not" : "");
  assert_non_null(strstr(said, "look for rewards or observations out of scale"));
}

// Standard output and standard error of a short run with an option.
static void train(const char *option, const char *stream) {
  char arguments[900];
  snprintf(
      arguments, sizeof arguments,
      "train --preset point --set train.rounds=3 --set train.random_rounds=1 --set agent.updates=2 --set "
      "agent.hidden=16 --set model.updates=1 --set model.warmup_factor=1 --set eval.trials=4 --set "
      "checkpoint.best=false "
      "--out '%s/said' --override %s %s",
      models_folder, option, stream);
  models_shell("rm -rf '%s/said'", models_folder);
  assert_int_equal(run(arguments), 0);
}

static void how_much_is_said(void **state) {
  (void)state;
  train("--quiet", "2>&1");
  assert_string_equal(said, "");
  train("", "2>/dev/null");
  assert_int_equal(count(said, "round "), 4 + 1);  // the start, three rounds, the end
  train("", "2>&1 >/dev/null");
  assert_int_equal(count(said, "debug: "), 0);
  assert_non_null(strstr(said, "point: 1 actor, 1 learner"));
  train("--verbose", "2>&1 >/dev/null");
  assert_int_equal(count(said, "debug: round "), 3);
  assert_int_equal(count(said, "debug: checkpoint of round 3 written"), 1);
}

// On a terminal the trace is dim, but not where NO_COLOR is set.
static void no_colour(void **state) {
  (void)state;
  static const char *const variables[] = {"NO_COLOR=1", "NO_COLOR="};
  for (int i = 0; i < 2; i++) {
    char command[512];
    const char *build = getenv("GLIBRL_BUILD");
    snprintf(command, sizeof command,
             "env %s script -qec \"'%s/glibrl' params --preset x\" /dev/null </dev/null 2>&1", variables[i],
             build ? build : "build");
    FILE *in = popen(command, "r");
    assert_non_null(in);
    said[fread(said, 1, sizeof said - 1, in)] = '\0';
    pclose(in);
    if (!strstr(said, "no preset")) skip();  // no program `script` here
    assert_int_equal(strstr(said, "\033[") != NULL, i);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(help_and_version),
      cmocka_unit_test(bad_usage),
      cmocka_unit_test(errors),
      cmocka_unit_test(job_scripts),
      cmocka_unit_test(presets_are_complete_files),
      cmocka_unit_test(doctor),
      cmocka_unit_test(damaged_files),
      cmocka_unit_test_setup_teardown(a_run_that_diverges, models_make, models_drop),
      cmocka_unit_test_setup_teardown(rewards_out_of_scale, models_make, models_drop),
      cmocka_unit_test_setup_teardown(how_much_is_said, models_make, models_drop),
      cmocka_unit_test(no_colour),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
