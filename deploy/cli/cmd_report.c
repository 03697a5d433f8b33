#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/config/text.h"
#include "common/store/file.h"
#include "deploy/cli/cli.h"
#include "deploy/cli/report.h"
#include "deploy/cli/values.h"

static const struct glb_option options[] = {
    {"out", "DIR", "folder of the page, its figures and tables (default: report)"},
    {"csv", "DIR", "folder of the tables, if another"},
    {"label", "NAME",
     "name of a group in figures, in the order in which the RUNs bring them; may be given many times. "
     "Default: "
     "the keys in which it differs"},
    {"last", "N", "final figures are means of the last N evaluations (default 1)"},
    {"target", "R", "adds the optimality gap of returns to this one"},
};

const struct glb_usage glb_usage_report = {
    .command = "report",
    .synopsis = "RUN... [--out DIR] [--csv DIR] [--label NAME]... [--last N] [--target R]",
    .text =
        "One page about several runs, report.html, that needs no other file, with its figures as PNG and "
        "its\n"
        "tables as CSV beside it, with the metrics of every round: learning and adaptation curves, task "
        "model, time, final figures and\n"
        "comparisons. Runs whose configurations differ in train.seed alone are one group, over which means "
        "and\n"
        "95 % bootstrap intervals are taken. Return and success by episode come from RUN/eval.json where "
        "each\n"
        "run of a group has one (glibrl eval RUN --json >RUN/eval.json), else from the metrics; calibration "
        "and contraction of the task\n"
        "model from RUN/calibration.csv (glibrl calibration RUN), where each has one.",
    .options = options,
    .arguments = GLB_REPORT_RUNS,
    .count = sizeof options / sizeof *options,
    .examples =
        "glibrl report runs/vel-0 runs/vel-1 runs/vel-2 --out reports/vel\n"
        "glibrl report runs/dir-? runs/zero-? --label GLiBRL --label \"no belief\" --last 3 --out "
        "reports/dir\n"};

static int take(void *context, const char *name, const char *value) {
  struct glb_report *r = context;
  if (!name) {
    r->path[r->paths++] = value;
  } else if (!strcmp(name, "label")) {
    GLB_CHECK(r->labels < GLB_REPORT_GROUPS, GLB_ECONFIG, "--label %s is one more than %d groups", value,
              GLB_REPORT_GROUPS);
    r->label[r->labels++] = value;
  } else if (!strcmp(name, "last")) {
    int64_t last;
    GLB_TRY(glb_value_number(&last, name, value, 1, 100000));
    r->last = (int)last;
  } else if (!strcmp(name, "target")) {
    GLB_CHECK(glb_text_parse_real(&r->target, value), GLB_ECONFIG, "--target takes a number, not \"%s\"",
              value);
    r->has_target = 1;
  } else {
    *(!strcmp(name, "out") ? &r->out : &r->csv) = value;
  }
  return GLB_OK;
}

static int land_table(const struct glb_report *r, const struct glb_report_table *table) {
  char path[PATH_MAX], *text;
  size_t size;
  char name[64];
  snprintf(name, sizeof name, "%s.csv", table->name);
  GLB_TRY(glb_file_path(path, r->csv, name));
  GLB_TRY(glb_report_table_text(&text, &size, table, r));
  const int code = glb_file_land(path, text, size);
  free(text);
  return code;
}

static void print_finals(const struct glb_report *r) {
  int count;
  const struct glb_report_quantity *q = glb_report_quantities(&count);
  for (int i = 0; i < r->families; i++)
    for (int g = 0; g < r->family[i].groups; g++) {
      const struct glb_report_group *group = &r->family[i].group[g];
      printf("%s %s (%s), %d seed%s", r->family[i].family->name, group->letter, group->label, group->runs,
             group->runs > 1 ? "s" : "");
      for (int k = 0; k < count; k++) {
        char name[GLB_REPORT_NAME];
        const struct glb_aggregate *a = &group->final[k].sum;
        if (!group->final[k].value || q[k].minus >= 0) continue;
        glb_report_quantity_name(name, &q[k]);
        printf("; %s %.4g", name, a->iqm);
        if (group->runs > 1) printf(" (%.4g to %.4g)", a->low, a->high);
      }
      printf("\n");
    }
}

static int make(struct glb_report *r) {
  int count;
  const struct glb_report_table *tables = glb_report_tables(&count);
  GLB_TRY(glb_report_read(r));
  GLB_CHECK(!r->labels || r->families == 1, GLB_ECONFIG,
            "--label is for runs of one family, and these are of %d", r->families);
  GLB_CHECK(r->labels <= r->family[0].groups, GLB_ECONFIG,
            "%d times --label, but the runs are %d group%s: give as many, or fewer", r->labels,
            r->family[0].groups, r->family[0].groups > 1 ? "s" : "");
  GLB_TRY(glb_report_sum_up(r));
  GLB_TRY(glb_file_folder(r->out));
  GLB_TRY(glb_file_folder(r->csv));
  GLB_TRY(glb_report_plot(r));
  for (int i = 0; i < count; i++) GLB_TRY(land_table(r, &tables[i]));
  GLB_TRY(glb_report_page(r));
  print_finals(r);
  printf("report: %s/report.html\n", r->out);
  return GLB_OK;
}

int glb_cmd_report(int argc, char **argv, int *status) {
  struct glb_report *r = calloc(1, sizeof *r);
  GLB_CHECK(r, GLB_ENOMEM, "no memory for a report");
  r->out = "report";
  r->last = 1;
  int code = glb_usage_parse(&glb_usage_report, argc, argv, status, take, r);
  if (code == GLB_USAGE_HELP) {
    code = GLB_OK;
  } else if (!code && !r->paths) {
    *status = glb_usage_error(&glb_usage_report, "RUN is missing");
  } else if (!code) {
    if (!r->csv) r->csv = r->out;
    code = make(r);
  }
  glb_report_finish(r);
  free(r);
  return code ? glb_error_pass(code, __FILE__, __LINE__) : GLB_OK;
}
