#include "actors/env/metaworld/benchmark.h"

#include <math.h>
#include <string.h>

#include "actors/env/metaworld/mt19937.h"
#include "common/base/error.h"

// numbers of the environments in their table
enum {
#define T(id, ...) TASK_##id,
#include "actors/env/metaworld/metaworld.def"
#undef T
};

#define L(n, ...)                       \
  {                                     \
    .count = n, .envs = { __VA_ARGS__ } \
  }
static const struct glb_benchmark table[] = {
    {.name = "ml10",
     .visible = 0,
     .test_seed = 0,
     .lists = {L(10, TASK_reach, TASK_push, TASK_pick_place, TASK_door_open, TASK_drawer_close,
                 TASK_button_press_topdown, TASK_peg_insert_side, TASK_window_open, TASK_sweep,
                 TASK_basketball),
               L(5, TASK_drawer_open, TASK_door_close, TASK_shelf_place, TASK_sweep_into, TASK_lever_pull)}},
    {.name = "ml25",
     .visible = 0,
     .test_seed = 0,
     .lists = {L(25, TASK_reach, TASK_push, TASK_pick_place, TASK_door_open, TASK_drawer_open,
                 TASK_drawer_close, TASK_button_press_topdown, TASK_peg_insert_side, TASK_window_open,
                 TASK_window_close, TASK_coffee_pull, TASK_pick_out_of_hole, TASK_disassemble,
                 TASK_pick_place_wall, TASK_basketball, TASK_stick_pull, TASK_button_press_wall,
                 TASK_faucet_open, TASK_door_lock, TASK_lever_pull, TASK_sweep_into, TASK_faucet_close,
                 TASK_coffee_button, TASK_button_press_topdown_wall, TASK_dial_turn),
               L(5, TASK_basketball, TASK_door_close, TASK_shelf_place, TASK_sweep, TASK_button_press)}},
    {.name = "ml45",
     .visible = 0,
     .test_seed = 0,
     .lists = {L(45, TASK_assembly, TASK_basketball, TASK_button_press_topdown,
                 TASK_button_press_topdown_wall, TASK_button_press, TASK_button_press_wall,
                 TASK_coffee_button, TASK_coffee_pull, TASK_coffee_push, TASK_dial_turn, TASK_disassemble,
                 TASK_door_close, TASK_door_open, TASK_drawer_close, TASK_drawer_open, TASK_faucet_open,
                 TASK_faucet_close, TASK_hammer, TASK_handle_press_side, TASK_handle_press,
                 TASK_handle_pull_side, TASK_handle_pull, TASK_lever_pull, TASK_pick_place_wall,
                 TASK_pick_out_of_hole, TASK_push_back, TASK_pick_place, TASK_plate_slide,
                 TASK_plate_slide_side, TASK_plate_slide_back, TASK_plate_slide_back_side,
                 TASK_peg_insert_side, TASK_peg_unplug_side, TASK_soccer, TASK_stick_push, TASK_stick_pull,
                 TASK_push_wall, TASK_push, TASK_reach_wall, TASK_reach, TASK_shelf_place, TASK_sweep_into,
                 TASK_sweep, TASK_window_open, TASK_window_close),
               L(5, TASK_bin_picking, TASK_box_close, TASK_hand_insert, TASK_door_lock, TASK_door_unlock)}},
    {.name = "mt10",
     .visible = 1,
     .test_seed = 1,
     .lists = {L(10, TASK_reach, TASK_push, TASK_pick_place, TASK_door_open, TASK_drawer_open,
                 TASK_drawer_close, TASK_button_press_topdown, TASK_peg_insert_side, TASK_window_open,
                 TASK_window_close)}},
    {.name = "mt50",
     .visible = 1,
     .test_seed = 1,
     .lists = {{.count = 50,
                .envs =
                    {
#define T(id, ...) TASK_##id,
#include "actors/env/metaworld/metaworld.def"
#undef T
                    }}}},
};
#undef L

// the benchmark of a single environment
static int make_ml1(struct glb_benchmark *benchmark, const char *environment) {
  const struct glb_sawyer_task *task;
  int count;
  GLB_TRY(glb_sawyer_task_find(&task, environment));
  const uint8_t number = (uint8_t)(task - glb_sawyer_task_table(&count));
  const struct glb_benchmark_list list = {.count = 1, .envs = {number}};
  *benchmark = (struct glb_benchmark){.name = "ml1", .test_seed = 1, .lists = {list, list}};
  return GLB_OK;
}

int glb_benchmark_find(struct glb_benchmark *benchmark, const char *name) {
  if (!strncmp(name, "ml1-", 4)) return make_ml1(benchmark, name + 4);
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
    if (!strcmp(table[i].name, name)) {
      *benchmark = table[i];
      // the same environments are held out where the table has no list of others
      if (!benchmark->lists[1].count) benchmark->lists[1] = benchmark->lists[0];
      return GLB_OK;
    }
  GLB_RAISE(GLB_ECONFIG, "MetaWorld has no benchmark \"%s\"", name);
}

// whether the package draws v again
static int rejected(const double *v, const struct glb_sawyer_task *task) {
  static const double hole[2] = {0, 0.84};
  if (task->rule == GLB_SAWYER_ANY) return 0;
  const double *other = task->rule == GLB_SAWYER_APART ? v + 3 : hole;
  const double x = v[0] - other[0], y = v[1] - other[1];
  return sqrt(x * x + y * y) < task->apart;
}

static void draw(double *v, const struct glb_sawyer_task *task, struct glb_mt19937 *mt) {
  do {
    for (int i = 0; i < task->n; i++)
      v[i] = task->from[i] + (task->to[i] - task->from[i]) * glb_mt19937_uniform(mt);
  } while (rejected(v, task));
}

void glb_benchmark_draw(double *v, const struct glb_benchmark *benchmark, enum glb_split split, uint32_t seed,
                        int index, int goal) {
  enum { DRAWS = 2 };  // a reset of the package draws twice and keeps the second
  const struct glb_benchmark_list *list = &benchmark->lists[split];
  struct glb_mt19937 mt;
  int count;
  const struct glb_sawyer_task *tasks = glb_sawyer_task_table(&count);
  memset(v, 0, GLB_SAWYER_VECTOR * sizeof *v);
  glb_mt19937_seed(&mt, seed + (split == GLB_SPLIT_TEST ? benchmark->test_seed : 0));

  double skipped[GLB_SAWYER_VECTOR];
  for (int e = 0; e < index; e++)
    for (int i = 0; i < DRAWS * GLB_BENCHMARK_GOALS; i++) draw(skipped, &tasks[list->envs[e]], &mt);
  for (int i = 0; i < DRAWS * (goal + 1); i++) draw(v, &tasks[list->envs[index]], &mt);
}
