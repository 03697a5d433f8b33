// test_plot.c: figures are files of the size they should have, with their words in them; axes are marked at round numbers.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
// clang-format off
#include <cmocka.h>
// clang-format on

#include <cairo.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/store/file.h"
#include "deploy/plot/plot.h"
#include "deploy/plot/ticks.h"

static void expect_ticks(double low, double high, int base, const char *words) {
  struct glb_ticks ticks;
  char found[256] = "";
  glb_ticks_make(&ticks, low, high, base, 5);
  for (int i = 0; i < ticks.count; i++) {
    strcat(found, i ? " " : "");
    strcat(found, ticks.text[i]);
    assert_true(ticks.at[i] >= low - 1e-9 * fabs(low) && ticks.at[i] <= high + 1e-9 * fabs(high));
  }
  if (strcmp(found, words)) fail_msg("%g .. %g, base %d: \"%s\", not \"%s\"", low, high, base, found, words);
}

static void ticks(void **state) {
  (void)state;
  expect_ticks(0, 1, 0, "0 0.2 0.4 0.6 0.8 1.0");
  expect_ticks(0, 1.06, 0, "0 0.25 0.50 0.75 1.00");
  expect_ticks(-3, 17, 0, "0 5 10 15");
  expect_ticks(0, 47000, 0, "0 10k 20k 30k 40k");
  expect_ticks(0.0011, 0.0019, 0, "0.0012 0.0014 0.0016 0.0018");
  expect_ticks(-1e-5, 1e-5, 0, "-1e-05 -5e-06 0 5e-06 1e-05");
  expect_ticks(1, 8, 2, "1 2 4 8");
  expect_ticks(0.9, 70, 2, "1 2 4 8 16 32 64");
  expect_ticks(1, 10000, 10, "1 10 100 1000 10k");
  expect_ticks(0.3, 4, 10, "0.5 1 2");
  expect_ticks(11, 14, 10, "11 12 13 14");
}

// Any range gets between 1 and GLB_TICKS marks, ascending.
static void ticks_of_any_range(void **state) {
  (void)state;
  for (int i = -40; i < 40; i++)
    for (int j = 1; j < 60; j++) {
      struct glb_ticks ticks;
      const double low = pow(1.7, i), high = low * (1 + 0.01 * j * j * j);
      for (int base = 0; base < 11; base += base == 2 ? 8 : 2) {
        glb_ticks_make(&ticks, low, high, base, 5);
        if (ticks.count > GLB_TICKS || (base != 2 && ticks.count < 1))
          fail_msg("%g .. %g, base %d: %d marks", low, high, base, ticks.count);
        for (int k = 1; k < ticks.count; k++) assert_true(ticks.at[k] > ticks.at[k - 1]);
      }
    }
}

static const double ranks[] = {1, 2, 4, 8}, seconds[] = {8.1, 4.3, NAN, 1.6}, low[] = {7.6, 4.1, NAN, 1.4},
                    high[] = {8.4, 4.6, NAN, 2.1}, model[] = {2, 1.5, 1.2, 0.9}, agent[] = {5, 2.2, 1.1, 0.6},
                    ahead[] = {8, 16, 32}, later[] = {1.6, 1.1, 0.9};
static const char *const names[] = {"1", "2", "4", "8"};

static const struct glb_plot_series lines[] = {
    {.label = "measured",
     .marks = GLB_PLOT_LINE | GLB_PLOT_POINTS,
     .n = 4,
     .x = ranks,
     .y = seconds,
     .low = low,
     .high = high},
    {.label = "projection", .marks = GLB_PLOT_LINE | GLB_PLOT_DASHED, .n = 3, .x = ahead, .y = later},
    {.label = "points", .marks = GLB_PLOT_POINTS, .n = 4, .x = ranks, .y = agent, .low = model, .high = high},
};
static const struct glb_plot_series bars[] = {
    {.label = "model updates", .marks = GLB_PLOT_BARS, .n = 4, .y = model},
    {.label = "agent updates", .marks = GLB_PLOT_BARS, .n = 4, .y = agent}};
static const struct glb_plot_panel panels[] = {
    {.title = "Time",
     .x = {.label = "ranks", .log = 2},
     .y = {.label = "seconds a round", .log = 10},
     .count = 3,
     .series = lines},
    {.title = "Linear", .x = {.label = "ranks"}, .y = {.label = "seconds"}, .count = 3, .series = lines},
    {.title = "Phases",
     .x = {.label = "ranks", .names = names, .count = 4},
     .y = {.label = "seconds"},
     .count = 2,
     .series = bars,
     .stacked = 1,
     .legend_beside = 1},
    {.title = "Side by side", .x = {.names = names, .count = 4}, .count = 2, .series = bars},
    {.title = "Nothing", .x = {.label = "x"}, .y = {.log = 10}},
};
static const struct glb_plot figure = {.title = "All there is", .columns = 2, .count = 5, .panels = panels};

static unsigned big_endian(const char *at) {
  const unsigned char *b = (const unsigned char *)at;
  return (unsigned)b[0] << 24 | (unsigned)b[1] << 16 | (unsigned)b[2] << 8 | b[3];
}

static void png_has_its_size(void **state) {
  (void)state;
  char path[] = "plot-XXXXXX.png", *data;
  size_t size;
  assert_int_equal(close(mkstemps(path, 4)), 0);
  assert_int_equal(glb_plot_write(&figure, path), GLB_OK);
  assert_int_equal(glb_file_read(&data, &size, path, 1 << 24), GLB_OK);
  assert_memory_equal(data, "\x89PNG\r\n\x1a\n", 8);
  assert_int_equal(big_endian(data + 16), 2 * 700);
  assert_int_equal(big_endian(data + 20), 3 * 540 + 50);
  const char *keep = getenv("GLIBRL_KEEP_PLOT");  // to look at it
  if (keep) assert_int_equal(rename(path, keep), 0);
  if (!keep) unlink(path);
  free(data);
}

