#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/pool.h"
#include "common/config/config.h"
#include "common/model/stats.h"
#include "learner/replay.h"
#include "learner/sampler.h"
#include "tests/harness/mallocs.h"
#include "tests/unit/learner/crafted.h"

enum { SLOTS = 4, E = 2 };

struct fixture {
  struct glb_config config;
  struct glb_space space;
  struct glb_acting acting;
  struct glb_pool *pool;
  struct glb_replay *replay;
  struct glb_trial trial;
  void *block;
};

static const int lengths[E] = {3, 5};
static const uint8_t none[E] = {0, 0}, last[E] = {0, 1}, first[E] = {1, 0}, lost[E] = {0, 2};

static void start(struct fixture *f, const char *backup, int threads) {
  const char *keys[] = {
      "env.family=point",    "env.horizon=5",        "train.slots=4",     "train.episodes_per_task=2",
      "replay.trials=12",    "model.features=6",     "model.hidden=8",    "agent.batch_trials=4",
      "agent.batch_steps=8", "agent.discount=0.875", "belief.heads=both", backup};
  *f = (struct fixture){0};
  glb_config_init(&f->config);
  for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
    assert_int_equal(glb_config_set(&f->config, keys[i], "test"), GLB_OK);
  assert_int_equal(glb_space_init(&f->space, &f->config, NULL), GLB_OK);
  craft_acting(&f->acting, &f->space, 3);
  assert_int_equal(glb_pool_create(&f->pool, threads), GLB_OK);
  assert_int_equal(glb_replay_create(&f->replay, &f->config, &f->space, &f->acting, f->pool, NULL), GLB_OK);
  f->block = aligned_alloc(64, glb_trial_bytes(f->space.trial));
  glb_trial_map(&f->trial, f->space.trial, f->block);
}

static void stop(struct fixture *f) {
  glb_replay_destroy(f->replay);
  glb_pool_destroy(f->pool);
  free(f->acting.block);
  free(f->block);
}

static void put(struct fixture *f, uint32_t round, uint32_t slot, const uint8_t *terminated) {
  craft_trial(&f->trial, round, slot, lengths, terminated);
  assert_int_equal(glb_replay_put(f->replay, &f->trial), GLB_OK);
}

static void put_round(struct fixture *f, uint32_t round, const uint8_t *terminated) {
  for (uint32_t s = 0; s < SLOTS; s++) put(f, round, s, terminated);
  assert_int_equal(glb_replay_admit(f->replay, NULL), GLB_OK);
}

static void a_round_is_admitted_when_it_is_whole(void **state) {
  (void)state;
  struct fixture f;
  start(&f, "agent.backup=trial", 1);
  for (uint32_t s = 0; s < SLOTS - 1; s++) put(&f, 0, s, none);
  assert_int_equal(glb_replay_admit(f.replay, NULL), GLB_EINVAL);
  assert_int_equal(glb_replay_put(f.replay, &f.trial), GLB_EINVAL);  // came twice
  put(&f, 0, SLOTS - 1, none);
  assert_int_equal(glb_replay_admit(f.replay, NULL), GLB_OK);
  craft_trial(&f.trial, 0, 0, lengths, none);
  assert_int_equal(glb_replay_put(f.replay, &f.trial), GLB_EINVAL);  // too late
  craft_trial(&f.trial, 3, 0, lengths, none);
  assert_int_equal(glb_replay_put(f.replay, &f.trial), GLB_EINVAL);  // too early
  craft_trial(&f.trial, 1, SLOTS, lengths, none);
  assert_int_equal(glb_replay_put(f.replay, &f.trial), GLB_EINVAL);  // no such slot
  stop(&f);
}

static void the_window_moves_in_rounds(void **state) {
  (void)state;
  struct fixture f;
  start(&f, "agent.backup=trial", 1);
  for (uint32_t round = 0; round < 5; round++) put_round(&f, round, none);
  assert_int_equal(f.replay->first, 2);  // 12 trials are 3 rounds
  assert_int_equal(f.replay->last, 5);
  // a trial of the next round leaves what was visible before the last admission
  put(&f, 5, 1, none);
  for (uint32_t round = 1; round < 6; round++) assert_true(glb_shelf_has(&f.replay->shelf, round, 1));
  stop(&f);
}

