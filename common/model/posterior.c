#include "common/model/posterior.h"
#include <math.h>
#include <string.h>
#include "common/base/error.h"
#include "common/la/chol.h"
#include "common/la/gemm.h"
#include "common/model/stats.h"
size_t glb_posterior_size(int K, int D) {
  return (size_t)(2 * K * K + K * D + 2 * D * D + (K + D) * (K + D) * 2);
}
void glb_posterior_map(struct glb_posterior *p, int K, int D, double *b) {
  p->K = K;
  p->D = D;
  p->M = b;
  b += K * D;
  p->Xi = b;
  b += K * K;
  p->L = b;
  b += K * K;
  p->Omega = b;
  b += D * D;
  p->R = b;
  b += D * D;
  p->work = b;
}
int glb_posterior_solve(struct glb_posterior *p, const struct glb_prior *pr, const struct glb_stats *s) {
  int K = p->K;
  p->noise = pr->noise;
  p->N = s->n[0];
  p->nu = pr->nu0 + p->N;
  for (int i = 0; i < K * K; i++) p->L[i] = p->Xi[i] = pr->Xi0[i] + s->FF[i];
  GLB_TRY(glb_chol_factor(p->L, K));
  double q = 0;
  for (int i = 0; i < K; i++) {
    p->M[i] = s->FY[i] + pr->Xi0[i * K + i] * pr->M0[i];
    q += pr->Xi0[i * K + i] * pr->M0[i] * pr->M0[i];
  }
  double *b = p->work;
  memcpy(b, p->M, sizeof(double) * (size_t)K);
  glb_chol_solve(p->M, p->L, K, 1);
  double m = 0;
  for (int i = 0; i < K; i++) m += p->M[i] * b[i];
  p->Omega[0] = pr->Omega0[0] + s->YY[0] + q - m;
  p->logdet_Xi0 = 0;
  for (int i = 0; i < K; i++) p->logdet_Xi0 += log(pr->Xi0[i * K + i]);
  p->logdet_Omega0 = log(pr->Omega0[0]);
  return GLB_OK;
}
double glb_posterior_evidence(const struct glb_posterior *p, const struct glb_prior *pr) {
  return -p->N / 2 * log(M_PI) + 0.5 * (p->logdet_Xi0 - glb_chol_logdet(p->L, p->K)) +
         pr->nu0 / 2 * p->logdet_Omega0 - p->nu / 2 * log(p->Omega[0]) + lgamma(p->nu / 2) -
         lgamma(pr->nu0 / 2);
}
void glb_posterior_adjoints(struct glb_posterior *p, double *F, double *Y) {
  int K = p->K;
  glb_chol_inverse(F, p->L, K);
  for (int i = 0; i < K; i++) {
    Y[i] = p->nu * p->M[i] / p->Omega[0];
    for (int j = 0; j < K; j++)
      F[i * K + j] = -0.5 * F[i * K + j] - p->nu / 2 * p->M[i] * p->M[j] / p->Omega[0];
  }
}
int glb_posterior_prior_grad(struct glb_posterior *p, const struct glb_prior *pr, struct glb_prior_grad o) {
  int K = p->K;
  double *S = p->work;
  glb_chol_inverse(S, p->L, K);
  for (int i = 0; i < K; i++) o.dM0[i] = p->nu * pr->Xi0[i * K + i] * (p->M[i] - pr->M0[i]) / p->Omega[0];
  memset(o.dXi0, 0, sizeof(double) * (size_t)(K * K));
  for (int i = 0; i < K; i++) {
    double d = p->M[i] - pr->M0[i];
    o.dXi0[i * K + i] = 0.5 * (1 / pr->Xi0[i * K + i] - S[i * K + i]) - p->nu / 2 * d * d / p->Omega[0];
  }
  o.dOmega0[0] = pr->nu0 / 2 / pr->Omega0[0] - p->nu / 2 / p->Omega[0];
  return GLB_OK;
}
