/* errand.h: one piece of work after the other, each in a thread of its own beside the caller, such as writing a file. */
#ifndef COMMON_BASE_ERRAND_H
#define COMMON_BASE_ERRAND_H

struct glb_errand;

/* GLB_ENOMEM. */
int glb_errand_create(struct glb_errand **errand);
/* Waits for the work under way; what it came to is lost. */
void glb_errand_destroy(struct glb_errand *errand);

/* Starts work(context), once the one before has been waited for (else GLB_EINVAL). What the work uses is its own until then.
 * The thread takes no signals. GLB_ENOMEM where it cannot start. */
int glb_errand_send(struct glb_errand *errand, int (*work)(void *context), void *context);

/* Whether the work sent last is still being done. */
int glb_errand_busy(const struct glb_errand *errand);

/* Waits until it is done: its code, and its message as this thread's. GLB_OK where there is nothing to wait for. */
int glb_errand_wait(struct glb_errand *errand);

#endif  // COMMON_BASE_ERRAND_H
