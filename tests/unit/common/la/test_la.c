/* Products and factors against plain loops. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/error.h"
#include "common/la/chol.h"
#include "common/la/gemm.h"
#include "common/la/setup.h"
#include "tests/harness/gen.h"

enum { MAX = 65, SIZE = MAX * MAX };

static const int sizes[] = {1, 2, 3, 5, 8, 16, 33, 64, 65};
enum { SIZES = sizeof sizes / sizeof *sizes };

static double A[SIZE], B[SIZE], C[SIZE], expected[SIZE], work[8 * SIZE];
static float Af[SIZE], Bf[SIZE], Cf[SIZE];

static void narrow(float *y, const double *x) {
  for (int i = 0; i < SIZE; i++) y[i] = (float)x[i];
}

static void fill(uint32_t seed) {
  gen_normal(A, SIZE, seed, 1);
  gen_normal(B, SIZE, seed, 2);
  gen_normal(C, SIZE, seed, 3);
  narrow(Af, A);
  narrow(Bf, B);
  narrow(Cf, C);
}

/* expected = 1.5 op(A) op(B) - 0.5 C with row strides of MAX. */
static void multiply(int ta, int tb, int m, int n, int k) {
  for (int i = 0; i < m; i++)
    for (int j = 0; j < n; j++) {
      double sum = 0;
      for (int p = 0; p < k; p++)
        sum += A[ta ? p * MAX + i : i * MAX + p] * B[tb ? j * MAX + p : p * MAX + j];
      expected[i * MAX + j] = 1.5 * sum - 0.5 * C[i * MAX + j];
    }
}

static void close_to(const char *what, const double *found, int m, int n, int k, double epsilon) {
  for (int i = 0; i < m; i++)
    for (int j = 0; j < n; j++) {
      const double error = fabs(found[i * MAX + j] - expected[i * MAX + j]);
      if (!(error <= 40 * (k + 1) * epsilon))
        fail_msg("%s m=%d n=%d k=%d: (%d, %d) is %.17g, expected %.17g", what, m, n, k, i, j,
                 found[i * MAX + j], expected[i * MAX + j]);
    }
}

static void products_are_those_of_plain_loops(void **state) {
  (void)state;
  typedef void (*double_fn)(double *, int, double, struct glb_dmat, struct glb_dmat, double, int, int, int);
  typedef void (*single_fn)(float *, int, float, struct glb_mat, struct glb_mat, float, int, int, int);
  const struct {
    const char *name;
    int ta, tb;
    double_fn in_double;
    single_fn in_single;
  } forms[] = {{"nn", 0, 0, glb_dgemm_nn, glb_sgemm_nn},
               {"tn", 1, 0, glb_dgemm_tn, glb_sgemm_tn},
               {"nt", 0, 1, glb_dgemm_nt, glb_sgemm_nt}};
  static double wide[SIZE];
  for (int f = 0; f < 3; f++)
    for (int s = 0; s < SIZES; s++) {
      const int m = sizes[s], n = sizes[(s + 4) % SIZES], k = sizes[(s + 2) % SIZES];
      fill((uint32_t)s);
      multiply(forms[f].ta, forms[f].tb, m, n, k);
      forms[f].in_single(Cf, MAX, 1.5f, (struct glb_mat){Af, MAX}, (struct glb_mat){Bf, MAX}, -0.5f, m, n, k);
      for (int i = 0; i < SIZE; i++) wide[i] = Cf[i];
      close_to(forms[f].name, wide, m, n, k, 0x1p-23);
      forms[f].in_double(C, MAX, 1.5, (struct glb_dmat){A, MAX}, (struct glb_dmat){B, MAX}, -0.5, m, n, k);
      close_to(forms[f].name, C, m, n, k, 0x1p-52);
    }
}

static void a_gram_matrix_is_symmetric_to_the_bit(void **state) {
  (void)state;
  for (int s = 0; s < SIZES; s++) {
    const int n = sizes[s], N = sizes[SIZES - 1 - s];
    fill((uint32_t)s);
    for (int i = 0; i < n; i++)
      for (int j = 0; j < n; j++) {
        expected[i * MAX + j] = 0;
        for (int p = 0; p < N; p++) expected[i * MAX + j] += A[p * MAX + i] * A[p * MAX + j];
      }
    glb_dsyrk_tn(C, MAX, 1, (struct glb_dmat){A, MAX}, 0, n, N);
    close_to("syrk", C, n, n, N, 0x1p-52);
    for (int i = 0; i < n; i++)
      for (int j = 0; j < n; j++) assert_true(C[i * MAX + j] == C[j * MAX + i]);
  }
}

