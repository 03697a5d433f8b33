#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "common/base/error.h"
#include "common/model/evidence.h"
#include "common/store/h5.h"
#include "deploy/cli/cli.h"
#include "deploy/cli/contained.h"

const struct glb_usage glb_usage_evidence = {
    .command = "evidence",
    .synopsis = "IN.h5 OUT.h5",
    .text =
        "For each group of IN with features C (N x K), targets Y (N x D) "
        "and a prior M0 (K x D), Xi0 (K x K),\n"
        "Omega0 (D x D), nu0: the posterior Xi, M, Omega, nu, the log "
        "marginal likelihood lml in nats, its gradients dC,\n"
        "dM0, dXi0, dOmega0, dnu0; log_predictive of query rows Cx (P x "
        "K), Yx (P x D); mean_distance2, the squared\n"
        "Frobenius distance to the posterior mean of a second task C2, Y2 "
        "under the same prior. OUT has the same groups.",
    .arguments = 2,
    .examples = "glibrl evidence tasks.h5 posteriors.h5\n"};

struct paths {
  const char *in, *out;
};

static int take(void *context, const char *name, const char *value) {
  struct paths *p = context;
  (void)name;
  *(p->in ? &p->out : &p->in) = value;
  return GLB_OK;
}

static int same_file(const struct paths *paths) {
  struct stat in, out;
  if (stat(paths->in, &in) || stat(paths->out, &out)) return !strcmp(paths->in, paths->out);
  return in.st_dev == out.st_dev && in.st_ino == out.st_ino;
}

struct job {
  struct glb_h5 *in, *out;
  const char *group;
  int groups;
};

/* A data set of the group; dims of -1 are read from it, others must be equal. */
struct array {
  double *data;  // owned
  long rows, cols;
};

static void path_of(char *path, size_t size, const struct job *job, const char *name) {
  snprintf(path, size, "%s/%s", job->group, name);
}

static int has(const struct job *job, const char *name) {
  char path[512];
  path_of(path, sizeof path, job, name);
  return glb_h5_exists(job->in, path);
}

static int check_shape(const struct job *job, const char *name, const struct glb_h5_info *info,
                       const struct array *a, int rank) {
  GLB_CHECK(info->rank == rank, GLB_EFORMAT, "group %s: %s has %d dimensions, expected %d", job->group, name,
            info->rank, rank);
  const long rows = rank > 0 ? (long)info->dims[0] : 1, cols = rank > 1 ? (long)info->dims[1] : 1;
  GLB_CHECK((a->rows < 0 || rows == a->rows) && (a->cols < 0 || cols == a->cols), GLB_EFORMAT,
            "group %s: %s is %ld x %ld, expected %ld x %ld (-1: any)", job->group, name, rows, cols, a->rows,
            a->cols);
  GLB_CHECK(rows < 1 << 30 && cols < 1 << 20, GLB_ELIMIT, "group %s: %s is %ld x %ld, too large", job->group,
            name, rows, cols);
  return GLB_OK;
}

static int load(const struct job *job, const char *name, int rank, struct array *a) {
  char path[512];
  struct glb_h5_info info;
  path_of(path, sizeof path, job, name);
  GLB_CHECK(glb_h5_exists(job->in, path), GLB_EFORMAT, "group %s: data set %s is missing", job->group, name);
  GLB_TRY(glb_h5_info(job->in, path, &info));
  GLB_TRY(check_shape(job, name, &info, a, rank));
  a->rows = rank > 0 ? (long)info.dims[0] : 1;
  a->cols = rank > 1 ? (long)info.dims[1] : 1;
  a->data = malloc((info.count + 1) * sizeof *a->data);
  GLB_CHECK(a->data, GLB_ENOMEM, "group %s: no memory for %zu numbers of %s", job->group, info.count, name);
  GLB_TRY(glb_h5_read(job->in, path, GLB_H5_F64, info.count, a->data));
  for (size_t i = 0; i < info.count; i++)
    GLB_CHECK(isfinite(a->data[i]), GLB_ENONFINITE, "group %s: %s has %g at row %zu, column %zu", job->group,
              name, a->data[i], i / (size_t)a->cols, i % (size_t)a->cols);
  return GLB_OK;
}

