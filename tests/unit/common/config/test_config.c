// test_config.c: defaults, keys, files, presets and relations; messages that say what to mend.
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
#include <unistd.h>

#include "common/base/error.h"
#include "common/config/config.h"
#include "common/config/text.h"

static void says(const char *words) {
  if (!strstr(glb_error_message(), words)) fail_msg("\"%s\" expected in \"%s\"", words, glb_error_message());
}

static void refuses(const char *assignment, const char *words) {
  struct glb_config config, before;
  glb_config_init(&config);
  before = config;
  assert_int_equal(glb_config_set(&config, assignment, "--set"), GLB_ECONFIG);
  says(words);
  says("--set: ");
  assert_memory_equal(&config, &before, sizeof config);
}

static void defaults(void **state) {
  (void)state;
  struct glb_config c;
  glb_config_init(&c);
  assert_int_equal(c.train_rounds, 50);
  assert_int_equal(c.agent_updates, 800);
  assert_true(c.model_rate == 3e-4);
  assert_int_equal(c.belief_heads, GLB_HEADS_REWARD);
  assert_int_equal(c.belief_zero, 0);
  assert_string_equal(c.env_family, "cheetah-dir");
  assert_int_equal(glb_config_validate(&c), GLB_OK);
}

static void sets_every_kind(void **state) {
  (void)state;
  struct glb_config c;
  glb_config_init(&c);
  assert_int_equal(glb_config_set(&c, "train.seed=2147483647", "--set"), GLB_OK);
  assert_int_equal(glb_config_set(&c, " model.rate = 1e-3 ", "--set"), GLB_OK);
  assert_int_equal(glb_config_set(&c, "belief.zero=true", "--set"), GLB_OK);
  assert_int_equal(glb_config_set(&c, "belief.heads=both", "--set"), GLB_OK);
  assert_int_equal(glb_config_set(&c, "agent.backup=episode", "--set"), GLB_OK);
  assert_int_equal(glb_config_set(&c, "env.model_dir=/a/b c=d", "--set"), GLB_OK);
  assert_int_equal(c.train_seed, 2147483647);
  assert_true(c.model_rate == 1e-3);
  assert_int_equal(c.belief_zero, 1);
  assert_int_equal(c.belief_heads, GLB_HEADS_BOTH);
  assert_int_equal(c.agent_backup, GLB_BACKUP_EPISODE);
  assert_string_equal(c.env_model_dir, "/a/b c=d");
}

static void refuses_what_is_wrong(void **state) {
  (void)state;
  refuses("train.round=5", "did you mean train.rounds?");
  refuses("seed=5", "unknown key \"seed\"");
  refuses("train.seed", "is no section.name=value");
  refuses("train.seed=", "a whole number from 0 to 2147483647 expected");
  refuses("train.seed=2147483648", "a whole number");
  refuses("train.seed=99999999999999999999999", "a whole number");
  refuses("train.seed=0x10", "a whole number");
  refuses("train.seed=1.0", "a whole number");
  refuses("train.seed=1 2", "a whole number");
  refuses("model.rate=nan", "a number from 0 to 1 expected");
  refuses("model.rate=inf", "a number");
  refuses("model.rate=1e999", "a number");
  refuses("model.rate=0x1p-3", "a number");
  refuses("model.rate=0,5", "a number");
  refuses("model.rate=1.5", "a number");
  refuses("belief.zero=1", "true or false expected");
  refuses("belief.heads=rewards", "one of reward|transition|both expected");
  refuses("belief.heads=", "one of");
  refuses("env.family=a # b", "a text of one line and at most 1023 bytes");
  refuses("env.family=two\nlines", "a text");
  char longest[1200] = "env.family=";
  memset(longest + strlen(longest), 'x', 1024);
  refuses(longest, "a text of one line and at most 1023 bytes");
}

static void reads_a_file(void **state) {
  (void)state;
  struct glb_config c;
  glb_config_init(&c);
  const char *text =
      "\xef\xbb\xbf# a comment\n; another\n\n[train]\r\nrounds = 7 ; seven\n  slots=32   # indented\n"
      "[env]\nfamily = cheetah-vel\nmodel_dir = /x#y;z\n[belief]\nzero: true";
  assert_int_equal(glb_config_parse(&c, text, "run.ini"), GLB_OK);
  assert_int_equal(c.train_rounds, 7);
  assert_int_equal(c.train_slots, 32);
  assert_string_equal(c.env_family, "cheetah-vel");
  assert_string_equal(c.env_model_dir, "/x#y;z");
  assert_int_equal(c.belief_zero, 1);
}

