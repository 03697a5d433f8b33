#include "common/base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "common/base/error.h"

enum { ALIGN = 64, HUGE_PAGE = 2 << 20 };

int glb_arena_init(struct glb_arena *arena, size_t size) {
  *arena = (struct glb_arena){0};
  const size_t align = size >= HUGE_PAGE ? HUGE_PAGE : ALIGN, bytes = (size + align) / align * align;
  arena->base = aligned_alloc(align, bytes);
  GLB_CHECK(arena->base, GLB_ENOMEM, "cannot allocate %zu bytes", bytes);
  if (align == HUGE_PAGE)
    (void)madvise(arena->base, bytes, MADV_HUGEPAGE);  // fewer misses; a wish, not a need
  memset(arena->base, 0, bytes);
  arena->size = bytes;
  return GLB_OK;
}

void glb_arena_finish(struct glb_arena *arena) {
  if (!arena) return;
  free(arena->base);
  *arena = (struct glb_arena){0};
}

int glb_arena_lay(struct glb_arena *arena, glb_lay_fn lay, void *object) {
  struct glb_arena count = {0};
  lay(object, &count);
  GLB_TRY(glb_arena_init(arena, count.used));
  lay(object, arena);
  return GLB_OK;
}

void *glb_arena_take(struct glb_arena *arena, size_t count, size_t size) {
  size_t bytes = (count * size + ALIGN - 1) / ALIGN * ALIGN, at = arena->used;
  arena->used += bytes;
  if (arena->used > arena->high) arena->high = arena->used;
  if (!arena->base) return NULL;
  if (arena->used > arena->size) {
    fprintf(stderr, "arena: %zu bytes of %zu used, %zu more asked\n", at, arena->size, bytes);
    abort();
  }
  return arena->base + at;
}

size_t glb_arena_mark(const struct glb_arena *arena) {
  return arena->used;
}

void glb_arena_release(struct glb_arena *arena, size_t mark) {
  arena->used = mark;
}
