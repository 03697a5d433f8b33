/* make_corpus.c: writes the seed corpus of each target; run by hand when a format changes:
 * build/tests/fuzz/make_corpus tests/fuzz/corpus */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/config/config.h"
#include "common/store/checkpoint.h"
#include "common/store/file.h"
#include "common/store/h5.h"
#include "proto/wire/frame.h"
#include "proto/wire/message.h"
#include "tests/fuzz/program.h"
#include "tests/harness/trials.h"

static const char *top;  // folder of the corpus

static int write_seed(const char *target, const char *name, const void *data, size_t size) {
  char path[1024];
  snprintf(path, sizeof path, "%s/%s", top, target);
  GLB_TRY(glb_file_folder(path));
  snprintf(path, sizeof path, "%s/%s/%s", top, target, name);
  return glb_file_land(path, data, size);
}

/* ---- frames: a byte for the kind, then a body or a whole frame ---- */

enum { FRAME = 4096 };

static int write_frame(const char *name, int kind, const uint8_t *bytes, size_t size) {
  uint8_t seed[FRAME + 1] = {(uint8_t)(kind - 1)};
  memcpy(seed + 1, bytes, size);
  return write_seed("frame", name, seed, size + 1);
}

static int write_body(const char *name, int kind, const uint8_t *frame, size_t size) {
  return write_frame(name, kind, frame + GLB_FRAME_HEAD, size - GLB_FRAME_HEAD);
}

static int make_trials(void) {
  const struct glb_trial_shape shape = {.O = 2, .A = 1, .P = 1, .E = 2, .T = 6};
  struct glb_trial trial;
  uint8_t frame[FRAME];
  size_t size;
  glb_trial_map(&trial, shape, aligned_alloc(64, glb_trial_bytes(shape)));
  trial_fill(&trial, 2, 6, 1);
  int code = glb_message_put_trial(frame, sizeof frame, &size, &trial);
  if (!code) code = write_body("trial", GLB_FRAME_TRIAL, frame, size);
  if (!code) code = write_frame("whole-trial", GLB_FRAME_TRIAL, frame, size);
  free(trial.block);
  return code;
}

static int make_frames(void) {
  const struct glb_order order = {.verb = GLB_VERB_ROLLOUT, .round = 3, .first = 1, .last = 4};
  const uint8_t array[] = {0xdd, 0x10, 0, 0, 0}, map[] = {0xdf, 0x01, 0, 0, 0, 0x80};
  double returns[] = {1, -2.5};
  uint8_t success[] = {0, 1}, frame[FRAME];
  const struct glb_score score = {.E = 2, .returns = returns, .success = success};
  size_t size;
  GLB_TRY(make_trials());
  GLB_TRY(glb_message_put_score(frame, sizeof frame, &size, &score));
  GLB_TRY(write_body("score", GLB_FRAME_SCORE, frame, size));
  GLB_TRY(glb_message_put_order(frame, sizeof frame, &size, &order));
  GLB_TRY(write_body("order", GLB_FRAME_ORDER, frame, size));
  frame[GLB_FRAME_HEAD + 6] = 0xd2;  // an int32 where an uint32 is written
  GLB_TRY(write_body("order-int32", GLB_FRAME_ORDER, frame, size));
  GLB_TRY(write_frame("array-of-gigabytes", GLB_FRAME_TRIAL, array, sizeof array));
  return write_frame("map-of-gigabytes", GLB_FRAME_ORDER, map, sizeof map);
}

/* ---- configurations ---- */

static int make_configs(void) {
  static const char odd[] =
      "\xef\xbb\xbf# odd, and good\n[train]\r\n\tseed : +7 ; of all\n  rounds=0001\n;\n[ agent ]\n\n[agent]\n"
      "rate = 1e-3\n[env]\nmodel_dir = a;b#c = d\nfamily=\n";
  static const char nul[] = "[train]\nseed = 1\0\nrounds = 2\n";
  struct glb_config config;
  char text[16384], line[2048];
  glb_config_init(&config);
  GLB_TRY(write_seed("config", "defaults", text, glb_config_write(&config, text, sizeof text)));
  GLB_TRY(write_seed("config", "odd", odd, sizeof odd - 1));
  GLB_TRY(write_seed("config", "nul", nul, sizeof nul - 1));
  GLB_TRY(write_seed("config", "set", "agent.rate = 3e-5", 17));
  GLB_TRY(write_seed("config", "twice", "[train]\nseed=1\nseed=2\n", 22));
  memset(line, 'x', sizeof line);
  memcpy(line, "[env]\nfamily = ", 15);
  GLB_TRY(write_seed("config", "longest-text", line, 15 + 1023));
  GLB_TRY(write_seed("config", "long-line", line, sizeof line));
  memset(line, '[', sizeof line);
  return write_seed("config", "brackets", line, 512);
}

