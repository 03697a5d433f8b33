/* arena.h: one block of memory handed out in pieces.
 *
 * Long-lived objects are sized once and laid out in an arena; temporaries of a loop come from an arena
 * between mark and release, so that a step allocates nothing and an early return leaks nothing. Pieces are
 * aligned to 64 bytes. An arena with a NULL base only counts: lay an object out twice, first to learn the
 * size. */
#ifndef COMMON_BASE_ARENA_H
#define COMMON_BASE_ARENA_H

#include <stddef.h>

struct glb_arena {
  char *base;   // owned after init; NULL: counting only
  size_t size;  // bytes behind base
  size_t used;  // bytes handed out
  size_t high;  // largest value used has had
};

/* Allocates size bytes, zeroed. GLB_ENOMEM with the size in the message. Nothing is held on failure. */
int glb_arena_init(struct glb_arena *arena, size_t size);
void glb_arena_finish(struct glb_arena *arena);

/* Lays object out in arena: calls lay(object, .) twice, first on an arena that only counts, then on one of
 * that size. Errors as glb_arena_init. */
typedef void (*glb_lay_fn)(void *object, struct glb_arena *arena);
int glb_arena_lay(struct glb_arena *arena, glb_lay_fn lay, void *object);

/* count elements of size bytes each, aligned to 64; NULL when the arena only counts. Running past the end is
 * a bug of the caller's sizing: it aborts with the sizes, in every build. */
void *glb_arena_take(struct glb_arena *arena, size_t count, size_t size);

/* Everything taken after mark is given back by release. */
size_t glb_arena_mark(const struct glb_arena *arena);
void glb_arena_release(struct glb_arena *arena, size_t mark);

#define GLB_TAKE(arena, type, count) ((type *)glb_arena_take((arena), (size_t)(count), sizeof(type)))

#endif  // COMMON_BASE_ARENA_H
