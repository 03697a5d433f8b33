#include <math.h>
#include <stdio.h>
#include <string.h>

#include "actors/env/env.h"
#include "actors/env/scene.h"
#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/store/checkpoint.h"
#include "common/store/h5.h"
#include "common/task/task.h"
#include "deploy/cli/cli.h"
#include "deploy/cli/film.h"
#include "deploy/cli/player.h"
#include "deploy/cli/values.h"
#include "deploy/plot/frame.h"

static const struct glb_option options[] = {
    {"out", "FILE.mp4", "the film, made by ffmpeg", 'o'},
    {"frames", "DIR", "the frames as PNG files in a folder, beside the film or instead of it"},
    {"task", "N", "trial of `glibrl eval`, which is task N of the test list (default 0)"},
    {"episodes", "K", "episodes of the trial (default: as trained)"},
    {"horizon", "H", "steps of an episode (default: as trained)"},
    {"sample", NULL, "sample the actions; without it they are the mode of the policy, as in evaluations"},
    {"seed", "S", "seed of start states (default 0)"},
    {"best", NULL, "the checkpoint of the best evaluation in training, not the newest"},
    {"size", "WxH", "pixels of a frame, both even (default 960x540)"},
    {"fps", "F", "frames, that is steps, in a second of the film (default 30)"},
    {"camera", "NAME", "a camera of the model, or free (default: the family's own)"},
    {"gl", "osmesa|egl", "who draws: the processor, or a graphics card (default osmesa)"},
};

const struct glb_usage glb_usage_render = {
    .command = "render",
    .synopsis = "RUN -o FILE.mp4 [--frames DIR] [--task N] [--sample] [--size WxH] [--fps F] [--camera NAME]",
    .text =
        "Plays a trial on a held-out task with the newest checkpoint of RUN and makes a film of it: the "
        "simulation, and "
        "beside it\n"
        "the belief as it grows, episode after episode. It is the trial with the same number of glibrl eval "
        "RUN, to the bit.",
    .options = options,
    .arguments = 1,
    .count = sizeof options / sizeof *options,
    .examples =
        "glibrl render runs/vel-0 -o vel.mp4\n"
        "glibrl render runs/vel-0 --frames frames --task 3 --size 1280x720\n"};

struct request {
  const char *run, *out, *frames, *camera, *gl;
  int64_t task, episodes, horizon, seed, fps, width, height;
  int sample, best;
};

static int take_size(struct request *r, const char *value) {
  char width[16] = "", height[16] = "";
  GLB_CHECK(sscanf(value, "%15[0-9]x%15[0-9]", width, height) == 2, GLB_ECONFIG,
            "--size takes WxH, as 960x540, not \"%s\"", value);
  GLB_TRY(glb_value_number(&r->width, "size", width, 320, 8192));
  return glb_value_number(&r->height, "size", height, 180, 8192);
}

static int take_word(struct request *r, const char *name, const char *value) {
  if (!strcmp(name, "size")) return take_size(r, value);
  *(!strcmp(name, "out")      ? &r->out
    : !strcmp(name, "frames") ? &r->frames
    : !strcmp(name, "gl")     ? &r->gl
                              : &r->camera) = value;
  return GLB_OK;
}

static int take(void *context, const char *name, const char *value) {
  struct request *r = context;
  int taken;
  const struct glb_value_range numbers[] = {{"task", &r->task, 0, 65535},
                                            {"episodes", &r->episodes, 1, 1000},
                                            {"horizon", &r->horizon, 1, 100000},
                                            {"seed", &r->seed, 0, 2147483647},
                                            {"fps", &r->fps, 1, 1000}};
  if (!name) {
    r->run = value;
    return GLB_OK;
  }
  GLB_TRY(glb_value_ranges(&taken, numbers, sizeof numbers / sizeof *numbers, name, value));
  if (taken) return GLB_OK;
  if (value) return take_word(r, name, value);
  *(!strcmp(name, "best") ? &r->best : &r->sample) = 1;
  return GLB_OK;
}

enum { LINES = 10, EPISODES_SHOWN = 3 };

struct show {
  struct glb_player player;
  struct request request;
  unsigned char *picture;                          // (height x width of the picture x 3)
  double *mean[GLB_HEADS], *deviation[GLB_HEADS];  // (K) of what the bars show
  double limit[GLB_HEADS];                         // of their axes
  double *returns;                                 // of the episodes so far           (E)
  struct glb_arena arena;
  struct glb_frame *frame;
  struct glb_scene *scene;
  struct glb_film *film;
};

