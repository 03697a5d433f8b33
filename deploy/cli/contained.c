#include "deploy/cli/contained.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/store/h5.h"

// A sanitizer reserves more memory than any limit would leave it.
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define SANITIZED 1
#elif defined __has_feature  // clang
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

enum phase { READING, WORKING, DONE };

struct shared {  // by both processes
  volatile int phase;
  struct glb_error_kept kept;  // of work, once it is done
};

// ---- reading everything once ----

enum { LEVELS = 4 };  // ENVIRONMENT/RUN/start/qpos

struct walk {
  struct glb_h5 *file;
  const char *group, *attribute;
  int level;
};

// As work will read it; what is wrong with it, work says.
static void read_set(struct glb_h5 *file, const char *path) {
  struct glb_h5_info info;
  if (!glb_h5_exists(file, path) || glb_h5_info(file, path, &info)) return;
  double *values = malloc((info.count + 1) * sizeof *values);
  if (values) (void)glb_h5_read(file, path, GLB_H5_F64, info.count, values);
  free(values);
}

static int visit(void *context, const char *name, int is_group) {
  const struct walk *w = context;
  struct walk inner = *w;
  char path[GLB_H5_NAME];
  int64_t number;
  int length = snprintf(path, sizeof path, "%s%s%s", w->group, *w->group ? "/" : "", name);
  if (length >= GLB_H5_NAME) return GLB_OK;
  if (!is_group) return read_set(w->file, path), GLB_OK;
  if (w->attribute) (void)glb_h5_read_int(w->file, path, w->attribute, &number);
  inner.group = path;
  if (++inner.level < LEVELS) (void)glb_h5_each(w->file, path, visit, &inner);
  return GLB_OK;
}

static void read_all(const struct glb_contained *c) {
  struct walk w = {.group = "", .attribute = c->attribute};
  if (!glb_h5_open(&w.file, c->in)) (void)glb_h5_each(w.file, "", visit, &w);
  glb_h5_close(w.file);
}

// ---- signals ----

static const int endings[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};  // asked from outside
enum { ENDINGS = sizeof endings / sizeof *endings };

// What a signal to the parent has to know.
static volatile sig_atomic_t child_process, asked;

static void on_ending(int number) {
  asked = number;
  if (child_process > 0) kill((pid_t)child_process, SIGKILL);
}

