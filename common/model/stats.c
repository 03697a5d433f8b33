#include "common/model/stats.h"

#include <inttypes.h>
#include <string.h>

#include "common/base/error.h"
#include "common/la/gemm.h"

size_t glb_stats_size(int K, int D) {
  const size_t k = (size_t)K, d = (size_t)D;
  return 1 + k * k + k * d + d * d;
}

void glb_stats_map(struct glb_stats *stats, int K, int D, double *block) {
  *stats = (struct glb_stats){.K = K, .D = D, .block = block, .n = block};
  stats->FF = stats->n + 1;
  stats->FY = stats->FF + (size_t)K * K;
  stats->YY = stats->FY + (size_t)K * D;
}

void glb_stats_zero(struct glb_stats *stats) {
  memset(stats->block, 0, sizeof(double) * glb_stats_size(stats->K, stats->D));
  stats->version = 0;
}

// the statistics take version, or have it already
static int take_version(struct glb_stats *stats, uint64_t version) {
  GLB_CHECK(stats->version == 0 || stats->version == version, GLB_EVERSION,
            "statistics of version %" PRIu64 " cannot take rows of version %" PRIu64
            ": recompute them under one basis",
            stats->version, version);
  stats->version = version;
  return GLB_OK;
}

int glb_stats_add(struct glb_stats *stats, uint64_t version, const double *Phi, const double *Y, int N) {
  const int K = stats->K, D = stats->D;
  GLB_CHECK(version != 0, GLB_EINVAL, "version 0 stands for no rows: number versions from 1");
  GLB_TRY(take_version(stats, version));
  *stats->n += N;
  glb_dsyrk_tn(stats->FF, K, 1, (struct glb_dmat){Phi, K}, 1, K, N);
  glb_dgemm_tn(stats->FY, D, 1, (struct glb_dmat){Phi, K}, (struct glb_dmat){Y, D}, 1, K, D, N);
  glb_dsyrk_tn(stats->YY, D, 1, (struct glb_dmat){Y, D}, 1, D, N);
  return GLB_OK;
}

int glb_stats_merge(struct glb_stats *a, const struct glb_stats *b) {
  GLB_CHECK(a->K == b->K && a->D == b->D, GLB_EINVAL,
            "statistics of K=%d, D=%d cannot take those of K=%d, D=%d", a->K, a->D, b->K, b->D);
  if (b->version == 0) return GLB_OK;
  GLB_TRY(take_version(a, b->version));
  const size_t size = glb_stats_size(a->K, a->D);
  for (size_t i = 0; i < size; i++) a->block[i] += b->block[i];
  return GLB_OK;
}
