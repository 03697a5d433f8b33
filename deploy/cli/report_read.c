#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/store/file.h"
#include "deploy/cli/report.h"

enum { EVAL_BYTES = 64 << 20, DIFFERENCES = 16384 };

// ---- eval.json ----

/* Means over trials of "name": [[episode 1, ...], ...], a row a trial. Returns 0 where that is broken; no such name: *trials is 0. */
static int read_means(double *mean, int *episodes, int *trials, const char *text, const char *name) {
  char key[32];
  snprintf(key, sizeof key, "\"%s\": [", name);
  const char *at = strstr(text, key);
  *episodes = *trials = 0;
  if (!at) return 1;
  for (at += strlen(key); *at == '['; (*trials)++) {
    int e = 0;
    do {
      char *end;
      const double value = strtod(++at, &end);
      if (end == at || !isfinite(value) || e == GLB_REPORT_EPISODES) return 0;
      mean[e] = (*trials ? mean[e] : 0) + value;
      e++;
      at = end;
    } while (*at == ',');
    if (*at++ != ']' || (*trials && e != *episodes)) return 0;
    *episodes = e;
    at += strspn(at, ", ");
  }
  for (int e = 0; e < *episodes; e++) mean[e] /= *trials;
  return *at == ']' && *trials > 0;
}

static int read_evaluation(struct glb_report_run *run) {
  char path[PATH_MAX], *text;
  int episodes, trials;
  GLB_TRY(glb_file_path(path, run->path, "eval.json"));
  if (!glb_file_exists(path)) return GLB_OK;
  GLB_TRY(glb_file_read(&text, NULL, path, EVAL_BYTES));
  const int whole = read_means(run->returns, &run->episodes, &run->trials, text, "returns") && run->trials &&
                    read_means(run->successes, &episodes, &trials, text, "successes") &&
                    (!trials || (trials == run->trials && episodes == run->episodes));
  const int held_out = !strstr(text, "\"shuffled\": true") && !strstr(text, "\"split\": \"train\"");
  run->success = whole && trials;
  free(text);
  GLB_CHECK(whole, GLB_EFORMAT,
            "%s has no returns by trial and episode: make it anew with glibrl eval %s --json, or remove it",
            path, run->path);
  GLB_CHECK(
      held_out, GLB_EFORMAT,
      "%s is of training tasks or the shuffled control: keep it under another name, and make %s with glibrl "
      "eval %s --json",
      path, path, run->path);
  return GLB_OK;
}

// ---- a run ----

static int read_run(struct glb_report_run *run, const char *path) {
  char name[PATH_MAX];
  run->path = path;
  GLB_TRY(glb_file_path(name, path, "config.ini"));
  GLB_CHECK(glb_file_exists(name), GLB_EIO, "%s has no config.ini: is it the --out folder of a training run?",
            path);
  glb_config_init(&run->config);
  GLB_TRY(glb_config_read(&run->config, name));
  GLB_TRY(glb_runlog_read(&run->rows, path));
  GLB_CHECK(run->rows.count, GLB_EINVAL, "%s has no round in metrics.jsonl yet: leave it out", path);
  GLB_TRY(glb_calibration_read(&run->calibration, path));
  return read_evaluation(run);
}

// ---- groups ----

/* Differences but for the seed; text: DIFFERENCES. */
static int differences(const struct glb_config *a, const struct glb_config *b, char *text) {
  struct glb_config same = *b;
  same.train_seed = a->train_seed;
  return glb_config_diff(a, &same, text, DIFFERENCES);
}

static int place_run(struct glb_report_family *f, struct glb_report_run *run, char *text) {
  int g = 0;
  while (g < f->groups && differences(&f->group[g].run[0]->config, &run->config, text)) g++;
  GLB_CHECK(g < GLB_REPORT_GROUPS, GLB_ECONFIG,
            "%s is of a configuration more than the %d that a report compares in %s: leave some out",
            run->path, GLB_REPORT_GROUPS, f->family->name);
  struct glb_report_group *group = &f->group[g];
  if (g == f->groups) f->groups++;
  for (int i = 0; i < group->runs; i++)
    GLB_CHECK(group->run[i]->config.train_seed != run->config.train_seed, GLB_ECONFIG,
              "%s and %s have the same configuration and seed, and would count as two: leave one out",
              group->run[i]->path, run->path);
  group->letter[0] = (char)('A' + g);
  group->run[group->runs++] = run;
  return GLB_OK;
}

