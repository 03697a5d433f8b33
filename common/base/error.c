#include "common/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char message[1024];
static _Thread_local char trace[1024];

static const char *const names[GLB_ERROR_COUNT] = {
    "GLB_OK",
#define X(name, text) "GLB_" #name,
#include "common/base/errors.def"
#undef X
};

static const char *const texts[GLB_ERROR_COUNT] = {
    "no error",
#define X(name, text) text,
#include "common/base/errors.def"
#undef X
};

int glb_error_raise(int code, const char *file, int line, const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(message, sizeof message, format, args);
  va_end(args);
  snprintf(trace, sizeof trace, "%s:%d", file, line);
  return code;
}

int glb_error_pass(int code, const char *file, int line) {
  size_t used = strlen(trace);
  snprintf(trace + used, sizeof trace - used, "%s%s:%d", used ? " < " : "", file, line);
  return code;
}

const char *glb_error_name(int code) {
  return code >= 0 && code < GLB_ERROR_COUNT ? names[code] : "GLB_?";
}

const char *glb_error_text(int code) {
  return code >= 0 && code < GLB_ERROR_COUNT ? texts[code] : "unknown error";
}

const char *glb_error_message(void) {
  return message;
}

const char *glb_error_trace(void) {
  return trace;
}

void glb_error_clear(void) {
  message[0] = trace[0] = '\0';
}

void glb_error_keep(struct glb_error_kept *kept, int code) {
  kept->code = code;
  if (!code) return;
  snprintf(kept->message, sizeof kept->message, "%s", message);
  snprintf(kept->trace, sizeof kept->trace, "%s", trace);
}

int glb_error_again(const struct glb_error_kept *kept) {
  if (!kept->code) return GLB_OK;
  snprintf(message, sizeof message, "%s", kept->message);
  snprintf(trace, sizeof trace, "%s", kept->trace);
  return kept->code;
}
