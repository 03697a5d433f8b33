// test_checkpoint.c: a checkpoint is good or seen to be bad; the ones before survive whatever happens.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <sys/mount.h>
#include <sys/stat.h>

#include "common/base/error.h"
#include "common/base/log.h"
#include "common/store/checkpoint.h"
#include "common/store/h5.h"
#include "tests/unit/common/store/temp.h"

static struct glb_h5 *contents(int64_t round, size_t count) {
  struct glb_h5 *file;
  float *data = calloc(count, sizeof *data);
  for (size_t i = 0; i < count; i++) data[i] = (float)round + (float)i;
  assert_int_equal(glb_h5_create(&file), GLB_OK);
  assert_int_equal(glb_h5_write(file, "agent/params", GLB_H5_F32, 1, &count, data, NULL), GLB_OK);
  assert_int_equal(glb_h5_write_int(file, "", "round", round), GLB_OK);
  free(data);
  return file;
}

static int land(const char *run, int64_t round, size_t count, int keep) {
  struct glb_h5 *file = contents(round, count);
  int code = glb_checkpoint_land(file, run, round, keep);
  glb_h5_close(file);
  return code;
}

// Round of the newest good checkpoint, 0 for none, minus the code on failure.
static int64_t latest(const char *run) {
  struct glb_h5 *file;
  char path[512];
  int64_t round = 0;
  int code = glb_checkpoint_latest(&file, run, path, sizeof path);
  if (code) return -code;
  if (!file) return 0;
  assert_int_equal(glb_h5_read_int(file, "", "round", &round), GLB_OK);
  glb_h5_close(file);

  char name[64];
  snprintf(name, sizeof name, "round-%08d.h5", (int)round);
  assert_non_null(strstr(path, name));
  return round;
}

static void newest_and_keep(void **state) {
  (void)state;
  assert_int_equal(latest(at("keep")), 0);
  for (int round = 10; round <= 40; round += 10) assert_int_equal(land(at("keep"), round, 100, 2), GLB_OK);
  assert_int_equal(entries_with(at("keep/checkpoints"), ".h5"), 2);
  assert_true(glb_file_exists(at("keep/checkpoints/round-00000030.h5")));
  assert_int_equal(latest(at("keep")), 40);
  assert_int_equal(glb_file_land(at("keep/checkpoints/round-00000050.h5.tmp-1"), "x", 1), GLB_OK);
  assert_int_equal(glb_file_land(at("keep/checkpoints/round-7.h5"), "x", 1), GLB_OK);

  // a run that went back to round 35
  assert_int_equal(land(at("keep"), 35, 100, 2), GLB_OK);
  assert_int_equal(latest(at("keep")), 35);
  assert_false(glb_file_exists(at("keep/checkpoints/round-00000040.h5")));
  assert_false(glb_file_exists(at("keep/checkpoints/round-00000050.h5.tmp-1")));
  assert_true(glb_file_exists(at("keep/checkpoints/round-7.h5")));
  assert_int_equal(land(at("keep"), 123456789, 100, 2), GLB_OK);
}

static void rounds_of_a_run(void **state) {
  (void)state;
  int64_t *rounds;
  size_t count;
  struct glb_h5 *file;
  assert_int_equal(glb_checkpoint_rounds(&rounds, &count, at("none")), GLB_OK);
  assert_int_equal(count, 0);
  assert_null(rounds);

  for (int round = 1; round <= 3; round++) assert_int_equal(land(at("rounds"), round, 10, 9), GLB_OK);
  assert_int_equal(glb_file_land(at("rounds/checkpoints/round-00000002.h5"), "short", 5), GLB_OK);
  assert_int_equal(glb_checkpoint_rounds(&rounds, &count, at("rounds")), GLB_OK);
  assert_int_equal(count, 3);
  assert_true(rounds[0] == 3 && rounds[1] == 2 && rounds[2] == 1);
  free(rounds);

  glb_log_setup(0, 1, GLB_LOG_ERROR);
  for (int round = 1; round <= 4; round++) {
    assert_int_equal(glb_checkpoint_try(&file, at("rounds"), round), GLB_OK);
    assert_int_equal(file != NULL, round == 1 || round == 3);
    glb_h5_close(file);
  }
  glb_log_setup(0, 1, GLB_LOG_INFO);
}

// A file without the care of glb_file_land, which costs time.
static void the_best_stays(void **state) {
  (void)state;
  struct glb_h5 *file;
  int64_t round = 0;
  assert_int_equal(glb_checkpoint_best(&file, at("best")), GLB_EIO);
  for (int i = 1; i <= 6; i++) {
    assert_int_equal(land(at("best"), i, 100, 2), GLB_OK);
    if (i == 1 || i == 3) assert_int_equal(glb_checkpoint_mark_best(at("best"), i), GLB_OK);
  }
  assert_int_equal(glb_checkpoint_mark_best(at("best"), 1), GLB_EIO);  // long gone
  assert_int_equal(latest(at("best")), 6);
  assert_int_equal(glb_checkpoint_best(&file, at("best")), GLB_OK);
  assert_int_equal(glb_h5_read_int(file, "", "round", &round), GLB_OK);
  glb_h5_close(file);
  assert_int_equal(round, 3);
  assert_int_equal(entries_with(at("best/checkpoints"), ".tmp-"), 0);
}

