#include "actors/env/metaworld/sawyer.h"

#include <mujoco/mujoco.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actors/env/metaworld/vec.h"
#include "common/base/error.h"

enum { FRAME_SKIP = 5, DRIVE = 50, OBJECT = 9 };  // OBJECT: first qpos and qvel behind the robot's
enum { STATE = mjSTATE_INTEGRATION };

static const double hand_high[3] = {0.5, 1, 0.5};  // upper bound of the mocap body
static const double hand_reach = 0.01;             // m per unit of action
static const double mocap_quat[4] = {1, 0, 1, 0};
static const double weld[mjNEQDATA] = {0,  0, 0, 0, 0, 0,
                                       -1, 0, 0, 0, 5};  // anchor, position, quaternion, torque

// ---- tasks ----

#define T(id, ...) extern const struct glb_sawyer_rules glb_sawyer_rules_##id;
#include "actors/env/metaworld/metaworld.def"
#undef T

#define ANY GLB_SAWYER_ANY
#define APART GLB_SAWYER_APART
#define OFF_HOLE GLB_SAWYER_OFF_HOLE
#define V(...) \
  { __VA_ARGS__ }
static const struct glb_sawyer_task table[] = {
#define T(id, ...) {__VA_ARGS__, &glb_sawyer_rules_##id},
#include "actors/env/metaworld/metaworld.def"
#undef T
};
#undef V
#undef OFF_HOLE
#undef APART
#undef ANY

enum { COUNT = sizeof table / sizeof table[0] };

const struct glb_sawyer_task *glb_sawyer_task_table(int *count) {
  *count = COUNT;
  return table;
}

int glb_sawyer_task_find(const struct glb_sawyer_task **task, const char *name) {
  for (int i = 0; i < COUNT; i++)
    if (!strcmp(table[i].name, name)) {
      *task = &table[i];
      return GLB_OK;
    }
  GLB_RAISE(GLB_ECONFIG, "MetaWorld has no environment \"%s\"", name);
}

// ---- cache of states after a reset ----

enum { SLOTS = 256 };

/* Direct-mapped: a task vector has one slot, the last vector that fell there owns it. */
struct glb_sawyer_cache {
  int state_size;
  struct slot {
    int used;
    double v[GLB_SAWYER_VECTOR];
    struct glb_sawyer_memory memory;
    double frame[GLB_SAWYER_FRAME];
  } slots[SLOTS];
  double states[];  // (SLOTS x state_size)
};

static int make_cache(struct glb_sawyer *arm) {
  const size_t state_size = mj_stateSize(arm->model, STATE);
  const size_t bytes = sizeof *arm->cache + SLOTS * state_size * sizeof(double);
  arm->cache = calloc(1, bytes);
  GLB_CHECK(arm->cache, GLB_ENOMEM, "%zu bytes for the start states of %s", bytes, arm->task->name);
  arm->cache->state_size = (int)state_size;
  return GLB_OK;
}

// slot of v (FNV-1a of its bytes)
static int slot_of(const double *v, int n) {
  uint64_t hash = 0xcbf29ce484222325;
  for (int i = 0; i < n; i++) {
    uint64_t word;
    memcpy(&word, &v[i], sizeof word);
    for (int byte = 0; byte < 8; byte++) hash = (hash ^ (word >> 8 * byte & 0xff)) * 0x100000001b3;
  }
  return (int)((hash ^ hash >> 32) % SLOTS);
}

static void keep(struct glb_sawyer *arm, const double *v, const double *frame) {
  struct glb_sawyer_cache *cache = arm->cache;
  const int i = slot_of(v, arm->task->n);
  struct slot *slot = &cache->slots[i];
  slot->used = 1;
  slot->memory = arm->memory;
  memcpy(slot->v, v, (size_t)arm->task->n * sizeof *v);
  memcpy(slot->frame, frame, sizeof slot->frame);
  mj_getState(arm->model, arm->physics.data, cache->states + (size_t)i * cache->state_size, STATE);
}