/* ---- HDF5: a checkpoint, and programs ---- */

static int write_checkpoint(struct glb_h5 *file) {
  const float weights[4] = {1, -2, 3, 4};
  const size_t dims[] = {2, 2};
  char folder[512], path[1024], *data;
  size_t size;
  GLB_TRY(glb_h5_write_int(file, "", "format", 1));
  GLB_TRY(glb_h5_write_text(file, "", "config", "[train]\nseed = 5\n"));
  GLB_TRY(glb_h5_write(file, "learned/w", GLB_H5_F32, 2, dims, weights, "m"));
  snprintf(folder, sizeof folder, "%s/h5", top);
  GLB_TRY(glb_checkpoint_land(file, folder, 1, 1));
  snprintf(path, sizeof path, "%s/checkpoints/round-00000001.h5", folder);
  GLB_TRY(glb_file_read(&data, &size, path, 1 << 20));
  int code = write_seed("h5", "checkpoint", data, size);
  free(data);
  remove(path);
  snprintf(path, sizeof path, "%s/checkpoints", folder);
  remove(path);
  return code;
}

static int make_checkpoint(void) {
  struct glb_h5 *file;
  GLB_TRY(glb_h5_create(&file));
  int code = write_checkpoint(file);
  glb_h5_close(file);
  return code;
}

struct program {
  uint8_t bytes[1024];
  size_t size;
};

static void put(struct program *p, int byte) {
  p->bytes[p->size++] = (uint8_t)byte;
}

static void put_text(struct program *p, const char *text) {
  put(p, (int)strlen(text));
  memcpy(p->bytes + p->size, text, strlen(text));
  p->size += strlen(text);
}

// A data set of rows x cols; of rank 0 with no rows. Its data are 1, 2, 3 as bytes.
static void put_set(struct program *p, const char *path, int type, int rows, int cols, int layout) {
  const int rank = (rows > 0) + (cols > 0);
  put(p, FUZZ_SET);
  put_text(p, path);
  put(p, type);
  put(p, rank);
  if (rows) put(p, rows);
  if (cols) put(p, cols);
  put(p, layout);
  put_text(p, "\x01\x02\x03");
  if (type == FUZZ_TEXT_ANY) put(p, 0);
}

static void put_attribute(struct program *p, const char *path, const char *name, int type, int values,
                          const char *data) {
  put(p, FUZZ_ATTRIBUTE);
  put_text(p, path);
  put_text(p, name);
  put(p, type);
  put(p, values);
  put_text(p, data);
  if (type == FUZZ_TEXT_ANY) put(p, 0);
}

static void put_link(struct program *p, int order, const char *target, const char *path) {
  put(p, order);
  put_text(p, target);
  put_text(p, path);
}

static int make_tasks(void) {
  struct program p = {.size = 1};
  put_set(&p, "a/C", FUZZ_F64, 3, 2, FUZZ_CONTIGUOUS);
  put_set(&p, "a/Y", FUZZ_F32, 3, 1, FUZZ_CHUNKED);
  put_set(&p, "a/nu0", FUZZ_F64BE, 0, 0, FUZZ_CONTIGUOUS);
  put_set(&p, "reach-v3/task0/action", FUZZ_F16, 2, 2, FUZZ_DEFLATED);
  put_set(&p, "reach-v3/task0/success", FUZZ_BOOL, 2, 0, FUZZ_COMPACT);
  put_attribute(&p, "reach-v3/task0", "partially_observable", FUZZ_I64BE, FUZZ_ONE, "\x01");
  put_attribute(&p, "a", "units", FUZZ_TEXT, FUZZ_ONE, "m/s");
  return write_seed("h5", "tasks", p.bytes, p.size);
}

