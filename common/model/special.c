#include "common/model/special.h"

#include <math.h>

enum { TERMS = 10000 };  // far more than are needed: about the root of the degrees of freedom

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

/* The continued fraction of the incomplete beta function (DLMF 8.17.22), by the modified Lentz method. */
static double beta_fraction(double a, double b, double x) {
  const double least = 1e-300;
  double c = 1, d = 1 - (a + b) * x / (a + 1), f;
  if (fabs(d) < least) d = least;
  f = d = 1 / d;
  for (int m = 1; m < TERMS; m++) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
                 odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    const double terms[] = {even, odd};
    double change = 1;
    for (int i = 0; i < 2; i++) {
      d = 1 + terms[i] * d;
      c = 1 + terms[i] / c;
      if (fabs(d) < least) d = least;
      if (fabs(c) < least) c = least;
      d = 1 / d;
      change = c * d;
      f *= change;
    }
    if (fabs(change - 1) < 1e-15) break;
  }
  return f;
}

/* log Gamma(a + 1/2) - log Gamma(a): where these are large, from the asymptotic series of their quotient (DLMF 5.11.13). */
static double log_gamma_half(double a) {
  const double z = 1 / (a * a);
  if (a < 12) return log_gamma(a + 0.5) - log_gamma(a);
  return 0.5 * log(a) - (1. / 8 - z * (1. / 192 - z * (1. / 640 - z * (17. / 14336 - z * 31. / 18432)))) / a;
}

/* I_x(a, 1/2), y = 1 - x. */
static double incomplete_beta(double a, double x, double y) {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  const double front = exp(log_gamma_half(a) - 0.5 * log_pi + a * log(x)) * sqrt(y);
  return x < (a + 1) / (a + 2.5) ? front * beta_fraction(a, 0.5, x) / a
                                 : 1 - 2 * front * beta_fraction(0.5, a, y);
}

double glb_special_student_cdf(double t, double dof) {
  const double square = t * t,
               tail = 0.5 * incomplete_beta(0.5 * dof, dof / (dof + square), square / (dof + square));
  return t < 0 ? tail : 1 - tail;
}
