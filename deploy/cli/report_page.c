#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/config/text.h"
#include "common/store/file.h"
#include "deploy/cli/report.h"
#include "deploy/cli/version.h"

enum { PNG_BYTES = 64 << 20 };

static const char style[] =
    "body{font:15px/1.5 sans-serif;color:#222;background:#fff;max-width:64em;margin:2em auto;padding:0 1em}"
    "h1{font-size:1.6em}h2{font-size:1.3em;border-bottom:1px solid #ccc;margin-top:2em}h3{font-size:1.05em}"
    "figure{margin:1em 0}figure img{max-width:100%;height:auto;display:block;margin:auto}"
    "figcaption,.note{font-size:.87em;color:#444}dl{margin:.3em "
    "0;display:grid;grid-template-columns:max-content "
    "1fr;gap:0 1em}dt{font-family:monospace}dd{margin:0}"
    ".wide{overflow-x:auto}table{border-collapse:collapse;font-size:.87em;margin:.5em 0}"
    "th,td{padding:.15em .6em;border-bottom:1px solid #ddd;text-align:left;white-space:nowrap}"
    "td.n{text-align:right;font-variant-numeric:tabular-nums}th{border-bottom:1px solid #888}"
    "@media print{body{font-size:10pt;max-width:none;margin:0}figure,tr{break-inside:avoid}h2,h3{break-after:"
    "avoid}.wide{overflow:visible}td,th{white-space:normal}}";

// ---- pieces ----

static void put_escaped(FILE *out, const char *text) {
  for (; *text; text++) switch (*text) {
      case '&':
        fputs("&amp;", out);
        break;
      case '<':
        fputs("&lt;", out);
        break;
      case '>':
        fputs("&gt;", out);
        break;
      case '"':
        fputs("&quot;", out);
        break;
      default:
        fputc(*text, out);
    }
}

static void put_base64(FILE *out, const char *data, size_t size) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const unsigned char *d = (const unsigned char *)data;
  for (size_t i = 0; i < size; i += 3) {
    const size_t left = size - i;
    const unsigned bits =
        (unsigned)d[i] << 16 | (left > 1 ? (unsigned)d[i + 1] << 8 : 0) | (left > 2 ? d[i + 2] : 0u);
    fputc(letters[bits >> 18], out);
    fputc(letters[bits >> 12 & 63], out);
    fputc(left > 1 ? letters[bits >> 6 & 63] : '=', out);
    fputc(left > 2 ? letters[bits & 63] : '=', out);
  }
}

// ---- tables ----

/* The next cell of a CSV text, at most size - 1 bytes of it; returns what ends it and moves on. */
static char take_cell(char *cell, size_t size, const char **at) {
  const char *c = *at;
  size_t used = 0;
  for (int quoted = 0; *c && (quoted || (*c != ',' && *c != '\n')); c++) {
    if (*c == '"' && !(quoted && c[1] == '"')) {
      quoted = !quoted;
      continue;
    }
    if (*c == '"') c++;
    if (used + 1 < size) cell[used++] = *c;
  }
  cell[used] = '\0';
  *at = *c ? c + 1 : c;
  return *c;
}

/* A number with five digits, words as they are. */
static void put_cell(FILE *out, const char *cell, int head) {
  double value;
  const int number = !head && glb_text_parse_real(&value, cell);
  fprintf(out, head ? "<th>" : number || !*cell ? "<td class=\"n\">" : "<td>");
  if (number)
    fprintf(out, "%.5g", value);
  else
    put_escaped(out, cell);
  fprintf(out, head ? "</th>" : "</td>");
}

static void put_rows(FILE *out, const char *text) {
  fprintf(out, "<div class=\"wide\"><table>\n");
  for (int row = 0; *text; row++) {
    char cell[4200];
    fprintf(out, "<tr>");
    for (int more = 1; more;) {
      more = take_cell(cell, sizeof cell, &text) == ',';
      put_cell(out, cell, !row);
    }
    fprintf(out, "</tr>\n");
  }
  fprintf(out, "</table></div>\n");
}

static int put_table(FILE *out, const struct glb_report_table *table, const struct glb_report *r) {
  char *text;
  size_t size;
  if (table->where == GLB_REPORT_FILE) return GLB_OK;
  GLB_TRY(glb_report_table_text(&text, &size, table, r));
  if (table->where == GLB_REPORT_SHOWN && strchr(text, '\n')[1]) {
    fprintf(out, "<h3>%s</h3>\n<p class=\"note\">%s</p>\n", table->title, table->help);
    put_rows(out, text);
  }
  fprintf(out, "<p class=\"note\"><a download=\"%s.csv\" href=\"data:text/csv;base64,", table->name);
  put_base64(out, text, size);
  fprintf(out, "\">%s as CSV</a></p>\n", table->title);
  free(text);
  return GLB_OK;
}