/* A scalar, or an array of one number. */
static int load_nu0(const struct job *job, struct array *a) {
  char path[512];
  struct glb_h5_info info;
  path_of(path, sizeof path, job, "nu0");
  const int one = glb_h5_exists(job->in, path) && !glb_h5_info(job->in, path, &info) && info.count == 1;
  return load(job, "nu0", one ? info.rank : 0, a);
}

/* The data sets of OUT: name, units, help. */
static const char *const told[][3] = {
    {"Xi", "", "posterior precision of the weights"},
    {"M", "", "posterior mean of the weights"},
    {"Omega", "", "posterior scale of the noise"},
    {"nu", "", "posterior degrees of freedom"},
    {"lml", "nat", "log marginal likelihood of Y given C"},
    {"dC", "", "gradient of lml with respect to C"},
    {"dM0", "", "gradient of lml with respect to M0"},
    {"dXi0", "", "gradient of lml with respect to Xi0, its entries taken as independent"},
    {"dOmega0", "", "gradient of lml with respect to Omega0, its entries taken as independent"},
    {"dnu0", "", "gradient of lml with respect to nu0"},
    {"log_predictive", "nat", "log density of each query row given all rows of C and Y"},
    {"mean_distance2", "", "squared Frobenius distance of the posterior means of the two tasks"},
};

/* A data set of OUT, which is one of those above. */
static int store(const struct job *job, const char *name, int rank, long rows, long cols,
                 const double *data) {
  char path[512];
  const size_t dims[2] = {(size_t)rows, (size_t)cols};
  path_of(path, sizeof path, job, name);
  for (long i = 0; i < (rank > 0 ? rows : 1) * (rank > 1 ? cols : 1); i++)
    GLB_CHECK(isfinite(data[i]), GLB_ENONFINITE, "group %s: %s comes out as %g: prior or data out of range",
              job->group, name, data[i]);
  size_t which = 0;
  while (strcmp(told[which][0], name) != 0) which++;
  GLB_TRY(glb_h5_write(job->out, path, GLB_H5_F64, rank, rank ? dims : NULL, data, told[which][1]));
  return glb_h5_write_text(job->out, path, "help", told[which][2]);
}

/* Up to rounding, measured against the diagonal as the entries of a covariance are. */
static int check_symmetric(const struct job *job, const char *name, const struct array *a) {
  for (long i = 0; i < a->rows; i++)
    for (long j = 0; j < i; j++) {
      const double x = a->data[i * a->cols + j], y = a->data[j * a->cols + i];
      const double scale = sqrt(fabs(a->data[i * a->cols + i])) * sqrt(fabs(a->data[j * a->cols + j]));
      GLB_CHECK(fabs(x - y) <= 1e-12 * scale, GLB_EFORMAT,
                "group %s: %s is not symmetric: %.17g at (%ld, %ld), %.17g at (%ld, %ld)", job->group, name,
                x, i, j, y, j, i);
    }
  return GLB_OK;
}

struct task {  // everything of one group
  struct array C, Y, M0, Xi0, Omega0, nu0, Cx, Yx, C2, Y2;
  int K, D;
  struct glb_prior prior;
  struct glb_posterior post;
  double *block;  // post
  double *work;   // of glb_evidence_rows
  double *dC, *dM0, *dXi0, *dOmega0;
};

static void free_task(struct task *t) {
  struct array *arrays[] = {&t->C,   &t->Y,  &t->M0, &t->Xi0, &t->Omega0,
                            &t->nu0, &t->Cx, &t->Yx, &t->C2,  &t->Y2};
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) free(arrays[i]->data);
  free(t->block);
  free(t->work);
  free(t->dC);
  free(t->dM0);
  free(t->dXi0);
  free(t->dOmega0);
}

