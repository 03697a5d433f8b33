#include "deploy/cli/simulate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/bootstrap.h"
#include "common/base/error.h"
#include "common/base/rng.h"
#include "common/config/text.h"

// ---- parameters ----

static const struct parameter {
  const char *name;
  double initial, low, high;
} parameters[] = {
#define S(name, initial, low, high, unit, help) {#name, initial, low, high},
#include "deploy/cli/simulate.def"
#undef S
};
enum { PARAMETERS = sizeof parameters / sizeof *parameters };

_Static_assert(sizeof(struct glb_cluster) == PARAMETERS * sizeof(double), "one double for each parameter");

void glb_cluster_init(struct glb_cluster *cluster) {
  double *values = (double *)cluster;
  for (int i = 0; i < PARAMETERS; i++) values[i] = parameters[i].initial;
}

int glb_cluster_set(struct glb_cluster *cluster, const char *assignment) {
  const size_t length = strcspn(assignment, "=");
  struct glb_text_nearest nearest = {.word = assignment};
  char name[64];
  GLB_CHECK(length < sizeof name && assignment[length] == '=', GLB_ECONFIG,
            "--set takes NAME=VALUE, not \"%s\"", assignment);
  memcpy(name, assignment, length);
  name[length] = '\0';
  nearest.word = name;
  for (int i = 0; i < PARAMETERS; i++) {
    const struct parameter *p = &parameters[i];
    double value;
    glb_text_offer(&nearest, p->name);
    if (strcmp(name, p->name)) continue;
    GLB_CHECK(glb_text_parse_real(&value, assignment + length + 1) && value >= p->low && value <= p->high,
              GLB_ECONFIG, "--set %s: a number from %g to %g is needed", assignment, p->low, p->high);
    ((double *)cluster)[i] = value;
    return GLB_OK;
  }
  GLB_RAISE(GLB_ECONFIG, "--set %s: no such parameter%s%s; glibrl simulate --help lists them", assignment,
            nearest.best[0] ? "; did you mean " : "", nearest.best);
}

// ---- the network ----

static double steps_of_tree(int ranks) {
  return ranks > 1 ? ceil(log2(ranks)) : 0;
}

/* A binomial tree that passes on whole messages. */
static double broadcast(const struct glb_cluster *c, int ranks, double bytes) {
  return steps_of_tree(ranks) * (c->latency + bytes / c->bandwidth);
}

/* Exponents first (an eighth of the volume), then the sums. */
static double reduction(const struct glb_cluster *c, int ranks, double bytes) {
  const double step = c->latency + bytes * (1 / c->bandwidth + 1 / c->sum);
  const double small = c->latency + bytes / 8 * (1 / c->bandwidth + 1 / c->sum);
  return steps_of_tree(ranks) * (step + small);
}

// ---- rounds ----

enum { ORDER_BYTES = 64, USAGE_BYTES = 16 };

struct cluster {
  const struct glb_cluster *c;
  int actors, learners, slots, groups, ranks;
  double now;     // of the first learner
  double *speed;  // factor on an actor's times                                  (actors)
  double *start;  // when an actor is free for another group                     (actors)
  double *asked;  // when it asked for it, which is when it began the one before (actors)
  double *done;   // when a group's trials have left its actor, ascending later  (groups)
  int *picked;    // of a model update, by actor                                 (actors)
  int *given;     // groups of a round, by actor                                 (actors)
  int *queue;     // heap of the actors that may get another, who asked first on top
  int queued;
  double cpu;  // that all ranks have computed
  struct glb_simulated sum;
};

static double spread(struct glb_rng *rng, double deviation) {
  const double s = sqrt(log(1 + deviation * deviation));  // log-normal with mean 1
  return exp(s * glb_rng_normal(rng) - s * s / 2);
}

static void draw_speeds(struct cluster *k) {
  for (int a = 0; a < k->actors; a++) {
    struct glb_rng rng;
    glb_rng_start(&rng, (uint64_t)k->c->seed, GLB_STREAM_SIMULATION,
                  (struct glb_rng_at){.slot = (uint32_t)a});
    k->speed[a] = spread(&rng, k->c->actor_spread);
  }
}

static int is_before(const struct cluster *k, int a, int b) {
  return k->asked[a] < k->asked[b] || (k->asked[a] == k->asked[b] && a < b);
}

/* To its place in the heap goes who is on top and has asked anew. */
static void sink(struct cluster *k) {
  int *queue = k->queue, at = 0;
  for (int next; (next = 2 * at + 1) < k->queued; at = next) {
    if (next + 1 < k->queued && is_before(k, queue[next + 1], queue[next])) next++;
    if (!is_before(k, queue[next], queue[at])) return;
    const int actor = queue[at];
    queue[at] = queue[next];
    queue[next] = actor;
  }
}

