#include "deploy/cli/calibration.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/store/file.h"

enum { BYTES = 4 << 20 };

static const struct glb_calibration_words words[GLB_CALIBRATION_QUANTITIES] = {
    {"pit", "Calibration", "predictive probability of what came", "density"},
    {"coverage", NULL, NULL, NULL},
    {"deviation", "Deviation", "step of a trial", "weights, posterior / prior"},
    {"predictive", "Predictive", "step of a trial", "log density, nats"},
};

const struct glb_calibration_words *glb_calibration_words(int quantity) {
  return &words[quantity];
}

static const char header[] = "head,quantity,at,value";

void glb_calibration_put(struct glb_csv *csv, const void *calibration) {
  const struct glb_calibration *c = calibration;
  glb_csv_head(csv, header);
  for (int h = 0; h < GLB_HEADS; h++)
    for (int q = 0; q < GLB_CALIBRATION_QUANTITIES; q++)
      for (int i = 0; i < c->curve[h][q].n; i++) {
        glb_csv_text(csv, glb_head_name(h));
        glb_csv_text(csv, words[q].name);
        glb_csv_real(csv, c->curve[h][q].at[i]);
        glb_csv_real(csv, c->curve[h][q].value[i]);
        glb_csv_end(csv);
      }
}

/* One line, without its end; 0: it is none of ours. */
static int take_line(struct glb_calibration *c, const char *line) {
  char head[16], quantity[16];
  double at, value;
  int length = 0;
  if (sscanf(line, "%15[^,],%15[^,],%lf,%lf%n", head, quantity, &at, &value, &length) != 4 || line[length])
    return 0;
  for (int h = 0; h < GLB_HEADS; h++)
    for (int q = 0; q < GLB_CALIBRATION_QUANTITIES; q++) {
      struct glb_calibration_curve *curve = &c->curve[h][q];
      if (strcmp(head, glb_head_name(h)) || strcmp(quantity, words[q].name)) continue;
      if (curve->n == GLB_CALIBRATION_POINTS) return 0;
      curve->at[curve->n] = at;
      curve->value[curve->n++] = value;
      return 1;
    }
  return 0;
}

int glb_calibration_read(struct glb_calibration **calibration, const char *run) {
  char path[PATH_MAX], *text;
  *calibration = NULL;
  GLB_TRY(glb_file_path(path, run, "calibration.csv"));
  if (!glb_file_exists(path)) return GLB_OK;
  GLB_TRY(glb_file_read(&text, NULL, path, BYTES));
  struct glb_calibration *c = calloc(1, sizeof *c);
  char *rest = text, *line = strtok_r(rest, "\n", &rest);
  int whole = c && line && !strcmp(line, header), lines = 0;
  while (whole && (line = strtok_r(rest, "\n", &rest)) && ++lines) whole = take_line(c, line);
  free(text);
  if (whole && lines) {
    *calibration = c;
    return GLB_OK;
  }
  free(c);
  GLB_CHECK(c, GLB_ENOMEM, "no memory for %s", path);
  GLB_RAISE(GLB_EFORMAT, "%s is no calibration: make it anew with glibrl calibration %s, or remove it", path,
            run);
}
