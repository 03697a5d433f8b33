#include "deploy/cli/trial_file.h"

#include <stdio.h>
#include <string.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/store/h5.h"
#include "learner/columns.h"

static const char *const head_names[GLB_HEADS] = {"reward", "transition"};

struct head {     // of all trials, N
  double *Phi;    // features of each step                                   (N x T x K)
  double *M, *S;  // posterior mean of the weights, Xi^-1                     (N x K x D), (N x K x K)
  double *Omega;  // scale                                                   (N x D x D) or (N x D)
  double *nu;     // degrees of freedom                                      (N)
};

struct work {
  const struct glb_trial_file *what;
  struct glb_rows_work rows;
  struct glb_mind mind;
  float *belief;  // before each step and after the last                     (N x (T + 1) x B)
  struct head head[GLB_HEADS];
  struct glb_arena arena;
};

static size_t omega_size(const struct glb_head *head) {
  const size_t D = (size_t)head->D;
  return head->noise == GLB_NOISE_FULL ? D * D : D;
}

static void lay_out(void *object, struct glb_arena *arena) {
  struct work *w = object;
  const struct glb_space *space = w->what->space;
  const size_t N = (size_t)w->what->scores->evaluation->trials, T = (size_t)space->trial.T,
               B = (size_t)space->B;
  glb_rows_init(&w->rows, space, arena, space->trial.T);
  glb_mind_init(&w->mind, space, arena);
  w->belief = GLB_TAKE(arena, float, N *(T + 1) * B);
  for (int h = 0; h < GLB_HEADS; h++) {
    const struct glb_head *head = &space->model.head[h];
    const size_t K = (size_t)head->K, D = (size_t)head->D;
    if (!head->used) continue;
    w->head[h] = (struct head){.Phi = GLB_TAKE(arena, double, N *T *K),
                               .M = GLB_TAKE(arena, double, N *K *D),
                               .S = GLB_TAKE(arena, double, N *K *K),
                               .Omega = GLB_TAKE(arena, double, N *omega_size(head)),
                               .nu = GLB_TAKE(arena, double, N)};
  }
}

// ---- what the model makes of them ----

/* Steps that the belief learns from: all, or those of the episodes of adaptation. */
static int steps_learned(const struct glb_trial *trial, int adapt) {
  int steps = 0;
  for (int e = 0; e < adapt; e++) steps += trial->length[e];
  return adapt ? steps : trial->head->T;
}

static void keep_posteriors(struct work *w, size_t i, int T) {
  const struct glb_space *space = w->what->space;
  for (int h = 0; h < GLB_HEADS; h++) {
    const struct glb_head *head = &space->model.head[h];
    const struct glb_belief *belief = &w->mind.belief[h];
    const size_t K = (size_t)head->K, D = (size_t)head->D, omega = omega_size(head);
    if (!head->used) continue;
    const struct head *out = &w->head[h];
    memcpy(out->Phi + i * (size_t)space->trial.T * K, w->rows.Phi[h], sizeof(double) * (size_t)T * K);
    memcpy(out->M + i * K * D, belief->M, sizeof(double) * K * D);
    memcpy(out->S + i * K * K, belief->S, sizeof(double) * K * K);
    memcpy(out->Omega + i * omega, belief->Omega, sizeof(double) * omega);
    out->nu[i] = belief->nu;
  }
}

static void follow(struct work *w, size_t i) {
  const struct glb_trial_file *r = w->what;
  const size_t B = (size_t)r->space->B;
  struct glb_trial trial;
  glb_evaluation_trial(r->scores->evaluation, &trial, i);
  const int T = trial.head->T, learned = steps_learned(&trial, r->scores->protocol->adapt);
  float *belief = w->belief + i * ((size_t)r->space->trial.T + 1) * B;
  glb_rows_trial(&w->rows, r->space, r->acting, r->acting->model, &trial);
  glb_mind_sweep(&w->mind, r->space, belief, &w->rows, learned, NULL);
  for (size_t t = (size_t)learned; t < (size_t)T; t++)
    memcpy(belief + (t + 1) * B, belief + t * B, sizeof(float) * B);
  keep_posteriors(w, i, T);
}

// ---- to the file ----

static int put(struct glb_h5 *file, const char *name, enum glb_h5_type type, int rank, const size_t *dims,
               const void *data, const char *help) {
  GLB_TRY(glb_h5_write(file, name, type, rank, dims, data, ""));
  return glb_h5_write_text(file, name, "help", help);
}