/* Groups that an actor remembers at most: twice its share, as in actors/actor.c. */
static int most_groups(const struct cluster *k) {
  const int share = (k->groups + k->actors - 1) / k->actors;
  return 2 * share < k->groups ? 2 * share : k->groups;
}

/* Each begins with the group of its number. */
static void line_up(struct cluster *k) {
  const double from = k->now + steps_of_tree(k->ranks) * k->c->latency;
  k->queued = k->actors;
  for (int a = 0; a < k->actors; a++) {
    k->start[a] = k->asked[a] = from;
    k->given[a] = 1;
    k->queue[a] = a;
  }
}

/* The actor of the next group, which asks for one more when it begins with it. */
static int take_ticket(struct cluster *k, int most) {
  const int actor = k->queue[0];
  k->asked[actor] = k->start[actor];
  if (++k->given[actor] == most) k->queue[0] = k->queue[--k->queued];
  sink(k);
  return actor;
}

/* Groups as actors ask for them. */
static void roll_out(struct cluster *k, int round) {
  const struct glb_cluster *c = k->c;
  const int most = most_groups(k);
  double idle = 0;
  line_up(k);
  for (int g = 0; g < k->groups; g++) {
    struct glb_rng rng;
    const int a = g < k->actors ? g : take_ticket(k, most);
    glb_rng_start(&rng, (uint64_t)c->seed, GLB_STREAM_SIMULATION,
                  (struct glb_rng_at){.round = (uint32_t)round + 1, .slot = (uint32_t)g});
    const double seconds = c->rollout * k->speed[a] * spread(&rng, c->rollout_spread);
    k->cpu += seconds;
    idle -= seconds / k->actors;
    k->done[g] = k->start[a] += seconds;
  }
  k->sum.idle += idle;  // what is not idle, here
}

/* Each learner takes the trials it keeps in the order in which they come; they are dealt out evenly. */
static void collect(struct cluster *k) {
  const struct glb_cluster *c = k->c;
  const double each = c->trial_bytes / c->bandwidth + c->pack, group = each * c->group / k->learners;
  const double from = k->now;
  double at = from, work = 0;
  glb_sort(k->done, k->groups);
  for (int g = 0; g < k->groups; g++) {
    const double arrival = k->done[g] + c->latency;
    if (arrival > at) {
      k->sum.wait += arrival - at;
      at = arrival;
    }
    at += group;
    work += group;
  }
  const double admit = c->admit * k->slots / k->learners;
  k->sum.collect += work + admit;
  k->cpu += (c->pack + c->admit) * k->slots;
  k->sum.bytes += c->trial_bytes * k->slots / k->learners;
  k->now = at + admit;
}

static void publish(struct cluster *k) {
  const struct glb_cluster *c = k->c;
  k->now += broadcast(c, k->ranks, ORDER_BYTES) + broadcast(c, k->ranks, c->snapshot_bytes);
  k->now +=
      steps_of_tree(k->ranks) * c->latency + USAGE_BYTES * k->ranks / c->bandwidth;  // what each has used
}

/* The slowest actor's share of the picked trials, which are picked at random. */
static double slowest(struct cluster *k, int round, int update) {
  struct glb_rng rng;
  double most = 0;
  memset(k->picked, 0, (size_t)k->actors * sizeof *k->picked);
  glb_rng_start(&rng, (uint64_t)k->c->seed, GLB_STREAM_SIMULATION,
                (struct glb_rng_at){.round = (uint32_t)round + 1, .slot = (uint32_t)update, .step = 1});
  for (int t = 0; t < (int)k->c->tasks; t++) {
    const int a = (int)glb_rng_below(&rng, (uint32_t)k->groups) % k->actors;
    const double load = ++k->picked[a] * k->speed[a];
    if (load > most) most = load;
  }
  return most;
}

static void update_model(struct cluster *k, int round) {
  const struct glb_cluster *c = k->c;
  const double from = k->now;
  double own = 0;
  for (int u = 0; u < (int)c->model_updates; u++) {
    const double share = slowest(k, round, u);
    k->now += broadcast(c, k->ranks, ORDER_BYTES) + broadcast(c, k->ranks, c->theta_bytes);
    k->now += share * c->statistics + reduction(c, k->ranks, c->statistics_bytes);
    k->now += c->solve + broadcast(c, k->ranks, c->adjoint_bytes);
    k->now += share * c->gradient + reduction(c, k->ranks, 2 * c->theta_bytes);
    own += c->solve;
    k->cpu += c->solve + c->tasks * (c->statistics + c->gradient);
    k->sum.bytes += (c->statistics_bytes + 2 * c->theta_bytes) * steps_of_tree(k->ranks);
  }
  k->sum.model += k->now - from;
  k->sum.sync += k->now - from - own;
}

