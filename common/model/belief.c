#include "common/model/belief.h"
#include <math.h>
#include <string.h>
size_t glb_belief_size(int K, int D) {
  return (size_t)(K * K + K * D + D * D + K + D);
}
void glb_belief_map(struct glb_belief *b, int K, int D, double *m) {
  b->K = K;
  b->D = D;
  b->M = m;
  m += K * D;
  b->S = m;
  m += K * K;
  b->Omega = m;
  m += D * D;
  b->k = m;
  m += K;
  b->e = m;
}
void glb_belief_reset(struct glb_belief *b, const struct glb_prior *p) {
  int K = b->K;
  b->N = 0;
  b->nu = p->nu0;
  memcpy(b->M, p->M0, sizeof(double) * (size_t)K);
  memset(b->S, 0, sizeof(double) * (size_t)(K * K));
  for (int i = 0; i < K; i++) b->S[i * K + i] = 1 / p->Xi0[i * K + i];
  b->Omega[0] = p->Omega0[0];
}
void glb_belief_observe(struct glb_belief *b, const double *f, const double *y, double *lp) {
  int K = b->K;
  double g = 1, e = y[0];
  for (int i = 0; i < K; i++) {
    double s = 0;
    for (int j = 0; j < K; j++) s += b->S[i * K + j] * f[j];
    b->k[i] = s;
    g += s * f[i];
    e -= b->M[i] * f[i];
  }
  if (lp) {
    double s = b->Omega[0] * g;
    *lp = lgamma((b->nu + 1) / 2) - lgamma(b->nu / 2) - 0.5 * log(M_PI * s) -
          (b->nu + 1) / 2 * log(1 + e * e / s);
  }
  for (int i = 0; i < K; i++) {
    b->M[i] += b->k[i] * e / g;
  }
  for (int i = 0; i < K; i++)
    for (int j = 0; j < K; j++) b->S[i * K + j] -= b->k[i] * b->k[j] / g;
  b->Omega[0] += e * e / g;
  b->nu++;
  b->N++;
}
int glb_belief_dim(int K, int D) {
  return K * D + K + D + 1;
}
void glb_belief_vector(const struct glb_belief *b, float *v, const double *M0, const double *q) {
  int K = b->K;
  for (int i = 0; i < K; i++) {
    v[i] = (float)(q[i] * (b->M[i] - M0[i]));
    v[K + i] = (float)(0.5 * log(b->S[i * K + i]));
  }
  v[2 * K] = (float)(0.5 * log(b->Omega[0] / b->nu));
  v[2 * K + 1] = (float)log(1 + b->N);
}
