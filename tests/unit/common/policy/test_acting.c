/* What the policy reads of a belief. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/config/config.h"
#include "common/policy/acting.h"

enum { K = 5, MOST = 4096 };

struct fixture {
  struct glb_config config;
  struct glb_space space;
  struct glb_acting acting;
  float block[1 << 18], raw[MOST], b[MOST];
};

/* Both heads of the point family; normalisers that change nothing, and a belief of ones. */
static void start(struct fixture *f, const char *key) {
  const char *const keys[] = {"env.family=point", "belief.heads=both", "model.features=5",
                              "belief.columns=3", "agent.hidden=8",    key};
  glb_config_init(&f->config);
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    assert_int_equal(glb_config_set(&f->config, keys[i], "test"), 0);
  assert_int_equal(glb_space_init(&f->space, &f->config, NULL), 0);
  assert_true(f->space.B <= MOST && glb_acting_size(&f->space) <= sizeof f->block / sizeof *f->block);
  glb_acting_map(&f->acting, &f->space, f->block);
  for (int i = 0; i < f->space.B; i++) {
    f->acting.belief_shift[i] = 0;
    f->acting.belief_scale[i] = f->raw[i] = f->b[i] = 1;
  }
  glb_acting_belief(&f->acting, &f->space, f->b, f->raw);
}

static void the_whole_belief(void **state) {
  static struct fixture f;
  (void)state;
  start(&f, "belief.zero=false");
  for (int i = 0; i < f.space.B; i++) assert_true(f.b[i] == 1);
}

static void no_belief(void **state) {
  static struct fixture f;
  (void)state;
  start(&f, "belief.zero=true");
  for (int i = 0; i < f.space.B; i++) assert_true(f.b[i] == 0);
}

/* The means of both heads are read; variances, noise and number of rows are not. */
static void a_point_estimate(void **state) {
  static struct fixture f;
  (void)state;
  start(&f, "belief.uncertainty=false");
  int means = 0;
  for (int h = 0; h < GLB_HEADS; h++) {
    const struct glb_head *head = &f.space.model.head[h];
    const int from = glb_model_belief_at(&f.space.model, h), size = glb_belief_dim(head->K, head->columns);
    assert_int_equal(head->K, K);
    for (int i = 0; i < size; i++) {
      const int mean = i < head->K * head->columns;
      assert_true(f.b[from + i] == (float)mean);
      means += mean;
    }
  }
  assert_int_equal(means, K * (1 + f.space.model.head[GLB_HEAD_TRANSITION].columns));
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(the_whole_belief), cmocka_unit_test(no_belief),
                                     cmocka_unit_test(a_point_estimate)};
  return cmocka_run_group_tests_name("acting", tests, NULL, NULL);
}
