// test_h5.c: arrays and attributes come back, files are whole or absent, bad files are told from good ones.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <hdf5.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/store/h5.h"
#include "tests/unit/common/store/temp.h"

static const double reals[6] = {1, -2.5, 3e300, 4e-300, 0, 6};

static struct glb_h5 *sample(void) {
  struct glb_h5 *file;
  assert_int_equal(glb_h5_create(&file), GLB_OK);
  float single[3] = {0.5f, -1, 2};
  int64_t whole[4] = {1, -1, INT64_MAX, INT64_MIN};
  uint8_t bytes[2] = {0, 255};
  int32_t one = 42;
  size_t two_three[] = {2, 3}, three[] = {3}, four[] = {4}, two[] = {2}, none[] = {0, 7};
  assert_int_equal(glb_h5_write(file, "a/b/reals", GLB_H5_F64, 2, two_three, reals, "m/s"), GLB_OK);
  assert_int_equal(glb_h5_write(file, "a/single", GLB_H5_F32, 1, three, single, ""), GLB_OK);
  assert_int_equal(glb_h5_write(file, "whole", GLB_H5_I64, 1, four, whole, NULL), GLB_OK);
  assert_int_equal(glb_h5_write(file, "bytes", GLB_H5_U8, 1, two, bytes, NULL), GLB_OK);
  assert_int_equal(glb_h5_write(file, "one", GLB_H5_I32, 0, NULL, &one, NULL), GLB_OK);
  assert_int_equal(glb_h5_write(file, "none", GLB_H5_F32, 2, none, NULL, NULL), GLB_OK);
  assert_int_equal(glb_h5_write_text(file, "", "title", "a \xc3\xa4 text"), GLB_OK);
  assert_int_equal(glb_h5_write_text(file, "", "empty", ""), GLB_OK);
  assert_int_equal(glb_h5_write_int(file, "fresh/group", "version", INT64_MIN), GLB_OK);
  assert_int_equal(glb_h5_write_real(file, "whole", "scale", 0.1), GLB_OK);
  return file;
}

static void check_sample(struct glb_h5 *file) {
  double r[6];
  int64_t w[4], i;
  int32_t n;
  uint8_t b[2];
  char text[16];
  assert_int_equal(glb_h5_read(file, "a/b/reals", GLB_H5_F64, 6, r), GLB_OK);
  assert_memory_equal(r, reals, sizeof reals);
  assert_int_equal(glb_h5_read(file, "a/single", GLB_H5_F64, 3, r), GLB_OK);
  assert_true(r[0] == 0.5 && r[1] == -1 && r[2] == 2);
  assert_int_equal(glb_h5_read(file, "whole", GLB_H5_I64, 4, w), GLB_OK);
  assert_true(w[0] == 1 && w[1] == -1 && w[2] == INT64_MAX && w[3] == INT64_MIN);
  assert_int_equal(glb_h5_read(file, "bytes", GLB_H5_U8, 2, b), GLB_OK);
  assert_true(b[0] == 0 && b[1] == 255);
  assert_int_equal(glb_h5_read(file, "one", GLB_H5_I32, 1, &n), GLB_OK);
  assert_int_equal(n, 42);
  assert_int_equal(glb_h5_read(file, "none", GLB_H5_F32, 0, NULL), GLB_OK);
  assert_int_equal(glb_h5_read_text(file, "/", "title", text, 10), GLB_OK);
  assert_string_equal(text, "a \xc3\xa4 text");
  assert_int_equal(glb_h5_read_text(file, "/", "title", text, 9), GLB_EFORMAT);
  assert_int_equal(glb_h5_read_text(file, "", "empty", text, 1), GLB_OK);
  assert_string_equal(text, "");
  assert_int_equal(glb_h5_read_text(file, "a/b/reals", "units", text, sizeof text), GLB_OK);
  assert_string_equal(text, "m/s");
  assert_int_equal(glb_h5_read_int(file, "fresh/group", "version", &i), GLB_OK);
  assert_true(i == INT64_MIN);
  assert_int_equal(glb_h5_read_real(file, "whole", "scale", &r[0]), GLB_OK);
  assert_true(r[0] == 0.1);
}