// One legend for all panels is a line below the title, or more lines where it does not fit into one.
static void one_legend(void **state) {
  (void)state;
  for (int narrow = 0; narrow < 2; narrow++) {
    char path[] = "plot-XXXXXX.png", *data;
    struct glb_plot plot = figure;
    plot.legend = 1;
    if (narrow) plot.columns = 1, plot.width = 1.4;
    assert_int_equal(close(mkstemps(path, 4)), 0);
    assert_int_equal(glb_plot_write(&plot, path), GLB_OK);
    assert_int_equal(glb_file_read(&data, NULL, path, 1 << 24), GLB_OK);
    const unsigned rows = (big_endian(data + 20) - (narrow ? 5 : 3) * 540 - 50) * 72 / 200 / 10;
    if (narrow ? rows < 2 || rows > 3 : rows != 1) fail_msg("narrow %d: a legend of %u lines", narrow, rows);
    unlink(path);
    free(data);
  }
}

static void svg_is_text(void **state) {
  (void)state;
  char path[] = "plot-XXXXXX.svg", *data;
  assert_int_equal(close(mkstemps(path, 4)), 0);
  assert_int_equal(glb_plot_write(&figure, path), GLB_OK);
  assert_int_equal(glb_file_read(&data, NULL, path, 1 << 24), GLB_OK);
  assert_non_null(strstr(data, "<svg"));
  assert_non_null(strstr(data, "</svg>"));
  assert_non_null(strstr(data, "width=\"504"));
  unlink(path);
  free(data);
}

// Letters of a title and a label that are wider than their panel stay on the page.
static void long_words_stay_within(void **state) {
  (void)state;
  char path[] = "plot-XXXXXX.svg", *data;
  const struct glb_plot_panel wide = {
      .title = "A title of very many words that are wider than all of the panel",
      .x = {.label = "a label of the axis that is as long as the title, or longer"},
      .count = 1,
      .series = lines};
  const struct glb_plot plot = {.width = 2, .height = 2, .count = 1, .panels = &wide};
  assert_int_equal(close(mkstemps(path, 4)), 0);
  assert_int_equal(glb_plot_write(&plot, path), GLB_OK);
  assert_int_equal(glb_file_read(&data, NULL, path, 1 << 24), GLB_OK);
  int letters = 0;
  for (const char *use = data; (use = strstr(use, "<use ")); use++) {
    const char *at = strstr(use, " x=\"");
    assert_non_null(at);
    const double x = strtod(at + 4, NULL);
    if (x < 0 || x > 2 * 72 - 2) fail_msg("a letter at %g of %d points", x, 2 * 72);
    letters++;
  }
  assert_true(letters > 80);
  unlink(path);
  free(data);
}

// Pixels of a figure that are of the palette's first colour.
static int coloured(const struct glb_plot *plot) {
  char path[] = "plot-XXXXXX.png";
  assert_int_equal(close(mkstemps(path, 4)), 0);
  assert_int_equal(glb_plot_write(plot, path), GLB_OK);
  cairo_surface_t *image = cairo_image_surface_create_from_png(path);
  assert_int_equal(cairo_surface_status(image), CAIRO_STATUS_SUCCESS);
  int count = 0;
  for (int y = 0; y < cairo_image_surface_get_height(image); y++) {
    const unsigned char *row =
        cairo_image_surface_get_data(image) + (ptrdiff_t)y * cairo_image_surface_get_stride(image);
    for (int x = 0; x < cairo_image_surface_get_width(image); x++)  // blue, green, red
      count += row[4 * x] > 150 && row[4 * x + 1] > 90 && row[4 * x + 1] < 140 && row[4 * x + 2] < 30;
  }
  cairo_surface_destroy(image);
  unlink(path);
  return count;
}

// Points that lie at zero are as whole as those in the middle of a panel.
static void points_are_whole(void **state) {
  (void)state;
  const double ends[] = {0, 1};
  const struct glb_plot_series series = {.marks = GLB_PLOT_POINTS, .n = 2, .x = ends, .y = ends};
  struct glb_plot_panel panel = {
      .x = {.low = -1, .high = 2}, .y = {.low = -1, .high = 2}, .count = 1, .series = &series};
  const struct glb_plot plot = {.count = 1, .panels = &panel};
  const int whole = coloured(&plot);
  panel.x = panel.y = (struct glb_plot_axis){0};
  const int found = coloured(&plot);
  if (whole < 100 || abs(found - whole) > whole / 10)
    fail_msg("points at zero have %d pixels, elsewhere %d", found, whole);
}

static void refusals(void **state) {
  (void)state;
  assert_int_equal(glb_plot_write(&figure, "plot.jpg"), GLB_EINVAL);
  assert_int_equal(glb_plot_write(&(struct glb_plot){0}, "plot.png"), GLB_EINVAL);
  assert_int_equal(glb_plot_write(&figure, "no/such/folder/plot.png"), GLB_EIO);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(ticks),
      cmocka_unit_test(ticks_of_any_range),
      cmocka_unit_test(png_has_its_size),
      cmocka_unit_test(svg_is_text),
      cmocka_unit_test(one_legend),
      cmocka_unit_test(long_words_stay_within),
      cmocka_unit_test(points_are_whole),
      cmocka_unit_test(refusals),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
