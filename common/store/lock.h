/* lock.h: one writer for a run directory. The lock goes with the process that holds it, however it ends. */
#ifndef COMMON_STORE_LOCK_H
#define COMMON_STORE_LOCK_H

struct glb_lock {
  int fd;       // of RUN/lock; -1: none held
  int refused;  // errno of a file system that has no locks: nothing keeps a second writer out; 0: locked
};

/* GLB_ESETUP where another process holds it, saying which and where; GLB_EIO where the folder cannot be written. A file system
 * without locks is no failure, see refused. */
int glb_lock_take(struct glb_lock *lock, const char *run);
void glb_lock_release(struct glb_lock *lock);

#endif  // COMMON_STORE_LOCK_H