static void put(const char *path, const char *data, size_t size) {
  FILE *out = fopen(path, "wb");
  assert_non_null(out);
  assert_int_equal(fwrite(data, 1, size, out), size);
  fclose(out);
}

static void any_damage_is_seen(void **state) {
  (void)state;
  struct glb_h5 *file;
  char *data, *path = at("damage/checkpoints/round-00000001.h5"), copy[256];
  size_t size;
  snprintf(copy, sizeof copy, "%s", path);
  assert_int_equal(land(at("damage"), 1, 4, 1), GLB_OK);
  assert_int_equal(glb_file_read(&data, &size, copy, SIZE_MAX), GLB_OK);

  int seen = 0, tried = 0;
  for (size_t i = 0; i < size; i += i < 600 ? 1 : 61) {
    data[i] = (char)(data[i] ^ 1 << i % 8);
    put(copy, data, size);
    seen += glb_checkpoint_open(&file, copy) == GLB_EFORMAT;
    tried++;
    data[i] = (char)(data[i] ^ 1 << i % 8);
  }
  assert_int_equal(seen, tried);
  seen = tried = 0;
  for (size_t cut = 0; cut < size; cut += cut < 520 ? 13 : 101) {
    put(copy, data, cut);
    seen += glb_checkpoint_open(&file, copy) == GLB_EFORMAT;
    tried++;
  }
  assert_int_equal(seen, tried);

  // one byte too many, and good again
  put(copy, data, size + 1);
  assert_int_equal(glb_checkpoint_open(&file, copy), GLB_EFORMAT);
  put(copy, data, size);
  assert_int_equal(glb_checkpoint_open(&file, copy), GLB_OK);
  glb_h5_close(file);
  assert_int_equal(glb_h5_open(&file, copy), GLB_OK);  // HDF5 skips the user block by itself
  glb_h5_close(file);
  free(data);
  assert_int_equal(glb_checkpoint_open(&file, at("damage/nothing.h5")), GLB_EIO);
}

static void damaged_ones_are_passed_over(void **state) {
  (void)state;
  assert_int_equal(land(at("over"), 1, 10, 9), GLB_OK);
  assert_int_equal(land(at("over"), 2, 10, 9), GLB_OK);
  assert_int_equal(glb_file_land(at("over/checkpoints/round-00000002.h5"), "", 0), GLB_OK);
  assert_int_equal(mkdir(at("over/checkpoints/round-00000003.h5"), 0777), 0);
  glb_log_setup(0, 1, GLB_LOG_ERROR);
  assert_int_equal(latest(at("over")), 1);
  assert_int_equal(glb_file_land(at("over/checkpoints/round-00000001.h5"), "short", 5), GLB_OK);
  assert_int_equal(latest(at("over")), -GLB_EFORMAT);
  assert_non_null(strstr(glb_error_message(), "none of its 3 checkpoints is good"));
  glb_log_setup(0, 1, GLB_LOG_INFO);
}

static void no_folder_to_write(void **state) {
  (void)state;
  assert_int_equal(glb_file_land(at("plain"), "x", 1), GLB_OK);
  assert_int_equal(land(at("plain"), 1, 10, 1), GLB_EIO);
  assert_int_equal(land(at("plain/run"), 1, 10, 1), GLB_EIO);
  assert_non_null(strstr(glb_error_message(), "cannot make folder"));
}

static void full_disk_keeps_the_last(void **state) {
  (void)state;
  assert_int_equal(mkdir(at("small"), 0777), 0);
  if (mount("tmpfs", at("small"), "tmpfs", 0, "size=256k")) {
    print_message("a small file system cannot be mounted here (needs root): not tested\n");
    skip();
  }
  int before = land(at("small"), 1, 1000, 1);
  int during = land(at("small"), 2, 100000, 1);
  int64_t newest = latest(at("small"));
  int left = entries_with(at("small/checkpoints"), "");
  umount(at("small"));
  assert_int_equal(before, GLB_OK);
  assert_int_equal(during, GLB_EIO);
  assert_int_equal(newest, 1);
  assert_int_equal(left, 3);  // ".", ".." and the first checkpoint
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(newest_and_keep),
      cmocka_unit_test(rounds_of_a_run),
      cmocka_unit_test(the_best_stays),
      cmocka_unit_test(any_damage_is_seen),
      cmocka_unit_test(damaged_ones_are_passed_over),
      cmocka_unit_test(no_folder_to_write),
      cmocka_unit_test(full_disk_keeps_the_last),
  };
  return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