static void residuals_keep_what_products_lose(void **state) {
  (void)state;
  // y = a b up to the last bits: the difference is what rounding the product left out
  const double a[2] = {1 + 0x1p-30, 1e8}, b[2] = {1 + 0x1p-31, 1};
  double y[1] = {1e8 + 1 + 0x1p-30 + 0x1p-31}, r[1];
  glb_dgemm_residual(r, y, a, b, 1, 1, 2);
  assert_true(fabs(r[0] - (y[0] - 1e8 - 1 - 0x1p-30 - 0x1p-31 - 0x1p-61)) <= 0x1p-80);
}

/* Y - A B with the sums in long double, where Y is A B rounded: nearly all of it cancels. Not where long doubles are no more than
 * doubles, as under valgrind. */
static void residuals_of_any_width_are_exact(void **state) {
  (void)state;
  volatile long double close = 1 + 0x1p-60L;
  if (close == 1) skip();
  static const int widths[] = {1, 7, 63, 64, 65, 130};
  enum { m = 3, k = 9, WIDEST = 130 };
  double a[m * k], b[k * WIDEST], y[m * WIDEST], r[m * WIDEST];
  for (uint32_t s = 0; s < 6; s++) {
    const int n = widths[s];
    gen_normal(a, m * k, s, 1);
    gen_normal(b, k * n, s, 2);
    glb_dgemm_nn(y, n, 1, (struct glb_dmat){a, k}, (struct glb_dmat){b, n}, 0, m, n, k);
    glb_dgemm_residual(r, y, a, b, m, n, k);
    for (int i = 0; i < m; i++)
      for (int j = 0; j < n; j++) {
        long double sum = y[i * n + j];
        for (int p = 0; p < k; p++) sum -= (long double)a[i * k + p] * b[p * n + j];
        if (!(fabsl(r[i * n + j] - sum) <= 64 * LDBL_EPSILON))
          fail_msg("n=%d: (%d, %d) is %.17g, expected %.17Lg", n, i, j, r[i * n + j], sum);
      }
    // in place
    glb_dgemm_residual(y, y, a, b, m, n, k);
    assert_memory_equal(y, r, sizeof(double) * (size_t)(m * n));
  }
}

/* ---- Cholesky ---- */

