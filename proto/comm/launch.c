#include "proto/comm/launch.h"

#include <limits.h>
#include <stdlib.h>

// a variable as a number >= 0, or -1 where it is missing or no such number
static long number(char *(*lookup)(const char *name), const char *name) {
  const char *text = lookup(name);
  char *end;
  if (!text || !*text) return -1;
  long value = strtol(text, &end, 10);
  return *end || value < 0 ? -1 : value;
}

// Slurm numbers its steps from 0; batch, extern and interactive steps have names or numbers near 2^32
static int in_numbered_step(char *(*lookup)(const char *name)) {
  static const long special = 0xfffffff0L;
  long step = number(lookup, "SLURM_STEP_ID");
  return step >= 0 && step < special;
}

static int clamp(long tasks) {
  return tasks > INT_MAX ? INT_MAX : (int)tasks;
}

int glb_launch_tasks(char *(*lookup)(const char *name), const char **source) {
  static const char *const sizes[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE"};
  long tasks;

  for (int i = 0; i < 2; i++) {
    *source = sizes[i];
    if ((tasks = number(lookup, sizes[i])) > 0) return clamp(tasks);
  }
  // PMIx tells the rank alone: a positive one proves that there are others
  *source = "PMIX_RANK";
  if ((tasks = number(lookup, *source)) > 0) return clamp(tasks + 1);

  *source = "SLURM_STEP_NUM_TASKS";
  if (in_numbered_step(lookup) && (tasks = number(lookup, *source)) > 0) return clamp(tasks);

  *source = NULL;
  return 1;
}
