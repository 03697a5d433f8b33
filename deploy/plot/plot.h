/* plot.h: figures of lines, points and bars as PNG or SVG, for reports. A figure is described as data and drawn in one call.
 *
 * Colours are those of Okabe and Ito, which people with colour-blindness can tell apart; points differ in their shapes too. Letters
 * are 8 points high where a figure is printed at its size. The only room that knows Cairo. */
#ifndef DEPLOY_PLOT_PLOT_H
#define DEPLOY_PLOT_PLOT_H

/* How values are drawn; may be combined, but for bars. */
enum glb_plot_marks { GLB_PLOT_LINE = 1, GLB_PLOT_POINTS = 2, GLB_PLOT_BARS = 4, GLB_PLOT_DASHED = 8 };

/* All arrays are borrowed. A value that is not finite is left out: a line has a gap there. On a logarithmic axis so is one <= 0. */
struct glb_plot_series {
  const char *label;         // in the legend; NULL: not in it
  unsigned marks;            // of enum glb_plot_marks
  int colour;                // 1 .. : of the palette, 0: by the place among the panel's series
  int n;                     // values
  const double *x, *y;       // x NULL: 0 .. n - 1, as bars always have it            (n)
  const double *low, *high;  // a band around a line, error bars of points and bars; NULL: none   (n)
};

struct glb_plot_axis {
  const char *label;
  int log;                   // 0: linear; 2 or 10: base of a logarithmic axis
  double low, high;          // range; low = high: from the data
  int count;                 // names
  const char *const *names;  // of places 0 .. count - 1, instead of numbers: for bars   (count)
};

struct glb_plot_panel {
  const char *title;
  struct glb_plot_axis x, y;
  int count;                             // series
  const struct glb_plot_series *series;  // later ones over earlier ones, bands below all  (count)
  int stacked;                           // bars on top of each other instead of side by side
  int legend_beside;                     // legend to the right of the panel instead of where it hides least
};

struct glb_plot {
  const char *title;     // over all panels; NULL: none
  double width, height;  // inches of a panel, labels and all; 0: 3.5 and 2.7
  int columns;           // panels side by side; 0: all
  int legend;            // one below the title, of the first panel's series, instead of one in each panel
  int count;             // panels
  const struct glb_plot_panel *panels;
};

enum { GLB_PLOT_PALETTE = 8 };

/* Draws a figure and lands it at path, whose end says the format: .png (200 dots an inch) or .svg. GLB_EINVAL: another end, no
 * panel, or more than 64; GLB_EIO; GLB_ENOMEM. */
int glb_plot_write(const struct glb_plot *plot, const char *path);

#endif  // DEPLOY_PLOT_PLOT_H
