// test_contained.c: whatever ends the process that works on a file, the caller lives and can say what it was.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <dirent.h>
#include <hdf5.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/store/file.h"
#include "deploy/cli/contained.h"
#include "tests/harness/mallocs.h"

static char folder[] = "/tmp/glibrl-contained-XXXXXX", in[64], out[64];

static int make_folder(void **state) {
  (void)state;
  if (!mkdtemp(folder)) return -1;
  snprintf(in, sizeof in, "%s/in.h5", folder);
  snprintf(out, sizeof out, "%s/out.h5", folder);
  return 0;
}

static int remove_folder(void **state) {
  (void)state;
  unlink(in);
  unlink(out);
  return rmdir(folder);  // works where nothing half-written is left
}

// The work is done in another process with this outcome.
static void expect(int (*work)(void *), int code, const char *words) {
  const struct glb_contained contained = {.in = in, .out = out, .work = work, .context = folder};
  glb_error_clear();
  assert_int_equal(glb_contained_run(&contained), code);
  if (!strstr(glb_error_message(), words)) fail_msg("said \"%s\", not \"%s\"", glb_error_message(), words);
}

static int land(void *context) {
  assert_ptr_equal(context, folder);
  return glb_file_land(out, "new", 3);
}

static int refuse(void *context) {
  GLB_RAISE(GLB_ENOTPD, "%s: group %d is not positive definite", (const char *)context, 7);
}

// A landing cut short by a signal.
static int end_by(int number) {
  char beside[96];
  snprintf(beside, sizeof beside, "%s.tmp-%ld", out, (long)getpid());
  fclose(fopen(beside, "w"));
  raise(number);
  return GLB_OK;
}

static int crash(void *context) {
  (void)context;
  return end_by(SIGSEGV);
}

static int run_out(void *context) {
  (void)context;
  return end_by(SIGKILL);
}

static int be_asked_to_end(void *context) {
  (void)context;
  return end_by(SIGTERM);
}

static int take_long(void *context) {
  struct glb_landing landing;
  (void)context;
  GLB_TRY(glb_file_begin(&landing, out));
  sleep(60);
  return glb_file_settle(&landing, GLB_OK);
}

static int leave(void *context) {
  (void)context;
  _exit(0);
}

static void what_work_says_comes_back(void **state) {
  (void)state;
  char *data;
  expect(land, GLB_OK, "");
  assert_int_equal(glb_file_read(&data, NULL, out, 3), GLB_OK);
  assert_string_equal(data, "new");
  free(data);
  expect(refuse, GLB_ENOTPD, "group 7 is not positive definite");
  assert_non_null(strstr(glb_error_message(), folder));
  assert_non_null(strstr(glb_error_trace(), "test_contained.c:"));
}

static void an_end_before_the_end(void **state) {
  (void)state;
  expect(crash, GLB_EFORMAT, "signal 11, Segmentation fault");
  assert_non_null(strstr(glb_error_message(), "in.h5: its arrays can be read"));
  expect(run_out, GLB_ENOMEM, "signal 9, Killed");
  expect(be_asked_to_end, GLB_EIO, "ended from outside (signal 15");
  expect(leave, GLB_EFORMAT, "(exit 0)");
  assert_int_equal(remove_folder(NULL), 0);
  assert_int_equal(mkdir(folder, 0700), 0);
}

// Entries of the folder, "." and ".." left out.
static int entries(void) {
  DIR *dir = opendir(folder);
  int count = 0;
  for (const struct dirent *entry; (entry = readdir(dir));) count += entry->d_name[0] != '.';
  closedir(dir);
  return count;
}

// A process that ends as a caller of take_long does who gets a signal; ignored: one that it ignores comes first.
static void expect_end_by(int number, int ignored) {
  int status;
  const pid_t caller = fork();
  if (!caller) {
    const struct glb_contained contained = {.in = in, .out = out, .work = take_long};
    if (ignored) signal(ignored, SIG_IGN);
    glb_contained_run(&contained);
    _exit(99);
  }
  while (!entries()) usleep(1000);
  if (ignored) kill(caller, ignored);
  if (ignored) usleep(100000);
  assert_int_equal(waitpid(caller, &status, WNOHANG), 0);
  kill(caller, number);
  assert_int_equal(waitpid(caller, &status, 0), caller);
  assert_true(WIFSIGNALED(status) && WTERMSIG(status) == number);
  assert_int_equal(entries(), 0);
}

static void a_signal_to_the_caller(void **state) {
  (void)state;
#ifdef __SANITIZE_THREAD__  // GCC's runtime holds handlers back until waitpid returns
  skip();
#endif
  expect_end_by(SIGTERM, 0);
  expect_end_by(SIGINT, 0);
  expect_end_by(SIGQUIT, SIGHUP);
}

// 64 GB of address space, none of it touched.
static int fill_memory(void *context) {
  (void)context;
  for (int i = 0; i < 640; i++) {
    const void *block = mmap(NULL, 100 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    GLB_CHECK(block != MAP_FAILED, GLB_ENOMEM, "full after %d", i);
  }
  return GLB_OK;
}

static int limits_are_back(void *context) {
  struct rlimit core, time;
  (void)context;
  getrlimit(RLIMIT_CORE, &core);
  getrlimit(RLIMIT_CPU, &time);
  GLB_CHECK(core.rlim_cur == 0 && time.rlim_cur == RLIM_INFINITY, GLB_EINVAL, "core %llu, time %llu",
            (unsigned long long)core.rlim_cur, (unsigned long long)time.rlim_cur);
  return GLB_OK;
}

static void limits(void **state) {
  (void)state;
  struct rlimit memory, after;
  getrlimit(RLIMIT_AS, &memory);
  expect(limits_are_back, GLB_OK, "");
  if (test_mallocs_counted()) expect(fill_memory, GLB_ENOMEM, "full after ");
  getrlimit(RLIMIT_AS, &after);
  assert_memory_equal(&memory, &after, sizeof memory);
}

// A root that is its own member a hundred times: 10^8 groups to the fourth level.
static void reading_that_does_not_end(void **state) {
  (void)state;
  const struct glb_contained contained = {
      .in = in, .out = out, .seconds = 1, .work = land, .context = folder};
  hid_t file = H5Fcreate(in, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  for (int i = 0; i < 100; i++) {
    char name[8];
    snprintf(name, sizeof name, "%d", i);
    assert_true(H5Lcreate_hard(file, "/", file, name, H5P_DEFAULT, H5P_DEFAULT) >= 0);
  }
  H5Fclose(file);
  assert_int_equal(glb_contained_run(&contained), GLB_EFORMAT);
  assert_non_null(strstr(glb_error_message(), "in.h5: reading it does not end: the file is damaged"));
  assert_false(glb_file_exists(out));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_work_says_comes_back), cmocka_unit_test(an_end_before_the_end),
      cmocka_unit_test(a_signal_to_the_caller),    cmocka_unit_test(limits),
      cmocka_unit_test(reading_that_does_not_end),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
