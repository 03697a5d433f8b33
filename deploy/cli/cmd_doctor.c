#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "actors/env/env.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/config/config.h"
#include "common/la/setup.h"
#include "common/store/checkpoint.h"
#include "common/store/h5.h"
#include "common/store/lock.h"
#include "deploy/cli/cli.h"
#include "deploy/cli/placement.h"
#include "deploy/cli/wiring.h"
#include "proto/comm/world.h"

static const struct glb_option options[] = {
    {"out", "DIR",
     "folder that runs will be written to; a small checkpoint is written there and read back, and a lock is "
     "taken (default: the current folder)"},
    {"models", "DIR",
     "folder that holds the model packages (env.model_dir; default: the one fixed at build time)"},
};

const struct glb_usage glb_usage_doctor = {
    .command = "doctor",
    .synopsis = "[--out DIR] [--models DIR]",
    .text =
        "Checks what a run needs: messages between ranks, CPU binding, BLAS results, model files, disk. "
        "Start "
        "it as\n"
        "you will start the run, with the same launcher and number of ranks. Exit code 1 when a line says "
        "FAIL.",
    .options = options,
    .count = sizeof options / sizeof options[0],
    .examples =
        "glibrl doctor\n"
        "mpirun -n 9 glibrl doctor --out runs",
};

struct request {
  const char *out, *models;
};

static int take(void *context, const char *name, const char *value) {
  struct request *r = context;
  *(!strcmp(name, "out") ? &r->out : &r->models) = value;
  return GLB_OK;
}

// ---- what is told ----

enum grade { OK, WARN, FAIL };

struct report {
  int fails;  // lines with FAIL
};

__attribute__((format(printf, 4, 5))) static void tell(struct report *report, enum grade grade,
                                                       const char *what, const char *format, ...) {
  static const char *const words[] = {"ok", "warn", "FAIL"};
  va_list args;
  printf("%-5s %-8s ", words[grade], what);
  va_start(args, format);
  vprintf(format, args);
  va_end(args);
  printf("\n");
  report->fails += grade == FAIL;
}

// ---- facts of one rank ----

struct probe {
  int blas, models;  // codes of the checks below
  char blas_says[256], models_says[256];
};

// The message of the last error, for another rank to print.
static int keep(int code, char says[256]) {
  if (code) snprintf(says, 256, "%s", glb_error_message());
  return code;
}

// A family for each kind of model.
static const char *const samples[] = {
#define S(name) name,
#include "deploy/cli/samples.def"
#undef S
};
enum { SAMPLES = sizeof samples / sizeof *samples };

// They can be simulated.
static int check_models(const char *model_dir) {
  const struct glb_env_options where = {.model_dir = model_dir};
  for (int i = 0; i < SAMPLES; i++) {
    struct glb_env *env;
    GLB_TRY(glb_env_create(&env, samples[i], &where));
    glb_env_destroy(env);
  }
  return GLB_OK;
}

static void probe(struct probe *p, const struct request *request) {
  memset(p, 0, sizeof *p);
  p->blas = keep(glb_blas_check(), p->blas_says);
  p->models = keep(check_models(request->models), p->models_says);
}

// ---- what the learner makes of the facts of all ranks ----

static void tell_roles(struct report *report, const struct glb_world *world) {
  struct glb_config config;
  glb_config_init(&config);
  int groups = (int)(config.train_slots / config.actor_group),
      most = (groups + world->actors - 1) / world->actors;
  tell(report, OK, "mpi", "%s, %d rank%s: %s", glb_mpi_version(), world->size, world->size > 1 ? "s" : "",
       world->size > 1 ? "rank 0 learns, the others act" : "it learns and acts");
  if (world->actors > groups) {
    tell(report, WARN, "groups",
         "%d actors, but train.slots = %d in groups of actor.group = %d are %d groups: set train.slots to %d "
         "or more, or "
         "start %d ranks",
         world->actors, (int)config.train_slots, (int)config.actor_group, groups,
         world->actors * (int)config.actor_group, groups + 1);
  } else {
    tell(report, OK, "groups", "%d slot groups at the default configuration, at most %d to an actor", groups,
         most);
  }
}