static int put_head(struct glb_h5 *file, const struct work *w, int h) {
  const struct glb_space *space = w->what->space;
  const struct glb_head *head = &space->model.head[h];
  const size_t N = (size_t)w->what->scores->evaluation->trials, K = (size_t)head->K, D = (size_t)head->D;
  const struct {
    const char *name, *help;
    int rank;
    size_t dims[3];
    const double *data;
  } arrays[] = {
      {"features",
       "Phi: features of each step under the acting basis",
       3,
       {N, (size_t)space->trial.T, K},
       w->head[h].Phi},
      {"M",
       "posterior mean of the weights after the last step that the belief learned from",
       3,
       {N, K, D},
       w->head[h].M},
      {"Xi_inverse", "inverse of the posterior precision of the weights", 3, {N, K, K}, w->head[h].S},
      {"Omega",
       "posterior scale of the noise; its diagonal with model.noise = diagonal",
       head->noise == GLB_NOISE_FULL ? 3 : 2,
       {N, D, D},
       w->head[h].Omega},
      {"nu", "posterior degrees of freedom", 1, {N}, w->head[h].nu},
  };
  for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++) {
    char name[GLB_H5_NAME];
    snprintf(name, sizeof name, "%s/%s", head_names[h], arrays[k].name);
    GLB_TRY(put(file, name, GLB_H5_F64, arrays[k].rank, arrays[k].dims, arrays[k].data, arrays[k].help));
  }
  return GLB_OK;
}

static int put_attributes(struct glb_h5 *file, const struct glb_trial_file *r) {
  const struct glb_protocol *p = r->scores->protocol;
  GLB_TRY(glb_h5_write_text(file, "", "family", r->scores->family->name));
  GLB_TRY(glb_h5_write_text(file, "", "split", p->split == GLB_SPLIT_TEST ? "test" : "train"));
  GLB_TRY(glb_h5_write_int(file, "", "seed", (int64_t)p->seed));
  GLB_TRY(glb_h5_write_int(file, "", "adaptation_episodes", p->adapt));
  return glb_h5_write_int(file, "", "shuffled", p->shuffled);
}

static void place(const void *context, struct glb_trial *trial, size_t i) {
  glb_evaluation_trial(context, trial, i);
}

/* kind: numbers of the labels, which are text and so an attribute. */
static int put_kinds(struct glb_h5 *file, const struct glb_scores *s) {
  const size_t N = (size_t)s->evaluation->trials;
  char name[48];
  GLB_TRY(put(file, "trials/kind", GLB_H5_I32, 1, &N, s->kinds->kind,
              "kind of task; of several, the attributes label_0, label_1 ... name them"));
  for (int k = 0; k < s->kinds->count; k++) {
    if (!s->kinds->label[k][0]) continue;  // a family of one kind
    snprintf(name, sizeof name, "label_%d", k);
    GLB_TRY(glb_h5_write_text(file, "trials/kind", name, s->kinds->label[k]));
  }
  return GLB_OK;
}

static int put_all(struct glb_h5 *file, const struct work *w) {
  const struct glb_trial_file *r = w->what;
  const struct glb_evaluation *v = r->scores->evaluation;
  const size_t N = (size_t)v->trials;
  const size_t returns[2] = {N, (size_t)v->E},
               beliefs[3] = {N, (size_t)r->space->trial.T + 1, (size_t)r->space->B};
  const struct glb_columns columns = {.shape = r->space->trial, .count = N, .place = place, .context = v};
  GLB_TRY(put_attributes(file, r));
  GLB_TRY(glb_columns_write(&columns, file, "trials"));
  GLB_TRY(put_kinds(file, r->scores));
  GLB_TRY(put(file, "trials/return", GLB_H5_F64, 2, returns, v->returns, "sum of rewards of each episode"));
  GLB_TRY(put(file, "trials/belief", GLB_H5_F32, 3, beliefs, w->belief,
              "belief before each step and after the last, before belief_shift and belief_scale"));
  for (int h = 0; h < GLB_HEADS; h++)
    if (r->space->model.head[h].used) GLB_TRY(put_head(file, w, h));
  return GLB_OK;
}

static int write_file(const struct work *w, const char *path) {
  struct glb_h5 *file;
  GLB_TRY(glb_h5_create(&file));
  int code = put_all(file, w);
  if (!code) code = glb_h5_land(file, path);
  glb_h5_close(file);
  GLB_TRY(code);
  return GLB_OK;
}

int glb_trial_file_write(const struct glb_trial_file *what, const char *path) {
  struct work w = {.what = what};
  GLB_TRY(glb_arena_lay(&w.arena, lay_out, &w));
  glb_mind_load(&w.mind, what->space, what->acting);
  for (int i = 0; i < what->scores->evaluation->trials; i++) follow(&w, (size_t)i);
  const int code = write_file(&w, path);
  glb_arena_finish(&w.arena);
  GLB_TRY(code);
  return GLB_OK;
}
