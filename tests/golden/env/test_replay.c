// test_replay.c: `glibrl replay` on the recordings of make_gymnasium.py and make_metaworld.py gives their numbers again, from
// a start of its own and from the recorded state, with rewards of both versions; and what it refuses.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/store/h5.h"
#include "tests/harness/must.h"

static const double obs_tolerance = 1e-12, reward_tolerance = 1e-9;

static char out_path[64];

static int name_output(void **state) {
  (void)state;
  snprintf(out_path, sizeof out_path, "/tmp/glibrl-replay-%d.h5", (int)getpid());
  return 0;
}

static int remove_output(void **state) {
  (void)state;
  return unlink(out_path) != 0;
}

// ---- recordings ----

/* A recording, how it is replayed, and what is then to be found. */
struct recording {
  const char *file, *options, *flag;
  int older;  // rewards of version 1 too
  int environments, runs;
};

struct comparison {
  const struct recording *recording;
  struct glb_h5 *in, *out;
  char env[64];
  int environments, runs;
};

static void compare(const struct comparison *c, const char *group, const char *name, double tolerance) {
  size_t m, n;
  double *expected = must_read(c->in, group, name, &m), *got = must_read(c->out, group, name, &n);
  if (m != n) fail_msg("%s/%s: %zu numbers, recorded %zu", group, name, n, m);
  for (size_t i = 0; i < m; i++)
    if (!(fabs(got[i] - expected[i]) <= tolerance))
      fail_msg("%s/%s[%zu] is %.17g, recorded %.17g", group, name, i, got[i], expected[i]);
  free(expected);
  free(got);
}

// success_v1 is the first of each step's numbers in info_v1
static void compare_older_flag(const struct comparison *c, const char *group) {
  size_t numbers, T;
  double *info = must_read(c->in, group, "info_v1", &numbers),
         *got = must_read(c->out, group, "success_v1", &T);
  for (size_t t = 0; t < T; t++)
    if (got[t] != info[t * numbers / T]) fail_msg("%s/success_v1[%zu] is %g", group, t, got[t]);
  free(info);
  free(got);
}

static int compare_run(void *context, const char *name, int is_group) {
  struct comparison *c = context;
  char group[128], older[160];
  assert_true(is_group);
  snprintf(group, sizeof group, "%s/%s", c->env, name);
  compare(c, group, "start/obs", obs_tolerance);
  compare(c, group, "obs", obs_tolerance);
  compare(c, group, "reward", reward_tolerance);
  compare(c, group, c->recording->flag, 0);
  snprintf(older, sizeof older, "%s/reward_v1", group);
  assert_int_equal(glb_h5_exists(c->out, older), c->recording->older);
  if (c->recording->older) {
    compare(c, group, "reward_v1", reward_tolerance);
    compare_older_flag(c, group);
  }
  c->runs++;
  return 0;
}

static int compare_env(void *context, const char *name, int is_group) {
  struct comparison *c = context;
  assert_true(is_group);
  snprintf(c->env, sizeof c->env, "%s", name);
  c->environments++;
  return glb_h5_each(c->in, name, compare_run, c);
}

static void check_recording(const struct recording *recording) {
  char in_path[1024], command[2400];
  struct comparison c = {.recording = recording};
  double obs, reward;
  int64_t flags;
  snprintf(in_path, sizeof in_path, "%s/tests/golden/env/%s", getenv("GLIBRL_SOURCE"), recording->file);
  snprintf(command, sizeof command, "'%s/glibrl' replay '%s' '%s' %s > /dev/null", getenv("GLIBRL_BUILD"),
           in_path, out_path, recording->options);
  assert_int_equal(system(command), 0);

  must(glb_h5_open(&c.in, in_path));
  must(glb_h5_open(&c.out, out_path));
  must(glb_h5_each(c.in, "/", compare_env, &c));
  assert_int_equal(c.environments, recording->environments);
  assert_int_equal(c.runs, recording->runs);
  must(glb_h5_read_real(c.out, "/", "max_abs_obs", &obs));
  must(glb_h5_read_real(c.out, "/", "max_abs_reward", &reward));
  must(glb_h5_read_int(c.out, "/", "flags_differ", &flags));
  if (!(obs <= obs_tolerance && reward <= reward_tolerance && flags == 0))
    fail_msg("%s %s: deviations %g of observations, %g of rewards, %d flags", recording->file,
             recording->options, obs, reward, (int)flags);
  glb_h5_close(c.out);
  glb_h5_close(c.in);
}

static void test_gymnasium(void **state) {
  (void)state;
  check_recording(&(struct recording){"gymnasium_v5.h5", "", "terminated", 0, 11, 21});
}

static void test_metaworld(void **state) {
  (void)state;
  check_recording(&(struct recording){"metaworld_v3.h5", "", "success", 0, 50, 100});
  check_recording(&(struct recording){"metaworld_v3.h5", "--reward-version 1", "success", 1, 50, 100});
  check_recording(
      &(struct recording){"metaworld_v3.h5", "--from-state --reward-version 2", "success", 0, 50, 100});
}

// ---- refusals ----

// A file with one group of three actions is refused with words.
static void check_refusal(const char *group, size_t A, const char *words) {
  char path[128], command[1400], said[4096];
  const double action[64] = {0};
  const size_t dims[] = {3, A};
  struct glb_h5 *file;
  must(glb_h5_create(&file));
  snprintf(path, sizeof path, "%s/action", group);
  must(glb_h5_write(file, path, GLB_H5_F64, 2, dims, action, ""));
  snprintf(path, sizeof path, "%s.in", out_path);
  must(glb_h5_land(file, path));
  glb_h5_close(file);

  snprintf(command, sizeof command, "'%s/glibrl' replay '%s' '%s.out' 2>&1", getenv("GLIBRL_BUILD"), path,
           out_path);
  FILE *pipe = popen(command, "r");
  assert_non_null(pipe);
  said[fread(said, 1, sizeof said - 1, pipe)] = '\0';
  int status = pclose(pipe);
  unlink(path);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 1) fail_msg("%s: status %d: %s", group, status, said);
  if (!strstr(said, words) || !strstr(said, group)) fail_msg("\"%s\" is not in \"%s\"", words, said);
}

static void test_refusals(void **state) {
  (void)state;
  check_refusal("Ant-v9/seed0", 8, "no environment Ant-v9");
  check_refusal("Ant-v5/seed0", 7, "rows of 8 numbers");
  check_refusal("Ant-v5/seed0", 8, "data set start/qpos is missing");
  check_refusal("reach-v2/task0", 4, "no environment reach-v2");
  check_refusal("-v3/task0", 4, "no environment -v3");
  check_refusal("reach-v3/task0", 3, "rows of 4 numbers");
  check_refusal("reach-v3/task0", 4, "data set rand_vec is missing");
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(test_gymnasium), cmocka_unit_test(test_metaworld),
                                     cmocka_unit_test(test_refusals)};
  return cmocka_run_group_tests(tests, name_output, remove_output);
}
