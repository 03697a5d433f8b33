// test_tensorboard.c: event files are records with sums that hold; a start after the first drops what comes after it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <math.h>

#include "common/base/error.h"
#include "common/store/file.h"
#include "common/store/runlog.h"
#include "common/store/tensorboard.h"
#include "tests/harness/mallocs.h"
#include "tests/unit/common/store/temp.h"

static void sums(void **state) {
  (void)state;
  unsigned char bytes[32];
  // RFC 3720, B.4
  memset(bytes, 0, sizeof bytes);
  assert_int_equal(glb_tensorboard_crc(bytes, 32), 0x8a9136aa);
  memset(bytes, 0xff, sizeof bytes);
  assert_int_equal(glb_tensorboard_crc(bytes, 32), 0x62a8ab43);
  for (int i = 0; i < 32; i++) bytes[i] = (unsigned char)i;
  assert_int_equal(glb_tensorboard_crc(bytes, 32), 0x46dd794e);
  assert_int_equal(glb_tensorboard_crc("123456789", 9), 0xe3069283);
  assert_int_equal(glb_tensorboard_crc("", 0), 0);
  assert_int_equal(glb_tensorboard_mask(0), 0xa282ead8);
  assert_int_equal(glb_tensorboard_mask(0xe3069283), 0xc78ab0e5);
}

// The event file of a run that sorts last; its bytes are for the caller to free.
static unsigned char *newest(size_t *size, const char *run) {
  char path[512], last[256] = "";
  char *data;
  snprintf(path, sizeof path, "%s/tensorboard", run);
  DIR *dir = opendir(path);
  assert_non_null(dir);
  for (struct dirent *entry; (entry = readdir(dir));)
    if (entry->d_name[0] != '.' && strcmp(entry->d_name, last) > 0)
      snprintf(last, sizeof last, "%s", entry->d_name);
  closedir(dir);
  snprintf(path, sizeof path, "%s/tensorboard/%s", run, last);
  assert_int_equal(glb_file_read(&data, size, path, 1 << 20), GLB_OK);
  return (unsigned char *)data;
}

static uint64_t number(const unsigned char *bytes, int count) {
  uint64_t value = 0;
  for (int i = 0; i < count; i++) value |= (uint64_t)bytes[i] << 8 * i;
  return value;
}

// The data of the record at *place, which moves on, after its time; its sums hold.
static const unsigned char *next(const unsigned char **place, size_t *size) {
  const unsigned char *data = *place + 12;
  *size = (size_t)number(*place, 8);
  assert_int_equal(number(*place + 8, 4), glb_tensorboard_mask(glb_tensorboard_crc(*place, 8)));
  assert_int_equal(number(data + *size, 4), glb_tensorboard_mask(glb_tensorboard_crc(data, *size)));
  assert_int_equal(data[0], 0x09);
  *place = data + *size + 4;
  *size -= 9;
  return data + 9;
}

static void expect(const unsigned char **place, const char *bytes, size_t count) {
  size_t size;
  const unsigned char *data = next(place, &size);
  assert_int_equal(size, count);
  assert_memory_equal(data, bytes, count);
}

static void empty_row(double *row, double steps) {
  for (int m = 0; m < GLB_METRICS; m++) row[m] = NAN;
  row[GLB_METRIC_steps] = steps;
}

static void records(void **state) {
  (void)state;
  static const char version[] =
      "\x10\x00\x1a\x0d"
      "brain.Event:2",
                    start[] = "\x10\xad\x02\x3a\x02\x08\x01",
                    row_300[] = "\x10\xac\x02\x2a\x12\x0a\x10\x0a\x09run/steps\x15\x00\x00\x96\x43";
  struct glb_tensorboard *board;
  double row[GLB_METRICS];
  size_t size;
  empty_row(row, 300);
  row[GLB_METRIC_memory] = INFINITY;
  assert_int_equal(glb_tensorboard_create(&board, at("run"), 301), GLB_OK);
  assert_int_equal(glb_tensorboard_add(board, row), GLB_OK);
  glb_tensorboard_destroy(board);

  unsigned char *file = newest(&size, at("run"));
  const unsigned char *place = file;
  expect(&place, version, sizeof version - 1);
  expect(&place, start, sizeof start - 1);
  expect(&place, row_300, sizeof row_300 - 1);
  assert_int_equal(place - file, size);
  free(file);
}

static void each_start_has_a_file_behind_the_others(void **state) {
  (void)state;
  struct glb_tensorboard *board;
  for (int i = 0; i < 3; i++) {
    double row[GLB_METRICS];
    const unsigned char *place;
    size_t size;
    empty_row(row, i);
    assert_int_equal(glb_tensorboard_create(&board, at("starts"), i), GLB_OK);
    assert_int_equal(glb_tensorboard_add(board, row), GLB_OK);
    unsigned char *file = newest(&size, at("starts"));
    place = file;
    next(&place, &size), next(&place, &size);
    assert_int_equal(next(&place, &size)[1], i);
    free(file);
    glb_tensorboard_destroy(board);
  }
  assert_int_equal(entries_with(at("starts/tensorboard"), "events.out.tfevents."), 3);
}

static void a_full_row_takes_no_memory(void **state) {
  (void)state;
  struct glb_tensorboard *board;
  double row[GLB_METRICS];
  for (int m = 0; m < GLB_METRICS; m++) row[m] = 1e15;
  assert_int_equal(glb_tensorboard_create(&board, at("full"), 0), GLB_OK);
  const int before = test_mallocs_everywhere();
  for (int i = 0; i < 10; i++) assert_int_equal(glb_tensorboard_add(board, row), GLB_OK);
  assert_int_equal(test_mallocs_everywhere(), before);
  glb_tensorboard_destroy(board);
}

static void a_folder_that_cannot_be_made(void **state) {
  (void)state;
  struct glb_tensorboard *board;
  assert_int_equal(glb_file_land(at("file"), "", 0), GLB_OK);
  assert_int_equal(glb_tensorboard_create(&board, at("file"), 0), GLB_EIO);
  assert_null(board);
  glb_tensorboard_destroy(board);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sums),
      cmocka_unit_test(records),
      cmocka_unit_test(each_start_has_a_file_behind_the_others),
      cmocka_unit_test(a_full_row_takes_no_memory),
      cmocka_unit_test(a_folder_that_cannot_be_made),
  };
  return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
