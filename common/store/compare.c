#include "common/store/compare.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"

// ---- rows ----

static int same_bits(double a, double b) {
  return !memcmp(&a, &b, sizeof a) || (isnan(a) && isnan(b));
}

// Whether a metric differs in two rows, as far as it is to be compared.
static int metric_differs(enum glb_metric metric, const double *a, const double *b, int evaluations) {
  const double one = a[metric], other = b[metric];
  switch (glb_metric_source(metric)) {
    case GLB_SOURCE_SEED:
      return !same_bits(one, other);
    case GLB_SOURCE_EVAL:  // when it is measured may change without a change in what is learned
      return evaluations && !isnan(one) && !isnan(other) && !same_bits(one, other);
    default:
      return 0;
  }
}

// Fills what result says about the first round that differs.
static void compare_row(struct glb_rows_compared *result, const double *a, const double *b, int evaluations) {
  for (int m = 0; m < GLB_METRICS; m++) {
    if (!metric_differs((enum glb_metric)m, a, b, evaluations)) continue;
    if (result->differ++) continue;
    result->round = (int64_t)a[GLB_METRIC_round];
    result->metric = (enum glb_metric)m;
    result->a = a[m];
    result->b = b[m];
  }
}

void glb_compare_rows(struct glb_rows_compared *result, const struct glb_round_rows *a,
                      const struct glb_round_rows *b, int evaluations) {
  *result = (struct glb_rows_compared){0};
  for (size_t i = 0, j = 0; i < a->count && j < b->count;) {
    const double *one = a->row + i * GLB_METRICS, *other = b->row + j * GLB_METRICS;
    const double ahead = one[GLB_METRIC_round] - other[GLB_METRIC_round];
    if (ahead <= 0) i++;
    if (ahead >= 0) j++;
    if (ahead != 0) continue;
    result->last = (int64_t)one[GLB_METRIC_round];
    if (!result->rounds++) result->first = result->last;
    if (!result->differ) compare_row(result, one, other, evaluations);
  }
}

// ---- blocks ----

struct walk {
  struct glb_blocks_compared *result;
  struct glb_h5 *a, *b;
  int alone;  // only blocks that b has and a has not
  const char *group;
};

// Counts a block that differs; 1 where it is the first, whose details are wanted.
static int is_first(struct glb_blocks_compared *result, const char *path) {
  if (result->differ++) return 0;
  snprintf(result->block, sizeof result->block, "%s", path);
  return 1;
}

// "float32 (64 x 3)", or "absent"
static int print_shape(char text[GLB_COMPARE_TEXT], struct glb_h5 *file, const char *path) {
  struct glb_h5_info info;
  snprintf(text, GLB_COMPARE_TEXT, "absent");
  if (!glb_h5_exists(file, path)) return GLB_OK;
  GLB_TRY(glb_h5_info(file, path, &info));
  int used = snprintf(text, GLB_COMPARE_TEXT, "%s (", glb_h5_type_name(info.type));
  for (int i = 0; i < info.rank; i++)
    used += snprintf(text + used, (size_t)(GLB_COMPARE_TEXT - used), "%s%zu", i ? " x " : "", info.dims[i]);
  snprintf(text + used, (size_t)(GLB_COMPARE_TEXT - used), ")");
  return GLB_OK;
}

static int shapes_differ(struct walk *w, const char *path) {
  struct glb_blocks_compared *result = w->result;
  if (!is_first(result, path)) return GLB_OK;
  result->rank = -1;
  GLB_TRY(print_shape(result->a, w->a, path));
  GLB_TRY(print_shape(result->b, w->b, path));
  return GLB_OK;
}

static void print_element(char text[GLB_COMPARE_TEXT], enum glb_h5_type type, const char *at) {
  union {
    float f32;
    double f64;
    int32_t i32;
    int64_t i64;
    uint8_t u8;
  } value;
  memcpy(&value, at, glb_h5_width(type));
  switch (type) {
    case GLB_H5_F32:
      snprintf(text, GLB_COMPARE_TEXT, "%.9g", (double)value.f32);
      break;
    case GLB_H5_F64:
      snprintf(text, GLB_COMPARE_TEXT, "%.17g", value.f64);
      break;
    case GLB_H5_I32:
      snprintf(text, GLB_COMPARE_TEXT, "%" PRId32, value.i32);
      break;
    case GLB_H5_I64:
      snprintf(text, GLB_COMPARE_TEXT, "%" PRId64, value.i64);
      break;
    case GLB_H5_U8:
      snprintf(text, GLB_COMPARE_TEXT, "%u", value.u8);
      break;
  }
}

// The two arrays of a block do not have the same bytes.
static void elements_differ(struct glb_blocks_compared *result, const char *path,
                            const struct glb_h5_info *info, const char *a, const char *b) {
  const size_t width = glb_h5_width(info->type);
  size_t element = 0;
  if (!is_first(result, path)) return;
  while (!memcmp(a + element * width, b + element * width, width)) element++;
  print_element(result->a, info->type, a + element * width);
  print_element(result->b, info->type, b + element * width);

  // row-major: the last dimension runs fastest
  result->rank = info->rank;
  for (int i = info->rank - 1; i >= 0; element /= info->dims[i], i--)
    result->index[i] = element % info->dims[i];
}

static int compare_data(struct walk *w, const char *path, const struct glb_h5_info *info) {
  const size_t bytes = info->count * glb_h5_width(info->type);
  char *data = malloc(2 * bytes + 1);
  GLB_CHECK(data, GLB_ENOMEM, "no memory for %zu bytes of %s", 2 * bytes, path);
  int code = glb_h5_read(w->a, path, info->type, info->count, data);
  if (!code) code = glb_h5_read(w->b, path, info->type, info->count, data + bytes);
  if (!code && memcmp(data, data + bytes, bytes)) elements_differ(w->result, path, info, data, data + bytes);
  free(data);
  GLB_TRY(code);
  return GLB_OK;
}

static int same_shape(const struct glb_h5_info *a, const struct glb_h5_info *b) {
  return a->type == b->type && a->rank == b->rank && !memcmp(a->dims, b->dims, sizeof a->dims);
}

static int compare_block(struct walk *w, const char *path) {
  struct glb_h5_info a, b;
  w->result->blocks++;
  if (w->alone || !glb_h5_exists(w->b, path)) return shapes_differ(w, path);
  GLB_TRY(glb_h5_info(w->a, path, &a));
  GLB_TRY(glb_h5_info(w->b, path, &b));
  return same_shape(&a, &b) ? compare_data(w, path, &a) : shapes_differ(w, path);
}

static int visit(void *context, const char *name, int is_group) {
  struct walk *w = context, inner = *w;
  char path[GLB_COMPARE_NAME];
  snprintf(path, sizeof path, "%s/%s", w->group, name);
  inner.group = path;
  if (is_group) return glb_h5_each(w->alone ? w->b : w->a, path, visit, &inner);
  return w->alone && glb_h5_exists(w->a, path) ? GLB_OK : compare_block(w, path);
}

int glb_compare_group(struct glb_blocks_compared *result, struct glb_h5 *a, struct glb_h5 *b,
                      const char *group) {
  struct walk w = {.result = result, .a = a, .b = b, .group = group};
  if (glb_h5_exists(a, group)) GLB_TRY(glb_h5_each(a, group, visit, &w));
  w.alone = 1;
  if (glb_h5_exists(b, group)) GLB_TRY(glb_h5_each(b, group, visit, &w));
  return GLB_OK;
}