static void round_trip(void **state) {
  (void)state;
  struct glb_h5 *file = sample();
  check_sample(file);
  assert_int_equal(glb_h5_land(file, at("x.h5")), GLB_OK);
  glb_h5_close(file);
  assert_int_equal(entries_with(folder, "tmp"), 0);
  assert_int_equal(glb_h5_open(&file, at("x.h5")), GLB_OK);
  check_sample(file);

  struct glb_h5_info info;
  assert_int_equal(glb_h5_info(file, "/a/b/reals", &info), GLB_OK);
  assert_int_equal(info.type, GLB_H5_F64);
  assert_int_equal(info.rank, 2);
  assert_int_equal(info.dims[0], 2);
  assert_int_equal(info.dims[1], 3);
  assert_int_equal(info.count, 6);
  assert_int_equal(glb_h5_info(file, "one", &info), GLB_OK);
  assert_int_equal(info.rank, 0);
  assert_int_equal(info.count, 1);
  assert_int_equal(glb_h5_info(file, "none", &info), GLB_OK);
  assert_int_equal(info.count, 0);
  glb_h5_close(file);
}

static void same_writes_same_bytes(void **state) {
  (void)state;
  char *image[2];
  size_t size[2];
  for (int i = 0; i < 2; i++) {
    struct glb_h5 *file = sample();
    assert_int_equal(glb_h5_image(file, &image[i], &size[i], 512 * (size_t)i), GLB_OK);
    glb_h5_close(file);
    if (!i) sleep(1);
  }
  assert_int_equal(size[0] + 512, size[1]);
  assert_memory_equal(image[0], image[1] + 512, size[0]);

  struct glb_h5 *file;
  assert_int_equal(glb_h5_open_image(&file, image[0], size[0], "memory"), GLB_OK);
  free(image[0]);
  free(image[1]);
  check_sample(file);
  glb_h5_close(file);
}

static void reading_what_is_not_there(void **state) {
  (void)state;
  struct glb_h5 *file = sample();
  double r[6];
  int32_t n[4];
  int64_t i;
  struct glb_h5_info info;
  assert_false(glb_h5_exists(file, "a/b/c/d"));
  assert_false(glb_h5_exists(file, "nothing"));
  assert_true(glb_h5_exists(file, "a/b"));
  assert_true(glb_h5_exists(file, "/"));
  assert_int_equal(glb_h5_read(file, "nothing", GLB_H5_F64, 6, r), GLB_EFORMAT);
  assert_non_null(strstr(glb_error_message(), "no data set \"nothing\""));
  assert_int_equal(glb_h5_read(file, "a/b", GLB_H5_F64, 6, r), GLB_EFORMAT);
  assert_int_equal(glb_h5_info(file, "a", &info), GLB_EFORMAT);
  assert_int_equal(glb_h5_read(file, "a/b/reals", GLB_H5_F64, 5, r), GLB_EFORMAT);
  assert_non_null(strstr(glb_error_message(), "has 6 float64, 5 float64 expected"));
  assert_int_equal(glb_h5_read(file, "a/single", GLB_H5_I32, 3, n), GLB_EFORMAT);
  assert_int_equal(glb_h5_read(file, "whole", GLB_H5_I32, 4, n), GLB_EFORMAT);  // INT64_MAX does not fit
  assert_int_equal(glb_h5_read(file, "a/b/reals", GLB_H5_F32, 6, r), GLB_EFORMAT);
  assert_int_equal(glb_h5_read_int(file, "", "title", &i), GLB_EFORMAT);
  assert_int_equal(glb_h5_read_int(file, "", "absent", &i), GLB_EFORMAT);
  assert_int_equal(glb_h5_read_int(file, "absent", "absent", &i), GLB_EFORMAT);
  assert_int_equal(glb_h5_write(file, "one", GLB_H5_I32, 0, NULL, n, NULL), GLB_EINVAL);
  size_t huge[] = {(size_t)1 << 33, (size_t)1 << 33, 4};
  assert_int_equal(glb_h5_write(file, "huge", GLB_H5_F64, 3, huge, n, NULL), GLB_ELIMIT);
  glb_h5_close(file);
}