/* Belief after all rows against the batch posterior of the same rows, for each head. */
static void compare_with_batch(struct fixture *f, uint32_t round, uint32_t slot) {
  struct glb_arena arena;
  struct glb_rows_work rows;
  struct glb_trial trial;
  assert_int_equal(glb_arena_init(&arena, 1 << 20), GLB_OK);
  glb_rows_init(&rows, &f->space, &arena, f->space.trial.T);
  glb_shelf_place(&f->replay->shelf, &trial, round, slot);
  glb_rows_trial(&rows, &f->space, &f->acting, f->acting.model, &trial);
  const int T = trial.head->T;
  const float *belief = glb_replay_beliefs(f->replay, round, slot) + T * f->space.B;
  for (int h = 0; h < GLB_HEADS; h++) {
    const struct glb_head *head = &f->space.model.head[h];
    const int K = head->K, D = head->D;
    struct glb_head_prior prior;
    struct glb_stats stats;
    struct glb_posterior post;
    glb_head_prior_init(&prior, head, &arena);
    glb_head_prior_load(&prior, &f->space.model, h, f->acting.model);
    glb_stats_map(&stats, K, D, GLB_TAKE(&arena, double, glb_stats_size(K, D)));
    glb_stats_zero(&stats);
    assert_int_equal(glb_stats_add(&stats, 1, rows.Phi[h], rows.Y[h], T), GLB_OK);
    glb_posterior_map(&post, K, D, GLB_TAKE(&arena, double, glb_posterior_size(K, D)));
    assert_int_equal(glb_posterior_solve(&post, &prior.prior, &stats), GLB_OK);
    const float *part = belief + glb_model_belief_at(&f->space.model, h);
    for (int i = 0; i < K * D; i++) {
      const double expected = prior.sqrt_Xi0[i / D] * (post.M[i] - prior.M0[i]);
      if (fabs(part[i] - expected) > 1e-5)
        fail_msg("head %d weight %d: %g, batch %g", h, i, part[i], expected);
    }
    for (int d = 0; d < D; d++) {
      const double expected = 0.5 * log(post.Omega[d * D + d] / post.nu), found = part[K * D + K + d];
      if (fabs(found - expected) > 1e-5) fail_msg("head %d noise %d: %g, batch %g", h, d, found, expected);
    }
    assert_true(fabs(part[K * D + K + D] - log(1 + T)) < 1e-6);
  }
  glb_arena_finish(&arena);
}

static void beliefs_are_exact_under_the_acting_basis(void **state) {
  (void)state;
  struct fixture f;
  start(&f, "agent.backup=trial", 1);
  for (uint32_t round = 0; round < 2; round++) put_round(&f, round, none);
  for (uint32_t s = 0; s < SLOTS; s++) compare_with_batch(&f, 1, s);
  glb_model_draw(&f.space.model, f.acting.model, 99);
  f.acting.obs_scale[0] = 0.5f;
  assert_int_equal(glb_replay_refresh(f.replay), GLB_OK);
  for (uint32_t s = 0; s < SLOTS; s++) compare_with_batch(&f, 0, s);
  stop(&f);
}

static void threads_do_not_change_beliefs(void **state) {
  (void)state;
  struct fixture f[2];
  start(&f[0], "agent.backup=trial", 1);
  start(&f[1], "agent.backup=trial", 3);
  for (int i = 0; i < 2; i++) put_round(&f[i], 0, none);
  const size_t bytes = sizeof(float) * 9 * (size_t)f[0].space.B;
  for (uint32_t s = 0; s < SLOTS; s++)
    assert_memory_equal(glb_replay_beliefs(f[0].replay, 0, s), glb_replay_beliefs(f[1].replay, 0, s), bytes);
  stop(&f[0]);
  stop(&f[1]);
}

/* Step that a crafted observation tells of. */
static int step_of(float x, uint32_t round, uint32_t slot) {
  return (int)lroundf((x - (float)round - (float)slot / 10) * 1000);
}

/* Checks each row of a batch from rounds that hold slot-numbered rewards; returns how many rows ended an
 * episode, how many the trial. */
