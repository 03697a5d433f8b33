#include "deploy/cli/bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "deploy/cli/csv.h"

enum { ROWS = 256, REPEATS_MAX = 1000 };

struct spread {
  double median, min, max;
};

struct result {
  char name[48], unit[24], limit[80];
  int wall;                         // clock: wall or CPU
  struct spread rate;               // units per second
  struct spread limit_rate, ratio;  // NaN without a limit
  double reach;
};

struct glb_bench {
  int repeats;
  double seconds;
  FILE *table;
  double *rate, *limit_rate, *ratio;  // of the row under way                 (repeats)
  int rows;
  struct result row[ROWS];
};

int glb_bench_create(struct glb_bench **bench, int repeats, double seconds, FILE *table) {
  *bench = NULL;
  GLB_CHECK(repeats >= GLB_BENCH_REPEATS && repeats <= REPEATS_MAX, GLB_EINVAL,
            "%d repeats, allowed are %d to %d", repeats, GLB_BENCH_REPEATS, REPEATS_MAX);
  GLB_CHECK(seconds > 0 && isfinite(seconds), GLB_EINVAL, "%g seconds a measurement", seconds);
  struct glb_bench *b = calloc(1, sizeof *b);
  double *rates = calloc(3 * (size_t)repeats, sizeof *rates);
  if (!b || !rates) {
    free(b);
    free(rates);
    GLB_RAISE(GLB_ENOMEM, "no memory for a bench of %d repeats", repeats);
  }
  *b = (struct glb_bench){.repeats = repeats, .seconds = seconds, .table = table};
  b->rate = rates;
  b->limit_rate = rates + repeats;
  b->ratio = rates + 2 * repeats;
  *bench = b;
  return GLB_OK;
}

void glb_bench_destroy(struct glb_bench *bench) {
  if (!bench) return;
  free(bench->rate);
  free(bench);
}

static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

// sorts v
static struct spread spread_of(double *v, int n) {
  qsort(v, (size_t)n, sizeof *v, ascending);
  return (struct spread){.median = 0.5 * (v[(n - 1) / 2] + v[n / 2]), .min = v[0], .max = v[n - 1]};
}

// one visit: batches until seconds have passed, units over time
static int visit(double *rate, glb_bench_fn work, void *context, double seconds, double (*clock)(void)) {
  const double start = clock();
  double units = 0, elapsed;
  do {
    const double done = work(context);
    if (done < 0) return glb_error_pass((int)-done, __FILE__, __LINE__);
    GLB_CHECK(done > 0 && isfinite(done), GLB_EINVAL, "a measurement did %g units of work", done);
    units += done;
    elapsed = clock() - start;
  } while (elapsed < seconds);
  *rate = units / elapsed;
  return GLB_OK;
}

// fills rate, limit_rate and ratio; each side goes first in every other pair
static int measure_pairs(struct glb_bench *b, const struct glb_bench_row *row, double (*clock)(void)) {
  for (int i = 0; i < b->repeats; i++) {
    for (int turn = 0; turn < 2; turn++) {
      if ((i + turn) % 2 == 0) {
        GLB_TRY(visit(&b->rate[i], row->work, row->context, b->seconds, clock));
      } else if (row->limit) {
        GLB_TRY(visit(&b->limit_rate[i], row->limit_work, row->context, b->seconds, clock));
      }
    }
    if (row->limit) b->ratio[i] = b->rate[i] / b->limit_rate[i];
  }
  return GLB_OK;
}

// 58900 -> "58.9k", at least 8 bytes
static void format_rate(char *text, size_t size, double rate) {
  static const char *const prefix[] = {"", "k", "M", "G", "T", "P"};
  int i = 0;
  for (; rate >= 999.5 && i < 5; i++) rate /= 1000;
  snprintf(text, size,
           rate >= 99.95    ? "%.0f%s"
           : rate >= 9.995  ? "%.1f%s"
           : rate >= 0.9995 ? "%.2f%s"
                            : "%.2g%s",
           rate, prefix[i]);
}