// the state of v, where there is one; the simulation must be fresh from a reset
static int recall(struct glb_sawyer *arm, const double *v, double *frame) {
  const struct glb_sawyer_cache *cache = arm->cache;
  const int i = slot_of(v, arm->task->n);
  const struct slot *slot = &cache->slots[i];
  if (!slot->used || memcmp(slot->v, v, (size_t)arm->task->n * sizeof *v)) return 0;
  arm->memory = slot->memory;
  memcpy(frame, slot->frame, sizeof slot->frame);
  mj_setState(arm->model, arm->physics.data, cache->states + (size_t)i * cache->state_size, STATE);
  return 1;
}

// ---- life ----

// The model of this arm: arrays that tasks write are its own, the rest is the shared model's.
static int own_model(struct glb_sawyer *arm) {
  const mjModel *shared = arm->physics.model;
  const size_t positions = 3 * (size_t)shared->nbody, welds = mjNEQDATA * (size_t)shared->neq;
  const size_t bytes = sizeof *shared + (positions + welds) * sizeof(mjtNum);
  arm->model = malloc(bytes);
  GLB_CHECK(arm->model, GLB_ENOMEM, "%zu bytes for the model of %s", bytes, arm->task->name);
  *arm->model = *shared;
  arm->model->body_pos = (mjtNum *)(arm->model + 1);
  arm->model->eq_data = arm->model->body_pos + positions;
  memcpy(arm->model->body_pos, shared->body_pos, positions * sizeof(mjtNum));
  for (int i = 0; i < shared->neq; i++) {
    const int is_weld = shared->eq_type[i] == mjEQ_WELD;
    memcpy(arm->model->eq_data + mjNEQDATA * i, is_weld ? weld : shared->eq_data + mjNEQDATA * i,
           sizeof weld);
  }
  arm->physics.model = arm->model;
  return GLB_OK;
}

static int check_model(const struct glb_sawyer *arm) {
  const mjModel *model = arm->physics.model;
  GLB_CHECK(model->nq > OBJECT && model->nu == 2 && model->nmocap == 1 && model->neq == 1, GLB_EMISMATCH,
            "model of %s: nq %d, nu %d, nmocap %d, neq %d, expected are more than %d, 2, 1, 1: "
            "`pip install metaworld==3.1.1`",
            arm->task->name, model->nq, model->nu, model->nmocap, model->neq, OBJECT);
  return GLB_OK;
}

int glb_sawyer_init(struct glb_sawyer *arm, const struct glb_sawyer_task *task,
                    const struct glb_env_options *options) {
  *arm = (struct glb_sawyer){.task = task, .reward_version = options && options->reward_version == 1 ? 1 : 2};
  char file[256];
  snprintf(file, sizeof file, "metaworld/assets/sawyer_xyz/sawyer_%s.xml", task->model);

  int code;
  GLB_TRY_OUT(code, out, glb_physics_init(&arm->physics, options ? options->model_dir : NULL, file));
  GLB_TRY_OUT(code, out, check_model(arm));
  GLB_TRY_OUT(code, out, own_model(arm));
  GLB_TRY_OUT(code, out, make_cache(arm));
out:
  if (code) glb_sawyer_finish(arm);
  return code;
}

void glb_sawyer_finish(struct glb_sawyer *arm) {
  if (!arm) return;
  glb_physics_finish(&arm->physics);
  free(arm->model);
  free(arm->cache);
  *arm = (struct glb_sawyer){0};
}

// ---- observation ----

static void observe_frame(struct glb_sawyer *arm, double *frame) {
  memset(frame, 0, GLB_SAWYER_FRAME * sizeof *frame);
  glb_vec_copy(frame, glb_sawyer_body(arm, "hand"));
  const double gap = glb_vec_distance(glb_sawyer_body(arm, "rightclaw"), glb_sawyer_body(arm, "leftclaw"));
  frame[3] = glb_clip(gap / 0.1, 0, 1);
  arm->task->rules->observe(arm, frame + 4);
}