static int make_state(void) {
  struct program p = {.size = 1};
  put_attribute(&p, "/", "format", FUZZ_U8, FUZZ_ONE, "\x01");
  put_attribute(&p, "/", "config", FUZZ_TEXT_ANY, FUZZ_ONE, "[train]\nseed = 5\n");
  put_set(&p, "learned/model/w", FUZZ_F32, 2, 2, FUZZ_CONTIGUOUS);
  put_set(&p, "learned/updates", FUZZ_I64, 3, 0, FUZZ_CONTIGUOUS);
  put_set(&p, "replay/head", FUZZ_I32, 2, 5, FUZZ_CONTIGUOUS);
  return write_seed("h5", "state", p.bytes, p.size);
}

static int make_strange(void) {
  struct program p = {.size = 1};
  put(&p, FUZZ_GROUP);
  put_text(&p, "learned/d");
  put_link(&p, FUZZ_HARD, "learned", "learned/d/circle");
  put_link(&p, FUZZ_SOFT, "nowhere", "learned/e");
  put_set(&p, "learned/huge", FUZZ_F64, 255, 254, FUZZ_CHUNKED);
  put_set(&p, "learned/wide", FUZZ_U8, 3, 0, FUZZ_WIDE);
  put_set(&p, "learned/external", FUZZ_U8, 3, 0, FUZZ_EXTERNAL);
  put_set(&p, "learned/virtual", FUZZ_U8, 3, 0, FUZZ_VIRTUAL);
  put(&p, FUZZ_TYPE);
  put_text(&p, "type");
  put(&p, FUZZ_PAIR);
  return write_seed("h5", "strange", p.bytes, p.size);
}

// Groups in groups, five times 62 bytes deep.
static int make_long_path(void) {
  struct program p = {.size = 1};
  char path[FUZZ_TEXT_LONG + 1] = {0};
  memset(path, 'x', FUZZ_TEXT_LONG);
  memcpy(path, "learned/", 8);
  put(&p, FUZZ_GROUP);
  put_text(&p, path);
  return write_seed("h5", "long-path", p.bytes, p.size);
}

static int make_types(void) {
  struct program sets = {.size = 1}, attributes = {.bytes = {1}, .size = 1};  // these in heaps
  for (int type = 0; type < FUZZ_TYPES; type++) {
    const char path[] = {'a', '/', (char)('a' + type), '\0'}, name[] = {(char)('a' + type), '\0'};
    put_set(&sets, path, type, 2, 0, FUZZ_CONTIGUOUS);
    put_attribute(&attributes, "/", type % 2 ? name : "units", type, type % FUZZ_VALUES, "\x01");
  }
  GLB_TRY(write_seed("h5", "types", sets.bytes, sets.size));
  return write_seed("h5", "attributes", attributes.bytes, attributes.size);
}

/* The images that the programs of h5 write. */
static int make_image(const char *program) {
  char path[1024], *bytes;
  uint8_t *image;
  size_t count, size;
  snprintf(path, sizeof path, "%s/h5/%s", top, program);
  GLB_TRY(glb_file_read(&bytes, &count, path, 1 << 20));
  fuzz_program(&image, &size, (const uint8_t *)bytes, count);
  free(bytes);
  GLB_CHECK(image, GLB_EFORMAT, "%s writes no file", path);
  int code = write_seed("image", program, image, size);
  free(image);
  return code;
}

static int make_all(void) {
  GLB_TRY(make_frames());
  GLB_TRY(make_configs());
  GLB_TRY(make_checkpoint());
  GLB_TRY(make_tasks());
  GLB_TRY(make_state());
  GLB_TRY(make_strange());
  GLB_TRY(make_long_path());
  GLB_TRY(make_types());
  GLB_TRY(make_image("tasks"));
  return make_image("state");
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  top = argv[1];
  if (!make_all()) return EXIT_SUCCESS;
  fprintf(stderr, "%s\n%s\n", glb_error_message(), glb_error_trace());
  return EXIT_FAILURE;
}