static void factors_and_what_follows(void **state) {
  (void)state;
  static double S[SIZE], L[SIZE], X[SIZE], Y[SIZE], inverse[SIZE];
  for (int s = 0; s < 8; s++) {
    const int n = sizes[s];
    gen_spd(S, n, (uint32_t)s, 1);
    memcpy(L, S, sizeof S);
    assert_int_equal(glb_chol_factor(L, n), GLB_OK);

    // L L' = S, strictly upper part zero, log-determinant
    glb_dgemm_nt(X, n, 1, (struct glb_dmat){L, n}, (struct glb_dmat){L, n}, 0, n, n, n);
    assert_true(gen_error(X, S, n * n) < 1e-13);
    double logdet = 0;
    for (int i = 0; i < n; i++) {
      logdet += 2 * log(L[i * n + i]);
      for (int j = i + 1; j < n; j++) assert_true(L[i * n + j] == 0);
    }
    assert_true(fabs(glb_chol_logdet(L, n) - logdet) < 1e-12 * (1 + fabs(logdet)));

    // S^-1 S = I, solves from the left and from the right
    glb_chol_inverse(inverse, L, n);
    glb_dgemm_nn(X, n, 1, (struct glb_dmat){inverse, n}, (struct glb_dmat){S, n}, 0, n, n, n);
    for (int i = 0; i < n * n; i++) Y[i] = i % (n + 1) == 0;
    assert_true(gen_error(X, Y, n * n) < 1e-12);
    gen_normal(Y, n * n, (uint32_t)s, 2);
    memcpy(X, Y, sizeof X);
    glb_chol_solve(X, L, n, n);
    glb_dgemm_nn(expected, n, 1, (struct glb_dmat){S, n}, (struct glb_dmat){X, n}, 0, n, n, n);
    assert_true(gen_error(expected, Y, n * n) < 1e-12);
    memcpy(X, Y, sizeof X);
    glb_chol_solve_rows(X, L, n, n);
    glb_dgemm_nn(expected, n, 1, (struct glb_dmat){X, n}, (struct glb_dmat){S, n}, 0, n, n, n);
    assert_true(gen_error(expected, Y, n * n) < 1e-12);

    // whitened rows F = Y L^-T: F F' = Y S^-1 Y'; and L'B
    memcpy(X, Y, sizeof X);
    glb_chol_whiten_rows(X, L, n, n);
    glb_dgemm_nt(C, n, 1, (struct glb_dmat){X, n}, (struct glb_dmat){X, n}, 0, n, n, n);
    glb_dgemm_nn(X, n, 1, (struct glb_dmat){Y, n}, (struct glb_dmat){inverse, n}, 0, n, n, n);
    glb_dgemm_nt(expected, n, 1, (struct glb_dmat){X, n}, (struct glb_dmat){Y, n}, 0, n, n, n);
    assert_true(gen_error(C, expected, n * n) < 1e-12);
    memcpy(X, Y, sizeof X);
    glb_chol_times_upper(X, L, n, n);
    glb_dgemm_tn(expected, n, 1, (struct glb_dmat){L, n}, (struct glb_dmat){Y, n}, 0, n, n, n);
    assert_true(gen_error(X, expected, n * n) < 1e-13);
    assert_true(glb_chol_inflation(L, inverse, n) >= 1 - 1e-12);
  }
}

static void appended_rows_add_their_squares(void **state) {
  (void)state;
  static double S[SIZE], L[SIZE], rows[3 * SIZE], X[SIZE];
  for (int s = 0; s < 8; s++) {
    const int n = sizes[s], N = 2 * n + 7;
    gen_spd(S, n, (uint32_t)s, 1);
    gen_normal(rows, N * n, (uint32_t)s, 2);
    memcpy(L, S, sizeof S);
    assert_int_equal(glb_chol_factor(L, n), GLB_OK);
    assert_true(glb_chol_append_size(n) <= sizeof work / sizeof *work);
    glb_chol_append(L, rows, n, N, work);
    glb_dsyrk_tn(S, n, 1, (struct glb_dmat){rows, n}, 1, n, N);
    glb_dgemm_nt(X, n, 1, (struct glb_dmat){L, n}, (struct glb_dmat){L, n}, 0, n, n, n);
    assert_true(gen_error(X, S, n * n) < 1e-13);
    for (int i = 0; i < n; i++) assert_true(L[i * n + i] > 0);
  }
}

/* More rows than are taken at a time, and none at all. */
static void rows_are_appended_in_several_blocks(void **state) {
  (void)state;
  enum { n = 5, N = 200 };
  double S[n * n], L[n * n], X[n * n], rows[N * n];
  gen_spd(S, n, 1, 1);
  gen_normal(rows, N * n, 1, 2);
  memcpy(L, S, sizeof S);
  assert_int_equal(glb_chol_factor(L, n), GLB_OK);
  memcpy(X, L, sizeof L);
  glb_chol_append(L, rows, n, 0, work);
  assert_memory_equal(L, X, sizeof L);
  glb_chol_append(L, rows, n, N, work);
  glb_dsyrk_tn(S, n, 1, (struct glb_dmat){rows, n}, 1, n, N);
  glb_dgemm_nt(X, n, 1, (struct glb_dmat){L, n}, (struct glb_dmat){L, n}, 0, n, n, n);
  const double error = gen_error(X, S, n * n);
  if (!(error < 1e-13)) fail_msg("L L' is off by %g", error);
}

