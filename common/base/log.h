/* log.h: lines for people, on standard error, with the rank in front where there are several. */
#ifndef COMMON_BASE_LOG_H
#define COMMON_BASE_LOG_H

enum glb_log_level { GLB_LOG_ERROR, GLB_LOG_WARN, GLB_LOG_INFO, GLB_LOG_DEBUG };

/* Set once at start by the program: this process' rank of size, and the most detailed level shown. */
void glb_log_setup(int rank, int size, enum glb_log_level level);

/* Another level from now on, and whether lines of a level are shown. */
void glb_log_show(enum glb_log_level level);
int glb_log_shows(enum glb_log_level level);

/* Called before (after = 0) and after (1) each line, by the thread that writes it, so that what renews itself on the terminal can
 * make way. NULL: nothing is called. */
void glb_log_around(void (*around)(void *context, int after), void *context);

void glb_log(enum glb_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define GLB_WARN(...) glb_log(GLB_LOG_WARN, __VA_ARGS__)
#define GLB_INFO(...) glb_log(GLB_LOG_INFO, __VA_ARGS__)
#define GLB_DEBUG_LOG(...) glb_log(GLB_LOG_DEBUG, __VA_ARGS__)

#endif  // COMMON_BASE_LOG_H
