/* pool.h: a fixed team of threads that runs numbered pieces of work.
 *
 * Work is cut into a fixed number of shards that does not depend on the number of threads; shard i always
 * computes the same numbers, whichever thread takes it. The caller is one of the threads. Waiting threads
 * spin briefly, then sleep. */
#ifndef COMMON_BASE_POOL_H
#define COMMON_BASE_POOL_H

struct glb_pool;

/* Work on one shard; returns GLB_OK or an error code. */
typedef int (*glb_shard_fn)(void *context, int shard);

/* A team of threads >= 1, the caller counted in; threads = 1 starts none. GLB_ENOMEM where a thread cannot
 * start. */
int glb_pool_create(struct glb_pool **pool, int threads);
void glb_pool_destroy(struct glb_pool *pool);
int glb_pool_threads(const struct glb_pool *pool);

/* Runs work(context, 0 .. shards - 1), returns when all are done. Shards are taken in a fixed pattern (shard
 * s by thread s % threads). Returns the error of the lowest failing shard, its message in the caller's trace.
 * pool NULL: the caller runs all. Allocates nothing. */
int glb_pool_run(struct glb_pool *pool, int shards, glb_shard_fn work, void *context);

#endif  // COMMON_BASE_POOL_H
