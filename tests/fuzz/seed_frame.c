/* Writes a seed corpus for fuzz_frame into the folder given: a body of each kind, a whole frame, and the
 * bodies that announce gigabytes. */
#include <stdio.h>
#include <stdlib.h>

#include "proto/wire/frame.h"
#include "proto/wire/message.h"
#include "tests/harness/trials.h"

static const char *folder;

static void write_seed(const char *name, int kind, const uint8_t *bytes, size_t n) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "wb");
  if (!file || fputc(kind - 1, file) == EOF || fwrite(bytes, 1, n, file) != n || fclose(file)) {
    perror(path);
    exit(EXIT_FAILURE);
  }
}

static void write_body(const char *name, int kind, const uint8_t *frame, size_t size) {
  write_seed(name, kind, frame + GLB_FRAME_HEAD, size - GLB_FRAME_HEAD);
}

int main(int argc, char **argv) {
  const struct glb_trial_shape shape = {.O = 2, .A = 1, .P = 1, .E = 2, .T = 6};
  const struct glb_order order = {.verb = GLB_VERB_ROLLOUT, .round = 3, .first = 1, .last = 4};
  const uint8_t array[] = {0xdd, 0x10, 0, 0, 0}, map[] = {0xdf, 0x01, 0, 0, 0, 0x80};
  double returns[] = {1, -2.5};
  uint8_t success[] = {0, 1}, frame[4096];
  const struct glb_score score = {.E = 2, .returns = returns, .success = success};
  struct glb_trial trial;
  size_t size;

  if (argc != 2) {
    fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  folder = argv[1];
  glb_trial_map(&trial, shape, aligned_alloc(64, glb_trial_bytes(shape)));
  trial_fill(&trial, 2, 6, 1);

  if (glb_message_put_trial(frame, sizeof frame, &size, &trial)) return EXIT_FAILURE;
  write_body("trial", GLB_FRAME_TRIAL, frame, size);
  write_seed("frame", GLB_FRAME_TRIAL, frame, size);
  if (glb_message_put_score(frame, sizeof frame, &size, &score)) return EXIT_FAILURE;
  write_body("score", GLB_FRAME_SCORE, frame, size);
  if (glb_message_put_order(frame, sizeof frame, &size, &order)) return EXIT_FAILURE;
  write_body("order", GLB_FRAME_ORDER, frame, size);
  write_seed("array", GLB_FRAME_TRIAL, array, sizeof array);
  write_seed("map", GLB_FRAME_ORDER, map, sizeof map);
  free(trial.block);
  return EXIT_SUCCESS;
}
