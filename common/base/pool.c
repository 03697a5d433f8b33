#include "common/base/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "common/base/clock.h"
#include "common/base/error.h"

/* A wait spins for SPIN seconds, enough for the next piece of the same update, and then sleeps on a
 * condition. */
static const double SPIN = 40e-6;

struct failure {  // lowest shard that failed in one thread
  int shard;
  struct glb_error_kept error;
};

struct member {  // a thread of the team; the caller is member 0
  struct glb_pool *pool;
  pthread_t thread;
  int index;
  struct failure failure;
};

struct glb_pool {
  int threads;             // the caller counted in
  struct member *members;  // (threads)

  // the current run; written before run is raised
  int shards;
  glb_shard_fn work;
  void *context;

  atomic_uint run;  // number of runs started
  atomic_int busy;  // started threads that have not finished the current run
  atomic_bool stop;

  // sleepers only
  atomic_int sleeping;  // threads that sleep or are about to
  pthread_mutex_t mutex;
  pthread_cond_t changed;  // run or busy
};

static void relax(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#endif
}

/* Whatever a thread waits for. */
static int started(struct glb_pool *pool, unsigned seen) {
  return atomic_load(&pool->run) != seen;
}
static int finished(struct glb_pool *pool, unsigned seen) {
  (void)seen;
  return atomic_load(&pool->busy) == 0;
}

/* A sleeper raises sleeping before it looks again under the mutex, and announce() looks at sleeping after the
 * change: one of the two sees the other. */
static void await(struct glb_pool *pool, int (*holds)(struct glb_pool *, unsigned), unsigned seen) {
  const double until = glb_clock_wall() + SPIN;
  do {
    for (int i = 0; i < 32; i++) {
      if (holds(pool, seen)) return;
      relax();
    }
  } while (glb_clock_wall() < until);
  pthread_mutex_lock(&pool->mutex);
  atomic_fetch_add(&pool->sleeping, 1);
  while (!holds(pool, seen)) pthread_cond_wait(&pool->changed, &pool->mutex);
  atomic_fetch_sub(&pool->sleeping, 1);
  pthread_mutex_unlock(&pool->mutex);
}

static void announce(struct glb_pool *pool) {
  if (!atomic_load(&pool->sleeping)) return;
  pthread_mutex_lock(&pool->mutex);
  pthread_cond_broadcast(&pool->changed);
  pthread_mutex_unlock(&pool->mutex);
}

static void take_shards(struct glb_pool *pool, struct member *member) {
  struct failure *failure = &member->failure;
  failure->error.code = GLB_OK;
  for (int shard = member->index; shard < pool->shards; shard += pool->threads) {
    int code = pool->work(pool->context, shard);
    if (!code || failure->error.code) continue;
    failure->shard = shard;
    glb_error_keep(&failure->error, code);
  }
}

static void *member_main(void *argument) {
  struct member *member = argument;
  struct glb_pool *pool = member->pool;
  for (unsigned seen = 0;; seen++) {
    await(pool, started, seen);
    if (atomic_load(&pool->stop)) return NULL;
    take_shards(pool, member);
    if (atomic_fetch_sub(&pool->busy, 1) == 1) announce(pool);
  }
}

int glb_pool_create(struct glb_pool **out, int threads) {
  GLB_CHECK(threads >= 1, GLB_EINVAL, "a pool of %d threads: at least 1 is needed", threads);
  struct glb_pool *pool = calloc(1, sizeof *pool);
  struct member *members = calloc((size_t)threads, sizeof *members);
  if (!pool || !members) {
    free(pool);
    free(members);
    GLB_RAISE(GLB_ENOMEM, "cannot allocate a pool of %d threads", threads);
  }
  pool->members = members;
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->changed, NULL);
  members[0].pool = pool;
  for (pool->threads = 1; pool->threads < threads; pool->threads++) {
    struct member *member = &members[pool->threads];
    member->pool = pool;
    member->index = pool->threads;
    if (pthread_create(&member->thread, NULL, member_main, member)) {
      int running = pool->threads;
      glb_pool_destroy(pool);
      GLB_RAISE(GLB_ENOMEM, "cannot start thread %d of %d: lower learner.threads or raise ulimit -u",
                running + 1, threads);
    }
  }
  *out = pool;
  return GLB_OK;
}

void glb_pool_destroy(struct glb_pool *pool) {
  if (!pool) return;
  atomic_store(&pool->stop, 1);
  atomic_fetch_add(&pool->run, 1);
  announce(pool);
  for (int i = 1; i < pool->threads; i++) pthread_join(pool->members[i].thread, NULL);
  pthread_cond_destroy(&pool->changed);
  pthread_mutex_destroy(&pool->mutex);
  free(pool->members);
  free(pool);
}

int glb_pool_threads(const struct glb_pool *pool) {
  return pool ? pool->threads : 1;
}

static const struct failure *lowest_failure(const struct glb_pool *pool) {
  const struct failure *lowest = NULL;
  for (int i = 0; i < pool->threads; i++) {
    const struct failure *failure = &pool->members[i].failure;
    if (failure->error.code && (!lowest || failure->shard < lowest->shard)) lowest = failure;
  }
  return lowest;
}

int glb_pool_run(struct glb_pool *pool, int shards, glb_shard_fn work, void *context) {
  struct member self = {0};
  struct glb_pool alone = {.threads = 1, .members = &self};
  if (!pool) pool = &alone;
  pool->shards = shards;
  pool->work = work;
  pool->context = context;
  if (pool->threads > 1) {
    atomic_store(&pool->busy, pool->threads - 1);
    atomic_fetch_add(&pool->run, 1);
    announce(pool);
  }
  take_shards(pool, &pool->members[0]);
  if (pool->threads > 1) await(pool, finished, 0);

  const struct failure *failure = lowest_failure(pool);
  if (!failure) return GLB_OK;
  return glb_error_raise(failure->error.code, __FILE__, __LINE__, "%s (shard %d, %s)", failure->error.message,
                         failure->shard, failure->error.trace);
}