static void check_rows(struct fixture *f, const struct glb_batch *batch, int across, int terminated,
                       int counts[2]) {
  const int O = f->space.trial.O, S = f->space.S, B = f->space.B;
  for (int row = 0; row < 32; row++) {
    const uint32_t slot = (uint32_t)(batch->r[row] + 0.001f);
    const int t = step_of(batch->s[row * S], 0, slot);
    const float *beliefs = glb_replay_beliefs(f->replay, 0, slot);
    assert_in_range(t, 0, 7);
    assert_true(fabsf(batch->a[row * 2] - (float)t / 100) < 1e-6f);
    assert_memory_equal(batch->b + row * B, beliefs + t * B, sizeof(float) * (size_t)B);
    assert_memory_equal(batch->b2 + row * B, beliefs + (t + 1) * B, sizeof(float) * (size_t)B);
    const int ends = t == 2, finishes = t == 7;
    counts[0] += ends;
    counts[1] += finishes;
    const float next = batch->s2[row * S];
    if (finishes)
      assert_true(next == -2);
    else if (ends && !across)
      assert_true(next == -1);
    else
      assert_int_equal(step_of(next, 0, slot), t + 1);
    const int cut = (finishes && terminated == 2) || (ends && !across && terminated == 1);
    assert_true(batch->discount[row] == (cut ? 0 : 0.875f));
    if (!across) {
      assert_int_equal(S, O);
      continue;
    }
    assert_true(batch->s[row * S + O] == (t == 3));
    assert_true(batch->s2[row * S + O] == ends);
    assert_true(fabsf(batch->s[row * S + O + 1] - (float)t / 10) < 1e-6f);
    assert_true(fabsf(batch->s2[row * S + O + 1] - (float)(t + 1) / 10) < 1e-6f);
  }
}

static void batches_follow_the_backup(void **state) {
  (void)state;
  const struct {
    const char *key;
    int across, terminated;
    const uint8_t *flags;
  } cases[] = {{"agent.backup=trial", 1, 0, none},   {"agent.backup=trial", 1, 2, last},
               {"agent.backup=trial", 1, 1, first},  {"agent.backup=episode", 0, 0, none},
               {"agent.backup=episode", 0, 2, last}, {"agent.backup=episode", 0, 1, first},
               {"agent.backup=trial", 1, 2, lost},   {"agent.backup=episode", 0, 2, lost}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct fixture f;
    struct glb_sampler *sampler;
    int counts[2] = {0};
    start(&f, cases[i].key, 1);
    put_round(&f, 0, cases[i].flags);
    assert_int_equal(glb_sampler_create(&sampler, &f.config, f.replay, f.pool, 0, 2), GLB_OK);
    for (uint32_t u = 0; u < 20; u++)
      check_rows(&f, glb_sampler_draw(sampler, 0, u), cases[i].across, cases[i].terminated, counts);
    assert_true(counts[0] > 20 && counts[1] > 20);
    glb_sampler_destroy(sampler);
    stop(&f);
  }
}

static void batches_are_functions_of_their_number(void **state) {
  (void)state;
  struct fixture f;
  struct glb_sampler *sampler;
  float kept[32];
  start(&f, "agent.backup=trial", 1);
  put_round(&f, 0, none);
  assert_int_equal(glb_sampler_create(&sampler, &f.config, f.replay, f.pool, 0, 2), GLB_OK);
  memcpy(kept, glb_sampler_draw(sampler, 4, 7)->r, sizeof kept);
  assert_memory_not_equal(glb_sampler_draw(sampler, 4, 8)->r, kept, sizeof kept);
  const int before = test_mallocs();
  assert_memory_equal(glb_sampler_draw(sampler, 4, 7)->r, kept, sizeof kept);
  assert_int_equal(glb_replay_refresh(f.replay), GLB_OK);
  assert_int_equal(test_mallocs(), before);
  glb_sampler_destroy(sampler);
  stop(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(a_round_is_admitted_when_it_is_whole),
                                     cmocka_unit_test(the_window_moves_in_rounds),
                                     cmocka_unit_test(beliefs_are_exact_under_the_acting_basis),
                                     cmocka_unit_test(threads_do_not_change_beliefs),
                                     cmocka_unit_test(batches_follow_the_backup),
                                     cmocka_unit_test(batches_are_functions_of_their_number)};
  return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