// ---- messages ----

// A rank answers slowly when its median is so many times that of the quickest, and so many seconds.
static const double slow_ratio = 20, slow_seconds = 1e-3;

struct range {
  int low, high;  // ranks with the least and the greatest value
};

static struct range range_of(const struct glb_wiring *wires, int size,
                             double (*of)(const struct glb_wiring *)) {
  struct range range = {1, 1};
  for (int r = 2; r < size; r++) {
    if (of(&wires[r]) < of(&wires[range.low])) range.low = r;
    if (of(&wires[r]) > of(&wires[range.high])) range.high = r;
  }
  return range;
}

static double round_trip_of(const struct glb_wiring *wire) {
  return wire->round_trip;
}
static double rate_of(const struct glb_wiring *wire) {
  return wire->rate;
}

// 0.0000123 -> "12.3 us"
static const char *time_text(char text[24], double seconds) {
  const double scale = seconds < 1e-3 ? 1e6 : 1e3;
  snprintf(text, 24, "%.3g %s", seconds * scale, seconds < 1e-3 ? "us" : "ms");
  return text;
}

static void tell_slow(struct report *report, const struct glb_place *places, const struct glb_wiring *wires,
                      int size, struct range trips) {
  const double best = wires[trips.low].round_trip;
  char slow[24], quick[24];
  int count = 0;
  for (int r = 1; r < size; r++)
    count += wires[r].round_trip > slow_ratio * best && wires[r].round_trip > slow_seconds;
  if (!count) return;
  tell(report, WARN, "mpi",
       "%d rank%s slow to answer, rank %d on %s most (%s, rank %d takes %s): is its host overloaded, or MPI "
       "on "
       "a network that is not meant for it (Open MPI: --mca btl_tcp_if_include)?",
       count, count > 1 ? "s are" : " is", trips.high, places[trips.high].host,
       time_text(slow, wires[trips.high].round_trip), trips.low, time_text(quick, best));
}

static void tell_wrong(struct report *report, const char *host, const struct glb_wiring *wire, int rank) {
  static const struct {
    int flag;
    const char *what;
  } kinds[] = {{GLB_WIRING_MAIL, "messages to and from it"},
               {GLB_WIRING_BROADCAST, "what a broadcast brings it"},
               {GLB_WIRING_REDUCTION, "what a reduction, through other ranks, makes of its numbers"}};
  for (int k = 0; k < 3; k++)
    if (wire->wrong & kinds[k].flag)
      tell(report, FAIL, "mpi",
           "rank %d on %s: %s came out wrong: try another transport (Open MPI: --mca btl tcp,self) or "
           "another MPI",
           rank, host, kinds[k].what);
}

static void tell_wiring(struct report *report, const struct glb_place *places, const struct glb_wiring *wires,
                        int size) {
  int wrong = 0;
  char low[24], high[24];
  if (size == 1) return;
  const struct range trips = range_of(wires, size, round_trip_of), rates = range_of(wires, size, rate_of);
  for (int r = 0; r < size; r++) {
    tell_wrong(report, places[r].host, &wires[r], r);
    wrong |= wires[r].wrong;
  }
  tell_slow(report, places, wires, size, trips);
  tell(report, OK, "mpi", "round trip %s .. %s (slowest: rank %d on %s), %.2g GB/s at least (rank %d on %s)",
       time_text(low, wires[trips.low].round_trip), time_text(high, wires[trips.high].round_trip), trips.high,
       places[trips.high].host, wires[rates.low].rate / 1e9, rates.low, places[rates.low].host);
  if (!wrong) tell(report, OK, "mpi", "messages, broadcast and reduction of 1 MiB right on %d ranks", size);
}

// ---- processors, BLAS, models ----

