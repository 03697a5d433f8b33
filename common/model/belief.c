#include "common/model/belief.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "common/model/special.h"

static size_t product(int a, int b) {
  return (size_t)a * (size_t)b;
}

size_t glb_belief_size(int K, int D) {
  return product(K, D) + product(K, K) + 2 * product(D, D) + (size_t)K + 2 * (size_t)D;
}

void glb_belief_map(struct glb_belief *belief, int K, int D, double *block) {
  *belief = (struct glb_belief){.K = K, .D = D, .M = block};
  belief->S = belief->M + product(K, D);
  belief->Omega = belief->S + product(K, K);
  belief->k = belief->Omega + product(D, D);
  belief->e = belief->k + K;
  belief->w = belief->e + D;
  belief->R = belief->w + D;
}

void glb_belief_reset(struct glb_belief *belief, const struct glb_prior *prior) {
  const int K = belief->K, D = belief->D;
  belief->noise = prior->noise;
  belief->N = 0;
  belief->nu = prior->nu0;
  memcpy(belief->M, prior->M0, sizeof(double) * product(K, D));
  memset(belief->S, 0, sizeof(double) * product(K, K));
  for (int i = 0; i < K; i++) belief->S[i * K + i] = 1 / prior->Xi0[i * K + i];
  memcpy(belief->Omega, prior->Omega0,
         sizeof(double) * (prior->noise == GLB_NOISE_FULL ? product(D, D) : (size_t)D));
}

/* R R' = Omega, w = R^-1 e; returns w'w = e'Omega^-1 e and adds log|Omega| to *logdet. Omega is Omega0 and
 * squares: positive definite. */
static double whiten(struct glb_belief *belief, double *logdet) {
  const int D = belief->D;
  double *R = belief->R, *w = belief->w, q = 0;
  for (int i = 0; i < D; i++) {
    double *row = R + product(i, D), diagonal = belief->Omega[product(i, D) + i];
    w[i] = belief->e[i];
    for (int j = 0; j < i; j++) {
      double sum = belief->Omega[product(i, D) + j];
      for (int p = 0; p < j; p++) sum -= row[p] * R[product(j, D) + p];
      row[j] = sum / R[product(j, D) + j];
      diagonal -= row[j] * row[j];
      w[i] -= row[j] * w[j];
    }
    row[i] = sqrt(diagonal);
    w[i] /= row[i];
    q += w[i] * w[i];
    *logdet += log(diagonal);
  }
  return q;
}

/* Student t of the error e of a row, given the rows before it (10). */
static double log_predictive_of(struct glb_belief *belief, double g) {
  const int D = belief->D;
  double sum = 0, logdet = D * log(g);
  if (belief->noise == GLB_NOISE_FULL) {
    const double q = whiten(belief, &logdet) / g;
    return glb_special_student(belief->nu - D + 1, D, logdet, q);
  }
  for (int d = 0; d < D; d++) {
    const double scale = belief->Omega[d] * g;
    sum += glb_special_student(belief->nu, 1, log(scale), belief->e[d] * belief->e[d] / scale);
  }
  return sum;
}

void glb_belief_observe(struct glb_belief *belief, const double *f, const double *y, double *log_predictive) {
  const int K = belief->K, D = belief->D;

  // outputs
  double *M = belief->M, *S = belief->S, *Omega = belief->Omega, *k = belief->k, *e = belief->e;

  // k = S f, g = 1 + f'S f
  double g = 1;
  for (int i = 0; i < K; i++) {
    double sum = 0;
    for (int j = 0; j < K; j++) sum += S[i * K + j] * f[j];
    k[i] = sum;
    g += sum * f[i];
  }

  // e = y - M'f
  for (int d = 0; d < D; d++) e[d] = y[d];
  for (int i = 0; i < K; i++)
    for (int d = 0; d < D; d++) e[d] -= M[i * D + d] * f[i];
  if (log_predictive) *log_predictive = log_predictive_of(belief, g);

  // M += k e' / g, S -= k k' / g
  for (int i = 0; i < K; i++) {
    const double scaled = k[i] / g;
    for (int d = 0; d < D; d++) M[i * D + d] += scaled * e[d];
    for (int j = 0; j < K; j++) S[i * K + j] -= scaled * k[j];
  }

  // Omega += e e' / g
  if (belief->noise == GLB_NOISE_DIAGONAL) {
    for (int d = 0; d < D; d++) Omega[d] += e[d] * e[d] / g;
  } else {
    for (int c = 0; c < D; c++)
      for (int d = 0; d < D; d++) Omega[c * D + d] += e[c] * e[d] / g;
  }
  belief->nu++;
  belief->N++;
}

double glb_belief_predictive(const struct glb_belief *belief, const double *f, double *location,
                             double *scale) {
  const int K = belief->K, D = belief->D, full = belief->noise == GLB_NOISE_FULL;
  const double dof = full ? belief->nu - D + 1 : belief->nu;
  double g = 1;
  for (int i = 0; i < K; i++)
    for (int j = 0; j < K; j++) g += f[i] * belief->S[i * K + j] * f[j];
  for (int d = 0; d < D; d++) {
    location[d] = 0;
    for (int i = 0; i < K; i++) location[d] += belief->M[i * D + d] * f[i];
    scale[d] = sqrt(belief->Omega[full ? d * D + d : d] * g / dof);
  }
  return dof;
}

int glb_belief_dim(int K, int P) {
  return K * P + K + P + 1;
}

/* Sign of target d among those of its column: the first of each is positive. */
static double sign_of(int d, int P) {
  uint32_t bits = (uint32_t)(d / P) * 0x9e3779b9u * (uint32_t)(2 * (d % P) + 1);
  bits ^= bits >> 16;
  bits ^= bits >> 8;
  bits ^= bits >> 4;
  return 0x6996 >> (bits & 15) & 1 ? -1 : 1;  // parity
}

void glb_belief_vector(const struct glb_belief *belief, int P, float *vector, const double *M0,
                       const double *sqrt_Xi0) {
  const int K = belief->K, D = belief->D, stride = belief->noise == GLB_NOISE_FULL ? D + 1 : 1;
  float *noise = vector + K * P + K;
  memset(vector, 0, sizeof *vector * (size_t)glb_belief_dim(K, P));
  for (int k = 0; k < K; k++) {
    for (int d = 0; d < D; d++)
      vector[k * P + d % P] += (float)(sign_of(d, P) * sqrt_Xi0[k] * (belief->M[k * D + d] - M0[k * D + d]));
    vector[K * P + k] = (float)(0.5 * log(belief->S[k * K + k]));
  }
  for (int d = 0; d < D; d++) {
    const int shared = (D - 1 - d % P) / P + 1;  // targets of this column
    noise[d % P] += (float)(0.5 * log(belief->Omega[d * stride] / belief->nu) / shared);
  }
  noise[P] = (float)log1p(belief->N);
}
