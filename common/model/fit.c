#include "common/model/fit.h"

#include "common/base/rng.h"
#include "common/config/config.h"
#include "common/model/stats.h"

void glb_fit_init(struct glb_fit *fit, const struct glb_config *config, const struct glb_model *model) {
  *fit = (struct glb_fit){.picks = (int)config->model_tasks,
                          .parts = config->model_objective == GLB_OBJECTIVE_CONDITIONAL ? 2 : 1,
                          .slots = (int)config->train_slots,
                          .slots_per_task = (int)config->train_slots_per_task,
                          .condition = (int)config->model_condition,
                          .seed = (uint64_t)config->train_seed};
  const int count = fit->picks * fit->parts;
  for (int h = 0; h < GLB_HEADS; h++) {
    const struct glb_head *head = &model->head[h];
    fit->stats_start[h] = fit->statistics;
    fit->adjoint_start[h] = fit->adjoints;
    fit->block_start[h] = fit->blocks;
    if (!head->used) continue;
    fit->stats_size[h] = glb_stats_size(head->K, head->D);
    fit->adjoint_size[h] = (size_t)head->K * (size_t)(head->K + head->D);
    fit->statistics += (size_t)count * fit->stats_size[h];
    fit->adjoints += (size_t)count * fit->adjoint_size[h];
    fit->blocks += count * GLB_FIT_KINDS;
  }
}

void glb_fit_blocks(const struct glb_fit *fit, const struct glb_model *model, size_t *sizes) {
  for (int h = 0; h < GLB_HEADS; h++) {
    const struct glb_head *head = &model->head[h];
    const size_t K = (size_t)head->K, D = (size_t)head->D;
    if (!head->used) continue;
    for (int i = 0; i < fit->picks * fit->parts; i++) {
      size_t *size = sizes + fit->block_start[h] + i * GLB_FIT_KINDS;
      size[0] = 1 + K * K;
      size[1] = K * D;
      size[2] = D * D;
    }
  }
}

size_t glb_fit_statistics_at(const struct glb_fit *fit, int head, int pick, int part) {
  return fit->stats_start[head] + (size_t)(pick * fit->parts + part) * fit->stats_size[head];
}

size_t glb_fit_adjoints_at(const struct glb_fit *fit, int head, int pick, int part) {
  return fit->adjoint_start[head] + (size_t)(pick * fit->parts + part) * fit->adjoint_size[head];
}

int glb_fit_block_at(const struct glb_fit *fit, int head, int pick, int part) {
  return fit->block_start[head] + (pick * fit->parts + part) * GLB_FIT_KINDS;
}

int glb_fit_rows(const struct glb_fit *fit, int part, int T) {
  return part == 0 || T < fit->condition ? T : fit->condition;
}

void glb_fit_pick(const struct glb_fit *fit, struct glb_pick *picks, uint32_t round, uint32_t update,
                  uint32_t first, uint32_t last) {
  struct glb_rng rng;
  glb_rng_start(&rng, fit->seed, GLB_STREAM_MODEL_PICK, (struct glb_rng_at){.round = round, .step = update});
  for (int p = 0; p < fit->picks; p++) {
    picks[p].round = first + glb_rng_below(&rng, last - first);
    picks[p].slot =
        glb_rng_below(&rng, (uint32_t)(fit->slots / fit->slots_per_task)) * (uint32_t)fit->slots_per_task;
  }
}
