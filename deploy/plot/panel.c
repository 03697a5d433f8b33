#include "deploy/plot/panel.h"

#include <math.h>
#include <string.h>

#include "deploy/plot/ticks.h"

// Okabe and Ito, Color Universal Design, 2008; the faint ones last.
static const double palette[GLB_PLOT_PALETTE][3] = {
    {0.000, 0.447, 0.698}, {0.835, 0.369, 0.000}, {0.000, 0.620, 0.451}, {0.902, 0.624, 0.000},
    {0.800, 0.475, 0.655}, {0.337, 0.706, 0.914}, {0.000, 0.000, 0.000}, {0.941, 0.894, 0.259},
};
static const double letters = 8, thin = 0.5, thick = 1.4, point = 2.4, bar_share = 0.75;

struct range {
  double low, high;
  int log;  // base, or 0
};

struct view {  // what a panel is drawn with
  cairo_t *cr;
  const struct glb_plot_panel *panel;
  struct glb_box area;  // within the axes
  struct range x, y;
  struct glb_ticks x_ticks, y_ticks;
};

/* ---- values to places ---- */

static int shown(const struct range *r, double value) {
  return isfinite(value) && (!r->log || value > 0);
}

static double share(const struct range *r, double value) {
  return r->log ? log(value / r->low) / log(r->high / r->low) : (value - r->low) / (r->high - r->low);
}

static double x_at(const struct view *v, double value) {
  return v->area.x + v->area.w * share(&v->x, value);
}

static double y_at(const struct view *v, double value) {
  return v->area.y + v->area.h * (1 - share(&v->y, value));
}

static double x_of(const struct glb_plot_series *s, int i) {
  return s->x ? s->x[i] : i;
}

static int point_shown(const struct view *v, const struct glb_plot_series *s, int i) {
  return shown(&v->x, x_of(s, i)) && shown(&v->y, s->y[i]);
}

/* ---- ranges ---- */

static void widen(struct range *r, double value) {
  if (!shown(r, value)) return;
  if (!(value >= r->low)) r->low = value;
  if (!(value <= r->high)) r->high = value;
}

static double stack_height(const struct glb_plot_panel *panel, int place) {
  double sum = 0;
  for (int s = 0; s < panel->count; s++) {
    const struct glb_plot_series *series = &panel->series[s];
    if (series->marks & GLB_PLOT_BARS && place < series->n && series->y[place] > 0) sum += series->y[place];
  }
  return sum;
}

static void widen_to_series(struct view *v, const struct glb_plot_series *s) {
  for (int i = 0; i < s->n; i++) {
    if (!point_shown(v, s, i)) continue;
    widen(&v->x, x_of(s, i));
    widen(&v->y, v->panel->stacked && s->marks & GLB_PLOT_BARS ? stack_height(v->panel, i) : s->y[i]);
    if (s->low) widen(&v->y, s->low[i]);
    if (s->high) widen(&v->y, s->high[i]);
    if (s->marks & GLB_PLOT_BARS && !v->y.log) widen(&v->y, 0);
  }
}

/* Room around the data, and where there are points for those at zero; a range that is none gets one. */
static void settle(struct range *r, const struct glb_plot_axis *axis, int points) {
  if (axis->low < axis->high) {
    r->low = axis->low;
    r->high = axis->high;
    return;
  }
  if (isnan(r->low)) r->low = r->log ? 1 : 0, r->high = r->log ? 10 : 1;
  if (r->log) {
    const double margin = r->high > r->low ? pow(r->high / r->low, 0.06) : 1.5;
    r->low /= margin;
    r->high *= margin;
    return;
  }
  const double span = r->high > r->low ? r->high - r->low : fabs(r->high) > 0 ? fabs(r->high) : 1;
  const int from_zero = r->low >= 0 && r->low < 0.5 * r->high;  // amounts are seen from nothing on
  const int at_zero = points && r->low < 0.03 * r->high;
  r->low = from_zero && !at_zero ? 0 : r->low - 0.06 * span;
  r->high += 0.06 * span;
}

static void find_ranges(struct view *v) {
  const struct glb_plot_panel *panel = v->panel;
  v->x = (struct range){.low = NAN, .high = NAN, .log = panel->x.log};
  v->y = (struct range){.low = NAN, .high = NAN, .log = panel->y.log};
  int points = 0;
  for (int s = 0; s < panel->count; s++) {
    widen_to_series(v, &panel->series[s]);
    points |= panel->series[s].marks & GLB_PLOT_POINTS;
  }
  settle(&v->x, &panel->x, points);
  settle(&v->y, &panel->y, points);
  if (panel->x.names) v->x = (struct range){.low = -0.5, .high = panel->x.count - 0.5};
}

