#include "deploy/plot/frame.h"

#include <cairo.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/base/error.h"

/* The board is drawn in units of which a frame is 540 high (or 960 wide, where that is less). */
static const double unit_height = 540, unit_width = 960, board_width = 320, margin = 14, line_height = 23;
static const double letters = 14, small = 11;

struct glb_frame {
  int width, height, picture;  // pixels; width of the picture
  double unit;                 // pixels
  cairo_surface_t *surface;
  cairo_t *cr;
};

int glb_frame_create(struct glb_frame **out, int width, int height) {
  *out = NULL;
  GLB_CHECK(
      width >= 320 && height >= 180 && width % 2 == 0 && height % 2 == 0 && width <= 8192 && height <= 8192,
      GLB_EINVAL, "a frame of %d x %d: width and height are even, and from 320x180 to 8192x8192", width,
      height);
  struct glb_frame *f = calloc(1, sizeof *f);
  GLB_CHECK(f, GLB_ENOMEM, "no memory for a frame");
  f->width = width;
  f->height = height;
  f->unit = fmin(height / unit_height, width / unit_width);
  f->picture = width - (int)lround(board_width * f->unit);
  f->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
  f->cr = cairo_create(f->surface);
  if (cairo_status(f->cr) == CAIRO_STATUS_SUCCESS) {
    *out = f;
    return GLB_OK;
  }
  glb_frame_destroy(f);
  GLB_RAISE(GLB_ENOMEM, "no memory for a frame of %d x %d", width, height);
}

void glb_frame_destroy(struct glb_frame *f) {
  if (!f) return;
  cairo_destroy(f->cr);
  cairo_surface_destroy(f->surface);
  free(f);
}

int glb_frame_picture_width(const struct glb_frame *f) {
  return f->picture;
}

// ---- pixels: Cairo has them as 0x00RRGGBB in the order of the machine's bytes ----

static uint32_t *row_of(const struct glb_frame *f, int y) {
  return (uint32_t *)(void *)(cairo_image_surface_get_data(f->surface) +
                              y * cairo_image_surface_get_stride(f->surface));
}