static int is_met(const struct result *r) {
  return r->ratio.median >= r->reach;
}

static void write_table_head(FILE *out) {
  fprintf(out, "%-24s %7s %-9s %17s  %6s %6s %-4s  %s\n", "", "median", "", "min .. max", "ratio", "reach",
          "", "to");
}

static void write_table_row(const struct result *r, FILE *out) {
  char median[16], min[16], max[16], reach[24] = "", ratio[24] = "";
  format_rate(median, sizeof median, r->rate.median);
  format_rate(min, sizeof min, r->rate.min);
  format_rate(max, sizeof max, r->rate.max);
  if (r->limit[0]) snprintf(ratio, sizeof ratio, "%.3f", r->ratio.median);
  if (r->reach > 0) snprintf(reach, sizeof reach, "%.2f", r->reach);
  fprintf(out, "%-24s %7s %-9s %7s .. %-6s  %6s %6s %-4s  %s\n", r->name, median, r->unit, min, max, ratio,
          reach, r->reach > 0 ? (is_met(r) ? "met" : "MISS") : "", r->limit);
  fflush(out);
}

static int measure(struct glb_bench *b, const struct glb_bench_row *row, int wall) {
  double (*const clock)(void) = wall ? glb_clock_wall : glb_clock_cpu;
  const struct spread none = {NAN, NAN, NAN};
  double warm;

  GLB_CHECK(b->rows < ROWS, GLB_ELIMIT, "more than %d rows", ROWS);
  GLB_CHECK(!row->limit == !row->limit_work && (row->reach <= 0 || row->limit), GLB_EINVAL,
            "%s: a limit needs a name and a function, a reach needs a limit", row->name);
  GLB_TRY(visit(&warm, row->work, row->context, 0.25 * b->seconds, clock));
  if (row->limit) GLB_TRY(visit(&warm, row->limit_work, row->context, 0.25 * b->seconds, clock));
  GLB_TRY(measure_pairs(b, row, clock));

  struct result *r = &b->row[b->rows];
  *r = (struct result){.wall = wall, .reach = row->reach, .limit_rate = none, .ratio = none};
  snprintf(r->name, sizeof r->name, "%s", row->name);
  snprintf(r->unit, sizeof r->unit, "%s", row->unit);
  snprintf(r->limit, sizeof r->limit, "%s", row->limit ? row->limit : "");
  r->rate = spread_of(b->rate, b->repeats);
  if (row->limit) {
    r->limit_rate = spread_of(b->limit_rate, b->repeats);
    r->ratio = spread_of(b->ratio, b->repeats);
  }
  if (b->table) {
    if (b->rows == 0) write_table_head(b->table);
    write_table_row(r, b->table);
  }
  b->rows++;
  return GLB_OK;
}

int glb_bench_measure(struct glb_bench *bench, const struct glb_bench_row *row) {
  return measure(bench, row, 0);
}

int glb_bench_measure_wall(struct glb_bench *bench, const struct glb_bench_row *row) {
  return measure(bench, row, 1);
}

void glb_bench_write_summary(const struct glb_bench *bench, FILE *out) {
  int promised = 0, met = 0;
  for (int i = 0; i < bench->rows; i++) {
    const struct result *r = &bench->row[i];
    if (r->reach > 0) promised++, met += is_met(r);
  }
  fprintf(out, "%d of %d promised ratios met; medians of %d pairs of %g s each\n", met, promised,
          bench->repeats, bench->seconds);
}