/* ---- text ---- */

static void use_font(cairo_t *cr, double size, int bold) {
  cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                         bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(cr, size);
}

static double text_width(cairo_t *cr, const char *text) {
  cairo_text_extents_t extents;
  cairo_text_extents(cr, text, &extents);
  return extents.x_advance;
}

void glb_panel_text(cairo_t *cr, const char *text, double x, double y, double size, int bold) {
  use_font(cr, size, bold);
  cairo_move_to(cr, x - text_width(cr, text) / 2, y);
  cairo_show_text(cr, text);
}

/* ---- axes ---- */

static void line(cairo_t *cr, double x0, double y0, double x1, double y1) {
  cairo_move_to(cr, x0, y0);
  cairo_line_to(cr, x1, y1);
  cairo_stroke(cr);
}

static void draw_grid(const struct view *v) {
  cairo_t *cr = v->cr;
  const struct glb_box *a = &v->area;
  cairo_set_line_width(cr, thin);
  cairo_set_source_rgb(cr, 0.88, 0.88, 0.88);
  for (int i = 0; i < v->y_ticks.count; i++) {
    const double y = y_at(v, v->y_ticks.at[i]);
    line(cr, a->x, y, a->x + a->w, y);
  }
  for (int i = 0; i < v->x_ticks.count && !v->panel->x.names; i++) {
    const double x = x_at(v, v->x_ticks.at[i]);
    line(cr, x, a->y, x, a->y + a->h);
  }
}

/* Centred at x, but within the box; smaller where it is wider than that. */
static void put_within(cairo_t *cr, const char *text, double x, double y, double size, int bold,
                       const struct glb_box *box) {
  use_font(cr, size, bold);
  const double width = text_width(cr, text), room = box->w - 4, half = fmin(width, room) / 2;
  const double centre = fmax(box->x + 2 + half, fmin(x, box->x + box->w - 2 - half));
  glb_panel_text(cr, text, centre, y, width > room ? size * room / width : size, bold);
}

static void draw_labels(const struct view *v, const struct glb_box *box) {
  cairo_t *cr = v->cr;
  const struct glb_plot_panel *panel = v->panel;
  const struct glb_box *a = &v->area;
  if (panel->title) put_within(cr, panel->title, a->x + a->w / 2, box->y + 12, letters + 1, 1, box);
  if (panel->x.label) put_within(cr, panel->x.label, a->x + a->w / 2, box->y + box->h - 5, letters, 0, box);
  if (!panel->y.label) return;
  cairo_save(cr);
  cairo_translate(cr, box->x + 11, a->y + a->h / 2);
  cairo_rotate(cr, -M_PI / 2);
  glb_panel_text(cr, panel->y.label, 0, 0, letters, 0);
  cairo_restore(cr);
}

static void draw_axes(const struct view *v, const struct glb_box *box) {
  cairo_t *cr = v->cr;
  const struct glb_box *a = &v->area;
  cairo_set_source_rgb(cr, 0.2, 0.2, 0.2);
  cairo_set_line_width(cr, thin);
  cairo_rectangle(cr, a->x, a->y, a->w, a->h);
  cairo_stroke(cr);
  use_font(cr, letters, 0);
  for (int i = 0; i < v->y_ticks.count; i++) {
    const char *text = v->y_ticks.text[i];
    const double y = y_at(v, v->y_ticks.at[i]);
    line(cr, a->x - 3, y, a->x, y);
    cairo_move_to(cr, a->x - 5 - text_width(cr, text), y + 0.35 * letters);
    cairo_show_text(cr, text);
  }
  const double bottom = a->y + a->h;
  for (int i = 0; i < v->panel->x.count; i++)
    glb_panel_text(cr, v->panel->x.names[i], x_at(v, i), bottom + letters + 4, letters, 0);
  for (int i = 0; i < v->x_ticks.count && !v->panel->x.names; i++) {
    const double x = x_at(v, v->x_ticks.at[i]);
    line(cr, x, bottom, x, bottom + 3);
    glb_panel_text(cr, v->x_ticks.text[i], x, bottom + letters + 4, letters, 0);
  }
  draw_labels(v, box);
}

/* ---- series ---- */

static int colour_of(const struct glb_plot_panel *panel, int s) {
  const int colour = panel->series[s].colour;
  return colour > 0 ? colour - 1 : s;
}

