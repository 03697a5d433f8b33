#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/config/config.h"
#include "common/config/text.h"
#include "common/store/checkpoint.h"
#include "common/store/compare.h"
#include "common/store/file.h"
#include "deploy/cli/cli.h"

static const struct glb_option options[] = {
    {"json", NULL, "one JSON object instead of lines; a number that is not finite is text there"},
};

const struct glb_usage glb_usage_diff = {
    .command = "diff",
    .synopsis = "RUN_A RUN_B [--json]",
    .text =
        "Says where two runs part: the configuration keys that differ, without those that may change at a\n"
        "restart; the first round and metric of metrics.jsonl whose bits differ, without times, rates and\n"
        "bytes; the first checkpoint that differs, of the rounds of which both have a good one, with the\n"
        "first block and element that differ in it. Needs no mpirun.\n"
        "Exit codes: 0 no difference in what was compared, 1 a difference or an error, 2 bad usage.",
    .options = options,
    .arguments = 2,
    .count = sizeof options / sizeof *options,
    .examples =
        "glibrl diff runs/one-rank runs/three-ranks\n"
        "glibrl diff runs/before runs/after --json\n"};

struct request {
  const char *a, *b;
  int json;
};

static int take(void *context, const char *name, const char *value) {
  struct request *r = context;
  if (name)
    r->json = 1;
  else
    *(r->a ? &r->b : &r->a) = value;
  return GLB_OK;
}

struct findings {
  int keys;                    // configuration keys that differ
  char key_lines[16384];       // "key: a -> b", a line each
  int64_t trials_a, trials_b;  // eval.trials; where they differ, evaluations are not compared
  struct glb_rows_compared rows;
  size_t checkpoints;                 // compared, up to the first that differs
  int64_t round;                      // of the last of them
  struct glb_blocks_compared blocks;  // of the last of them
};

// ---- compare ----

static int read_config(struct glb_config *config, const char *run) {
  char path[PATH_MAX];
  GLB_TRY(glb_file_path(path, run, "config.ini"));
  GLB_CHECK(glb_file_exists(path), GLB_EIO, "%s has no config.ini: is it the --out folder of a training run?",
            run);
  glb_config_init(config);
  return glb_config_read(config, path);
}

static int compare_configs(struct findings *f, const struct request *r) {
  struct glb_config a, b;
  GLB_TRY(read_config(&a, r->a));
  GLB_TRY(read_config(&b, r->b));
  f->keys = glb_config_diff(&a, &b, f->key_lines, sizeof f->key_lines);
  f->trials_a = a.eval_trials;
  f->trials_b = b.eval_trials;
  return GLB_OK;
}

static int compare_metrics(struct findings *f, const struct request *r) {
  struct glb_round_rows a = {0}, b = {0};
  int code = GLB_OK;
  GLB_TRY_OUT(code, out, glb_runlog_read(&a, r->a));
  GLB_TRY_OUT(code, out, glb_runlog_read(&b, r->b));
  glb_compare_rows(&f->rows, &a, &b, f->trials_a == f->trials_b);
out:
  free(a.row);
  free(b.row);
  return code;
}

// In the order in which what differs explains the rest.
static int compare_groups(struct findings *f, struct glb_h5 *a, struct glb_h5 *b) {
  f->blocks = (struct glb_blocks_compared){0};
  GLB_TRY(glb_compare_group(&f->blocks, a, b, "learned"));
  GLB_TRY(glb_compare_group(&f->blocks, a, b, "run"));
  GLB_TRY(glb_compare_group(&f->blocks, a, b, "replay"));
  return GLB_OK;
}

static int compare_checkpoint(struct findings *f, const struct request *r, int64_t round) {
  struct glb_h5 *a = NULL, *b = NULL;
  int code = GLB_OK;
  GLB_TRY_OUT(code, out, glb_checkpoint_try(&a, r->a, round));
  GLB_TRY_OUT(code, out, glb_checkpoint_try(&b, r->b, round));
  if (!a || !b) goto out;
  f->checkpoints++;
  f->round = round;
  GLB_TRY_OUT(code, out, compare_groups(f, a, b));
out:
  glb_h5_close(a);
  glb_h5_close(b);
  return code;
}

// The rounds are listed newest first, and compared oldest first.
static int compare_checkpoints(struct findings *f, const struct request *r) {
  int64_t *a = NULL, *b = NULL;
  size_t i = 0, j = 0;
  int code = GLB_OK;
  GLB_TRY_OUT(code, out, glb_checkpoint_rounds(&a, &i, r->a));
  GLB_TRY_OUT(code, out, glb_checkpoint_rounds(&b, &j, r->b));
  while (i && j && !f->blocks.differ) {
    const int64_t one = a[i - 1], other = b[j - 1];
    if (one == other) GLB_TRY_OUT(code, out, compare_checkpoint(f, r, one));
    if (one <= other) i--;
    if (one >= other) j--;
  }
out:
  free(a);
  free(b);
  return code;
}

static int compare(struct findings *f, const struct request *r) {
  GLB_TRY(compare_configs(f, r));
  GLB_TRY(compare_metrics(f, r));
  GLB_TRY(compare_checkpoints(f, r));
  GLB_CHECK(f->rows.rounds || f->checkpoints, GLB_EINVAL,
            "%s and %s have nothing to compare: no round in the metrics of both, and no round of which both "
            "have a good checkpoint",
            r->a, r->b);
  return GLB_OK;
}