static void write_text(FILE *out, const char *text) {
  fputc('"', out);
  for (; *text; text++) {
    if ((unsigned char)*text < 0x20)
      fprintf(out, "\\u%04x", (unsigned)*text);
    else
      fprintf(out, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
  }
  fputc('"', out);
}

static void write_member(FILE *out, const char *name, const char *text) {
  write_text(out, name);
  fputs(": ", out);
  write_text(out, text);
}

static void write_spread(FILE *out, const char *name, struct spread s) {
  fprintf(out, ", \"%s\": {\"median\": %.6g, \"min\": %.6g, \"max\": %.6g}", name, s.median, s.min, s.max);
}

static void write_environment(FILE *out) {
  const char *separator = "";
  fputs("{", out);
  for (char **entry = environ; *entry; entry++) {
    if (strncmp(*entry, "OPENBLAS_", 9) != 0 && strncmp(*entry, "OMP_", 4) != 0) continue;
    char name[64];
    const size_t length = strcspn(*entry, "=");
    snprintf(name, sizeof name, "%.*s", (int)length, *entry);
    fputs(separator, out);
    write_member(out, name, *entry + length + ((*entry)[length] == '='));
    separator = ", ";
  }
  fputs("}", out);
}

static void write_json_row(FILE *out, const struct result *r) {
  fputs("{", out);
  write_member(out, "name", r->name);
  fputs(", ", out);
  write_member(out, "unit", r->unit);
  fprintf(out, ", \"clock\": \"%s\"", r->wall ? "wall" : "cpu");
  write_spread(out, "rate", r->rate);
  if (r->limit[0]) {
    fputs(", ", out);
    write_member(out, "limit", r->limit);
    write_spread(out, "limit_rate", r->limit_rate);
    write_spread(out, "ratio", r->ratio);
  }
  if (r->reach > 0) fprintf(out, ", \"reach\": %.6g, \"met\": %s", r->reach, is_met(r) ? "true" : "false");
  fputs("}", out);
}

void glb_bench_write_json(const struct glb_bench *bench, const struct glb_bench_machine *machine, FILE *out) {
  fputs("{\"machine\": {", out);
  write_member(out, "cpu", machine->cpu);
  fprintf(out, ", \"cores\": %d},\n \"blas\": {", machine->cores);
  write_member(out, "kernel", machine->blas_kernel);
  fputs(", ", out);
  write_member(out, "config", machine->blas_config);
  fputs("},\n \"environment\": ", out);
  write_environment(out);
  fprintf(out, ",\n \"repeats\": %d, \"seconds\": %g,\n \"rows\": [", bench->repeats, bench->seconds);
  for (int i = 0; i < bench->rows; i++) {
    fputs(i ? ",\n  " : "\n  ", out);
    write_json_row(out, &bench->row[i]);
  }
  fputs("]}\n", out);
}

static void put_spread(struct glb_csv *csv, struct spread s) {
  glb_csv_real(csv, s.median);
  glb_csv_real(csv, s.min);
  glb_csv_real(csv, s.max);
}

static void put_csv(struct glb_csv *csv, const void *context) {
  const struct glb_bench *bench = context;
  glb_csv_head(csv,
               "name,unit,clock,rate,rate_min,rate_max,limit,limit_rate,limit_rate_min,limit_rate_max,"
               "ratio,ratio_min,ratio_max,reach,met");
  for (int i = 0; i < bench->rows; i++) {
    const struct result *r = &bench->row[i];
    glb_csv_text(csv, r->name);
    glb_csv_text(csv, r->unit);
    glb_csv_text(csv, r->wall ? "wall" : "cpu");
    put_spread(csv, r->rate);
    glb_csv_text(csv, r->limit);
    put_spread(csv, r->limit_rate);
    put_spread(csv, r->ratio);
    glb_csv_real(csv, r->reach > 0 ? r->reach : NAN);
    glb_csv_text(csv, r->reach > 0 ? (is_met(r) ? "true" : "false") : "");
    glb_csv_end(csv);
  }
}

int glb_bench_land_csv(const struct glb_bench *bench, const char *folder) {
  const struct glb_csv_table table = {"bench.csv", put_csv, 0};
  return glb_csv_folder(folder, &table, 1, bench);
}