static void tell_place(void *context, int warn, const char *what, const char *line) {
  tell(context, warn ? WARN : OK, what, "%s", line);
}

static void tell_blas(struct report *report, const struct probe *probes, const struct glb_place *places,
                      int size) {
  int wrong = 0;
  for (int r = 0; r < size; r++) {
    if (!probes[r].blas) continue;
    tell(report, FAIL, "blas", "rank %d on %s: %s", r, places[r].host, probes[r].blas_says);
    wrong++;
  }
  if (!wrong)
    tell(report, OK, "blas", "%s, kernel %s, one thread a call, results right", glb_blas_config(),
         places[0].kernel);
}

static void tell_models(struct report *report, const struct probe *probes, const struct glb_place *places,
                        int size) {
  int wrong = 0;
  for (int r = 0; r < size; r++) {
    if (!probes[r].models || (r > 0 && !strcmp(places[r].host, places[r - 1].host))) continue;
    tell(report, FAIL, "models", "%s: %s", places[r].host, probes[r].models_says);
    wrong++;
  }
  if (!wrong) tell(report, OK, "models", "a family of each kind can be simulated (%d)", SAMPLES);
}

// ---- disk ----

enum { SAMPLE = 1 << 18 };  // numbers in the checkpoint that is tried

// A checkpoint of SAMPLE numbers written and read back as it was.
static int try_checkpoint(const char *run) {
  static float data[SAMPLE], back[SAMPLE];
  const size_t count = SAMPLE;
  struct glb_h5 *file;
  for (int i = 0; i < SAMPLE; i++) data[i] = (float)i;
  GLB_TRY(glb_h5_create(&file));
  int code = glb_h5_write(file, "sample", GLB_H5_F32, 1, &count, data, NULL);
  if (!code) code = glb_checkpoint_land(file, run, 1, 1);
  glb_h5_close(file);
  GLB_TRY(code);
  GLB_TRY(glb_checkpoint_latest(&file, run, NULL, 0));
  GLB_CHECK(file, GLB_EIO, "%s: a checkpoint just written is not there", run);
  code = glb_h5_read(file, "sample", GLB_H5_F32, SAMPLE, back);
  glb_h5_close(file);
  GLB_TRY(code);
  GLB_CHECK(!memcmp(data, back, sizeof data), GLB_EIO, "%s: a checkpoint came back changed", run);
  return GLB_OK;
}

// That a run directory has one writer: a lock is to keep a second one out.
static void tell_lock(struct report *report, const char *run) {
  struct glb_lock first, second = {.fd = -1};
  const int taken = glb_lock_take(&first, run);
  if (taken) {
    tell(report, FAIL, "lock", "%s", glb_error_message());
  } else if (first.refused) {
    tell(report, WARN, "lock",
         "the file system has no locks (%s): runs work, but two on one folder are not kept apart; Lustre "
         "wants to "
         "be mounted with flock",
         strerror(first.refused));
  } else if (!glb_lock_take(&second, run)) {
    tell(report, WARN, "lock",
         "the file system gives one lock to two: runs work, but two on one folder are not kept apart");
  } else {
    tell(report, OK, "lock", "a folder that is written to keeps a second writer out");
  }
  glb_lock_release(&second);
  glb_lock_release(&first);
}

// Nothing is left of the trial; made: the folder itself was not there before.
static void clean_up(const char *out, const char *run, int made) {
  char path[4200];
  snprintf(path, sizeof path, "%s/checkpoints/round-00000001.h5", run);
  unlink(path);
  snprintf(path, sizeof path, "%s/lock", run);
  unlink(path);
  snprintf(path, sizeof path, "%s/checkpoints", run);
  rmdir(path);
  rmdir(run);
  if (made) rmdir(out);
}