static void files_in_memory_are_apart(void **state) {
  (void)state;
  struct glb_h5 *one, *two;
  int32_t value = 1;
  assert_int_equal(glb_h5_create(&one), GLB_OK);
  assert_int_equal(glb_h5_create(&two), GLB_OK);
  assert_int_equal(glb_h5_write(one, "x", GLB_H5_I32, 0, NULL, &value, NULL), GLB_OK);
  assert_false(glb_h5_exists(two, "x"));
  glb_h5_close(one);
  glb_h5_close(two);
}

static int join(void *context, const char *name, int is_group) {
  strcat(context, name);
  strcat(context, is_group ? "/ " : " ");
  return !strcmp(name, "fresh") ? 77 : 0;
}

static void each_in_name_order(void **state) {
  (void)state;
  struct glb_h5 *file = sample();
  char names[128] = "";
  assert_int_equal(glb_h5_each(file, "", join, names), 77);
  assert_string_equal(names, "a/ bytes fresh/ ");
  names[0] = '\0';
  assert_int_equal(glb_h5_each(file, "a", join, names), 0);
  assert_string_equal(names, "b/ single ");
  assert_int_equal(glb_h5_each(file, "one", join, names), GLB_EFORMAT);
  assert_int_equal(glb_h5_each(file, "nothing", join, names), GLB_EFORMAT);
  glb_h5_close(file);
}

static void bad_files(void **state) {
  (void)state;
  struct glb_h5 *file = sample();
  char *image;
  size_t size;
  assert_int_equal(glb_h5_image(file, &image, &size, 0), GLB_OK);
  glb_h5_close(file);

  assert_int_equal(glb_h5_open(&file, at("missing.h5")), GLB_EIO);
  assert_non_null(strstr(glb_error_message(), "No such file"));
  assert_null(file);
  assert_int_equal(glb_h5_open(&file, folder), GLB_EIO);
  assert_int_equal(mkfifo(at("pipe.h5"), 0600), 0);  // nobody writes to it, so reading it would not end
  assert_int_equal(glb_h5_open(&file, at("pipe.h5")), GLB_EIO);
  assert_non_null(strstr(glb_error_message(), "pipe.h5: is a device or pipe, not a file"));
  assert_int_equal(glb_file_land(at("empty.h5"), "", 0), GLB_OK);
  assert_int_equal(glb_h5_open(&file, at("empty.h5")), GLB_EFORMAT);
  assert_int_equal(glb_file_land(at("text.h5"), "hello", 5), GLB_OK);
  assert_int_equal(glb_h5_open(&file, at("text.h5")), GLB_EFORMAT);
  assert_non_null(strstr(glb_error_message(), "is no HDF5 file"));
  for (size_t cut = 8; cut < size; cut += size / 7) {
    assert_int_equal(glb_file_land(at("cut.h5"), image, cut), GLB_OK);
    assert_int_equal(glb_h5_open(&file, at("cut.h5")), GLB_EFORMAT);
    assert_non_null(strstr(glb_error_message(), "truncated or damaged"));
    assert_int_equal(glb_h5_open_image(&file, image, cut, "memory"), GLB_EFORMAT);
  }
  free(image);
}