/* From here to let_go an ending ends the child first, unless this process ignores it. */
static void hold(struct sigaction before[ENDINGS]) {
  struct sigaction action = {.sa_handler = on_ending, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  child_process = asked = 0;
  for (int i = 0; i < ENDINGS; i++) {
    sigaction(endings[i], NULL, &before[i]);
    if (before[i].sa_handler != SIG_IGN) sigaction(endings[i], &action, NULL);
  }
}

static void let_go(const struct sigaction before[ENDINGS]) {
  for (int i = 0; i < ENDINGS; i++) sigaction(endings[i], &before[i], NULL);
}

// ---- the child ----

// Lowers a limit of this process; returns what it was.
static struct rlimit lower(int resource, rlim_t most) {
  struct rlimit before, now;
  getrlimit(resource, &before);
  now = before;
  if (before.rlim_cur == RLIM_INFINITY || before.rlim_cur > most) now.rlim_cur = most;
  setrlimit(resource, &now);
  return before;
}

static rlim_t size_of(const char *path) {
  struct stat status;
  return stat(path, &status) || status.st_size < 0 ? 0 : (rlim_t)status.st_size;
}

// Bytes of address space of this process.
static rlim_t present_size(void) {
  unsigned long pages = 0;
  FILE *in = fopen("/proc/self/statm", "r");
  if (in && fscanf(in, "%lu", &pages) != 1) pages = 0;
  if (in) fclose(in);
  return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

// An array is at most 2048 times its file (common/store/h5.c), and what is read does not exceed the memory.
static void limit_memory(rlim_t bytes) {
  const rlim_t machine = (rlim_t)sysconf(_SC_PHYS_PAGES) * (rlim_t)sysconf(_SC_PAGESIZE);
  const rlim_t arrays = bytes < machine / 2048 ? bytes * 2048 : machine;
  if (!SANITIZED) lower(RLIMIT_AS, present_size() + ((rlim_t)1 << 30) + arrays);
}

static int flush(void) {
  GLB_CHECK(!fflush(stdout) && !ferror(stdout), GLB_EIO, "standard output cannot be written");
  return GLB_OK;
}

// What handles a crash in the parent has no business here.
static void let_crashes_end(void) {
  static const int numbers[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) signal(numbers[i], SIG_DFL);
}

static _Noreturn void child(const struct glb_contained *c, struct shared *shared, pid_t parent,
                            const struct sigaction outer[ENDINGS]) {
  const rlim_t bytes = size_of(c->in);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  let_crashes_end();
  let_go(outer);
  lower(RLIMIT_CORE, 0);
  limit_memory(bytes);

  const struct rlimit before = lower(RLIMIT_CPU, c->seconds ? (rlim_t)c->seconds : 10 + (bytes >> 20));
  read_all(c);
  setrlimit(RLIMIT_CPU, &before);
  glb_error_clear();

  shared->phase = WORKING;
  int code = c->work(c->context);
  if (!code) code = flush();
  glb_error_keep(&shared->kept, code);
  shared->phase = DONE;
  fflush(NULL);
  _exit(0);
}

// ---- the parent ----

static void remove_temporary(const char *out, pid_t pid) {
  char beside[PATH_MAX];
  if (!out) return;
  if (snprintf(beside, sizeof beside, "%s.tmp-%ld", out, (long)pid) < PATH_MAX) unlink(beside);
}

// What ended the child before it was done.
static int told(const struct glb_contained *c, const struct shared *shared, int status) {
  static const char *const advice = "make it anew, or look at it with h5dump";
  char how[80];
  if (WIFSIGNALED(status))
    snprintf(how, sizeof how, "signal %d, %s", WTERMSIG(status), strsignal(WTERMSIG(status)));
  else
    snprintf(how, sizeof how, "exit %d", WEXITSTATUS(status));

  const int signal_ = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  GLB_CHECK(signal_ != SIGTERM && signal_ != SIGINT && signal_ != SIGHUP, GLB_EIO,
            "%s: the process that reads it was ended from outside (%s)", c->in, how);
  GLB_CHECK(signal_ != SIGKILL, GLB_ENOMEM,
            "%s: the process that reads it was killed (%s): out of memory? See dmesg, or ask for more", c->in,
            how);
  GLB_CHECK(shared->phase != WORKING, GLB_EFORMAT,
            "%s: its arrays can be read, but what was done with them ended (%s): the file is damaged, or a "
            "limit of the job (ulimit -a) is too low; %s",
            c->in, how, advice);
  GLB_CHECK(signal_ != SIGXCPU, GLB_EFORMAT, "%s: reading it does not end: the file is damaged; %s", c->in,
            advice);
  GLB_RAISE(GLB_EFORMAT, "%s: the HDF5 library ended (%s) while reading it: the file is damaged; %s", c->in,
            how, advice);
}

static int wait_for(const struct glb_contained *c, const struct shared *shared, pid_t pid) {
  int status;
  pid_t ended;
  child_process = pid;
  if (asked) kill(pid, SIGKILL);
  while ((ended = waitpid(pid, &status, 0)) < 0 && errno == EINTR) continue;
  GLB_CHECK(ended == pid, GLB_EIO, "%s: the process that reads it cannot be waited for: %s", c->in,
            strerror(errno));
  if (shared->phase == DONE) return glb_error_again(&shared->kept);
  remove_temporary(c->out, pid);
  return told(c, shared, status);
}

int glb_contained_run(const struct glb_contained *c) {
  const pid_t parent = getpid();
  GLB_TRY(flush());
  fflush(NULL);
  signal(SIGCHLD, SIG_DFL);  // where it is ignored, nobody can wait

  struct shared *shared =
      mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  struct sigaction before[ENDINGS];
  hold(before);
  const pid_t pid = shared == MAP_FAILED ? -1 : fork();
  if (pid == 0) child(c, shared, parent, before);
  const int error = errno;
  const int code = pid > 0 ? wait_for(c, shared, pid) : GLB_OK;
  let_go(before);
  if (asked) raise((int)asked);
  if (shared != MAP_FAILED) munmap(shared, sizeof *shared);
  GLB_CHECK(pid > 0, GLB_ENOMEM, "%s: no process to read it in: %s; see ulimit -u", c->in, strerror(error));
  GLB_TRY(code);
  return GLB_OK;
}
