/* The bytes that the learner and the actors hand to MPI and take from it are those of the table in docs/protocol.md. */
#include "common/base/clock.h"
#include "learner/model_update.h"
#include "proto/comm/tickets.h"
#include "tests/harness/mpi_session.h"

static const char *const keys[] = {"env.family=point", "env.horizon=12",  "train.slots=16",
                                   "actor.group=1",    "model.tasks=5",   "model.features=7",
                                   "model.hidden=9",   "replay.trials=32"};

static struct glb_session session;

struct bytes {
  uint64_t out, in;
};

/* What this rank's counters have grown by since the last call. */
static struct bytes counted(void) {
  static struct bytes before;
  const struct bytes grown = {check.world.sent - before.out, check.world.received - before.in};
  before = (struct bytes){check.world.sent, check.world.received};
  return grown;
}

static void compare(const char *what, struct bytes found, uint64_t out, uint64_t in) {
  CHECK(found.out == out && found.in == in, "%s: %llu bytes out and %llu in, expected %llu and %llu", what,
        (unsigned long long)found.out, (unsigned long long)found.in, (unsigned long long)out,
        (unsigned long long)in);
}

/* Ranks that hand this one their sums in the binomial tree. */
static uint64_t children(void) {
  const struct glb_world *world = &check.world;
  uint64_t count = 0;
  for (int s = 1; s < world->size && !(world->rank & s); s *= 2) count += world->rank + s < world->size;
  return count;
}

static int order(struct glb_order what) {
  return glb_desk_order(&session.desk, GLB_ACTING, &what);
}

/* Bytes of so many trials. */
static uint64_t receive(uint64_t count) {
  const uint64_t most = glb_message_trial_bytes(session.space.trial);
  uint64_t bytes = 0;
  for (uint64_t i = 0; i < count; i++) {
    const uint8_t *frame;
    size_t size;
    int from;
    CHECK_OK(glb_mail_receive(session.mail, &frame, &size, &from));
    CHECK(size <= most, "a trial of %zu bytes, at most %llu", size, (unsigned long long)most);
    bytes += size;
  }
  return bytes;
}

static void lead(void) {
  const uint64_t actors = (uint64_t)check.world.actors, slots = (uint64_t)session.config.train_slots;
  const struct glb_desk *desk = &session.desk;
  const uint64_t P = desk->theta_size, Z = desk->snapshot_size, Q = desk->adjoints_size,
                 S = desk->statistics.start[desk->statistics.blocks],
                 b = (uint64_t)(desk->statistics.blocks + desk->gradient.blocks);
  struct glb_model_update *update;
  struct glb_model_report report;

  counted();
  glb_model_draw(&session.space.model, desk->theta, 1);
  glb_model_draw(&session.space.model, desk->snapshot, 1);
  CHECK_OK(order((struct glb_order){.verb = GLB_VERB_SNAPSHOT, .version = 1}));
  CHECK_OK(glb_desk_snapshot(&session.desk));
  compare("snapshot", counted(), 130 + 4 * Z, 3 * GLB_USES * sizeof(double));

  glb_tickets_open(&check.world, (int)slots);
  CHECK_OK(order((struct glb_order){.verb = GLB_VERB_ROLLOUT, .flags = GLB_ORDER_RANDOM}));
  const uint64_t trials = receive(slots);
  CHECK_OK(
      glb_model_update_create(&update, &session.config, &session.space, &session.fit, &session.desk, NULL));
  struct glb_order what = {.last = 1, .version = 1};
  CHECK_OK(glb_model_update_run(update, &what, &report));

  // How many actors have asked in vain, for want of groups, is a matter of time; the order of the update has met none of them asking.
  const struct bytes both = counted();
  const uint64_t out = 130 + 130 + 4 * P + 8 * Q + 4 * b, tickets = (both.out - out) / 4;
  CHECK(tickets + actors >= slots && tickets <= slots, "%llu tickets for %llu groups and %llu actors",
        (unsigned long long)tickets, (unsigned long long)slots, (unsigned long long)actors);
  compare("rollout and model update", both, out + 4 * tickets,
          trials + 8 * (S + P) * children() + 4 * b + 4 * tickets);
  // All trials are there before the learner looks for them, so that it never waits: who still asks is answered at the end.
  glb_tickets_open(&check.world, (int)slots);
  CHECK_OK(order((struct glb_order){.verb = GLB_VERB_ROLLOUT, .round = 1, .flags = GLB_ORDER_RANDOM}));
  for (int i = 0; i < 100; i++) {
    glb_clock_sleep(1e-3);
    if (check.world.tickets.next < (int)slots) CHECK_OK(glb_tickets_serve(&check.world));
  }
  receive(slots);
  CHECK_OK(order((struct glb_order){.verb = GLB_VERB_STOP}));
  counted();
  glb_clock_sleep(0.1);
  CHECK_OK(glb_tickets_serve(&check.world));
  compare("after the end", counted(), 0, 0);
  glb_model_update_destroy(update);
}

int main(int argc, char **argv) {
  check_begin(&argc, &argv);
  check_join(&session, keys, sizeof keys / sizeof *keys, 16);
  if (check.world.size > 1) {
    counted();
    if (check.world.learner)
      lead();
    else
      CHECK_OK(glb_actor_run(session.actor));
  }
  glb_session_finish(&session);
  return check_end("volume");
}
