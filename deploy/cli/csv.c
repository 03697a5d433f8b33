#include "deploy/cli/csv.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/store/file.h"

static void begin_cell(struct glb_csv *csv) {
  if (csv->cells++) fputc(',', csv->out);
}

void glb_csv_text(struct glb_csv *csv, const char *text) {
  begin_cell(csv);
  if (!strpbrk(text, ",\"\r\n")) {
    fputs(text, csv->out);
    return;
  }
  fputc('"', csv->out);
  for (; *text; text++) fprintf(csv->out, *text == '"' ? "\"\"" : "%c", *text);
  fputc('"', csv->out);
}

void glb_csv_real(struct glb_csv *csv, double value) {
  char text[40];
  begin_cell(csv);
  if (!isfinite(value)) return;
  for (int digits = 15; digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, value);
    if (strtod(text, NULL) == value) break;
  }
  fputs(text, csv->out);
}

void glb_csv_integer(struct glb_csv *csv, long long value) {
  begin_cell(csv);
  fprintf(csv->out, "%lld", value);
}

void glb_csv_names(struct glb_csv *csv, const char *names) {
  begin_cell(csv);
  fputs(names, csv->out);
}

void glb_csv_end(struct glb_csv *csv) {
  fputc('\n', csv->out);
  csv->cells = 0;
}

void glb_csv_head(struct glb_csv *csv, const char *names) {
  glb_csv_names(csv, names);
  glb_csv_end(csv);
}

int glb_csv_land(const char *path, glb_csv_fn put, const void *context) {
  struct glb_landing landing;
  GLB_TRY(glb_file_begin(&landing, path));
  put(&(struct glb_csv){.out = landing.out}, context);
  return glb_file_settle(&landing, GLB_OK);
}

int glb_csv_folder(const char *folder, const struct glb_csv_table *tables, int count, const void *context) {
  char path[PATH_MAX];
  GLB_TRY(glb_file_folder(folder));
  for (int i = 0; i < count; i++) {
    if (tables[i].left_out) continue;
    GLB_TRY(glb_file_path(path, folder, tables[i].name));
    GLB_TRY(glb_csv_land(path, tables[i].put, context));
  }
  return GLB_OK;
}
