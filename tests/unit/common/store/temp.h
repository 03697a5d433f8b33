/* temp.h: a temporary folder per test program, for cmocka's group set-up and tear-down. */
#ifndef TESTS_UNIT_COMMON_STORE_TEMP_H
#define TESTS_UNIT_COMMON_STORE_TEMP_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char folder[64];

// Path of a name in the folder; four live at a time.
static inline char *at(const char *name) {
  static char paths[4][256];
  static int turn;
  turn = (turn + 1) % 4;
  snprintf(paths[turn], sizeof paths[turn], "%s/%s", folder, name);
  return paths[turn];
}

static int make_folder(void **state) {
  (void)state;
  const char *place = getenv("TMPDIR");
  snprintf(folder, sizeof folder, "%.40s/glibrl-XXXXXX", place ? place : "/tmp");
  return mkdtemp(folder) ? 0 : -1;
}

static int drop_folder(void **state) {
  (void)state;
  char command[128];
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  return system(command);
}

// Entries of a folder whose name holds word.
static inline int entries_with(const char *path, const char *word) {
  DIR *dir = opendir(path);
  if (!dir) return -1;
  int n = 0;
  for (struct dirent *entry; (entry = readdir(dir));) n += strstr(entry->d_name, word) != NULL;
  closedir(dir);
  return n;
}

#endif  // TESTS_UNIT_COMMON_STORE_TEMP_H