/* The palette's second turn is half as strong. */
static void use_colour(cairo_t *cr, int colour, double alpha) {
  const double *c = palette[colour % GLB_PLOT_PALETTE];
  const double white = colour / GLB_PLOT_PALETTE % 2 ? 0.5 : 0;
  cairo_set_source_rgba(cr, c[0] + white * (1 - c[0]), c[1] + white * (1 - c[1]), c[2] + white * (1 - c[2]),
                        alpha);
}

static void draw_marker(cairo_t *cr, int shape, double x, double y) {
  const double r = point;
  cairo_new_path(cr);
  switch (shape % 4) {
    case 0:
      cairo_arc(cr, x, y, r, 0, 2 * M_PI);
      break;
    case 1:
      cairo_rectangle(cr, x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r);
      break;
    case 2:
      cairo_move_to(cr, x, y - 1.2 * r);
      cairo_line_to(cr, x + 1.1 * r, y + 0.8 * r);
      cairo_line_to(cr, x - 1.1 * r, y + 0.8 * r);
      break;
    default:
      cairo_move_to(cr, x, y - 1.3 * r);
      cairo_line_to(cr, x + 1.3 * r, y);
      cairo_line_to(cr, x, y + 1.3 * r);
      cairo_line_to(cr, x - 1.3 * r, y);
  }
  cairo_close_path(cr);
  cairo_fill(cr);
}

static int band_shown(const struct view *v, const struct glb_plot_series *s, int i) {
  return point_shown(v, s, i) && shown(&v->y, s->low[i]) && shown(&v->y, s->high[i]);
}

/* One patch for each run of values that have a band. */
static void draw_band(const struct view *v, const struct glb_plot_series *s, int colour) {
  for (int from = 0, to; from < s->n; from = to + 1) {
    for (to = from; to < s->n && band_shown(v, s, to); to++) continue;
    if (to == from) continue;
    cairo_new_path(v->cr);
    for (int i = from; i < to; i++) cairo_line_to(v->cr, x_at(v, x_of(s, i)), y_at(v, s->low[i]));
    for (int i = to - 1; i >= from; i--) cairo_line_to(v->cr, x_at(v, x_of(s, i)), y_at(v, s->high[i]));
    cairo_close_path(v->cr);
    use_colour(v->cr, colour, 0.2);
    cairo_fill(v->cr);
  }
}

static void set_dash(cairo_t *cr, unsigned marks) {
  static const double dash[] = {4, 2.5};
  cairo_set_dash(cr, dash, marks & GLB_PLOT_DASHED ? 2 : 0, 0);
}

static void draw_line(const struct view *v, const struct glb_plot_series *s, int colour) {
  cairo_new_path(v->cr);
  for (int i = 0, pen = 0; i < s->n; i++) {
    if (!point_shown(v, s, i)) {
      pen = 0;
      continue;
    }
    const double x = x_at(v, x_of(s, i)), y = y_at(v, s->y[i]);
    pen++ ? cairo_line_to(v->cr, x, y) : cairo_move_to(v->cr, x, y);
  }
  use_colour(v->cr, colour, 1);
  cairo_set_line_width(v->cr, thick);
  set_dash(v->cr, s->marks);
  cairo_stroke(v->cr);
  set_dash(v->cr, 0);
}

static void draw_error_bar(const struct view *v, const struct glb_plot_series *s, int i, double x) {
  if (!s->low || !s->high || !band_shown(v, s, i)) return;
  const double low = y_at(v, s->low[i]), high = y_at(v, s->high[i]);
  cairo_set_line_width(v->cr, 0.8);
  line(v->cr, x, low, x, high);
  line(v->cr, x - 2, low, x + 2, low);
  line(v->cr, x - 2, high, x + 2, high);
}

static void draw_points(const struct view *v, const struct glb_plot_series *s, int colour) {
  use_colour(v->cr, colour, 1);
  for (int i = 0; i < s->n; i++) {
    if (!point_shown(v, s, i)) continue;
    const double x = x_at(v, x_of(s, i));
    draw_marker(v->cr, colour, x, y_at(v, s->y[i]));
    if (!(s->marks & GLB_PLOT_LINE)) draw_error_bar(v, s, i, x);
  }
}

