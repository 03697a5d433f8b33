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
#include <hdf5.h>

#include "common/base/error.h"
#include "common/model/posterior.h"
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

/* Data set g/<name> of a landed file becomes text, which the project's own door to HDF5 does not write. */
static void turn_into_text(const char *path, const char *name) {
  char set[64];
  const char text[N] = "hello";
  const hsize_t dims[1] = {N};
  snprintf(set, sizeof set, "g/%s", name);
  const hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT), type = H5Tcopy(H5T_C_S1),
              space = H5Screate_simple(1, dims, NULL);
  assert_true(file >= 0 && type >= 0 && space >= 0);
  if (H5Lexists(file, set, H5P_DEFAULT) > 0) assert_true(H5Ldelete(file, set, H5P_DEFAULT) >= 0);
  const hid_t data = H5Dcreate2(file, set, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  assert_true(data >= 0 && H5Dwrite(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) >= 0);
  H5Dclose(data);
  H5Sclose(space);
  H5Tclose(type);
  H5Fclose(file);
}

static void text_is_not_taken_for_numbers(void **state) {
  (void)state;
  const char *const sets[] = {"C", "nu0", "Cx", "Y2"};
  char in[128], out[128];
  snprintf(in, sizeof in, "%s/in.h5", dir);
  snprintf(out, sizeof out, "%s/text_out.h5", dir);
  for (int i = 0; i < 4; i++) {
    const struct input x = good();
    make(in, &x);
    turn_into_text(in, sets[i]);
    assert_int_equal(evidence(in, out), 1);
    const char *other = i == 3 ? "C2" : sets[i];  // a second task without features is found first
    if (!strstr(said(), "g") || !strstr(said(), other)) fail_msg("%s as text: %s", sets[i], said());
    assert_int_not_equal(access(out, F_OK), 0);
  }
}

static void two_arguments_are_wanted(void **state) {
  (void)state;
  const char *const arguments[] = {"", "in.h5", "in.h5 out.h5 more.h5"};
  for (int i = 0; i < 3; i++) {
    char line[512];
    snprintf(line, sizeof line, "\"%s/glibrl\" evidence %s > /dev/null 2> \"%s/err\"", getenv("GLIBRL_BUILD"),
             arguments[i], dir);
    const int status = system(line);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 2)
      fail_msg("evidence %s: status %d, expected exit 2: %s", arguments[i], status, said());
    assert_non_null(strstr(said(), "evidence"));
  }
}

/* A size that training has: the command against the posterior from rows, which subtracts nothing. */
static void a_large_task_is_solved(void **state) {
  (void)state;
  enum { n = 20000, k = 96, d = 45 };
  const size_t dims[3][2] = {{n, k}, {n, d}, {k, d}}, square[2][2] = {{k, k}, {d, d}};
  double *C = malloc(sizeof(double) * n * k), *Y = malloc(sizeof(double) * n * d),
         *residual = malloc(sizeof(double) * n * d), *M0 = calloc(k * d, sizeof(double)),
         *Xi0 = calloc(k * k, sizeof(double)), *Omega0 = calloc(d * d, sizeof(double)),
         *found = malloc(sizeof(double) * k * d), *block = malloc(sizeof(double) * glb_posterior_size(k, d));
  const double nu0 = d + 2;
  double lml;
  char in[128], out[128];
  snprintf(in, sizeof in, "%s/large.h5", dir);
  snprintf(out, sizeof out, "%s/large_out.h5", dir);
  assert_true(C && Y && residual && M0 && Xi0 && Omega0 && found && block);
  gen_normal(C, n * k, 5, 1);
  gen_normal(Y, n * d, 5, 2);
  for (int i = 0; i < n; i++)  // targets that the features explain in part
    for (int j = 0; j < d; j++) Y[i * d + j] += C[i * k + j] - 0.5 * C[i * k + j + 1];
  for (int i = 0; i < k; i++) Xi0[i * k + i] = 1;
  for (int i = 0; i < d; i++) Omega0[i * d + i] = 1;

  struct glb_h5 *file;
  assert_int_equal(glb_h5_create(&file), GLB_OK);
  assert_int_equal(glb_h5_write(file, "g/C", GLB_H5_F64, 2, dims[0], C, ""), GLB_OK);
  assert_int_equal(glb_h5_write(file, "g/Y", GLB_H5_F64, 2, dims[1], Y, ""), GLB_OK);
  assert_int_equal(glb_h5_write(file, "g/M0", GLB_H5_F64, 2, dims[2], M0, ""), GLB_OK);
  assert_int_equal(glb_h5_write(file, "g/Xi0", GLB_H5_F64, 2, square[0], Xi0, ""), GLB_OK);
  assert_int_equal(glb_h5_write(file, "g/Omega0", GLB_H5_F64, 2, square[1], Omega0, ""), GLB_OK);
  assert_int_equal(glb_h5_write(file, "g/nu0", GLB_H5_F64, 0, NULL, &nu0, ""), GLB_OK);
  assert_int_equal(glb_h5_land(file, in), GLB_OK);
  glb_h5_close(file);
  if (evidence(in, out)) fail_msg("%s", said());
  assert_int_equal(glb_h5_open(&file, out), GLB_OK);
  assert_int_equal(glb_h5_read(file, "g/M", GLB_H5_F64, k * d, found), GLB_OK);
  assert_int_equal(glb_h5_read(file, "g/lml", GLB_H5_F64, 1, &lml), GLB_OK);
  glb_h5_close(file);

  struct glb_posterior post;
  const struct glb_prior prior = {.K = k, .D = d, .nu0 = nu0, .M0 = M0, .Xi0 = Xi0, .Omega0 = Omega0};
  glb_posterior_map(&post, k, d, block);
  assert_int_equal(glb_posterior_solve_rows(&post, residual, &prior, (struct glb_rows){C, Y, n}), GLB_OK);
  const double expected = glb_posterior_evidence(&post, &prior), error = gen_error(found, post.M, k * d);
  if (!(fabs(lml - expected) <= 1e-10 * fabs(expected)))
    fail_msg("lml is %.17g, expected %.17g", lml, expected);
  if (!(error <= 1e-10)) fail_msg("M is off by %g", error);
  double *const all[] = {C, Y, residual, M0, Xi0, Omega0, found, block};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
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
  const struct CMUnitTest tests[] = {cmocka_unit_test(references_are_met),
                                     cmocka_unit_test(a_large_task_is_solved),
                                     cmocka_unit_test(wrong_groups_are_named),
                                     cmocka_unit_test(text_is_not_taken_for_numbers),
                                     cmocka_unit_test(two_arguments_are_wanted),
                                     cmocka_unit_test(wrong_numbers_are_named),
                                     cmocka_unit_test(rounding_of_the_prior_is_no_fault),
                                     cmocka_unit_test(wrong_files_are_refused)};
  return cmocka_run_group_tests_name("evidence", tests, make_dir, remove_dir);
}
