// test_frame.c: a picture and a board land where they belong in a frame.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "deploy/plot/frame.h"

enum { W = 960, H = 540, BYTES = W * H * 3 };

static unsigned char rgb[BYTES];

static const unsigned char *pixel(int x, int y) {
  return rgb + 3 * (y * W + x);
}

static int is_bar(const unsigned char *p) {
  return p[2] > 180 && p[0] < 120;
}

static int is_whisker(const unsigned char *p) {
  return p[0] > 180 && p[2] < 60;
}

static void sizes(void **state) {
  (void)state;
  static const int wrong[][2] = {{481, 270}, {480, 271}, {318, 270}, {480, 178}, {9000, 270}, {-2, -2}};
  struct glb_frame *frame;
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    assert_int_equal(glb_frame_create(&frame, wrong[i][0], wrong[i][1]), GLB_EINVAL);
    assert_null(frame);
  }
  glb_frame_destroy(NULL);
}

static void a_picture_stands_upright_on_the_left(void **state) {
  (void)state;
  struct glb_frame *frame;
  assert_int_equal(glb_frame_create(&frame, W, H), GLB_OK);
  const int w = glb_frame_picture_width(frame);
  assert_true(w > W / 2 && w < W);
  unsigned char *picture = calloc((size_t)(w * H), 3);
  picture[0] = 200, picture[1] = 100, picture[2] = 50;  // bottom left
  memset(picture + 3 * (w * H - 1), 255, 3);            // top right
  glb_frame_put_picture(frame, picture);
  glb_frame_get(frame, rgb);
  assert_memory_equal(pixel(0, H - 1), picture, 3);
  assert_int_equal(pixel(w - 1, 0)[1], 255);
  assert_int_equal(pixel(w, 0)[1], 0);
  free(picture);
  glb_frame_destroy(frame);
}

/* Rows, counted from the top, in which something is that is asked for. */
static void rows_with(int (*is)(const unsigned char *), int from, int to, int *first, int *last) {
  *first = H, *last = -1;
  for (int y = 0; y < H; y++)
    for (int x = from; x < to; x++) {
      if (!is(pixel(x, y))) continue;
      if (y < *first) *first = y;
      *last = y;
    }
}

static void bars_have_their_lengths(void **state) {
  (void)state;
  struct glb_frame *frame;
  const double mean[] = {1, -0.5}, deviation[] = {0.25, 0.25};
  const struct glb_board_line line = {"a name", "a value that is far too long for its room, "};
  const struct glb_board_bars bar = {
      .title = "bars", .note = "", .n = 2, .mean = mean, .deviation = deviation, .limit = 2};
  const struct glb_board board = {.title = "title", .lines = 1, .line = &line, .bars = 1, .bar = &bar};
  int top, zero, low, bottom, first, last;
  assert_int_equal(glb_frame_create(&frame, W, H), GLB_OK);
  glb_frame_put_board(frame, &board);
  glb_frame_get(frame, rgb);
  const int w = glb_frame_picture_width(frame), middle = (w + 48 + W - 14) / 2;  // between the two bars
  rows_with(is_bar, 0, w, &first, &last);
  assert_int_equal(last, -1);  // none on the picture's side
  rows_with(is_bar, w, middle, &top, &zero);
  rows_with(is_bar, middle, W, &low, &bottom);
  assert_true(abs(low - zero) <= 2);                         // the second hangs where the first stands
  assert_true(abs((zero - top) - 2 * (bottom - low)) <= 3);  // and is half as long
  assert_true(zero - top > 20);
  rows_with(is_whisker, w, middle, &first, &last);
  assert_true(abs((last - first) - (zero - top) / 2) <= 3);  // two deviations: half of the mean
  assert_true(abs((last + first) / 2 - top) <= 2);           // around the bar's end
  glb_frame_destroy(frame);
}

static void png(void **state) {
  (void)state;
  struct glb_frame *frame;
  assert_int_equal(glb_frame_create(&frame, W, H), GLB_OK);
  assert_int_equal(glb_frame_write(frame, "/nonexistent/x.png"), GLB_EIO);
  assert_non_null(strstr(glb_error_message(), "/nonexistent/x.png"));
  glb_frame_destroy(frame);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(sizes),
                                     cmocka_unit_test(a_picture_stands_upright_on_the_left),
                                     cmocka_unit_test(bars_have_their_lengths), cmocka_unit_test(png)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
