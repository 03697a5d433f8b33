#include "common/model/special.h"

#include <math.h>

static const double log_pi = 1.1447298858494001741;

// lgamma without its global sign
static double log_gamma(double a) {
  int sign;
  return lgamma_r(a, &sign);
}

// psi(a) for a > 0: psi(a) = psi(a + 1) - 1/a up to a >= 12, then the asymptotic series to 1e-16
static double digamma(double a) {
  double sum = 0;
  for (; a < 12; a++) sum -= 1 / a;
  const double z = 1 / (a * a);
  const double series =
      z * (1. / 12 -
           z * (1. / 120 - z * (1. / 252 - z * (1. / 240 - z * (1. / 132 - z * (691. / 32760 - z / 12))))));
  return sum + log(a) - 0.5 / a - series;
}

double glb_special_log_gamma(double a, int D) {
  double sum = 0;
  for (int j = 0; j < D; j++) sum += log_gamma(a - 0.5 * j);
  return sum;
}

double glb_special_digamma(double a, int D) {
  double sum = 0;
  for (int j = 0; j < D; j++) sum += digamma(a - 0.5 * j);
  return sum;
}

double glb_special_student(double dof, int D, double logdet_V, double q) {
  return log_gamma(0.5 * (dof + D)) - log_gamma(0.5 * dof) - 0.5 * (D * log_pi + logdet_V) -
         0.5 * (dof + D) * log1p(q);
}