// what HDF5 found is in the message
static void bad_files_have_a_reason(void **state) {
  (void)state;
  struct glb_h5 *file = sample();
  char *image;
  size_t size;
  int32_t n;
  assert_int_equal(glb_h5_read(file, "whole", GLB_H5_I32, 4, (int32_t[4]){0}), GLB_EFORMAT);
  assert_null(strstr(glb_error_message(), "no reason given"));
  assert_int_equal(glb_h5_write(file, "one/two", GLB_H5_I32, 0, NULL, &n, NULL), GLB_ENOMEM);
  assert_null(strstr(glb_error_message(), "no reason given"));
  assert_int_equal(glb_h5_image(file, &image, &size, 0), GLB_OK);
  glb_h5_close(file);
  assert_int_equal(glb_h5_open_image(&file, image, size / 2, "memory"), GLB_EFORMAT);
  assert_null(strstr(glb_error_message(), "no reason given"));
  assert_int_equal(glb_file_land(at("half.h5"), image, size / 2), GLB_OK);
  assert_int_equal(glb_h5_open(&file, at("half.h5")), GLB_EFORMAT);
  assert_null(strstr(glb_error_message(), "no reason given"));
  free(image);
}

// ---- files of other writers ----

static hid_t foreign_file(const char *path) {
  hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  assert_true(file >= 0);
  return file;
}

// A data set of float64; plan is closed.
static void foreign_set(hid_t file, const char *name, hsize_t rows, hid_t plan) {
  const hsize_t most = H5S_UNLIMITED;
  hid_t space = H5Screate_simple(1, &rows, H5Pget_layout(plan) == H5D_CHUNKED ? &most : NULL);
  hid_t set = H5Dcreate2(file, name, H5T_IEEE_F64LE, space, H5P_DEFAULT, plan, H5P_DEFAULT);
  assert_true(set >= 0);
  H5Dclose(set);
  H5Sclose(space);
  H5Pclose(plan);
}

static hid_t foreign_plan(hsize_t chunk) {
  hid_t plan = H5Pcreate(H5P_DATASET_CREATE);
  if (chunk) H5Pset_chunk(plan, 1, &chunk);
  return plan;
}

static void expect_refused(struct glb_h5 *file, const char *name, const char *why) {
  double values[4];
  struct glb_h5_info info;
  assert_int_equal(glb_h5_info(file, name, &info), GLB_EFORMAT);
  assert_non_null(strstr(glb_error_message(), why));
  assert_int_equal(glb_h5_read(file, name, GLB_H5_F64, 4, values), GLB_EFORMAT);
}

// A file is all there is to it: nothing of it lies in another one. The first test, for reading ends external
// links.
static void nothing_lies_elsewhere(void **state) {
  (void)state;
  hid_t raw = foreign_file(at("other.h5"));
  foreign_set(raw, "x", 4, foreign_plan(0));
  H5Lcreate_external(at("other.h5"), "x", raw, "link", H5P_DEFAULT, H5P_DEFAULT);
  hid_t plan = foreign_plan(0);
  H5Pset_external(plan, at("bytes"), 0, 32);
  foreign_set(raw, "external", 4, plan);
  const hsize_t four = 4;
  hid_t space = H5Screate_simple(1, &four, NULL);
  plan = foreign_plan(0);
  H5Pset_virtual(plan, space, at("other.h5"), "x", space);
  foreign_set(raw, "virtual", 4, plan);
  H5Sclose(space);
  H5Fclose(raw);

  struct glb_h5 *file;
  char names[128] = "";
  assert_int_equal(glb_h5_open(&file, at("other.h5")), GLB_OK);
  expect_refused(file, "external", "in another file");
  expect_refused(file, "virtual", "in another file");
  assert_false(glb_h5_exists(file, "link"));
  expect_refused(file, "link", "no data set \"link\"");
  assert_int_equal(glb_h5_each(file, "", join, names), GLB_EFORMAT);
  assert_string_equal(names, "external ");
  glb_h5_close(file);
}