// ---- figures ----

/* What its metrics are, in the words of metrics.def. */
static void put_metrics(FILE *out, const struct glb_report_figure *figure,
                        const struct glb_report_family *f) {
  int count;
  const struct glb_report_quantity *q = glb_report_quantities(&count);
  if (!figure->count) return;
  fprintf(out, "<dl>");
  for (int k = figure->first; k < figure->first + figure->count; k++) {
    char name[GLB_REPORT_NAME];
    int shown = 0;
    for (int g = 0; g < f->groups; g++) shown |= f->group[g].curve[k] != NULL;
    if (!shown) continue;
    glb_report_quantity_name(name, &q[k]);
    fprintf(out, "<dt>%s</dt><dd>", name);
    put_escaped(out,
                q[k].minus < 0 ? glb_metric_help(q[k].metric) : "what a trial gains from its first episode");
    fprintf(out, "</dd>");
  }
  fprintf(out, "</dl>");
}

static int put_figure(FILE *out, const struct glb_report_figure *figure, const struct glb_report *r) {
  char path[PATH_MAX], *image;
  size_t size;
  GLB_TRY(glb_file_path(path, r->out, figure->file));
  GLB_TRY(glb_file_read(&image, &size, path, PNG_BYTES));
  fprintf(out,
          "<h3>%s</h3>\n<figure><img style=\"width:%.1fin\" alt=\"%s of %s\" src=\"data:image/png;base64,",
          figure->title, figure->inches, figure->title, r->family[figure->family].family->name);
  put_base64(out, image, size);
  free(image);
  fprintf(out, "\">\n<figcaption>");
  if (figure->words) put_escaped(out, figure->words);
  put_metrics(out, figure, &r->family[figure->family]);
  fprintf(out, "</figcaption></figure>\n");
  return GLB_OK;
}

// ---- the page ----

static void put_groups(FILE *out, const struct glb_report_family *f) {
  fprintf(out, "<p>");
  put_escaped(out, f->family->help);
  fprintf(out, ".</p>\n<ul>\n");
  for (int g = 0; g < f->groups; g++) {
    const struct glb_report_group *group = &f->group[g];
    fprintf(out, "<li><b>%s</b>: ", group->letter);
    put_escaped(out, group->label);
    fprintf(out, ", %d seed%s</li>\n", group->runs, group->runs > 1 ? "s" : "");
  }
  fprintf(out, "</ul>\n");
}

static void put_methods(FILE *out, const struct glb_report *r) {
  char last[64] = "the last evaluation";
  if (r->last > 1) snprintf(last, sizeof last, "the mean of the last %d evaluations", r->last);
  fprintf(
      out,
      "<p class=\"note\">Lines are interquartile means (IQM) over seeds, bands and bars 95 %% intervals of a "
      "percentile bootstrap over seeds (%d resamples); one seed has none. Runs whose configuration differs "
      "in the seed alone are one group; its curves go over the rounds that all of them have. A final figure "
      "of a run is %s (of train return: rounds). Few seeds give intervals that are too narrow. IQM, "
      "optimality gap, performance profile and probability of improvement are defined by Agarwal et al., "
      "Deep Reinforcement Learning at the Edge of the Statistical Precipice, NeurIPS 2021.</p>\n",
      GLB_RESAMPLES, last);
  if (r->has_target)
    fprintf(out, "<p class=\"note\">Optimality gaps are to a target of %.6g.</p>\n", r->target);
}

static int put_page(FILE *out, const struct glb_report *r) {
  int count;
  const struct glb_report_table *tables = glb_report_tables(&count);
  fprintf(out,
          "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>glibrl report</title>\n"
          "<meta name=\"viewport\" content=\"width=device-width\"><style>%s</style></head><body>\n"
          "<h1>Report of %d run%s</h1>\n",
          style, r->paths, r->paths > 1 ? "s" : "");
  put_methods(out, r);
  for (int i = 0; i < r->families; i++) {
    fprintf(out, "<h2>%s</h2>\n", r->family[i].family->name);
    put_groups(out, &r->family[i]);
    for (int k = 0; k < r->figures; k++)
      if (r->figure[k].family == i) GLB_TRY(put_figure(out, &r->figure[k], r));
  }
  fprintf(out, "<h2>Tables</h2>\n");
  for (int k = 0; k < count; k++) GLB_TRY(put_table(out, &tables[k], r));
  fprintf(out, "<p class=\"note\">glibrl %s</p>\n</body></html>\n", GLB_VERSION);
  return GLB_OK;
}

int glb_report_page(const struct glb_report *r) {
  char path[PATH_MAX];
  struct glb_landing landing;
  GLB_TRY(glb_file_path(path, r->out, "report.html"));
  GLB_TRY(glb_file_begin(&landing, path));
  return glb_file_settle(&landing, put_page(landing.out, r));
}
