/* params.h: all parameters of a network family in one float buffer with a table of names and shapes.
 *
 * The table drives initialisation, Adam, broadcast, checkpoint, gradient check and golden comparison: no list
 * of tensors is written twice. The table is built once, before the buffer is allocated; tensors lie in table
 * order without padding. */
#ifndef COMMON_NN_PARAMS_H
#define COMMON_NN_PARAMS_H

#include <stddef.h>

enum { GLB_PARAMS_MAX = 64, GLB_PARAM_NAME = 40 };

struct glb_param {
  char name[GLB_PARAM_NAME];  // "critic0.trunk.1.W"
  int rows, cols;             // a vector has rows = 1
  size_t offset;              // floats from the start of the buffer
};

struct glb_params {
  int count;    // tensors
  size_t size;  // floats in all
  struct glb_param table[GLB_PARAMS_MAX];
};

/* Appends a tensor and returns its offset in floats; the name is "<prefix>.<suffix>" (an empty prefix:
 * "<suffix>"), copied. A full table or an over-long name is a bug of the program and asserts. */
size_t glb_params_add(struct glb_params *params, const char *prefix, const char *suffix, int rows, int cols);

/* The tensor called name, or NULL. */
const struct glb_param *glb_params_find(const struct glb_params *params, const char *name);

#endif  // COMMON_NN_PARAMS_H
