#include "common/base/errand.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "common/base/error.h"

struct glb_errand {
  pthread_t thread;
  int sent;  // and not waited for
  atomic_int done;
  int (*work)(void *context);
  void *context;
  struct glb_error_kept failure;
};

int glb_errand_create(struct glb_errand **errand) {
  *errand = calloc(1, sizeof **errand);
  GLB_CHECK(*errand, GLB_ENOMEM, "no memory for work in the background");
  return GLB_OK;
}

void glb_errand_destroy(struct glb_errand *errand) {
  if (!errand) return;
  (void)glb_errand_wait(errand);
  free(errand);
}

static void *run(void *argument) {
  struct glb_errand *errand = argument;
  glb_error_keep(&errand->failure, errand->work(errand->context));
  atomic_store(&errand->done, 1);
  return NULL;
}

int glb_errand_send(struct glb_errand *errand, int (*work)(void *context), void *context) {
  sigset_t all, before;
  GLB_CHECK(!errand->sent, GLB_EINVAL, "work is under way in the background: wait for it first");
  errand->work = work;
  errand->context = context;
  atomic_store(&errand->done, 0);
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const int failed = pthread_create(&errand->thread, NULL, run, errand);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  GLB_CHECK(!failed, GLB_ENOMEM, "cannot start a thread for work in the background: raise ulimit -u");
  errand->sent = 1;
  return GLB_OK;
}

int glb_errand_busy(const struct glb_errand *errand) {
  return errand->sent && !atomic_load(&errand->done);
}

int glb_errand_wait(struct glb_errand *errand) {
  if (!errand->sent) return GLB_OK;
  pthread_join(errand->thread, NULL);
  errand->sent = 0;
  return glb_error_again(&errand->failure);
}
