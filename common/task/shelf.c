#include "common/task/shelf.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/base/error.h"

int glb_shelf_init(struct glb_shelf *shelf, struct glb_trial_shape shape, int rounds, int slots,
                   const unsigned char *keep) {
  *shelf = (struct glb_shelf){.shape = shape, .rounds = rounds, .slots = slots};
  shelf->column = malloc(sizeof(int) * (size_t)slots);
  GLB_CHECK(shelf->column, GLB_ENOMEM, "no memory for a table of %d slots", slots);
  for (int i = 0; i < slots; i++) shelf->column[i] = !keep || keep[i] ? shelf->width++ : -1;

  shelf->bytes = glb_trial_bytes(shape) * (size_t)rounds * (size_t)shelf->width;
  shelf->blocks = aligned_alloc(64, shelf->bytes ? shelf->bytes : 64);
  if (!shelf->blocks) {
    glb_shelf_finish(shelf);
    GLB_RAISE(GLB_ENOMEM, "no memory for %d rounds x %d trials; lower replay.trials", rounds, slots);
  }
  memset(shelf->blocks, 0, shelf->bytes);
  return GLB_OK;
}

void glb_shelf_finish(struct glb_shelf *shelf) {
  if (!shelf) return;
  free(shelf->column);
  free(shelf->blocks);
  *shelf = (struct glb_shelf){0};
}

int glb_shelf_keeps(const struct glb_shelf *shelf, uint32_t slot) {
  return slot < (uint32_t)shelf->slots && shelf->column[slot] >= 0;
}

size_t glb_shelf_index(const struct glb_shelf *shelf, uint32_t round, uint32_t slot) {
  GLB_ASSERT(glb_shelf_keeps(shelf, slot));
  return (size_t)(round % (uint32_t)shelf->rounds) * (size_t)shelf->width + (size_t)shelf->column[slot];
}

void glb_shelf_place(const struct glb_shelf *shelf, struct glb_trial *trial, uint32_t round, uint32_t slot) {
  glb_trial_map(trial, shelf->shape,
                shelf->blocks + glb_shelf_index(shelf, round, slot) * glb_trial_bytes(shelf->shape));
}

int glb_shelf_has(const struct glb_shelf *shelf, uint32_t round, uint32_t slot) {
  struct glb_trial trial;
  glb_shelf_place(shelf, &trial, round, slot);
  return trial.head->T > 0 && trial.head->round == round && trial.head->slot == slot;
}