static void refresh(struct cluster *k, int round) {
  const struct glb_cluster *c = k->c;
  if (round % (int)c->refresh_rounds) return;
  k->now += c->refresh * c->replay / k->learners;
  k->cpu += c->refresh * c->replay;
}

static void update_agent(struct cluster *k) {
  const struct glb_cluster *c = k->c;
  const int L = k->learners;
  const double updates = c->agent_updates * (c->agent_growth > 0 ? k->slots / c->agent_slots : 1);
  double each = c->agent * (1 - c->agent_parallel + c->agent_parallel / L);
  k->cpu += updates * L * each;
  // each sends its gradients to all others, then its range of the parameters: the whole once in, once out
  if (L > 1) each += 2 * ((L - 1) * c->latency + c->agent_bytes * (L - 1) / L / c->bandwidth);
  k->now += updates * each;
  k->sum.agent += updates * each;
}

static void simulate_round(struct cluster *k, int round) {
  const struct glb_cluster *c = k->c;
  const int ahead = c->lag > 0;
  if (!ahead) {
    publish(k);
    roll_out(k, round);
  }
  collect(k);
  if (ahead) publish(k);
  update_model(k, round);
  if (ahead) roll_out(k, round + 1);
  refresh(k, round);
  update_agent(k);
}

// Of all rounds but the first.
static void run(struct cluster *k) {
  const struct glb_cluster *c = k->c;
  const int rounds = (int)c->rounds;
  double start = 0;
  if (c->lag > 0) roll_out(k, 0);
  for (int round = 0; round < rounds; round++) {
    if (round == 1) {
      start = k->now;
      k->cpu = 0;
      k->sum = (struct glb_simulated){0};
    }
    simulate_round(k, round);
  }
  const double n = rounds - 1;
  struct glb_simulated *s = &k->sum;
  *s = (struct glb_simulated){.seconds = (k->now - start) / n,
                              .wait = s->wait / n,
                              .model = s->model / n,
                              .sync = s->sync / n,
                              .agent = s->agent / n,
                              .collect = s->collect / n,
                              .idle = s->idle / n,
                              .bytes = s->bytes / n};
  const double shared = c->cores > 0 ? k->cpu / n / c->cores : 0;
  if (shared > s->seconds) s->seconds = shared;
  s->idle += s->seconds;
}

static int lay_out(struct cluster *k, const struct glb_cluster *c, int actors) {
  const double slots = c->slots > 0 ? c->slots : c->slots_per_actor * actors;
  GLB_CHECK(slots <= 1 << 24, GLB_ECONFIG, "%g slots of a round are more than %d", slots, 1 << 24);
  *k = (struct cluster){.c = c, .actors = actors, .slots = (int)slots};
  k->groups = (int)ceil(slots / c->group);
  GLB_CHECK(actors <= k->groups, GLB_ECONFIG, "%d actors are more than the %d groups of %d slots", actors,
            k->groups, k->slots);
  const double wanted = ceil(actors / c->actors_per_learner);
  k->learners = (int)(wanted < c->learners ? wanted : c->learners);
  k->ranks = actors + 1;  // a circle of the first learner and the actors
  return GLB_OK;
}

int glb_simulate(struct glb_simulated *out, const struct glb_cluster *c, int actors) {
  struct cluster k;
  GLB_TRY(lay_out(&k, c, actors));
  double *block = calloc((size_t)(3 * k.actors + k.groups), sizeof *block);
  k.picked = calloc((size_t)(3 * k.actors), sizeof *k.picked);
  if (block && k.picked) {
    k.speed = block;
    k.start = k.speed + k.actors;
    k.asked = k.start + k.actors;
    k.done = k.asked + k.actors;
    k.given = k.picked + k.actors;
    k.queue = k.given + k.actors;
    draw_speeds(&k);
    run(&k);
    *out = k.sum;
    out->actors = k.actors;
    out->learners = k.learners;
    out->slots = k.slots;
  }
  const int full = !block || !k.picked;
  free(block);
  free(k.picked);
  GLB_CHECK(!full, GLB_ENOMEM, "no memory to simulate %d actors", actors);
  return GLB_OK;
}

int glb_simulate_saturation(int *actors, const struct glb_cluster *cluster, double share, int most) {
  struct glb_cluster one = *cluster;
  struct glb_simulated s;
  int low = 0, high = 1;  // with low it waits, with high it does not
  one.learners = 1;
  for (;; low = high, high *= 2) {
    if (high > most) high = most;
    GLB_TRY(glb_simulate(&s, &one, high));
    if (s.wait < share * s.seconds) break;
    if (high == most) {
      *actors = 0;
      return GLB_OK;
    }
  }
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    GLB_TRY(glb_simulate(&s, &one, middle));
    if (s.wait < share * s.seconds)
      high = middle;
    else
      low = middle;
  }
  *actors = high;
  return GLB_OK;
}