static void bad_file(const char *text, const char *words) {
  struct glb_config c;
  glb_config_init(&c);
  assert_int_equal(glb_config_parse(&c, text, "run.ini"), GLB_ECONFIG);
  says(words);
}

static void says_where_a_file_is_wrong(void **state) {
  (void)state;
  bad_file("[train]\nrounds = 5\n\nslotz = 3\n",
           "run.ini:4: unknown key \"train.slotz\"; did you mean train.slots?");
  bad_file("[trains]\nrounds = 5\n", "run.ini:2: unknown key \"trains.rounds\"; did you mean train.rounds?");
  bad_file("rounds = 5\n", "run.ini:1: \"rounds\" stands before any [section]");
  bad_file("[train]\nrounds = 5\nseed = 1\nrounds = 6\n",
           "run.ini:4: train.rounds is given twice, first in line 2");
  bad_file("[train]\nrounds\n", "run.ini:2: is no [section]");
  bad_file("[train\nrounds = 5\n", "run.ini:1: is no [section]");
  bad_file("[train]\nrounds = five\nwhat is this\n", "run.ini:2: train.rounds = \"five\"");
  bad_file("[train]\nwhat is this\nrounds = five\n", "run.ini:2: is no [section]");
  char text[2048] = "[train]\nrounds = ";
  memset(text + strlen(text), '1', 1500);
  bad_file(text, "run.ini:2: line of 1509 bytes");
}

// inih's own buffer ends at 200 bytes
static void long_values_are_whole(void **state) {
  (void)state;
  struct glb_config c;
  char text[1100] = "[env]\r\nmodel_dir = ", path[1024] = "";
  memset(path, 'x', 1023);
  path[500] = '=';
  snprintf(text + strlen(text), 1060, "%s  # the longest\r\nhorizon=7\r\n", path);
  glb_config_init(&c);
  if (glb_config_parse(&c, text, "run.ini")) fail_msg("%s", glb_error_message());
  assert_string_equal(c.env_model_dir, path);
  assert_int_equal(c.env_horizon, 7);
}

static void files_on_disk(void **state) {
  (void)state;
  struct glb_config c;
  char path[] = "/tmp/glibrl-config-XXXXXX";
  int fd = mkstemp(path);
  FILE *out = fdopen(fd, "wb");
  assert_non_null(out);
  fputs("[train]\nseed = 3\n", out);
  fflush(out);
  glb_config_init(&c);
  int good = glb_config_read(&c, path);
  fputc('\0', out);
  fflush(out);
  int nul = glb_config_read(&c, path);
  int said_nul = strstr(glb_error_message(), "is no text, byte 17 is NUL") != NULL;
  fseek(out, 0, SEEK_SET);
  for (int i = 0; i < (1 << 20) + 1; i++) fputc('\n', out);
  fclose(out);
  int large = glb_config_read(&c, path);
  int said_large = strstr(glb_error_message(), "larger than 1048576 bytes") != NULL;
  unlink(path);
  assert_int_equal(good, GLB_OK);
  assert_int_equal(c.train_seed, 3);
  assert_int_equal(nul, GLB_ECONFIG);
  assert_true(said_nul);
  assert_int_equal(large, GLB_ECONFIG);
  assert_true(said_large);
  assert_int_equal(glb_config_read(&c, path), GLB_EIO);
  says("No such file");
  assert_int_equal(glb_config_read(&c, "/tmp"), GLB_EIO);
  says("directory");
}

static void presets(void **state) {
  (void)state;
  int count = 0;
  for (const char *name; (name = glb_config_preset_name(count)); count++) {
    struct glb_config c;
    char help[160];
    glb_config_init(&c);
    assert_int_equal(glb_config_preset(&c, name), GLB_OK);
    assert_int_equal(glb_config_validate(&c), GLB_OK);
    assert_true(glb_config_preset_help(help, sizeof help, count) > 20);
    assert_null(strchr(help, '\n'));
  }
  assert_int_equal(count, 14);
  struct glb_config c;
  glb_config_init(&c);
  assert_int_equal(glb_config_preset(&c, "point"), GLB_OK);
  assert_string_equal(c.env_family, "point");
  assert_int_equal(c.agent_updates, 200);
  assert_int_equal(glb_config_preset(&c, "nothing"), GLB_ECONFIG);
  says("there are: quickstart, point, cheetah-dir, cheetah-vel");
}

