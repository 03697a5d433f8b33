/* Three updates against those of make_sac.py: JAX in double precision with automatic gradients. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/error.h"
#include "common/store/h5.h"
#include "learner/agents/sac.h"
#include "tests/ref/nn_ref.h"

enum { MAX = 4096 };

/* Batches of all updates. */
struct batches {
  float s[MAX], b[MAX], a[MAX], r[MAX], s2[MAX], b2[MAX], discount[MAX];
};

static int read_int(struct glb_h5 *file, const char *name) {
  int64_t value;
  assert_int_equal(glb_h5_read_int(file, "/", name, &value), GLB_OK);
  return (int)value;
}

static double read_real(struct glb_h5 *file, const char *name) {
  double value;
  assert_int_equal(glb_h5_read_real(file, "/", name, &value), GLB_OK);
  return value;
}

static void read_floats(struct glb_h5 *file, const char *name, float *data, size_t count) {
  if (glb_h5_read(file, name, GLB_H5_F32, count, data)) fail_msg("%s: %s", name, glb_error_message());
}

static struct glb_sac *read_agent(struct glb_h5 *file) {
  struct glb_sac *sac;
  const struct glb_policy_shape shape = {.S = read_int(file, "S"),
                                         .B = read_int(file, "B"),
                                         .A = read_int(file, "A"),
                                         .E = read_int(file, "E"),
                                         .H = read_int(file, "H")};
  const struct glb_sac_options options = {.shape = shape,
                                          .batch = read_int(file, "batch"),
                                          .shards = read_int(file, "shards"),
                                          .rate = read_real(file, "rate"),
                                          .polyak = read_real(file, "polyak"),
                                          .temperature = read_real(file, "temperature"),
                                          .target_entropy = read_real(file, "target_entropy"),
                                          .seed = (uint64_t)read_int(file, "seed")};
  assert_int_equal(glb_sac_create(&sac, &options, NULL, NULL), GLB_OK);
  read_floats(file, "theta", sac->theta, sac->params.size);
  read_floats(file, "target", sac->target, sac->target_params.size);
  return sac;
}

static void read_batches(struct glb_h5 *file, struct batches *all) {
  const struct {
    const char *name;
    float *data;
  } fields[] = {{"s", all->s},
                {"b", all->b},
                {"a", all->a},
                {"r", all->r},
                {"s2", all->s2},
                {"b2", all->b2},
                {"discount", all->discount}};
  for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
    char path[32];
    struct glb_h5_info info;
    snprintf(path, sizeof path, "batch/%s", fields[i].name);
    assert_int_equal(glb_h5_info(file, path, &info), GLB_OK);
    assert_true(info.count <= MAX);
    read_floats(file, path, fields[i].data, info.count);
  }
}

/* Differences count in units of scale, the size of the values that matter. */
static void compare(struct glb_h5 *file, int update, const char *name, const float *got, size_t count,
                    double scale, double tolerance) {
  static double want[MAX];
  char path[32];
  assert_true(count <= MAX);
  snprintf(path, sizeof path, "update%d/%s", update + 1, name);
  assert_int_equal(glb_h5_read(file, path, GLB_H5_F64, count, want), GLB_OK);
  for (size_t i = 0; i < count; i++) ref_close(got[i] / scale, want[i] / scale, tolerance, path, i);
}

static void updates_agree_with_automatic_gradients(void **state) {
  (void)state;
  static struct batches all;
  char path[4096];
  struct glb_h5 *file;
  snprintf(path, sizeof path, "%s/tests/golden/agent/sac.h5", getenv("GLIBRL_SOURCE"));
  if (glb_h5_open(&file, path)) fail_msg("%s", glb_error_message());
  struct glb_sac *sac = read_agent(file);
  const struct glb_policy_shape shape = sac->options.shape;
  read_batches(file, &all);

  for (int u = 0; u < read_int(file, "updates"); u++) {
    const size_t row = (size_t)u * (size_t)sac->options.batch;
    const size_t S = row * (size_t)shape.S, B = row * (size_t)shape.B, A = row * (size_t)shape.A;
    const struct glb_batch batch = {.s = all.s + S,
                                    .b = all.b + B,
                                    .a = all.a + A,
                                    .r = all.r + row,
                                    .s2 = all.s2 + S,
                                    .b2 = all.b2 + B,
                                    .discount = all.discount + row};
    struct glb_sac_report report;
    if (glb_sac_update(sac, &batch, &report)) fail_msg("%s", glb_error_message());
    const float got[] = {(float)report.critic_loss, (float)report.policy_loss, (float)report.entropy,
                         (float)report.q_mean, (float)report.temperature};
    compare(file, u, "report", got, 5, 1, 3e-6);
    compare(file, u, "m", sac->m, sac->params.size, 1e-2, 1e-4);
    compare(file, u, "v", sac->v, sac->params.size, 1e-4, 1e-4);
    compare(file, u, "theta", sac->theta, sac->params.size, 1, 3e-6);
    compare(file, u, "target", sac->target, sac->target_params.size, 1, 1e-6);
  }
  glb_sac_destroy(sac);
  glb_h5_close(file);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(updates_agree_with_automatic_gradients)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