static int load_task(const struct job *job, struct task *t) {
  t->C = (struct array){.rows = -1, .cols = -1};
  GLB_TRY(load(job, "C", 2, &t->C));
  t->Y = (struct array){.rows = t->C.rows, .cols = -1};
  GLB_TRY(load(job, "Y", 2, &t->Y));
  const long K = t->C.cols, D = t->Y.cols;
  GLB_CHECK(K > 0 && D > 0, GLB_EFORMAT, "group %s: C has %ld columns and Y %ld, at least one each is needed",
            job->group, K, D);
  t->M0 = (struct array){.rows = K, .cols = D};
  t->Xi0 = (struct array){.rows = K, .cols = K};
  t->Omega0 = (struct array){.rows = D, .cols = D};
  t->nu0 = (struct array){.rows = 1, .cols = 1};
  GLB_TRY(load(job, "M0", 2, &t->M0));
  GLB_TRY(load(job, "Xi0", 2, &t->Xi0));
  GLB_TRY(load(job, "Omega0", 2, &t->Omega0));
  GLB_TRY(load_nu0(job, &t->nu0));
  GLB_TRY(check_symmetric(job, "Xi0", &t->Xi0));
  GLB_TRY(check_symmetric(job, "Omega0", &t->Omega0));
  if (has(job, "Cx") || has(job, "Yx")) {
    t->Cx = (struct array){.rows = -1, .cols = K};
    GLB_TRY(load(job, "Cx", 2, &t->Cx));
    t->Yx = (struct array){.rows = t->Cx.rows, .cols = D};
    GLB_TRY(load(job, "Yx", 2, &t->Yx));
  }
  if (has(job, "C2") || has(job, "Y2")) {
    t->C2 = (struct array){.rows = -1, .cols = K};
    GLB_TRY(load(job, "C2", 2, &t->C2));
    t->Y2 = (struct array){.rows = t->C2.rows, .cols = D};
    GLB_TRY(load(job, "Y2", 2, &t->Y2));
  }
  t->K = (int)K;
  t->D = (int)D;
  t->prior = (struct glb_prior){.K = t->K,
                                .D = t->D,
                                .nu0 = t->nu0.data[0],
                                .M0 = t->M0.data,
                                .Xi0 = t->Xi0.data,
                                .Omega0 = t->Omega0.data};
  GLB_CHECK(t->prior.nu0 > (double)(D - 1), GLB_EINVAL, "group %s: nu0 = %g, it must be above D - 1 = %ld",
            job->group, t->prior.nu0, D - 1);
  return GLB_OK;
}

static int allocate(const struct job *job, struct task *t) {
  const size_t K = (size_t)t->K, D = (size_t)t->D, N = (size_t)t->C.rows;
  const int rows = (int)(t->C.rows > t->C2.rows ? t->C.rows : t->C2.rows);
  t->block = malloc(glb_posterior_size(t->K, t->D) * sizeof(double));
  t->work = malloc(glb_evidence_work_size(t->K, t->D, rows) * sizeof(double));
  t->dC = malloc((N * K + 1) * sizeof(double));
  t->dM0 = malloc(K * D * sizeof(double));
  t->dXi0 = malloc(K * K * sizeof(double));
  t->dOmega0 = malloc(D * D * sizeof(double));
  GLB_CHECK(t->block && t->work && t->dC && t->dM0 && t->dXi0 && t->dOmega0, GLB_ENOMEM,
            "group %s: no memory for N = %zu, K = %zu, D = %zu", job->group, N, K, D);
  glb_posterior_map(&t->post, t->K, t->D, t->block);
  return GLB_OK;
}

/* Names the group in front of a message of the library. */
static int of_group(const struct job *job, int code) {
  char message[800];
  if (!code) return GLB_OK;
  snprintf(message, sizeof message, "%s", glb_error_message());
  GLB_RAISE(code, "group %s: %s", job->group, message);
}

static int first_task(const struct job *job, struct task *t) {
  const struct glb_rows rows = {t->C.data, t->Y.data, (int)t->C.rows};
  const long K = t->K, D = t->D;
  double lml, dnu0, nu;
  GLB_TRY(of_group(job, glb_evidence_rows(&t->post, &lml, t->dC, &t->prior, rows, t->work)));
  glb_posterior_prior_grad(
      &t->post, &t->prior,
      (struct glb_prior_grad){.dM0 = t->dM0, .dXi0 = t->dXi0, .dOmega0 = t->dOmega0, .dnu0 = &dnu0});
  nu = t->post.nu;
  printf("%-28s %8ld %6ld %6ld %24.15g\n", job->group, t->C.rows, K, D, lml);
  GLB_TRY(store(job, "Xi", 2, K, K, t->post.Xi));
  GLB_TRY(store(job, "M", 2, K, D, t->post.M));
  GLB_TRY(store(job, "Omega", 2, D, D, t->post.Omega));
  GLB_TRY(store(job, "nu", 0, 0, 0, &nu));
  GLB_TRY(store(job, "lml", 0, 0, 0, &lml));
  GLB_TRY(store(job, "dC", 2, t->C.rows, K, t->dC));
  GLB_TRY(store(job, "dM0", 2, K, D, t->dM0));
  GLB_TRY(store(job, "dXi0", 2, K, K, t->dXi0));
  GLB_TRY(store(job, "dOmega0", 2, D, D, t->dOmega0));
  GLB_TRY(store(job, "dnu0", 0, 0, 0, &dnu0));
  return GLB_OK;
}