static void relations(void **state) {
  (void)state;
  static const char *const wrong[][2] = {
      {"train.slots_per_task=3", "train.slots_per_task = 3 does not divide train.slots = 16"},
      {"actor.group=5", "actor.group = 5 does not divide"},
      {"agent.shards=3", "agent.shards = 3 does not divide agent.batch_trials = 16"},
      {"replay.trials=15", "does not hold a round"},
  };
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
    struct glb_config c;
    glb_config_init(&c);
    assert_int_equal(glb_config_set(&c, wrong[i][0], "--set"), GLB_OK);
    assert_int_equal(glb_config_validate(&c), GLB_ECONFIG);
    says(wrong[i][1]);
  }
}

static void differences(void **state) {
  (void)state;
  struct glb_config a, b;
  char text[512];
  glb_config_init(&a);
  b = a;
  assert_int_equal(glb_config_diff(&a, &b, text, sizeof text), 0);
  assert_string_equal(text, "");
  b.train_rounds = 99, b.learner_threads = 2, b.eval_interval = 3, b.checkpoint_keep = 5,
  b.metrics_tensorboard = 0;
  strcpy(b.env_model_dir, "/elsewhere");
  assert_int_equal(glb_config_diff(&a, &b, text, sizeof text), 0);
  b.train_seed = 4, b.belief_heads = GLB_HEADS_BOTH, b.model_rate = 0.1;
  assert_int_equal(glb_config_diff(&a, &b, text, sizeof text), 3);
  assert_string_equal(text, "train.seed: 0 -> 4\nmodel.rate: 0.0003 -> 0.1\nbelief.heads: reward -> both\n");
  char brief[12];
  assert_int_equal(glb_config_diff(&a, &b, brief, sizeof brief), 3);
  assert_string_equal(brief, "train.seed:");
}

static void the_ini_reference_is_the_default(void **state) {
  (void)state;
  struct glb_config a, b;
  char *text;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  glb_config_document(out, 2);
  fclose(out);
  glb_config_init(&a);
  b = a;
  assert_int_equal(glb_config_parse(&b, text, "reference"), GLB_OK);
  assert_memory_equal(&a, &b, sizeof a);
  free(text);
}

static void numbers(void **state) {
  (void)state;
  int64_t whole = 1;
  double real = 1;
  assert_true(glb_text_parse_int(&whole, "-9223372036854775808") && whole == INT64_MIN);
  assert_true(glb_text_parse_int(&whole, "9223372036854775807") && whole == INT64_MAX);
  assert_false(glb_text_parse_int(&whole, "9223372036854775808"));
  assert_false(glb_text_parse_int(&whole, "-9223372036854775809"));
  assert_false(glb_text_parse_int(&whole, "-"));
  assert_true(glb_text_parse_real(&real, "-.5e-1") && real == -0.05);
  assert_false(glb_text_parse_real(&real, "1e"));
  assert_false(glb_text_parse_real(&real, " 1"));
  char text[GLB_TEXT_REAL];
  glb_text_print_real(text, 0.1);
  assert_string_equal(text, "0.1");
  glb_text_print_real(text, 1.0 / 3);
  assert_true(strtod(text, NULL) == 1.0 / 3);
}

static void quotes(void **state) {
  (void)state;
  char out[16];
  glb_text_quote(out, sizeof out, "a \"b\" \\\n");
  assert_string_equal(out, "a \\\"b\\\" \\\\ ");
  glb_text_quote(out, 5, "123\"");
  assert_string_equal(out, "123");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(defaults),
      cmocka_unit_test(sets_every_kind),
      cmocka_unit_test(refuses_what_is_wrong),
      cmocka_unit_test(reads_a_file),
      cmocka_unit_test(says_where_a_file_is_wrong),
      cmocka_unit_test(long_values_are_whole),
      cmocka_unit_test(files_on_disk),
      cmocka_unit_test(presets),
      cmocka_unit_test(relations),
      cmocka_unit_test(differences),
      cmocka_unit_test(the_ini_reference_is_the_default),
      cmocka_unit_test(numbers),
      cmocka_unit_test(quotes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
