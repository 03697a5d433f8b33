#include "learner/columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"

/* One member of all trials, gathered into an array with the trials in front. */
struct member {
  const char *name, *units, *help;
  enum glb_h5_type type;
  int rank;
  size_t dims[3];  // of one trial
  void *(*of)(const struct glb_trial *trial);
};

static void *of_head(const struct glb_trial *t) {
  return t->head;
}
static void *of_task(const struct glb_trial *t) {
  return t->task;
}
static void *of_reward(const struct glb_trial *t) {
  return t->reward;
}
static void *of_obs(const struct glb_trial *t) {
  return t->obs;
}
static void *of_last_obs(const struct glb_trial *t) {
  return t->last_obs;
}
static void *of_action(const struct glb_trial *t) {
  return t->action;
}
static void *of_length(const struct glb_trial *t) {
  return t->length;
}
static void *of_terminated(const struct glb_trial *t) {
  return t->terminated;
}
static void *of_success(const struct glb_trial *t) {
  return t->success;
}

enum { LOAD, STORE };

/* Member m of all trials, from the file or to it, by way of all (the trials' bytes of it). */
static int transfer(const struct glb_columns *c, struct glb_h5 *file, const char *path,
                    const struct member *m, int direction, char *all, size_t bytes) {
  size_t dims[GLB_H5_RANK] = {c->count};
  memcpy(dims + 1, m->dims, (size_t)m->rank * sizeof *dims);
  if (direction == LOAD)
    GLB_TRY(glb_h5_read(file, path, m->type, c->count * bytes / glb_h5_width(m->type), all));
  for (size_t i = 0; i < c->count; i++) {
    struct glb_trial trial;
    c->place(c->context, &trial, i);
    if (direction == LOAD)
      memcpy(m->of(&trial), all + i * bytes, bytes);
    else
      memcpy(all + i * bytes, m->of(&trial), bytes);
  }
  if (direction == LOAD) return GLB_OK;
  GLB_TRY(glb_h5_write(file, path, m->type, m->rank + 1, dims, all, m->units));
  return glb_h5_write_text(file, path, "help", m->help);
}

static int one_member(const struct glb_columns *c, struct glb_h5 *file, const char *group,
                      const struct member *m, int direction) {
  char path[GLB_H5_NAME];
  size_t bytes = glb_h5_width(m->type);
  for (int i = 0; i < m->rank; i++) bytes *= m->dims[i];
  snprintf(path, sizeof path, "%s/%s", group, m->name);
  char *all = malloc(c->count * bytes + 1);
  GLB_CHECK(all, GLB_ENOMEM, "no memory for %zu bytes of %s", c->count * bytes, path);
  const int code = transfer(c, file, path, m, direction, all, bytes);
  free(all);
  GLB_TRY(code);
  return GLB_OK;
}

static int each_member(const struct glb_columns *c, struct glb_h5 *file, const char *group, int direction) {
  const size_t O = (size_t)c->shape.O, A = (size_t)c->shape.A, P = (size_t)c->shape.P, E = (size_t)c->shape.E,
               T = (size_t)c->shape.T, head = sizeof(struct glb_trial_head) / 4;
  const struct member members[] = {
      {"head",
       "",
       "round, slot, acting version (low and high word), episodes, steps",
       GLB_H5_I32,
       1,
       {head},
       of_head},
      {"task", "", "task vector, as the environment of the family takes it", GLB_H5_F64, 1, {P}, of_task},
      {"reward", "", "reward of each step", GLB_H5_F64, 1, {T}, of_reward},
      {"obs", "", "observation before each step, in the environment's units", GLB_H5_F32, 2, {T, O}, of_obs},
      {"last_obs", "", "observation after the last step of each episode", GLB_H5_F32, 2, {E, O}, of_last_obs},
      {"action", "", "action of each step, in [-1, 1]", GLB_H5_F32, 2, {T, A}, of_action},
      {"length",
       "step",
       "steps of each episode; they lie one after the other",
       GLB_H5_I32,
       1,
       {E},
       of_length},
      {"terminated",
       "",
       "how each episode ended: 0 horizon, 1 terminated by the environment, 2 simulator failed",
       GLB_H5_U8,
       1,
       {E},
       of_terminated},
      {"success",
       "",
       "1 where the success flag was raised at any step of the episode",
       GLB_H5_U8,
       1,
       {E},
       of_success},
  };
  for (size_t i = 0; i < sizeof members / sizeof *members; i++)
    GLB_TRY(one_member(c, file, group, &members[i], direction));
  return GLB_OK;
}

int glb_columns_write(const struct glb_columns *columns, struct glb_h5 *file, const char *group) {
  return each_member(columns, file, group, STORE);
}

int glb_columns_read(const struct glb_columns *columns, struct glb_h5 *file, const char *group) {
  return each_member(columns, file, group, LOAD);
}
