/* error.h: error codes and the trace that explains them.
 *
 * A function that can fail returns int: GLB_OK or a code of errors.def. The one that finds the fault raises
 * it with GLB_CHECK or GLB_RAISE and says what, where and how to mend it; callers pass it up with GLB_TRY,
 * which appends the place. Only deploy/cli prints the trace and ends the process. The trace is thread-local:
 * a thread pool must hand a worker's code and message back to the thread that reports it. See docs/errors.md.
 */
#ifndef COMMON_BASE_ERROR_H
#define COMMON_BASE_ERROR_H

enum glb_error {
  GLB_OK = 0,
#define X(name, text) GLB_##name,
#include "common/base/errors.def"
#undef X
  GLB_ERROR_COUNT
};

/* Starts a new trace with a message in the manner of printf and returns code. */
int glb_error_raise(int code, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Appends a place to the trace and returns code. */
int glb_error_pass(int code, const char *file, int line);

/* Name ("GLB_EIO") and text of a code; never NULL. */
const char *glb_error_name(int code);
const char *glb_error_text(int code);

/* Message and trace ("file:line < file:line") of the last error of this thread; empty after clear. */
const char *glb_error_message(void);
const char *glb_error_trace(void);
void glb_error_clear(void);

/* A failure on its way from one thread to another. */
struct glb_error_kept {
  int code;  // GLB_OK: none
  char message[1024], trace[1024];
};

/* The last error of this thread, which ended with code. */
void glb_error_keep(struct glb_error_kept *kept, int code);
/* Raises what was kept; returns its code, GLB_OK where it is none. */
int glb_error_again(const struct glb_error_kept *kept);

#define GLB_RAISE(code, ...) return glb_error_raise((code), __FILE__, __LINE__, __VA_ARGS__)

#define GLB_CHECK(condition, code, ...)                                                \
  do {                                                                                 \
    if (!(condition)) return glb_error_raise((code), __FILE__, __LINE__, __VA_ARGS__); \
  } while (0)

#define GLB_TRY(call)                                                    \
  do {                                                                   \
    int glb_code_ = (call);                                              \
    if (glb_code_) return glb_error_pass(glb_code_, __FILE__, __LINE__); \
  } while (0)

/* As GLB_TRY for functions that must clean up: sets code and jumps. */
#define GLB_TRY_OUT(code, label, call)                  \
  do {                                                  \
    (code) = (call);                                    \
    if (code) {                                         \
      (void)glb_error_pass((code), __FILE__, __LINE__); \
      goto label;                                       \
    }                                                   \
  } while (0)

#endif  // COMMON_BASE_ERROR_H