static int find_family(struct glb_report_family **f, struct glb_report *r, const char *name) {
  for (int i = 0; i < r->families; i++)
    if (!strcmp(r->family[i].family->name, name)) {
      *f = &r->family[i];
      return GLB_OK;
    }
  *f = &r->family[r->families++];
  return glb_family_find(&(*f)->family, name);
}

// ---- labels ----

/* Appends "key=value" of each line "key: a -> b" (which: 0 for a, 1 for b) that label does not have yet. */
static void add_keys(char label[GLB_REPORT_LABEL], const char *lines, int which) {
  for (const char *line = lines; *line;) {
    const size_t length = strcspn(line, "\n");
    char word[GLB_REPORT_LABEL], text[2 * GLB_REPORT_LABEL];
    const char *colon = strstr(line, ": "), *arrow = colon ? strstr(colon, " -> ") : NULL;
    if (arrow && arrow < line + length) {
      const char *value = which ? arrow + 4 : colon + 2;
      const int size = (int)(which ? line + length - value : arrow - value);
      snprintf(word, sizeof word, "%.*s=%.*s", (int)(colon - line), line, size, value);
      const size_t used = strlen(label);
      snprintf(text, sizeof text, "%s%s", used ? ", " : "", word);
      if (!strstr(label, word) && used + strlen(text) < GLB_REPORT_LABEL) strcpy(label + used, text);
    }
    line += length + (line[length] == '\n');
  }
}

/* What tells a group from the first of its family; the first is told from all others. */
static void name_groups(struct glb_report *r, struct glb_report_family *f, char *text) {
  for (int g = 0; g < f->groups; g++) {
    struct glb_report_group *group = &f->group[g];
    if (g < r->labels && r->families == 1) {
      snprintf(group->label, sizeof group->label, "%s", r->label[g]);
      continue;
    }
    for (int other = g ? 0 : 1; other < (g ? 1 : f->groups); other++) {
      differences(&f->group[other].run[0]->config, &group->run[0]->config, text);
      add_keys(group->label, text, 1);
    }
    if (!group->label[0]) snprintf(group->label, sizeof group->label, "%s", f->family->name);
  }
}

int glb_report_read(struct glb_report *r) {
  r->run = calloc((size_t)r->paths, sizeof *r->run);
  r->family = calloc((size_t)r->paths, sizeof *r->family);
  char *text = malloc(DIFFERENCES);
  int code = r->run && r->family && text
                 ? GLB_OK
                 : glb_error_raise(GLB_ENOMEM, __FILE__, __LINE__, "no memory for %d runs", r->paths);
  if (code) goto out;
  for (int i = 0; i < r->paths; i++) {
    struct glb_report_family *f;
    GLB_TRY_OUT(code, out, read_run(&r->run[i], r->path[i]));
    GLB_TRY_OUT(code, out, find_family(&f, r, r->run[i].config.env_family));
    GLB_TRY_OUT(code, out, place_run(f, &r->run[i], text));
  }
  for (int i = 0; i < r->families; i++) name_groups(r, &r->family[i], text);
out:
  free(text);
  return code;
}

void glb_report_finish(struct glb_report *r) {
  for (int i = 0; i < r->paths && r->run; i++) {
    free(r->run[i].rows.row);
    free(r->run[i].calibration);
  }
  for (int i = 0; i < r->families; i++)
    for (int g = 0; g < r->family[i].groups; g++) {
      struct glb_report_group *group = &r->family[i].group[g];
      for (int q = 0; q < GLB_REPORT_QUANTITIES; q++) {
        free(group->curve[q]);
        free(group->final[q].value);
      }
      free(group->index);
    }
  free(r->run);
  free(r->family);
  free(r->figure);
}