static void tell_disk(struct report *report, const char *out) {
  char run[4096];
  struct statvfs space;
  int length = snprintf(run, sizeof run, "%s/glibrl-doctor-%ld", out, (long)getpid());
  int made = !glb_file_exists(out);
  double start = glb_clock_wall();
  int code = length < (int)sizeof run
                 ? try_checkpoint(run)
                 : glb_error_raise(GLB_EIO, __FILE__, __LINE__, "%.60s...: name too long", out);
  double seconds = glb_clock_wall() - start;
  double free_bytes = statvfs(out, &space) ? 0 : (double)space.f_bavail * (double)space.f_frsize;
  if (code) {
    tell(report, FAIL, "disk", "%s", glb_error_message());
  } else if (free_bytes < 1e9) {
    tell(report, WARN, "disk", "%s: %.2f GB free; a run needs that for its checkpoints", out,
         free_bytes / 1e9);
  } else {
    tell(report, OK, "disk", "%s: a checkpoint of 1 MiB written and read back in %.3f s, %.1f GB free", out,
         seconds, free_bytes / 1e9);
  }
  if (!code) tell_lock(report, run);
  clean_up(out, run, made);
}

// HDF5 obeys this variable before it obeys the program, which asks for no locks.
static void tell_hdf5(struct report *report) {
  const char *locking = getenv("HDF5_USE_FILE_LOCKING");
  if (locking && !strcmp(locking, "TRUE")) {
    tell(report, WARN, "hdf5",
         "%s; HDF5_USE_FILE_LOCKING=TRUE asks for locks that network file systems may refuse: unset it",
         glb_h5_version());
  } else {
    tell(report, OK, "hdf5", "%s, no file locks", glb_h5_version());
  }
}

// ---- the command ----

static void conclude(struct report *report, const struct glb_world *world, const struct probe *probes,
                     const struct glb_place *places, const struct glb_wiring *wires,
                     const struct request *request) {
  struct glb_config config;
  glb_config_init(&config);
  tell_roles(report, world);
  tell_wiring(report, places, wires, world->size);
  glb_placement_tell(places, world->size, 1, (int)config.agent_shards, tell_place, report);
  tell_blas(report, probes, places, world->size);
  tell_models(report, probes, places, world->size);
  tell_hdf5(report);
  tell_disk(report, request->out);
}

static int examine(struct report *report, struct glb_world *world, const struct request *request) {
  const size_t size = (size_t)world->size;
  struct probe mine, *probes = calloc(size, sizeof *probes);
  struct glb_place place, *places = calloc(size, sizeof *places);
  struct glb_wiring *wires = calloc(size, sizeof *wires);
  int code = GLB_OK;
  if (!probes || !places || !wires)
    code =
        glb_error_raise(GLB_ENOMEM, __FILE__, __LINE__, "no memory for the facts of %d ranks", world->size);
  probe(&mine, request);
  glb_placement_probe(&place);
  glb_world_phase(world, "what the other ranks have found");
  if (!code) code = glb_world_gather(world, GLB_ALL, world->learner ? probes : NULL, &mine, sizeof mine);
  if (!code) code = glb_world_gather(world, GLB_ALL, world->learner ? places : NULL, &place, sizeof place);
  if (!code) code = glb_wiring_try(world->learner ? wires : NULL, world);
  if (!code && world->learner) conclude(report, world, probes, places, wires, request);
  free(wires);
  free(places);
  free(probes);
  GLB_TRY(code);
  return GLB_OK;
}

int glb_cmd_doctor(int argc, char **argv, int *status) {
  struct request request = {.out = ".", .models = ""};
  struct report report = {0};
  struct glb_world world;
  GLB_TRY(glb_usage_parse(&glb_usage_doctor, argc, argv, status, take, &request));
  GLB_TRY(glb_world_init(&world));
  world.watch.patience = 10;  // then it says for whom it waits
  int code = examine(&report, &world, &request);
  if (!code) code = glb_world_broadcast(&world, GLB_ALL, &report, sizeof report);
  glb_world_finish(&world);
  GLB_TRY(code);
  *status = report.fails > 0;
  return GLB_OK;
}
