#include "deploy/cli/signals.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/base/error.h"

// the last seconds of a time limit, in which no round is waited for
static const double reserve = 20;

static struct glb_stop asked;

static void on_soon(int number) {
  asked.soon = number;
}

static void on_now(int number) {
  if (asked.now == SIGINT && number == SIGINT) _exit(128 + SIGINT);
  asked.now = number;
}

static void handle(int number, void (*handler)(int)) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, NULL);
}

const struct glb_stop *glb_signals_take(int learner) {
  asked = (struct glb_stop){0};
  handle(SIGUSR1, learner ? on_soon : SIG_IGN);
  handle(SIGTERM, learner ? on_now : SIG_IGN);
  handle(SIGINT, learner ? on_now : SIG_IGN);
  handle(SIGXFSZ, SIG_IGN);
  handle(SIGPIPE, SIG_IGN);
  return &asked;
}

void glb_signals_deadline(double limit) {
  const double until = limit > 2 * reserve ? limit - reserve : limit / 2;
  asked.deadline = glb_clock_wall() + limit;
  handle(SIGALRM, on_now);
  alarm(until < 1 ? 1 : (unsigned)until);
}

const char *glb_signals_name(int number) {
  switch (number) {
    case SIGUSR1:
      return "SIGUSR1";
    case SIGTERM:
      return "SIGTERM";
    case SIGINT:
      return "SIGINT";
    default:
      return "the time limit";
  }
}

// [[hours:]minutes:]seconds
static int parse(double *seconds, const char *text) {
  *seconds = 0;
  for (int part = 0; part < 3; part++) {
    char *end;
    errno = 0;
    const long value = strtol(text, &end, 10);
    if (end == text || errno || value < 0 || value > 100000000) return 0;
    *seconds = *seconds * 60 + (double)value;
    if (!*end) return *seconds > 0;
    if (*end != ':') return 0;
    text = end + 1;
  }
  return 0;
}

int glb_signals_limit(double *limit, const char *text) {
  const char *slurm = getenv("SLURM_JOB_END_TIME");
  *limit = 0;
  if (text) {
    GLB_CHECK(parse(limit, text), GLB_ECONFIG,
              "--max-walltime takes seconds, minutes:seconds or hours:minutes:seconds, not \"%s\"", text);
    return GLB_OK;
  }
  if (!slurm) return GLB_OK;
  const double left = strtod(slurm, NULL) - (double)time(NULL);
  if (left > 0) *limit = left;
  return GLB_OK;
}
