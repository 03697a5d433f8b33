/* `glibrl evidence` against 50-digit references, and what it says of files that are wrong. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/base/error.h"
#include "common/store/h5.h"
#include "tests/harness/gen.h"

static char dir[64];

/* Runs the command with standard error to dir/err; returns the exit code. */
static int evidence(const char *in, const char *out) {
  char line[1024];
  snprintf(line, sizeof line, "\"%s/glibrl\" evidence \"%s\" \"%s\" > \"%s/out\" 2> \"%s/err\"",
           getenv("GLIBRL_BUILD"), in, out, dir, dir);
  const int status = system(line);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static const char *said(void) {
  static char text[4096];
  char path[128];
  snprintf(path, sizeof path, "%s/err", dir);
  FILE *f = fopen(path, "r");
  const size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
  text[n] = '\0';
  if (f) fclose(f);
  return text;
}

/* ---- references ---- */

struct comparison {
  struct glb_h5 *in, *out;
  int groups;
};

static const char *const names[] = {"Xi",
                                    "M",
                                    "Omega",
                                    "nu",
                                    "lml",
                                    "dC",
                                    "dM0",
                                    "dXi0",
                                    "dOmega0",
                                    "dnu0",
                                    "log_predictive",
                                    "mean_distance2"};

static double bar_of(const char *group) {
  if (!strcmp(group, "collinear")) return 1e-7;
  return strcmp(group, "large_offset") ? 1e-10 : 1e-6;
}

static void compare_data(struct comparison *c, const char *group, const char *name) {
  char path[128];
  struct glb_h5_info want, got;
  snprintf(path, sizeof path, "%s/%s", group, name);
  if (!glb_h5_exists(c->in, path)) return;
  assert_int_equal(glb_h5_info(c->in, path, &want), GLB_OK);
  if (glb_h5_info(c->out, path, &got)) fail_msg("%s: %s", path, glb_error_message());
  assert_int_equal(got.rank, want.rank);
  for (int i = 0; i < want.rank; i++) assert_int_equal(got.dims[i], want.dims[i]);
  double *expected = malloc((want.count + 1) * sizeof(double)),
         *found = malloc((want.count + 1) * sizeof(double));
  assert_int_equal(glb_h5_read(c->in, path, GLB_H5_F64, want.count, expected), GLB_OK);
  assert_int_equal(glb_h5_read(c->out, path, GLB_H5_F64, want.count, found), GLB_OK);
  const double error = want.count ? gen_error(found, expected, (int)want.count) : 0;
  if (!(error <= bar_of(group)))
    fail_msg("%s: relative error %g, bar %g (first value %.17g, reference %.17g)", path, error, bar_of(group),
             found[0], expected[0]);
  free(expected);
  free(found);
}

static int compare_group(void *context, const char *group, int is_group) {
  struct comparison *c = context;
  assert_true(is_group);
  c->groups++;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) compare_data(c, group, names[i]);
  return GLB_OK;
}

static void compare_file(const char *name) {
  char in[512], out[128];
  struct comparison c = {0};
  snprintf(in, sizeof in, "%s/tests/golden/model/%s", getenv("GLIBRL_SOURCE"), name);
  snprintf(out, sizeof out, "%s/%s", dir, name);
  if (evidence(in, out)) fail_msg("%s: %s", name, said());
  assert_int_equal(glb_h5_open(&c.in, in), GLB_OK);
  assert_int_equal(glb_h5_open(&c.out, out), GLB_OK);
  assert_int_equal(glb_h5_each(c.in, "/", compare_group, &c), GLB_OK);
  assert_int_equal(c.groups, 11);
  glb_h5_close(c.in);
  glb_h5_close(c.out);
}

static void references_are_met(void **state) {
  (void)state;
  compare_file("glm_seed1.h5");
  compare_file("glm_seed7.h5");
}

/* ---- files that are wrong ---- */

enum { N = 6, K = 3, D = 2 };

struct input {  // a group "g", good unless something is changed
  double C[N * K], Y[N * D], M0[K * D], Xi0[K * K], Omega0[D * D], nu0;
  const char *leave_out;  // a data set that is not written
  const char *misshape;   // one that gets a row less
  int no_group;
};

static struct input good(void) {
  struct input x = {.nu0 = D + 1};
  gen_normal(x.C, N * K, 1, 1);
  gen_normal(x.Y, N * D, 1, 2);
  gen_normal(x.M0, K * D, 1, 3);
  gen_spd(x.Xi0, K, 1, 4);
  gen_spd(x.Omega0, D, 1, 5);
  return x;
}

static void put(struct glb_h5 *file, const struct input *x, const char *name, int rank, size_t rows,
                size_t cols, const double *data) {
  char path[64];
  const size_t dims[2] = {rows - (x->misshape && !strcmp(x->misshape, name)), cols};
  if (x->leave_out && !strcmp(x->leave_out, name)) return;
  snprintf(path, sizeof path, "%s%s", x->no_group ? "" : "g/", name);
  assert_int_equal(glb_h5_write(file, path, GLB_H5_F64, rank, rank ? dims : NULL, data, ""), GLB_OK);
}