static int queries(const struct job *job, struct task *t) {
  if (!t->Cx.data) return GLB_OK;
  double *log_predictive = malloc((size_t)(t->Cx.rows + 1) * sizeof *log_predictive);
  GLB_CHECK(log_predictive, GLB_ENOMEM, "group %s: no memory for %ld query rows", job->group, t->Cx.rows);
  for (long i = 0; i < t->Cx.rows; i++)
    log_predictive[i] = glb_posterior_log_predictive(&t->post, t->Cx.data + i * t->K, t->Yx.data + i * t->D);
  int code = store(job, "log_predictive", 1, t->Cx.rows, 0, log_predictive);
  free(log_predictive);
  GLB_TRY(code);
  return GLB_OK;
}

/* || M - M2 ||_F^2; dM0 has served and holds the first mean. */
static int second_task(const struct job *job, struct task *t) {
  const struct glb_rows rows = {t->C2.data, t->Y2.data, (int)t->C2.rows};
  const size_t count = (size_t)t->K * (size_t)t->D;
  double lml, distance = 0, *first = t->dM0;
  if (!t->C2.data) return GLB_OK;
  memcpy(first, t->post.M, count * sizeof *first);
  GLB_TRY(of_group(job, glb_evidence_rows(&t->post, &lml, NULL, &t->prior, rows, t->work)));
  for (size_t i = 0; i < count; i++) distance += (first[i] - t->post.M[i]) * (first[i] - t->post.M[i]);
  return store(job, "mean_distance2", 0, 0, 0, &distance);
}

static int one_group(const struct job *job, struct task *t) {
  GLB_TRY(load_task(job, t));
  GLB_TRY(allocate(job, t));
  GLB_TRY(first_task(job, t));
  GLB_TRY(queries(job, t));
  GLB_TRY(second_task(job, t));
  return GLB_OK;
}

static int visit(void *context, const char *name, int is_group) {
  struct job *job = context;
  struct task t = {0};
  if (!is_group) return GLB_OK;
  job->group = name;
  job->groups++;
  int code = one_group(job, &t);
  free_task(&t);
  GLB_TRY(code);
  return GLB_OK;
}

static int whole_file(const struct paths *paths, struct job *job) {
  GLB_TRY(glb_h5_open(&job->in, paths->in));
  GLB_TRY(glb_h5_create(&job->out));
  printf("%-28s %8s %6s %6s %24s\n", "group", "N", "K", "D", "evidence (nats)");
  GLB_TRY(glb_h5_each(job->in, "/", visit, job));
  GLB_CHECK(job->groups, GLB_EFORMAT, "%s has no groups", paths->in);
  GLB_TRY(glb_h5_land(job->out, paths->out));
  return GLB_OK;
}

static int work(void *context) {
  struct job job = {0};
  int code = whole_file(context, &job);
  glb_h5_close(job.in);
  glb_h5_close(job.out);
  GLB_TRY(code);
  return GLB_OK;
}

int glb_cmd_evidence(int argc, char **argv, int *status) {
  struct paths paths = {0};
  GLB_TRY(glb_usage_parse(&glb_usage_evidence, argc, argv, status, take, &paths));
  if (!paths.out) {
    *status = glb_usage_error(&glb_usage_evidence, "IN.h5 and OUT.h5 are needed");
    return GLB_OK;
  }
  GLB_CHECK(!same_file(&paths), GLB_EINVAL, "IN and OUT are the same file, %s", paths.in);
  const struct glb_contained contained = {.in = paths.in, .out = paths.out, .work = work, .context = &paths};
  return glb_contained_run(&contained);
}
