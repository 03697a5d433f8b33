#include "common/store/status.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/config/text.h"
#include "common/store/file.h"

/* Over the file that is there, which takes no space on the disk: a reader may see half of it, but not for ever that a run that
 * has failed is under way. Whether it worked. */
static int write_over(const char *path, const char *text, size_t length) {
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  const int written = pwrite(fd, text, length, 0) == (ssize_t)length && !ftruncate(fd, (off_t)length);
  return !close(fd) && written;
}

int glb_status_write(const char *run, const struct glb_status *status) {
  char path[PATH_MAX], text[2048], why[1024], host[256] = "?", when[32];
  struct tm utc;
  const time_t now = time(NULL);
  gethostname(host, sizeof host - 1);
  strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
  glb_text_quote(why, sizeof why, status->why);
  GLB_TRY(glb_file_path(path, run, "status.json"));
  const int length =
      snprintf(text, sizeof text,
               "{\"state\": \"%s\", \"exit\": %d, \"round\": %lld, \"rounds\": %lld, \"why\": \"%s\", "
               "\"process\": %ld, \"host\": \"%s\", \"time\": \"%s\"}\n",
               status->state, status->exit, (long long)status->round, (long long)status->rounds, why,
               (long)getpid(), host, when);
  const int code = glb_file_land(path, text, (size_t)length);
  if (code && !write_over(path, text, (size_t)length)) return glb_error_pass(code, __FILE__, __LINE__);
  return GLB_OK;
}

// Where the value of a key begins; NULL: there is none. Quotes within a text have a backslash, so no text looks like a key.
static const char *value_of(const char *text, const char *key) {
  char quoted[32];
  const int length = snprintf(quoted, sizeof quoted, "\"%s\": ", key);
  const char *at = strstr(text, quoted);
  return at ? at + length : NULL;
}

static long long number_of(const char *text, const char *key) {
  const char *at = value_of(text, key);
  return at ? strtoll(at, NULL, 10) : -1;
}

static void text_of(char *out, size_t size, const char *text, const char *key) {
  const char *at = value_of(text, key);
  size_t used = 0;
  if (at && *at++ == '"')
    for (; *at && *at != '"' && used + 1 < size; at++) {
      if (*at == '\\' && at[1]) at++;
      out[used++] = *at;
    }
  out[used] = '\0';
}

int glb_status_read(struct glb_status_seen *seen, const char *run) {
  char path[PATH_MAX], *text = NULL;
  GLB_TRY(glb_file_path(path, run, "status.json"));
  if (glb_file_exists(path)) GLB_TRY(glb_file_read(&text, NULL, path, 1 << 16));
  const char *said = text ? text : "";
  text_of(seen->state, sizeof seen->state, said, "state");
  text_of(seen->why, sizeof seen->why, said, "why");
  text_of(seen->host, sizeof seen->host, said, "host");
  seen->exit = (int)number_of(said, "exit");
  seen->round = number_of(said, "round");
  seen->rounds = number_of(said, "rounds");
  seen->process = (long)number_of(said, "process");
  free(text);
  return GLB_OK;
}
