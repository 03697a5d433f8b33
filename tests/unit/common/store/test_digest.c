// test_digest.c: a digest is that of names and bytes, and ends whatever the file.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <hdf5.h>

#include "common/base/error.h"
#include "common/store/digest.h"
#include "common/store/h5.h"
#include "tests/unit/common/store/temp.h"

static void digest_of(char digest[33], const char *name, float value) {
  struct glb_h5 *file;
  assert_int_equal(glb_h5_create(&file), GLB_OK);
  assert_int_equal(glb_h5_write(file, name, GLB_H5_F32, 0, NULL, &value, NULL), GLB_OK);
  assert_int_equal(glb_digest_group(digest, file, "learned"), GLB_OK);
  glb_h5_close(file);
}

static void names_and_bytes_count(void **state) {
  (void)state;
  char one[33], same[33], name[33], byte[33];
  digest_of(one, "learned/a/w", 1);
  digest_of(same, "learned/a/w", 1);
  digest_of(name, "learned/b/w", 1);
  digest_of(byte, "learned/a/w", 2);
  assert_int_equal(strlen(one), 32);
  assert_string_equal(one, same);
  assert_string_not_equal(one, name);
  assert_string_not_equal(one, byte);
}

static void link_group(hid_t file, const char *target, const char *path) {
  assert_true(H5Lcreate_hard(file, target, file, path, H5P_DEFAULT, H5P_DEFAULT) >= 0);
}

static void make_group(hid_t file, const char *path) {
  assert_true(H5Gclose(H5Gcreate2(file, path, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT)) >= 0);
}

static void expect_refused(const char *path, const char *why) {
  char digest[33];
  struct glb_h5 *file;
  assert_int_equal(glb_h5_open(&file, path), GLB_OK);
  assert_int_equal(glb_digest_group(digest, file, "learned"), GLB_EFORMAT);
  assert_non_null(strstr(glb_error_message(), why));
  glb_h5_close(file);
}

static void groups_in_a_circle(void **state) {
  (void)state;
  hid_t raw = H5Fcreate(at("circle.h5"), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  make_group(raw, "learned");
  link_group(raw, "learned", "learned/itself");
  H5Fclose(raw);
  expect_refused(at("circle.h5"), "in a circle?");
}

// Seven levels, each with twenty ways to the next: 10^9 paths.
static void more_paths_than_objects(void **state) {
  (void)state;
  char level[8], path[16];
  hid_t raw = H5Fcreate(at("paths.h5"), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  for (int i = 0; i < 7; i++) {
    snprintf(level, sizeof level, "%d", i);
    make_group(raw, level);
    for (int j = 0; i && j < 20; j++) {
      snprintf(path, sizeof path, "%d/%d", i - 1, j);
      link_group(raw, level, path);
    }
  }
  link_group(raw, "0", "learned");
  H5Fclose(raw);
  expect_refused(at("paths.h5"), "in a circle?");
}

// A path that is longer than any of ours, of names that are not.
static void long_paths(void **state) {
  (void)state;
  char path[512] = "learned";
  hid_t raw = H5Fcreate(at("long.h5"), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  make_group(raw, path);
  for (int i = 0; i < 2; i++) {
    snprintf(path + strlen(path), sizeof path - strlen(path), "/%0130d", i);
    make_group(raw, path);
  }
  H5Fclose(raw);
  expect_refused(at("long.h5"), "longer than 255 bytes");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_and_bytes_count),
      cmocka_unit_test(groups_in_a_circle),
      cmocka_unit_test(more_paths_than_objects),
      cmocka_unit_test(long_paths),
  };
  return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