// A small file cannot make a reader allocate gigabytes.
static void sizes_fit_the_file(void **state) {
  (void)state;
  hid_t raw = foreign_file(at("large.h5"));
  foreign_set(raw, "few", 4, foreign_plan(2));
  foreign_set(raw, "many", 1 << 30, foreign_plan(2));
  foreign_set(raw, "wide", 4, foreign_plan(1 << 28));
  H5Fclose(raw);
  struct glb_h5 *file;
  double values[4] = {1, 1, 1, 1};
  assert_int_equal(glb_h5_open(&file, at("large.h5")), GLB_OK);
  assert_int_equal(glb_h5_read(file, "few", GLB_H5_F64, 4, values), GLB_OK);
  assert_true(values[0] == 0 && values[3] == 0);
  expect_refused(file, "many", "too many for a file of");
  expect_refused(file, "wide", "too many for a file of");
  glb_h5_close(file);
}

static void landing_fails_cleanly(void **state) {
  (void)state;
  assert_int_equal(glb_file_land(at("plain"), "x", 1), GLB_OK);
  assert_int_equal(glb_file_land(at("plain/below"), "x", 1), GLB_EIO);
  assert_int_equal(glb_file_land(at("no/such/folder"), "x", 1), GLB_EIO);
  assert_non_null(strstr(glb_error_message(), "make the folder first"));
  assert_int_equal(glb_file_folder(at("plain/below")), GLB_EIO);
  assert_int_equal(glb_file_folder(at("a/b/c")), GLB_OK);
  assert_int_equal(glb_file_folder(at("a/b/c")), GLB_OK);
  assert_int_equal(glb_file_land(at("a"), "x", 1), GLB_EIO);
  assert_non_null(strstr(glb_error_message(), "a folder has that name"));
  assert_int_equal(entries_with(folder, "tmp"), 0);

  char *data;
  size_t size;
  assert_int_equal(glb_file_read(&data, &size, at("plain"), 0), GLB_ELIMIT);
  assert_int_equal(glb_file_read(&data, &size, at("a"), 9), GLB_EIO);
  assert_non_null(strstr(glb_error_message(), "is a folder"));
  assert_int_equal(glb_file_read(&data, &size, "/dev/null", 9), GLB_EIO);
  assert_int_equal(glb_file_read(&data, &size, at("plain"), 1), GLB_OK);
  assert_string_equal(data, "x");
  free(data);
}

static void full_disk(void **state) {
  (void)state;
  assert_int_equal(mkdir(at("small"), 0777), 0);
  if (mount("tmpfs", at("small"), "tmpfs", 0, "size=64k")) {
    print_message("a small file system cannot be mounted here (needs root): not tested\n");
    skip();
  }
  static char old[16384], new[131072];
  memset(old, 'o', sizeof old);
  int before = glb_file_land(at("small/x"), old, sizeof old);
  int during = glb_file_land(at("small/x"), new, sizeof new);
  int said = strstr(glb_error_message(), "131072 bytes") && strstr(glb_error_message(), "No space left") &&
             strstr(glb_error_message(), "free space");
  char *data = NULL;
  size_t size = 0;
  int after = glb_file_read(&data, &size, at("small/x"), sizeof new);
  int kept = size == sizeof old && !memcmp(data, old, size);
  free(data);
  int left = entries_with(at("small"), "tmp");
  umount(at("small"));
  assert_int_equal(before, GLB_OK);
  assert_int_equal(during, GLB_EIO);
  assert_true(said);
  assert_int_equal(after, GLB_OK);
  assert_true(kept);
  assert_int_equal(left, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nothing_lies_elsewhere),
      cmocka_unit_test(round_trip),
      cmocka_unit_test(files_in_memory_are_apart),
      cmocka_unit_test(same_writes_same_bytes),
      cmocka_unit_test(each_in_name_order),
      cmocka_unit_test(reading_what_is_not_there),
      cmocka_unit_test(bad_files),
      cmocka_unit_test(bad_files_have_a_reason),
      cmocka_unit_test(sizes_fit_the_file),
      cmocka_unit_test(landing_fails_cleanly),
      cmocka_unit_test(full_disk),
  };
  return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
