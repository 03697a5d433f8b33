#include "common/store/status.h"

#include <limits.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/config/text.h"
#include "common/store/file.h"

int glb_status_write(const char *run, const struct glb_status *status) {
  char path[PATH_MAX], text[2048], why[1024], host[256] = "?", when[32];
  struct tm utc;
  const time_t now = time(NULL);
  gethostname(host, sizeof host - 1);
  strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
  glb_text_quote(why, sizeof why, status->why);
  GLB_CHECK(snprintf(path, sizeof path, "%s/status.json", run) < PATH_MAX, GLB_EIO, "%.60s...: name too long",
            run);
  const int length =
      snprintf(text, sizeof text,
               "{\"state\": \"%s\", \"exit\": %d, \"round\": %lld, \"rounds\": %lld, \"why\": \"%s\", "
               "\"process\": %ld, \"host\": \"%s\", \"time\": \"%s\"}\n",
               status->state, status->exit, (long long)status->round, (long long)status->rounds, why,
               (long)getpid(), host, when);
  GLB_TRY(glb_file_land(path, text, (size_t)length));
  return GLB_OK;
}
