#include "common/base/log.h"

#include <stdarg.h>
#include <stdio.h>

static struct {
  int rank, size;
  enum glb_log_level level;
  void (*around)(void *context, int after);
  void *context;
} state = {.size = 1, .level = GLB_LOG_INFO};

void glb_log_setup(int rank, int size, enum glb_log_level level) {
  state.rank = rank;
  state.size = size;
  state.level = level;
}

void glb_log_show(enum glb_log_level level) {
  state.level = level;
}

int glb_log_shows(enum glb_log_level level) {
  return level <= state.level;
}

void glb_log_around(void (*around)(void *context, int after), void *context) {
  state.around = around;
  state.context = context;
}

void glb_log(enum glb_log_level level, const char *format, ...) {
  static const char *const prefix[] = {"error: ", "warning: ", "", "debug: "};
  char line[2048];
  int used = 0;
  if (!glb_log_shows(level)) return;
  if (state.size > 1) used = snprintf(line, sizeof line, "[rank %d] ", state.rank);
  used += snprintf(line + used, sizeof line - (size_t)used, "%s", prefix[level]);
  va_list args;
  va_start(args, format);
  vsnprintf(line + used, sizeof line - (size_t)used, format, args);
  va_end(args);
  if (state.around) state.around(state.context, 0);
  fprintf(stderr, "%s\n", line);
  if (state.around) state.around(state.context, 1);
}