// arm->obs of a new frame; the frame before it is arm->previous, which it then replaces
static void assemble(struct glb_sawyer *arm, const double *frame) {
  memcpy(arm->obs, frame, sizeof arm->previous);
  memcpy(arm->obs + GLB_SAWYER_FRAME, arm->previous, sizeof arm->previous);
  memcpy(arm->previous, frame, sizeof arm->previous);
  for (int i = 0; i < 3; i++) arm->obs[2 * GLB_SAWYER_FRAME + i] = arm->visible ? arm->memory.target[i] : 0;
}

static void clip_observation(struct glb_sawyer *arm) {
  static const double low[4] = {-0.525, 0.348, -0.0525, -1}, high[4] = {0.525, 1.025, 0.7, 1};
  const struct glb_sawyer_task *task = arm->task;
  double *now = arm->obs, *before = now + GLB_SAWYER_FRAME, *goal = before + GLB_SAWYER_FRAME;
  for (int i = 0; i < 4; i++) {
    now[i] = glb_clip(now[i], low[i], high[i]);
    before[i] = glb_clip(before[i], low[i], high[i]);
  }
  if (!arm->visible) return;
  for (int i = 0; i < 3; i++) goal[i] = glb_clip(goal[i], task->goal_from[i], task->goal_to[i]);
}

static int check_names(const struct glb_sawyer *arm) {
  GLB_CHECK(!arm->missing, GLB_EMISMATCH, "the model of %s has no \"%s\": `pip install metaworld==3.1.1`",
            arm->task->name, arm->missing);
  return GLB_OK;
}

// ---- reset ----

static void set_mocap(struct glb_sawyer *arm, const double *position) {
  mjData *data = arm->physics.data;
  memcpy(data->mocap_pos, position, 3 * sizeof *position);
  memcpy(data->mocap_quat, mocap_quat, sizeof mocap_quat);
}

// brings the hand to its start with open fingers
static int drive_hand(struct glb_sawyer *arm) {
  mjData *data = arm->physics.data;
  for (int i = 0; i < DRIVE; i++) {
    set_mocap(arm, arm->task->hand);
    data->ctrl[0] = -1;
    data->ctrl[1] = 1;
    GLB_TRY(glb_physics_step(&arm->physics, FRAME_SKIP));
  }
  glb_sawyer_tcp(arm, arm->memory.init_tcp);
  return GLB_OK;
}

// first frame of v by simulation, kept for the next time
static int simulate_start(struct glb_sawyer *arm, const double *v, double *frame) {
  arm->memory = (struct glb_sawyer_memory){0};
  GLB_TRY(drive_hand(arm));
  GLB_TRY(arm->task->rules->place(arm, v));
  arm->task->rules->measure_v1(arm);
  observe_frame(arm, frame);
  GLB_TRY(check_names(arm));
  keep(arm, v, frame);
  return GLB_OK;
}

int glb_sawyer_reset(struct glb_sawyer *arm, const double *v, int visible, double *obs) {
  const struct glb_sawyer_rules *rules = arm->task->rules;
  double frame[GLB_SAWYER_FRAME];
  arm->visible = visible;
  arm->missing = NULL;
  if (rules->furnish) rules->furnish(arm, v);
  GLB_TRY(glb_physics_reset(&arm->physics));
  if (!recall(arm, v, frame)) GLB_TRY(simulate_start(arm, v, frame));
  memcpy(arm->previous, frame, sizeof frame);
  assemble(arm, frame);
  memcpy(obs, arm->obs, sizeof arm->obs);
  return GLB_OK;
}

// writes n recorded values; 1 where they are not what was there
static int overwrite(double *to, const double *from, int n) {
  const int changed = memcmp(to, from, (size_t)n * sizeof *to) != 0;
  memcpy(to, from, (size_t)n * sizeof *to);
  return changed;
}

