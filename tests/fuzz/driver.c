/* driver.c: main of a fuzz target where the compiler has no libFuzzer.
 *
 * fuzz_TARGET FOLDER [MUTATIONS]   every file of the folder, then so many mutations of them, always the same
 * fuzz_TARGET FILE                 this file alone
 *
 * An input that ends the process, or takes longer than LIMIT seconds, is left in crash-fuzz_TARGET. */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/rng.h"
#include "common/store/file.h"
#include "tests/fuzz/target.h"

enum { FILES = 256, FILE_LIMIT = 1 << 20, ROOM = 1 << 16, STROKES = 4, LIMIT = 60 };

struct bytes {
  uint8_t *data;
  size_t size;
};

static struct bytes corpus[FILES];
static int files;

/* ---- what is left of an input that ends the process ---- */

static struct bytes now;           // the input under way
static char crash[256];            // where it goes
static struct sigaction olds[64];  // of the sanitizers, or the system's

static void leave(int signal) {
  int fd = open(crash, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (fd >= 0 && write(fd, now.data, now.size) == (ssize_t)now.size) {
    const char said[] = "the input that does this is left in ";
    write(STDERR_FILENO, said, sizeof said - 1);
    write(STDERR_FILENO, crash, strlen(crash));
    write(STDERR_FILENO, "\n", 1);
  }
  sigaction(signal, &olds[signal], NULL);
  if (signal == SIGALRM) raise(signal);
}

static void watch(const char *program) {
  static const int signals[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGALRM};
  const char *slash = strrchr(program, '/');
  snprintf(crash, sizeof crash, "crash-%s", slash ? slash + 1 : program);
  for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
    sigaction(signals[i], &(struct sigaction){.sa_handler = leave}, &olds[signals[i]]);
}

static void feed(const uint8_t *data, size_t size) {
  now.size = size;
  now.data = malloc(size + 1);
  fuzz_require(now.data != NULL);
  memcpy(now.data, data, size);
  alarm(LIMIT);
  LLVMFuzzerTestOneInput(now.data, size);
  free(now.data);
}

/* ---- the corpus ---- */

static int is_visible(const struct dirent *entry) {
  return entry->d_name[0] != '.';
}

static int add_file(const char *path) {
  char *data;
  GLB_CHECK(files < FILES, GLB_ELIMIT, "%s: more than %d files", path, FILES);
  GLB_TRY(glb_file_read(&data, &corpus[files].size, path, FILE_LIMIT));
  corpus[files++].data = (uint8_t *)data;
  return GLB_OK;
}

static int add_folder(const char *folder) {
  struct dirent **names;
  int count = scandir(folder, &names, is_visible, alphasort), code = GLB_OK;
  GLB_CHECK(count > 0, GLB_EIO, "%s: no folder with files", folder);
  for (int i = 0; i < count; i++) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
    if (!code) code = add_file(path);
    free(names[i]);
  }
  free(names);
  return code;
}

/* ---- mutations ---- */

static size_t below(struct glb_rng *rng, size_t n) {
  return n ? glb_rng_below(rng, (uint32_t)n) : 0;
}

// A number at which counts, lengths and signs turn, 1 to 8 bytes wide, in either byte order.
static void put_number(uint8_t *data, size_t size, struct glb_rng *rng) {
  static const uint64_t numbers[] = {0,
                                     1,
                                     2,
                                     15,
                                     16,
                                     127,
                                     128,
                                     255,
                                     256,
                                     32767,
                                     65535,
                                     65536,
                                     INT32_MAX,
                                     INT32_MIN,
                                     UINT32_MAX,
                                     INT64_MAX,
                                     (uint64_t)INT64_MIN,
                                     UINT64_MAX,
                                     1u << 20,
                                     UINT64_C(1) << 40};
  uint64_t number = numbers[below(rng, sizeof numbers / sizeof *numbers)];
  size_t width = (size_t)1 << below(rng, 4), at = below(rng, size), swapped = below(rng, 2);
  for (size_t i = 0; i < width && at + i < size; i++)
    data[at + i] = (uint8_t)(number >> 8 * (swapped ? width - 1 - i : i));
}

// Puts n bytes in at a place: of the input itself, of another file, or one byte again and again.
static size_t insert(uint8_t *data, size_t size, struct glb_rng *rng) {
  const struct bytes *other = &corpus[below(rng, (size_t)files)];
  const struct bytes self = {data, size}, *from = below(rng, 2) ? &self : other;
  uint8_t piece[512];
  size_t at = below(rng, size + 1), n = below(rng, below(rng, 8) ? 16 : sizeof piece), start;
  if (n > from->size) n = from->size;
  if (n > ROOM - size) n = ROOM - size;
  start = below(rng, from->size - n + 1);
  if (n) memcpy(piece, from->data + start, n);
  if (n && !below(rng, 3)) memset(piece, piece[0], n);
  memmove(data + at + n, data + at, size - at);
  memcpy(data + at, piece, n);
  return size + n;
}

static size_t erase(uint8_t *data, size_t size, struct glb_rng *rng) {
  size_t at = below(rng, size), n = below(rng, below(rng, 8) ? 16 : size);
  if (n > size - at) n = size - at;
  memmove(data + at, data + at + n, size - at - n);
  return size - n;
}

static size_t stroke(uint8_t *data, size_t size, struct glb_rng *rng) {
  size_t at = below(rng, size), to = below(rng, size), n = below(rng, 64);
  switch (below(rng, 7)) {
    case 0:
      if (size) data[at] = (uint8_t)(data[at] ^ 1u << below(rng, 8));
      return size;
    case 1:
      if (size) data[at] = (uint8_t)below(rng, 256);
      return size;
    case 2:
      put_number(data, size, rng);
      return size;
    case 3:
      if (n > size - (at > to ? at : to)) n = size - (at > to ? at : to);
      memmove(data + to, data + at, n);
      return size;
    case 4:
      return insert(data, size, rng);
    case 5:
      return erase(data, size, rng);
    default:
      return below(rng, 4) ? size : at;
  }
}

static void mutation(uint32_t number) {
  static uint8_t data[ROOM];
  struct glb_rng rng;
  glb_rng_start(&rng, 1, GLB_STREAM_TEST, (struct glb_rng_at){.round = number});
  const struct bytes *from = &corpus[number % (uint32_t)files];
  size_t size = from->size < ROOM ? from->size : ROOM;
  if (size) memcpy(data, from->data, size);
  for (size_t strokes = 1 + below(&rng, STROKES); strokes > 0; strokes--) size = stroke(data, size, &rng);
  feed(data, size);
}

int main(int argc, char **argv) {
  struct stat info;
  struct rusage usage;
  if (argc < 2 || argc > 3 || stat(argv[1], &info)) {
    fprintf(stderr, "usage: %s FOLDER [MUTATIONS], or %s FILE\n", argv[0], argv[0]);
    return 2;
  }
  const uint32_t mutations = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
  if (S_ISDIR(info.st_mode) ? add_folder(argv[1]) : add_file(argv[1])) {
    fprintf(stderr, "%s\n", glb_error_message());
    return EXIT_FAILURE;
  }
  watch(argv[0]);
  for (int i = 0; i < files; i++) feed(corpus[i].data, corpus[i].size);
  for (uint32_t i = 0; i < mutations; i++) mutation(i);
  for (int i = 0; i < files; i++) free(corpus[i].data);
  getrusage(RUSAGE_SELF, &usage);
  printf("%d files, %u mutations, at most %ld MB\n", files, mutations, usage.ru_maxrss / 1024);
  return EXIT_SUCCESS;
}
