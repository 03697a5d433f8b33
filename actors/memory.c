#include "actors/memory.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"

int glb_memory_init(struct glb_memory *m, struct glb_trial_shape shape, int rounds, int slots, int width) {
  const size_t places = (size_t)rounds * (size_t)width;
  *m = (struct glb_memory){.shape = shape, .rounds = rounds, .slots = slots, .width = width};
  m->bytes = glb_trial_bytes(shape) * places;
  m->used = calloc((size_t)rounds, sizeof *m->used);
  m->round = malloc((size_t)rounds * sizeof *m->round);
  m->column = malloc((size_t)rounds * (size_t)slots * sizeof *m->column);
  m->blocks = aligned_alloc(64, m->bytes + 64);
  if (!m->used || !m->round || !m->column || !m->blocks) {
    glb_memory_finish(m);
    GLB_RAISE(GLB_ENOMEM, "no memory for %d rounds x %d trials; lower replay.trials", rounds, width);
  }
  memset(m->blocks, 0, m->bytes);
  for (int i = 0; i < rounds; i++) m->round[i] = UINT32_MAX;
  return GLB_OK;
}

void glb_memory_finish(struct glb_memory *m) {
  if (!m) return;
  free(m->used);
  free(m->round);
  free(m->column);
  free(m->blocks);
  *m = (struct glb_memory){0};
}

static size_t row_of(const struct glb_memory *m, uint32_t round) {
  return round % (uint32_t)m->rounds;
}

static void map(const struct glb_memory *m, struct glb_trial *trial, size_t row, int column) {
  const size_t place = row * (size_t)m->width + (size_t)column;
  glb_trial_map(trial, m->shape, m->blocks + place * glb_trial_bytes(m->shape));
}

int glb_memory_room(const struct glb_memory *m, uint32_t round) {
  const size_t row = row_of(m, round);
  return m->round[row] == round ? m->width - m->used[row] : m->width;
}

int glb_memory_open(struct glb_memory *m, struct glb_trial *trial, uint32_t round, uint32_t slot) {
  const size_t row = row_of(m, round);
  int *column = m->column + row * (size_t)m->slots;
  GLB_CHECK(slot < (uint32_t)m->slots, GLB_EINVAL, "a trial of slot %u where there are %d", slot, m->slots);
  if (m->round[row] != round) {
    m->round[row] = round;
    m->used[row] = 0;
    for (int s = 0; s < m->slots; s++) column[s] = -1;
  }
  GLB_CHECK(column[slot] >= 0 || m->used[row] < m->width, GLB_ELIMIT,
            "no room for trial (%u, %u): %d of its round are here", round, slot, m->width);
  if (column[slot] < 0) column[slot] = m->used[row]++;
  map(m, trial, row, column[slot]);
  return GLB_OK;
}

int glb_memory_find(const struct glb_memory *m, struct glb_trial *trial, uint32_t round, uint32_t slot) {
  const size_t row = row_of(m, round);
  if (slot >= (uint32_t)m->slots || m->round[row] != round) return 0;
  const int column = m->column[row * (size_t)m->slots + slot];
  if (column < 0) return 0;
  map(m, trial, row, column);
  return 1;
}