static void lay_out(void *object, struct glb_arena *arena) {
  struct show *y = object;
  const struct glb_space *space = &y->player.session.space;
  for (int h = 0; h < GLB_HEADS; h++) {
    const struct glb_head *head = &space->model.head[h];
    if (!head->used) continue;
    y->mean[h] = GLB_TAKE(arena, double, head->K);
    y->deviation[h] = GLB_TAKE(arena, double, head->K);
  }
  y->returns = GLB_TAKE(arena, double, space->trial.E);
  y->picture =
      GLB_TAKE(arena, unsigned char, (glb_frame_picture_width(y->frame) * (int)y->request.height * 3));
}

// ---- what is shown of a belief ----

/* Of each feature k the mean and the standard deviation of its weights, in units of the prior's: Xi0_k^1/2 (M - M0)_kd and
 * (Xi0_k Xi^-1_kk Omega_dd / nu)^1/2; for several targets d the root of the mean square. */
static void summarise(struct show *y, int h, const struct glb_mind *mind) {
  const struct glb_belief *b = &mind->belief[h];
  const struct glb_head_prior *prior = &mind->prior[h];
  const int K = b->K, D = b->D, stride = b->noise == GLB_NOISE_FULL ? D + 1 : 1;
  double noise = 0;
  for (int d = 0; d < D; d++) noise += b->Omega[d * stride] / b->nu / D;
  for (int k = 0; k < K; k++) {
    double square = 0;
    for (int d = 0; d < D; d++) square += pow(b->M[k * D + d] - prior->M0[k * D + d], 2) / D;
    const double away = D == 1 ? b->M[k] - prior->M0[k] : sqrt(square);
    y->mean[h][k] = prior->sqrt_Xi0[k] * away;
    y->deviation[h][k] = prior->sqrt_Xi0[k] * sqrt(b->S[k * K + k] * noise);
  }
}

/* The axis holds all bars: 1, 2 or 5 times a power of ten, and never less than before. */
static void widen(double *limit, const double *mean, const double *deviation, int n) {
  double most = 1e-6;
  for (int i = 0; i < n; i++) most = fmax(most, fabs(mean[i]) + deviation[i]);
  for (int step = 0; *limit < most; step++) {
    static const double factors[] = {1, 2, 5};
    const double power = pow(10, floor(log10(most)) + step / 3);
    *limit = fmax(*limit, factors[step % 3] * power);
  }
}

/* "3: backwards", "3: 1.29" or, where the vector says little, "3". */
static void write_task(char *text, size_t size, const struct show *y, const double *task) {
  const struct glb_family *family = y->player.session.space.family;
  const long long number = y->request.task;
  const char *label = "";
  if (glb_env_label(&label, family->name, task)) label = "";
  if (label[0])
    snprintf(text, size, "%lld: %s", number, label);
  else if (family->P == 1)
    snprintf(text, size, "%lld: %.3g", number, task[0]);
  else if (family->P == 2)
    snprintf(text, size, "%lld: (%.3g, %.3g)", number, task[0], task[1]);
  else
    snprintf(text, size, "%lld", number);
}

static int write_lines(struct glb_board_line line[LINES], const struct show *y,
                       const struct glb_rollout_view *view) {
  const struct glb_space *space = &y->player.session.space;
  int n = 0, N = 0;
  for (int h = 0; h < GLB_HEADS; h++)
    if (space->model.head[h].used) N = (int)view->mind->belief[h].N;
#define LINE(title, ...) line[n].name = title, snprintf(line[n++].value, sizeof line->value, __VA_ARGS__)
  write_task(line[n].value, sizeof line->value, y, view->task);
  line[n++].name = "task";
  LINE("episode", "%d of %d", view->episode + 1, space->trial.E);
  LINE("step", "%d of %d", view->step, space->horizon);
  LINE("reward", "%.3f", view->reward);
  LINE("return", "%.2f", y->returns[view->episode]);
  if (space->family->success) LINE("success", "%s", view->success ? "yes" : "not yet");
  LINE("log(1 + N)", "%.3f", log1p(N));
  for (int e = view->episode > EPISODES_SHOWN ? view->episode - EPISODES_SHOWN : 0; e < view->episode; e++) {
    static const char *const names[] = {"three episodes ago", "two episodes ago", "episode before"};
    LINE(names[EPISODES_SHOWN - (view->episode - e)], "%.2f", y->returns[e]);
  }
#undef LINE
  return n;
}