void glb_frame_put_picture(struct glb_frame *f, const unsigned char *rgb) {
  cairo_surface_flush(f->surface);
  for (int y = 0; y < f->height; y++) {
    uint32_t *row = row_of(f, f->height - 1 - y);
    for (int x = 0; x < f->picture; x++, rgb += 3)
      row[x] = (uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | rgb[2];
  }
  cairo_surface_mark_dirty(f->surface);
}

void glb_frame_get(const struct glb_frame *f, unsigned char *rgb) {
  cairo_surface_flush(f->surface);
  for (int y = 0; y < f->height; y++) {
    const uint32_t *row = row_of(f, y);
    for (int x = 0; x < f->width; x++, rgb += 3) {
      rgb[0] = (unsigned char)(row[x] >> 16);
      rgb[1] = (unsigned char)(row[x] >> 8);
      rgb[2] = (unsigned char)row[x];
    }
  }
}

int glb_frame_write(struct glb_frame *f, const char *path) {
  const cairo_status_t status = cairo_surface_write_to_png(f->surface, path);
  GLB_CHECK(status != CAIRO_STATUS_NO_MEMORY, GLB_ENOMEM, "no memory to write %s", path);
  GLB_CHECK(status == CAIRO_STATUS_SUCCESS, GLB_EIO, "cannot write %s: %s", path,
            cairo_status_to_string(status));
  return GLB_OK;
}

// ---- text ----

enum align { LEFT, RIGHT };

/* Text at (x, y) of the board, made narrower where it is wider than room. */
static void put_text(cairo_t *cr, const char *text, enum align align, double x, double y, double size,
                     double room) {
  cairo_text_extents_t extents;
  cairo_set_font_size(cr, size);
  cairo_text_extents(cr, text, &extents);
  const double squeeze = extents.x_advance > room ? room / extents.x_advance : 1;
  cairo_save(cr);
  cairo_translate(cr, align == RIGHT ? x - squeeze * extents.x_advance : x, y);
  cairo_scale(cr, squeeze, 1);
  cairo_move_to(cr, 0, 0);
  cairo_show_text(cr, text);
  cairo_restore(cr);
}

static void use_face(cairo_t *cr, int bold) {
  cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                         bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
}

static void grey(cairo_t *cr, double level) {
  cairo_set_source_rgb(cr, level, level, level);
}

// ---- board ----

struct area {  // units of the board
  double x, y, w, h;
};

static void put_line(cairo_t *cr, const struct glb_board_line *line, double y) {
  const double room = board_width - 2 * margin;
  use_face(cr, 0);
  grey(cr, 0.62);
  put_text(cr, line->name, LEFT, margin, y, letters, 0.45 * room);
  grey(cr, 0.96);
  put_text(cr, line->value, RIGHT, board_width - margin, y, letters, 0.53 * room);
}

static void put_axis(cairo_t *cr, const struct area *a, double limit) {
  char text[32];
  cairo_set_line_width(cr, 1);
  for (int i = -1; i <= 1; i++) {
    const double y = a->y + 0.5 * a->h * (1 - i);
    grey(cr, i ? 0.3 : 0.55);
    cairo_move_to(cr, a->x, y);
    cairo_line_to(cr, a->x + a->w, y);
    cairo_stroke(cr);
    snprintf(text, sizeof text, "%g", i * limit);
    grey(cr, 0.62);
    put_text(cr, text, RIGHT, a->x - 4, y + 4, small, 40);
  }
}

static void put_bars(cairo_t *cr, const struct glb_board_bars *bars, const struct area *a) {
  const double step = a->w / bars->n, middle = a->y + 0.5 * a->h, scale = 0.5 * a->h / bars->limit;
  cairo_save(cr);
  cairo_rectangle(cr, a->x, a->y, a->w, a->h);
  cairo_clip(cr);
  for (int i = 0; i < bars->n; i++) {
    const double x = a->x + i * step, top = scale * bars->mean[i], whisker = scale * bars->deviation[i];
    cairo_set_source_rgb(cr, 0.337, 0.706, 0.914);
    cairo_rectangle(cr, x + 0.15 * step, middle, 0.7 * step, -top);
    cairo_fill(cr);
    cairo_set_source_rgb(cr, 0.902, 0.624, 0);
    cairo_set_line_width(cr, fmin(2, 0.4 * step));
    cairo_move_to(cr, x + 0.5 * step, middle - top - whisker);
    cairo_line_to(cr, x + 0.5 * step, middle - top + whisker);
    cairo_stroke(cr);
  }
  cairo_restore(cr);
}

static void put_block(cairo_t *cr, const struct glb_board_bars *bars, struct area a) {
  use_face(cr, 1);
  grey(cr, 0.96);
  put_text(cr, bars->title, LEFT, margin, a.y + letters, letters, board_width - 2 * margin);
  use_face(cr, 0);
  grey(cr, 0.62);
  put_text(cr, bars->note, LEFT, margin, a.y + letters + 16, small, board_width - 2 * margin);
  const struct area plot = {
      .x = margin + 34, .y = a.y + letters + 28, .w = a.w - 34, .h = a.h - letters - 40};
  put_axis(cr, &plot, bars->limit);
  put_bars(cr, bars, &plot);
}

void glb_frame_put_board(struct glb_frame *f, const struct glb_board *board) {
  cairo_t *cr = f->cr;
  double y = margin + 18;
  cairo_save(cr);
  cairo_translate(cr, f->picture, 0);
  cairo_rectangle(cr, 0, 0, f->width - f->picture, f->height);
  grey(cr, 0.1);
  cairo_fill(cr);
  cairo_scale(cr, f->unit, f->unit);
  use_face(cr, 1);
  grey(cr, 0.96);
  put_text(cr, board->title, LEFT, margin, y, 18, board_width - 2 * margin);
  y += 8;
  for (int i = 0; i < board->lines; i++) put_line(cr, &board->line[i], y += line_height);
  y += margin;
  const double room = (f->height / f->unit - margin - y) / (board->bars ? board->bars : 1);
  for (int i = 0; i < board->bars; i++)
    put_block(cr, &board->bar[i],
              (struct area){.x = margin, .y = y + i * room, .w = board_width - 2 * margin, .h = room});
  cairo_restore(cr);
}
