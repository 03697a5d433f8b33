#include "deploy/plot/plot.h"

#include <cairo-svg.h>
#include <cairo.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/store/file.h"
#include "deploy/plot/panel.h"

static const double dots_per_inch = 200, points_per_inch = 72, title_height = 18;
enum { PANELS = 64 };

struct image {  // the file as it is made
  char *data;
  size_t size, room;
  int full;
};

static cairo_status_t take_bytes(void *context, const unsigned char *data, unsigned length) {
  struct image *image = context;
  if (image->size + length > image->room) {
    const size_t room = 2 * image->room + length;
    char *more = realloc(image->data, room);
    if (!more) {
      image->full = 1;
      return CAIRO_STATUS_WRITE_ERROR;
    }
    image->data = more;
    image->room = room;
  }
  memcpy(image->data + image->size, data, length);
  image->size += length;
  return CAIRO_STATUS_SUCCESS;
}

struct sheet {                                                  // sizes in points
  double width, height, panel_width, panel_height, title, top;  // top: title and legend
  int columns, rows;
};

static double legend_height(const struct glb_plot_panel *panel, double width) {
  cairo_surface_t *nowhere = cairo_recording_surface_create(CAIRO_CONTENT_COLOR, NULL);
  cairo_t *cr = cairo_create(nowhere);
  const double height = glb_panel_legend(cr, panel, width, 0, 0);
  cairo_destroy(cr);
  cairo_surface_destroy(nowhere);
  return height + 4;
}

static struct sheet lay_out(const struct glb_plot *plot) {
  struct sheet s = {.columns = plot->columns > 0 && plot->columns < plot->count ? plot->columns : plot->count,
                    .panel_width = points_per_inch * (plot->width > 0 ? plot->width : 3.5),
                    .panel_height = points_per_inch * (plot->height > 0 ? plot->height : 2.7),
                    .title = plot->title ? title_height : 0};
  s.rows = (plot->count + s.columns - 1) / s.columns;
  s.width = s.columns * s.panel_width;
  s.top = s.title + (plot->legend ? legend_height(&plot->panels[0], s.width) : 0);
  s.height = s.rows * s.panel_height + s.top;
  return s;
}

static void draw(cairo_t *cr, const struct glb_plot *plot, const struct sheet *s) {
  cairo_set_source_rgb(cr, 1, 1, 1);
  cairo_paint(cr);
  cairo_set_source_rgb(cr, 0, 0, 0);
  if (plot->title) glb_panel_text(cr, plot->title, s->width / 2, title_height - 5, 10, 1);
  if (plot->legend) glb_panel_legend(cr, &plot->panels[0], s->width, s->title, 1);
  for (int i = 0; i < plot->count; i++) {
    const struct glb_box box = {.x = i % s->columns * s->panel_width,
                                .y = s->top + i / s->columns * s->panel_height,
                                .w = s->panel_width,
                                .h = s->panel_height};
    cairo_save(cr);
    glb_panel_draw(cr, &plot->panels[i], box, !plot->legend);
    cairo_restore(cr);
  }
}

static int finish(cairo_t *cr, const char *path, const struct image *image) {
  const cairo_status_t status = cairo_status(cr);
  GLB_CHECK(status != CAIRO_STATUS_NO_MEMORY && !image->full, GLB_ENOMEM, "no memory to draw %s", path);
  GLB_CHECK(status == CAIRO_STATUS_SUCCESS, GLB_EIO, "%s cannot be drawn: %s", path,
            cairo_status_to_string(status));
  return GLB_OK;
}

static int render_png(struct image *image, const struct glb_plot *plot, const struct sheet *s,
                      const char *path) {
  const double scale = dots_per_inch / points_per_inch;
  cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)lround(s->width * scale),
                                                        (int)lround(s->height * scale));
  cairo_t *cr = cairo_create(surface);
  cairo_scale(cr, scale, scale);
  draw(cr, plot, s);
  const cairo_status_t written = cairo_surface_write_to_png_stream(surface, take_bytes, image);
  int code = finish(cr, path, image);
  if (!code && written)
    code = glb_error_raise(GLB_EIO, __FILE__, __LINE__, "%s cannot be drawn: %s", path,
                           cairo_status_to_string(written));
  cairo_destroy(cr);
  cairo_surface_destroy(surface);
  return code;
}

static int render_svg(struct image *image, const struct glb_plot *plot, const struct sheet *s,
                      const char *path) {
  cairo_surface_t *surface = cairo_svg_surface_create_for_stream(take_bytes, image, s->width, s->height);
  cairo_t *cr = cairo_create(surface);
  draw(cr, plot, s);
  cairo_surface_finish(surface);
  const int code = finish(cr, path, image);
  cairo_destroy(cr);
  cairo_surface_destroy(surface);
  return code;
}

int glb_plot_write(const struct glb_plot *plot, const char *path) {
  const size_t length = strlen(path);
  const char *end = length > 4 ? path + length - 4 : "";
  const int svg = !strcmp(end, ".svg");
  struct image image = {0};
  GLB_CHECK(svg || !strcmp(end, ".png"), GLB_EINVAL, "%s: a figure's name ends in .png or .svg", path);
  GLB_CHECK(plot->count > 0 && plot->count <= PANELS, GLB_EINVAL, "%s: a figure of %d panels, not 1 to %d",
            path, plot->count, PANELS);
  const struct sheet s = lay_out(plot);
  int code = svg ? render_svg(&image, plot, &s, path) : render_png(&image, plot, &s, path);
  if (!code) code = glb_file_land(path, image.data, image.size);
  free(image.data);
  return code ? glb_error_pass(code, __FILE__, __LINE__) : GLB_OK;
}
