#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/nn/params.h"

static void tensors_follow_each_other(void **state) {
  (void)state;
  struct glb_params params = {0};
  assert_int_equal(glb_params_add(&params, "net", "0.W", 3, 4), 0);
  assert_int_equal(glb_params_add(&params, "net", "0.b", 1, 4), 12);
  assert_int_equal(glb_params_add(&params, "", "scalar", 1, 1), 16);
  assert_int_equal(params.size, 17);
  assert_int_equal(params.count, 3);
}

static void tensors_are_found_by_name(void **state) {
  (void)state;
  struct glb_params params = {0};
  glb_params_add(&params, "net", "0.W", 3, 4);
  glb_params_add(&params, "", "scalar", 1, 1);
  const struct glb_param *found = glb_params_find(&params, "net.0.W");
  assert_non_null(found);
  assert_int_equal(found->rows, 3);
  assert_int_equal(found->cols, 4);
  assert_ptr_equal(glb_params_find(&params, "scalar"), &params.table[1]);
  assert_null(glb_params_find(&params, "net.0"));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tensors_follow_each_other),
      cmocka_unit_test(tensors_are_found_by_name),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
