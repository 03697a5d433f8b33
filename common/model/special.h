/* special.h: the special functions of the linear model. */
#ifndef COMMON_MODEL_SPECIAL_H
#define COMMON_MODEL_SPECIAL_H

/* sum_{j < D} log Gamma(a - j/2), a > (D - 1)/2: log of the multivariate gamma function less D (D - 1)/4 log
 * pi, which cancels in every difference that is taken here. */
double glb_special_log_gamma(double a, int D);

/* Its derivative, sum_{j < D} psi(a - j/2). */
double glb_special_digamma(double a, int D);

/* Log density in nats of the D-variate Student t (10) with dof degrees of freedom and scale matrix V / dof at
 * a point with q = e'V^-1 e:  log Gamma((dof + D)/2) - log Gamma(dof/2) - D/2 log pi - 1/2 log|V| - (dof +
 * D)/2 log(1 + q). */
double glb_special_student(double dof, int D, double logdet_V, double q);

/* P(T <= t) of the standard Student t with dof > 0 degrees of freedom, to about 13 digits, small tails too: 1/2
 * I_x(dof/2, 1/2) with x = dof / (dof + t^2) below 0 (Abramowitz and Stegun 26.5.27, 26.7.1). */
double glb_special_student_cdf(double t, double dof);

#endif  // COMMON_MODEL_SPECIAL_H