/* Series `at` among `count` of bars. */
static void draw_bars(const struct view *v, int series, int at, int count) {
  const struct glb_plot_panel *panel = v->panel;
  const struct glb_plot_series *s = &panel->series[series];
  const double slot = bar_share / (panel->stacked ? 1 : count);
  for (int i = 0; i < s->n; i++) {
    double base = v->y.log ? v->y.low : 0;
    if (!shown(&v->y, s->y[i])) continue;
    for (int below = 0; panel->stacked && below < series; below++)
      if (panel->series[below].marks & GLB_PLOT_BARS && i < panel->series[below].n &&
          panel->series[below].y[i] > 0)
        base += panel->series[below].y[i];
    const double left = i - bar_share / 2 + (panel->stacked ? 0 : at * slot);
    const double x = x_at(v, left), w = x_at(v, left + slot) - x;
    const double top = y_at(v, panel->stacked ? base + s->y[i] : s->y[i]);
    use_colour(v->cr, colour_of(panel, series), 1);
    cairo_rectangle(v->cr, x, top, w, y_at(v, base) - top);
    cairo_fill(v->cr);
    cairo_set_source_rgb(v->cr, 0.2, 0.2, 0.2);
    if (!panel->stacked) draw_error_bar(v, s, i, x + w / 2);
  }
}

static void draw_series(const struct view *v) {
  const struct glb_plot_panel *panel = v->panel;
  int bars = 0, bar = 0;
  cairo_save(v->cr);
  cairo_rectangle(v->cr, v->area.x, v->area.y, v->area.w, v->area.h);
  cairo_clip(v->cr);
  for (int s = 0; s < panel->count; s++) bars += (panel->series[s].marks & GLB_PLOT_BARS) != 0;
  for (int s = 0; s < panel->count; s++) {  // below all lines, which would lose their colours
    const struct glb_plot_series *series = &panel->series[s];
    if (series->marks & GLB_PLOT_LINE && series->low && series->high)
      draw_band(v, series, colour_of(panel, s));
  }
  for (int s = 0; s < panel->count; s++) {
    const struct glb_plot_series *series = &panel->series[s];
    const int colour = colour_of(panel, s);
    if (series->marks & GLB_PLOT_BARS) draw_bars(v, s, bar++, bars);
    if (series->marks & GLB_PLOT_LINE) draw_line(v, series, colour);
    if (series->marks & GLB_PLOT_POINTS) draw_points(v, series, colour);
  }
  cairo_restore(v->cr);
}

/* ---- legend ---- */

static const double legend_line = 10, legend_mark = 16, legend_gap = 4;

static int legend_size(cairo_t *cr, const struct glb_plot_panel *panel, double *width) {
  int lines = 0;
  *width = 0;
  use_font(cr, letters - 0.5, 0);
  for (int s = 0; s < panel->count; s++) {
    if (!panel->series[s].label) continue;
    const double w = text_width(cr, panel->series[s].label);
    if (w > *width) *width = w;
    lines++;
  }
  *width += legend_mark + 3 * legend_gap;
  return lines;
}

/* Values of all series that a box would hide, as well as it can be told from the points. */
static int hidden_by(const struct view *v, const struct glb_box *box) {
  int hidden = 0;
  for (int s = 0; s < v->panel->count; s++) {
    const struct glb_plot_series *series = &v->panel->series[s];
    for (int i = 0; i < series->n; i++) {
      if (!point_shown(v, series, i)) continue;
      const double x = x_at(v, x_of(series, i)), y = y_at(v, series->y[i]);
      const int bar =
          series->marks & GLB_PLOT_BARS ? y < box->y + box->h : y >= box->y && y < box->y + box->h;
      hidden += bar && x >= box->x && x < box->x + box->w;
    }
  }
  return hidden;
}

/* Of the corners, the middles of the sides and the middle, in this order, the one that hides least. */
static struct glb_box emptiest_place(const struct view *v, double w, double h) {
  static const double places[][2] = {{1, 0},   {0, 0},   {1, 1},   {0, 1},    {1, 0.5},
                                     {0, 0.5}, {0.5, 0}, {0.5, 1}, {0.5, 0.5}};
  const struct glb_box *a = &v->area;
  struct glb_box best = {0};
  int least = -1;
  for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
    const struct glb_box box = {.x = a->x + 4 + places[i][0] * (a->w - w - 8),
                                .y = a->y + 4 + places[i][1] * (a->h - h - 8),
                                .w = w,
                                .h = h};
    const int hidden = hidden_by(v, &box);
    if (least >= 0 && hidden >= least) continue;
    least = hidden;
    best = box;
  }
  return best;
}