int glb_sawyer_restore(struct glb_sawyer *arm, const struct glb_sawyer_start *start, double *obs) {
  const mjModel *model = arm->model;
  mjData *data = arm->physics.data;
  int moved = overwrite(data->qpos, start->qpos, model->nq);
  moved |= overwrite(data->qvel, start->qvel, model->nv);
  moved |= overwrite(data->mocap_pos, start->mocap_pos, 3);
  moved |= overwrite(data->mocap_quat, start->mocap_quat, 4);
  memcpy(data->ctrl, start->ctrl, 2 * sizeof *data->ctrl);
  if (moved) {
    // the derived quantities are those of another state
    double frame[GLB_SAWYER_FRAME];
    GLB_TRY(glb_physics_forward(&arm->physics));
    observe_frame(arm, frame);
    memcpy(arm->previous, frame, sizeof frame);
    assemble(arm, frame);
  }
  memcpy(data->qacc_warmstart, start->qacc_warmstart, (size_t)model->nv * sizeof *data->qacc_warmstart);
  memcpy(obs, arm->obs, sizeof arm->obs);
  return GLB_OK;
}

// ---- step ----

int glb_sawyer_bare(struct glb_sawyer *arm, const double *action) {
  mjData *data = arm->physics.data;
  double position[3];
  for (int i = 0; i < 3; i++)
    position[i] = glb_clip(data->mocap_pos[i] + hand_reach * glb_clip(action[i], -1, 1), arm->task->low[i],
                           hand_high[i]);
  set_mocap(arm, position);
  data->ctrl[0] = action[3];
  data->ctrl[1] = -action[3];
  GLB_TRY(glb_physics_step(&arm->physics, FRAME_SKIP));
  return glb_physics_forward(&arm->physics);  // part of the dynamics: it leaves the solver's warm start
}

int glb_sawyer_step(struct glb_sawyer *arm, const double *action, double *obs,
                    struct glb_sawyer_result *result) {
  double frame[GLB_SAWYER_FRAME];
  memcpy(arm->action, action, sizeof arm->action);
  GLB_TRY(glb_sawyer_bare(arm, action));
  observe_frame(arm, frame);
  assemble(arm, frame);
  clip_observation(arm);
  memcpy(obs, arm->obs, sizeof arm->obs);
  glb_sawyer_judge(arm, arm->reward_version, result);
  return check_names(arm);
}

void glb_sawyer_judge(struct glb_sawyer *arm, int version, struct glb_sawyer_result *result) {
  const struct glb_sawyer_rules *rules = arm->task->rules;
  *result = (struct glb_sawyer_result){0};
  (version == 1 ? rules->reward_v1 : rules->reward)(arm, result);
}

// ---- where things are ----

// number of an object of the model; 0 where there is none, which check_names then reports
static int find(struct glb_sawyer *arm, int type, const char *name) {
  int id = mj_name2id(arm->model, type, name);
  if (id >= 0) return id;
  arm->missing = name;
  return 0;
}

const double *glb_sawyer_body(struct glb_sawyer *arm, const char *name) {
  return arm->physics.data->xpos + 3 * find(arm, mjOBJ_BODY, name);
}

const double *glb_sawyer_site(struct glb_sawyer *arm, const char *name) {
  return arm->physics.data->site_xpos + 3 * find(arm, mjOBJ_SITE, name);
}

const double *glb_sawyer_site_local(struct glb_sawyer *arm, const char *name) {
  return arm->model->site_pos + 3 * find(arm, mjOBJ_SITE, name);
}

const double *glb_sawyer_geom(struct glb_sawyer *arm, const char *name) {
  return arm->physics.data->geom_xpos + 3 * find(arm, mjOBJ_GEOM, name);
}

double *glb_sawyer_joint(struct glb_sawyer *arm, const char *name) {
  return arm->physics.data->qpos + arm->model->jnt_qposadr[find(arm, mjOBJ_JOINT, name)];
}

void glb_sawyer_tcp(struct glb_sawyer *arm, double *tcp) {
  const double *right = glb_sawyer_site(arm, "rightEndEffector");
  const double *left = glb_sawyer_site(arm, "leftEndEffector");
  for (int i = 0; i < 3; i++) tcp[i] = (right[i] + left[i]) / 2;
}

// ---- orientations ----