static void make(const char *path, const struct input *x) {
  struct glb_h5 *file;
  assert_int_equal(glb_h5_create(&file), GLB_OK);
  put(file, x, "C", 2, N, K, x->C);
  put(file, x, "Y", 2, N, D, x->Y);
  put(file, x, "M0", 2, K, D, x->M0);
  put(file, x, "Xi0", 2, K, K, x->Xi0);
  put(file, x, "Omega0", 2, D, D, x->Omega0);
  put(file, x, "nu0", 0, 1, 1, &x->nu0);
  assert_int_equal(glb_h5_land(file, path), GLB_OK);
  glb_h5_close(file);
}

/* The command refuses x, its message has both words, and an OUT that was there stays as it was. */
static void refused(const struct input *x, const char *word, const char *other) {
  char in[128], out[128], kept[8] = "";
  snprintf(in, sizeof in, "%s/in.h5", dir);
  snprintf(out, sizeof out, "%s/kept.h5", dir);
  make(in, x);
  FILE *f = fopen(out, "w");
  fputs("before", f);
  fclose(f);
  assert_int_equal(evidence(in, out), 1);
  if (!strstr(said(), word) || !strstr(said(), other))
    fail_msg("expected \"%s\" and \"%s\" in: %s", word, other, said());
  f = fopen(out, "r");
  assert_non_null(fgets(kept, sizeof kept, f));
  fclose(f);
  assert_string_equal(kept, "before");
}

static void wrong_groups_are_named(void **state) {
  (void)state;
  const char *const sets[] = {"C", "Y", "M0", "Xi0", "Omega0", "nu0"};
  for (int i = 0; i < 6; i++) {
    struct input x = good();
    x.leave_out = sets[i];
    refused(&x, "group g", sets[i]);
  }
  for (int i = 1; i < 5; i++) {
    struct input x = good();
    x.misshape = sets[i];
    refused(&x, "group g", sets[i]);
  }
  struct input x = good();
  x.no_group = 1;
  refused(&x, "no groups", "in.h5");
}

static void wrong_numbers_are_named(void **state) {
  (void)state;
  struct input x = good();
  x.C[4] = NAN;
  refused(&x, "group g: C", "row 1");
  x = good();
  x.Y[3] = INFINITY;
  refused(&x, "group g: Y", "inf");
  x = good();
  x.Xi0[0] = -5;
  refused(&x, "group g", "Xi0");
  x = good();
  x.Omega0[3] = -1;
  refused(&x, "group g", "Omega0");
  x = good();
  x.Xi0[1] += 0.5;
  refused(&x, "Xi0", "symmetric");
  x = good();
  x.nu0 = D - 1;
  refused(&x, "group g", "nu0");
  x = good();
  for (int i = 0; i < D * D; i++) x.Omega0[i] *= 1e-320;
  refused(&x, "group g", "dOmega0");
  x = good();
  for (int i = 0; i < N * K; i++) x.C[i] *= 1e200;
  refused(&x, "group g", "overflow");
}

static void rounding_of_the_prior_is_no_fault(void **state) {
  (void)state;
  char in[128], out[128];
  struct input x = good();
  for (int i = 0; i < K * K; i++) x.Xi0[i] = i % (K + 1) ? 0 : 1;
  x.Xi0[1] = 1e-17;
  x.Xi0[K] = -2e-17;
  snprintf(in, sizeof in, "%s/in.h5", dir);
  snprintf(out, sizeof out, "%s/out.h5", dir);
  make(in, &x);
  if (evidence(in, out)) fail_msg("%s", said());
}

static void wrong_files_are_refused(void **state) {
  (void)state;
  char path[128], out[128], same[128];
  const struct input x = good();
  snprintf(path, sizeof path, "%s/in.h5", dir);
  snprintf(out, sizeof out, "%s/new.h5", dir);
  snprintf(same, sizeof same, "%s/./in.h5", dir);
  make(path, &x);
  assert_int_equal(evidence(path, path), 1);
  assert_int_equal(evidence(path, same), 1);
  assert_non_null(strstr(said(), "same file"));
  assert_int_equal(evidence(path, "a\" \"b"), 2);
  assert_int_equal(evidence("/nowhere/in.h5", out), 1);
  assert_non_null(strstr(said(), "/nowhere/in.h5"));
  assert_int_equal(evidence(path, "/nowhere/out.h5"), 1);
  assert_non_null(strstr(said(), "/nowhere"));
  assert_int_equal(truncate(path, 700), 0);
  assert_int_equal(evidence(path, out), 1);
  assert_int_not_equal(access(out, F_OK), 0);
  FILE *f = fopen(path, "w");
  fputs("no HDF5 at all", f);
  fclose(f);
  assert_int_equal(evidence(path, out), 1);
  assert_int_not_equal(access(out, F_OK), 0);
}

static int make_dir(void **state) {
  (void)state;
  snprintf(dir, sizeof dir, "/tmp/glibrl-evidence-XXXXXX");
  return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state) {
  char line[128];
  (void)state;
  snprintf(line, sizeof line, "rm -rf \"%s\"", dir);
  return system(line);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(references_are_met), cmocka_unit_test(wrong_groups_are_named),
      cmocka_unit_test(wrong_numbers_are_named), cmocka_unit_test(rounding_of_the_prior_is_no_fault),
      cmocka_unit_test(wrong_files_are_refused)};
  return cmocka_run_group_tests_name("evidence", tests, make_dir, remove_dir);
}