static void put_board(struct show *y, const struct glb_rollout_view *view) {
  const struct glb_space *space = &y->player.session.space;
  static const char *const titles[GLB_HEADS] = {"belief about the reward", "belief about the transition"};
  struct glb_board_line line[LINES];
  struct glb_board_bars bar[GLB_HEADS];
  struct glb_board board = {.title = space->family->name, .line = line, .bar = bar};
  for (int h = 0; h < GLB_HEADS; h++) {
    const struct glb_head *head = &space->model.head[h];
    if (!head->used) continue;
    summarise(y, h, view->mind);
    widen(&y->limit[h], y->mean[h], y->deviation[h], head->K);
    bar[board.bars++] = (struct glb_board_bars){
        .title = titles[h],
        .note = head->D == 1 ? "weights less their prior mean, in prior units; one s.d."
                             : "the same, root mean square over the targets",
        .n = head->K,
        .mean = y->mean[h],
        .deviation = y->deviation[h],
        .limit = y->limit[h]};
  }
  board.lines = write_lines(line, y, view);
  glb_frame_put_board(y->frame, &board);
}

/* A frame of what the rollout shows. */
static int see(void *context, const struct glb_rollout_view *view) {
  struct show *y = context;
  if (view->step) y->returns[view->episode] += view->reward;
  GLB_TRY(glb_scene_draw(y->scene, view->env, y->picture));
  glb_frame_put_picture(y->frame, y->picture);
  put_board(y, view);
  return glb_film_add(y->film, y->frame);
}

// ---- the whole ----

static int play(struct show *y) {
  const struct request *r = &y->request;
  struct glb_player *p = &y->player;
  const int G = p->group, slot = (int)r->task % G;
  const struct glb_rollout_watch watch = {.slot = slot, .see = see, .context = y};
  const struct glb_rollout_request request = {.seed = (uint64_t)r->seed,
                                              .round = GLB_ROLLOUT_HELD_OUT_ROUND,
                                              .group = (uint32_t)(r->task / G),
                                              .split = GLB_SPLIT_TEST,
                                              .evaluate = 1,
                                              .greedy = !r->sample,
                                              .watch = &watch};
  GLB_TRY(glb_rollout_run(p->rollout, &p->acting, &request, p->trials));
  GLB_TRY(glb_film_land(y->film));
  for (int e = 0; e < y->player.session.space.trial.E; e++)
    printf("episode %d: %d steps, return %.6f%s\n", e + 1, p->trials[slot].length[e], y->returns[e],
           p->trials[slot].success[e] ? ", success" : "");
  printf("%d frames: %s%s%s\n", glb_film_count(y->film), r->out ? r->out : "",
         r->out && r->frames ? ", " : "", r->frames ? r->frames : "");
  return GLB_OK;
}

static int prepare(struct show *y, struct glb_h5 *file) {
  const struct request *r = &y->request;
  GLB_TRY(glb_player_init(&y->player, file, (int)r->episodes, (int)r->horizon));
  GLB_TRY(glb_frame_create(&y->frame, (int)r->width, (int)r->height));
  GLB_TRY(glb_arena_lay(&y->arena, lay_out, y));
  const struct glb_scene_options scene = {
      .width = glb_frame_picture_width(y->frame), .height = (int)r->height, .camera = r->camera, .gl = r->gl};
  GLB_TRY(glb_scene_create(&y->scene, &scene));
  const struct glb_film_options film = {.file = r->out,
                                        .folder = r->frames,
                                        .width = (int)r->width,
                                        .height = (int)r->height,
                                        .fps = (int)r->fps};
  return glb_film_create(&y->film, &film);
}

static void finish(struct show *y) {
  glb_film_destroy(y->film);
  glb_scene_destroy(y->scene);
  glb_arena_finish(&y->arena);
  glb_frame_destroy(y->frame);
  glb_player_finish(&y->player);
}

/* 0: there is something to do. */
static int check_request(const struct request *r) {
  const size_t length = r->out ? strlen(r->out) : 0;
  if (!r->run) return glb_usage_error(&glb_usage_render, "RUN is missing");
  if (!r->out && !r->frames)
    return glb_usage_error(&glb_usage_render, "where to? -o FILE.mp4, or --frames DIR");
  if (r->out && (length < 5 || strcmp(r->out + length - 4, ".mp4")))
    return glb_usage_error(&glb_usage_render,
                           "-o takes a file that ends in .mp4, not %s; a folder of PNG files is --frames",
                           r->out);
  return 0;
}

int glb_cmd_render(int argc, char **argv, int *status) {
  struct show y = {.request = {.width = 960, .height = 540, .fps = 30, .gl = "osmesa"}};
  struct glb_h5 *file;
  int code = glb_usage_parse(&glb_usage_render, argc, argv, status, take, &y.request);
  if (code) return code == GLB_USAGE_HELP ? GLB_OK : code;
  if ((*status = check_request(&y.request))) return GLB_OK;
  GLB_TRY(y.request.best ? glb_checkpoint_best(&file, y.request.run)
                         : glb_checkpoint_need(&file, y.request.run));
  code = prepare(&y, file);
  glb_h5_close(file);
  if (!code) code = play(&y);
  finish(&y);
  GLB_TRY(code);
  return GLB_OK;
}