void glb_sawyer_quat_body(struct glb_sawyer *arm, const char *name, double *quat) {
  memcpy(quat, arm->physics.data->xquat + 4 * find(arm, mjOBJ_BODY, name), 4 * sizeof *quat);
}

/* (x, y, z, w) of a rotation matrix m. Of the three diagonal elements and their sum the largest, the first of
 * equal ones, says which component is computed without cancellation. */
static void quat_of_matrix(const double *m, double *quat) {
  const double choice[4] = {m[0], m[4], m[8], m[0] + m[4] + m[8]};
  int i = 0;
  for (int c = 1; c < 4; c++)
    if (choice[c] > choice[i]) i = c;
  if (i == 3) {
    quat[0] = m[7] - m[5];
    quat[1] = m[2] - m[6];
    quat[2] = m[3] - m[1];
    quat[3] = 1 + choice[3];
  } else {
    const int j = (i + 1) % 3, k = (i + 2) % 3;
    quat[i] = 1 - choice[3] + 2 * m[4 * i];
    quat[j] = m[3 * j + i] + m[3 * i + j];
    quat[k] = m[3 * k + i] + m[3 * i + k];
    quat[3] = m[3 * k + j] - m[3 * j + k];
  }
  double norm = 0;
  for (int c = 0; c < 4; c++) norm += quat[c] * quat[c];
  norm = sqrt(norm);
  for (int c = 0; c < 4; c++) quat[c] /= norm;
}

void glb_sawyer_rotation_body(struct glb_sawyer *arm, const char *name, double *quat) {
  quat_of_matrix(arm->physics.data->xmat + 9 * find(arm, mjOBJ_BODY, name), quat);
}

void glb_sawyer_rotation_geom(struct glb_sawyer *arm, const char *name, double *quat) {
  quat_of_matrix(arm->physics.data->geom_xmat + 9 * find(arm, mjOBJ_GEOM, name), quat);
}

void glb_sawyer_rotation_site(struct glb_sawyer *arm, const char *name, double *quat) {
  quat_of_matrix(arm->physics.data->site_xmat + 9 * find(arm, mjOBJ_SITE, name), quat);
}

// ---- moving things ----

void glb_sawyer_move_body(struct glb_sawyer *arm, const char *body, const double *position) {
  memcpy(arm->model->body_pos + 3 * find(arm, mjOBJ_BODY, body), position, 3 * sizeof *position);
}

int glb_sawyer_forward(struct glb_sawyer *arm) {
  return glb_physics_forward(&arm->physics);
}

int glb_sawyer_settle(struct glb_sawyer *arm, int count) {
  return glb_physics_step(&arm->physics, count);
}

int glb_sawyer_put(struct glb_sawyer *arm, const double *p) {
  mjData *data = arm->physics.data;
  memcpy(data->qpos + OBJECT, p, 3 * sizeof *p);
  memset(data->qvel + OBJECT, 0, 6 * sizeof *p);
  return glb_sawyer_forward(arm);
}

int glb_sawyer_set_joint(struct glb_sawyer *arm, double x) {
  arm->physics.data->qpos[OBJECT] = x;
  arm->physics.data->qvel[OBJECT] = 0;
  return glb_sawyer_forward(arm);
}

// ---- contacts ----

// normal force between two geoms
static double force_between(const struct glb_sawyer *arm, int a, int b) {
  const mjData *data = arm->physics.data;
  double force = 0;
  for (int i = 0; i < data->ncon; i++) {
    const mjContact *contact = &data->contact[i];
    const int *geom = contact->geom;
    const int match = (geom[0] == a && geom[1] == b) || (geom[0] == b && geom[1] == a);
    if (match && contact->efc_address >= 0) force += data->efc_force[contact->efc_address];
  }
  return force;
}

int glb_sawyer_touch(struct glb_sawyer *arm, const char *geom) {
  const int object = find(arm, mjOBJ_GEOM, geom);
  return force_between(arm, find(arm, mjOBJ_GEOM, "leftpad_geom"), object) > 0 &&
         force_between(arm, find(arm, mjOBJ_GEOM, "rightpad_geom"), object) > 0;
}