static int differ(const struct findings *f) {
  return f->keys || f->rows.differ || f->blocks.differ;
}

// ---- lines ----

static void print_keys(const struct findings *f) {
  const char *line = f->key_lines;
  if (!f->keys) printf("configuration: no difference\n");
  for (size_t length; *line; line += length + (line[length] == '\n')) {
    length = strcspn(line, "\n");
    printf("configuration: %.*s\n", (int)length, line);
  }
}

static void print_metrics(const struct findings *f) {
  const struct glb_rows_compared *rows = &f->rows;
  if (rows->differ)
    printf("metrics: round %lld, %s: %.17g and %.17g; %d of its metrics differ%s\n", (long long)rows->round,
           glb_metric_name(rows->metric), rows->a, rows->b, rows->differ, rows->differ == 1 ? "s" : "");
  else if (rows->rounds)
    printf("metrics: no difference in %zu rounds (%lld .. %lld)\n", rows->rounds, (long long)rows->first,
           (long long)rows->last);
  else
    printf("metrics: no round that both have\n");
  if (f->trials_a != f->trials_b)
    printf("evaluations: left out, eval.trials is %lld and %lld\n", (long long)f->trials_a,
           (long long)f->trials_b);
}

// "[3, 17]"; nothing for a number alone
static void put_index(const struct glb_blocks_compared *blocks) {
  for (int i = 0; i < blocks->rank; i++) printf("%s%zu", i ? ", " : "[", blocks->index[i]);
  if (blocks->rank > 0) printf("]");
}

static void print_checkpoints(const struct findings *f) {
  const struct glb_blocks_compared *blocks = &f->blocks;
  if (!f->checkpoints) {
    printf("checkpoints: no round of which both have a good one\n");
  } else if (!blocks->differ) {
    printf("checkpoints: no difference in %zu, the last of round %lld with %zu blocks\n", f->checkpoints,
           (long long)f->round, blocks->blocks);
  } else {
    printf("checkpoints: round %lld, %s", (long long)f->round, blocks->block);
    put_index(blocks);
    printf(": %s and %s; %zu of %zu blocks differ\n", blocks->a, blocks->b, blocks->differ, blocks->blocks);
  }
}

static void print(const struct findings *f) {
  print_keys(f);
  print_metrics(f);
  print_checkpoints(f);
}

// ---- JSON ----

static void put_text(const char *text) {
  char quoted[4 * GLB_CONFIG_TEXT];
  glb_text_quote(quoted, sizeof quoted, text);
  printf("\"%s\"", quoted);
}

// A finite number as it is, anything else as text.
static void put_value(const char *value) {
  double number;
  if (glb_text_parse_real(&number, value))
    printf("%s", value);
  else
    put_text(value);
}

static void put_values(const char *a, const char *b) {
  printf("\"a\": ");
  put_value(a);
  printf(", \"b\": ");
  put_value(b);
}

static void put_keys(char *lines) {
  char *rest, *line = strtok_r(lines, "\n", &rest);
  for (int first = 1; line; first = 0, line = strtok_r(NULL, "\n", &rest)) {
    printf("%s", first ? "" : ", ");
    put_text(line);
  }
}

static void put_metrics(const struct findings *f) {
  const struct glb_rows_compared *rows = &f->rows;
  char a[GLB_TEXT_REAL], b[GLB_TEXT_REAL];
  printf("{\"rounds\": %zu, \"evaluations\": %s, \"difference\": ", rows->rounds,
         f->trials_a == f->trials_b ? "true" : "false");
  if (!rows->differ) {
    printf("null}");
    return;
  }
  snprintf(a, sizeof a, "%.17g", rows->a);
  snprintf(b, sizeof b, "%.17g", rows->b);
  printf("{\"round\": %lld, \"metric\": \"%s\", ", (long long)rows->round, glb_metric_name(rows->metric));
  put_values(a, b);
  printf(", \"metrics\": %d}}", rows->differ);
}

static void put_checkpoints(const struct findings *f) {
  const struct glb_blocks_compared *blocks = &f->blocks;
  printf("{\"compared\": %zu, \"difference\": ", f->checkpoints);
  if (!blocks->differ) {
    printf("null}");
    return;
  }
  printf("{\"round\": %lld, \"block\": ", (long long)f->round);
  put_text(blocks->block);
  printf(", \"index\": ");
  if (blocks->rank > 0)
    put_index(blocks);
  else
    printf("null");
  printf(", ");
  put_values(blocks->a, blocks->b);
  printf(", \"blocks\": %zu}}", blocks->differ);
}

static void print_json(struct findings *f) {
  printf("{\"same\": %s,\n \"configuration\": [", differ(f) ? "false" : "true");
  put_keys(f->key_lines);
  printf("],\n \"metrics\": ");
  put_metrics(f);
  printf(",\n \"checkpoints\": ");
  put_checkpoints(f);
  printf("}\n");
}

int glb_cmd_diff(int argc, char **argv, int *status) {
  struct request r = {0};
  struct findings f = {0};
  int code = glb_usage_parse(&glb_usage_diff, argc, argv, status, take, &r);
  if (code) return code == GLB_USAGE_HELP ? GLB_OK : code;
  if (!r.b) {
    *status = glb_usage_error(&glb_usage_diff, "RUN_A and RUN_B are needed");
    return GLB_OK;
  }
  GLB_TRY(compare(&f, &r));
  if (r.json)
    print_json(&f);
  else
    print(&f);
  *status = differ(&f);
  return GLB_OK;
}
