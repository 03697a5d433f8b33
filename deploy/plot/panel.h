/* panel.h: one panel of a figure. Private to this room. */
#ifndef DEPLOY_PLOT_PANEL_H
#define DEPLOY_PLOT_PANEL_H

#include <cairo.h>

#include "deploy/plot/plot.h"

struct glb_box {  // in points, y downwards
  double x, y, w, h;
};

/* Draws a panel into a box, labels and all, and its legend where it is to have one. */
void glb_panel_draw(cairo_t *cr, const struct glb_plot_panel *panel, struct glb_box box, int legend);

/* The legend of a panel in lines of at most that width, centred; returns its height. draw 0: measures only. */
double glb_panel_legend(cairo_t *cr, const struct glb_plot_panel *panel, double width, double top, int draw);

/* Text centred at x, on the line y. */
void glb_panel_text(cairo_t *cr, const char *text, double x, double y, double size, int bold);

#endif  // DEPLOY_PLOT_PANEL_H