/* L X = B, L'X = B, X L' = B, X S = B for right sides wider and narrower than the matrix. */
static void solves_of_rectangles(void **state) {
  (void)state;
  enum { n = 8 };
  static const int counts[] = {1, 3, 8, 21};
  double S[n * n], L[n * n], right[n * 21], X[n * 21], back[n * 21];
  gen_spd(S, n, 2, 1);
  memcpy(L, S, sizeof S);
  assert_int_equal(glb_chol_factor(L, n), GLB_OK);
  for (uint32_t s = 0; s < 4; s++) {
    const int m = counts[s];
    const size_t bytes = sizeof(double) * (size_t)(n * m);
    gen_normal(right, n * m, s, 3);
    memcpy(X, right, bytes);
    glb_chol_solve_lower(X, L, n, m);
    glb_dgemm_nn(back, m, 1, (struct glb_dmat){L, n}, (struct glb_dmat){X, m}, 0, n, m, n);
    assert_true(gen_error(back, right, n * m) < 1e-13);
    memcpy(X, right, bytes);
    glb_chol_solve_upper(X, L, n, m);
    glb_dgemm_tn(back, m, 1, (struct glb_dmat){L, n}, (struct glb_dmat){X, m}, 0, n, m, n);
    assert_true(gen_error(back, right, n * m) < 1e-13);
    memcpy(X, right, bytes);
    glb_chol_whiten_rows(X, L, n, m);
    glb_dgemm_nt(back, n, 1, (struct glb_dmat){X, n}, (struct glb_dmat){L, n}, 0, m, n, n);
    assert_true(gen_error(back, right, n * m) < 1e-13);
    memcpy(X, right, bytes);
    glb_chol_solve_rows(X, L, n, m);
    glb_dgemm_nn(back, n, 1, (struct glb_dmat){X, n}, (struct glb_dmat){S, n}, 0, m, n, n);
    assert_true(gen_error(back, right, n * m) < 1e-13);
  }
}

static void an_indefinite_matrix_is_refused(void **state) {
  (void)state;
  double S[9] = {1, 2, 0, 2, 1, 0, 0, 0, 1};
  assert_int_equal(glb_chol_factor(S, 3), GLB_ENOTPD);
  assert_non_null(strstr(glb_error_message(), "pivot 2"));
}

static void condition_numbers_of_diagonal_matrices(void **state) {
  (void)state;
  double S[9] = {4, 0, 0, 0, 1, 0, 0, 0, 0.01}, four[12];
  assert_int_equal(glb_chol_factor(S, 3), GLB_OK);
  assert_true(fabs(glb_chol_condition(S, 3, four) - 400) < 1e-9);
}

/* [5 1; 1 2]: norm 6, inverse [2 -1; -1 5] / 9 of norm 6/9. Scaling a row and its column moves the condition, not the
 * inflation. */
static void condition_and_inflation_of_a_known_matrix(void **state) {
  (void)state;
  double inverse[4], eight[8];
  for (int s = 0; s < 2; s++) {
    const double scale = s ? 1e4 : 1;
    double L[4] = {5 * scale * scale, scale, scale, 2};
    assert_int_equal(glb_chol_factor(L, 2), GLB_OK);
    glb_chol_inverse(inverse, L, 2);
    assert_true(fabs(glb_chol_inflation(L, inverse, 2) - 10. / 9) < 1e-12);
    const double condition = glb_chol_condition(L, 2, eight);
    assert_true(s ? condition > 1e8 : fabs(condition - 4) < 1e-12);
  }
}

static void the_library_is_single_threaded_and_right(void **state) {
  (void)state;
  assert_int_equal(glb_blas_setup(), GLB_OK);
  if (glb_blas_check()) fail_msg("%s", glb_error_message());
  assert_true(strlen(glb_blas_kernel()) > 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(products_are_those_of_plain_loops),
                                     cmocka_unit_test(a_gram_matrix_is_symmetric_to_the_bit),
                                     cmocka_unit_test(residuals_keep_what_products_lose),
                                     cmocka_unit_test(residuals_of_any_width_are_exact),
                                     cmocka_unit_test(factors_and_what_follows),
                                     cmocka_unit_test(rows_are_appended_in_several_blocks),
                                     cmocka_unit_test(solves_of_rectangles),
                                     cmocka_unit_test(condition_and_inflation_of_a_known_matrix),
                                     cmocka_unit_test(appended_rows_add_their_squares),
                                     cmocka_unit_test(an_indefinite_matrix_is_refused),
                                     cmocka_unit_test(condition_numbers_of_diagonal_matrices),
                                     cmocka_unit_test(the_library_is_single_threaded_and_right)};
  return cmocka_run_group_tests_name("la", tests, NULL, NULL);
}