static void draw_legend_mark(cairo_t *cr, const struct glb_plot_series *s, int colour, double x, double y) {
  use_colour(cr, colour, 1);
  if (s->marks & GLB_PLOT_BARS) {
    cairo_rectangle(cr, x, y - 3, legend_mark, 6);
    cairo_fill(cr);
  }
  if (s->marks & GLB_PLOT_LINE) {
    cairo_set_line_width(cr, thick);
    set_dash(cr, s->marks);
    line(cr, x, y, x + legend_mark, y);
    set_dash(cr, 0);
  }
  if (s->marks & GLB_PLOT_POINTS) draw_marker(cr, colour, x + legend_mark / 2, y);
}

static void draw_legend(const struct view *v, struct glb_box box) {
  cairo_t *cr = v->cr;
  double y = box.y + legend_line / 2 + 2;
  cairo_set_source_rgba(cr, 1, 1, 1, 0.85);
  cairo_rectangle(cr, box.x, box.y, box.w, box.h);
  cairo_fill(cr);
  // stacks are read from the top
  for (int i = 0; i < v->panel->count; i++) {
    const int s = v->panel->stacked ? v->panel->count - 1 - i : i;
    const struct glb_plot_series *series = &v->panel->series[s];
    if (!series->label) continue;
    draw_legend_mark(cr, series, colour_of(v->panel, s), box.x + legend_gap, y);
    cairo_set_source_rgb(cr, 0, 0, 0);
    use_font(cr, letters - 0.5, 0);
    cairo_move_to(cr, box.x + legend_mark + 2 * legend_gap, y + 0.35 * letters);
    cairo_show_text(cr, series->label);
    y += legend_line;
  }
}

static double entry_width(cairo_t *cr, const struct glb_plot_series *series) {
  return series->label ? text_width(cr, series->label) + legend_mark + 4 * legend_gap : 0;
}

static void draw_entry(cairo_t *cr, const struct glb_plot_panel *panel, int s, double x, double y) {
  draw_legend_mark(cr, &panel->series[s], colour_of(panel, s), x + legend_gap, y);
  cairo_set_source_rgb(cr, 0, 0, 0);
  use_font(cr, letters - 0.5, 0);
  cairo_move_to(cr, x + legend_mark + 2 * legend_gap, y + 0.35 * letters);
  cairo_show_text(cr, panel->series[s].label);
}

double glb_panel_legend(cairo_t *cr, const struct glb_plot_panel *panel, double width, double top, int draw) {
  double y = top;
  use_font(cr, letters - 0.5, 0);
  for (int from = 0, to; from < panel->count; from = to, y += legend_line) {
    double used = entry_width(cr, &panel->series[from]);
    for (to = from + 1; to < panel->count; to++) {
      const double more = entry_width(cr, &panel->series[to]);
      if (used + more > width) break;
      used += more;
    }
    double x = (width - used) / 2;
    for (int s = from; s < to && draw; s++) {
      if (panel->series[s].label) draw_entry(cr, panel, s, x, y + legend_line / 2);
      x += entry_width(cr, &panel->series[s]);
    }
  }
  return y - top;
}

/* ---- all of it ---- */

static void place_area(struct view *v, const struct glb_box *box, double legend) {
  double widest = 0;
  use_font(v->cr, letters, 0);
  for (int i = 0; i < v->y_ticks.count; i++) {
    const double w = text_width(v->cr, v->y_ticks.text[i]);
    if (w > widest) widest = w;
  }
  const double left = widest + 8 + (v->panel->y.label ? 16 : 6), top = v->panel->title ? 19 : 8;
  const double bottom = letters + 8 + (v->panel->x.label ? 13 : 2);
  v->area = (struct glb_box){
      .x = box->x + left, .y = box->y + top, .w = box->w - left - 10 - legend, .h = box->h - top - bottom};
}

void glb_panel_draw(cairo_t *cr, const struct glb_plot_panel *panel, struct glb_box box, int legend) {
  struct view v = {.cr = cr, .panel = panel};
  double width = 0;
  const int lines = legend ? legend_size(cr, panel, &width) : 0;
  const int beside = lines && panel->legend_beside;
  find_ranges(&v);
  glb_ticks_make(&v.x_ticks, v.x.low, v.x.high, v.x.log, 6);
  glb_ticks_make(&v.y_ticks, v.y.low, v.y.high, v.y.log, 5);
  place_area(&v, &box, beside ? width : 0);
  draw_grid(&v);
  draw_series(&v);
  draw_axes(&v, &box);
  if (!lines) return;
  const double height = lines * legend_line + 4;
  draw_legend(&v, beside ? (struct glb_box){v.area.x + v.area.w + 4, v.area.y, width, height}
                         : emptiest_place(&v, width, height));
}
