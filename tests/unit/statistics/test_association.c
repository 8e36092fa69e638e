// SPDX-License-Identifier: MIT
/**
 * Statistics of association against scipy, scikit-learn and an independent derivation of phi_k:
 * every line of tests/golden/metric/associations.txt, which make_associations.py wrote.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "perebor/bivariate_normal.h"
#include "perebor/class_difference.h"
#include "perebor/contingency.h"
#include "perebor/correlation.h"
#include "perebor/effective_dof.h"
#include "perebor/false_discovery.h"
#include "perebor/histogram.h"
#include "perebor/incomplete_beta.h"
#include "perebor/incomplete_gamma.h"
#include "perebor/moments.h"
#include "perebor/nearest_information.h"
#include "perebor/phik.h"
#include "perebor/quantile.h"
#include "perebor/rank_tests.h"
#include "perebor/tail_probability.h"
#include "perebor/vif.h"

enum { row_count = 200, column_count = 19, n_numbers = 13, first_number = 1, target_column = 18 };

/** customers.csv: numbers, and levels by first appearance. */
static char names[column_count][32];
static double columns[column_count][row_count];
static double sorted[column_count][row_count];
static uint32_t levels[column_count][row_count]; /* as phi_k sees them */
static uint8_t labels[row_count];

static int is_number(size_t column) {
    return column < 15;
}

static uint32_t find_level(char seen[][96], size_t *n_seen, const char *text) {
    for (size_t i = 0; i < *n_seen; i++) {
        if (strcmp(seen[i], text) == 0) {
            return (uint32_t)i;
        }
    }
    (void)snprintf(seen[*n_seen], 96, "%s", text);
    return (uint32_t)(*n_seen)++;
}

static int read_customers(void **state) {
    (void)state;
    static char seen[column_count][8][96];
    static double spare[row_count];
    size_t n_seen[column_count] = {0};
    char line[1024];
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/metric/customers.csv", "r");
    if (file == NULL || fgets(line, sizeof line, file) == NULL) {
        return 1;
    }
    char *rest = line;
    for (size_t i = 0; i < column_count; i++) {
        (void)snprintf(names[i], sizeof names[i], "%s", strtok_r(rest, ",\r\n", &rest));
    }
    for (size_t row = 0; row < row_count && fgets(line, sizeof line, file) != NULL; row++) {
        rest = line;
        for (size_t i = 0; i < column_count; i++) {
            const char *field = strtok_r(rest, ",\r\n", &rest);
            if (is_number(i)) {
                columns[i][row] = strtod(field, NULL);
            } else {
                levels[i][row] = find_level(seen[i], &n_seen[i], field);
            }
            labels[row] = i == target_column ? *field == '1' : labels[row];
        }
    }
    (void)fclose(file);
    for (size_t i = 0; i < column_count; i++) {
        if (is_number(i)) {
            memcpy(sorted[i], columns[i], sizeof sorted[i]);
            perebor_values_sort(sorted[i], spare, row_count);
            perebor_phik_bin(levels[i], columns[i], row_count, PEREBOR_PHIK_BINS);
        }
    }
    return 0;
}

static size_t column_of(const char *name, size_t length) {
    for (size_t i = 0; i < column_count; i++) {
        if (strlen(names[i]) == length && strncmp(names[i], name, length) == 0) {
            return i;
        }
    }
    fail_msg("no column %.*s", (int)length, name);
    return 0;
}

/** A golden line: what it is about, as a column, a pair of columns, or up to three numbers. */
typedef struct golden {
    char what[64];
    size_t one, other;
    double numbers[3];
    double value;
} golden;

static void parse_subject(golden *golden) {
    char *comma = strchr(golden->what, ',');
    size_t length = comma != NULL ? (size_t)(comma - golden->what) : strlen(golden->what);
    if (strspn(golden->what, "-0123456789") > 0) {
        char *rest = golden->what;
        for (size_t i = 0; i < 3 && *rest != '\0'; i++) {
            golden->numbers[i] = strtod(rest, &rest);
            rest += *rest == ',';
        }
        return;
    }
    golden->one = column_of(golden->what, length);
    if (comma != NULL && strspn(comma + 1, "0123456789") > 0) {
        golden->numbers[0] = strtod(comma + 1, NULL);
    } else if (comma != NULL) {
        golden->other = column_of(comma + 1, strlen(comma + 1));
    }
}

typedef double statistic(const golden *golden);

/** Compares every golden line of a key; relative and absolute tolerance. */
static void check(const char *key, statistic *compute, double relative, double absolute) {
    char line[256];
    char found[64];
    char number[64];
    size_t n_lines = 0;
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/metric/associations.txt", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        golden golden = {0};
        if (sscanf(line, "%63s %63s %63s", found, golden.what, number) != 3 ||
            strcmp(found, key) != 0) {
            continue;
        }
        parse_subject(&golden);
        golden.value = strtod(number, NULL);
        double value = compute(&golden);
        if (!(fabs(value - golden.value) <= absolute + relative * fabs(golden.value))) {
            fail_msg("%s %s: %.17g, should be %.17g", key, golden.what, value, golden.value);
        }
        n_lines++;
    }
    (void)fclose(file);
    assert_true(n_lines > 0);
}

static double golden_value(const char *wanted, const char *what) {
    char line[256];
    char key[64];
    char found[64];
    double value = NAN;
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/metric/associations.txt", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        double number;
        if (sscanf(line, "%63s %63s %lf", key, found, &number) == 3 && strcmp(key, wanted) == 0 &&
            strcmp(found, what) == 0) {
            value = number;
        }
    }
    (void)fclose(file);
    assert_true(!isnan(value));
    return value;
}

static double phik_of(size_t one, size_t other) {
    perebor_contingency table;
    double phik;
    assert_int_equal(perebor_contingency_count(&table, levels[one], PEREBOR_PHIK_BINS,
                                               levels[other], PEREBOR_PHIK_BINS, row_count, NULL),
                     PEREBOR_OK);
    assert_int_equal(perebor_phik(&phik, &table, true, NULL), PEREBOR_OK);
    perebor_contingency_release(&table);
    return phik;
}

static double phik_target(const golden *golden) {
    return phik_of(golden->one, target_column);
}

static double phik_pair(const golden *golden) {
    double phik = phik_of(golden->one, golden->other);
    assert_true(fabs(phik - phik_of(golden->other, golden->one)) < 1e-8);
    return phik;
}

static void phik_agrees_with_its_derivation_to_eight_digits(void **state) {
    (void)state;
    check("phik_target", phik_target, 0, 2e-8);
    check("phik_pair", phik_pair, 0, 2e-8);
}

/** The levels of a table given as counts. */
static perebor_contingency table_of(const double *counts, size_t n_rows, size_t n_columns) {
    uint32_t first[200];
    uint32_t second[200];
    size_t n = 0;
    for (size_t cell = 0; cell < n_rows * n_columns; cell++) {
        for (double i = 0; i < counts[cell]; i++) {
            first[n] = (uint32_t)(cell / n_columns);
            second[n++] = (uint32_t)(cell % n_columns);
        }
    }
    // A missing value and a level that does not occur change nothing.
    first[n] = PEREBOR_NO_LEVEL;
    second[n++] = 0;
    perebor_contingency table;
    assert_int_equal(
        perebor_contingency_count(&table, first, n_rows + 2, second, n_columns + 1, n, NULL),
        PEREBOR_OK);
    assert_int_equal(table.n_rows, n_rows);
    assert_int_equal(table.n_columns, n_columns);
    return table;
}

static void a_table_of_counts_gives_the_known_figures(void **state) {
    (void)state;
    const double counts[] = {25, 5, 10, 8, 30, 12};
    perebor_contingency table = table_of(counts, 2, 3);
    double phik;
    assert_int_equal(perebor_phik(&phik, &table, true, NULL), PEREBOR_OK);
    assert_true(fabs(phik - golden_value("table", "phik")) < 1e-8);
    assert_true(fabs(phik - 0.32524) < 1e-5);
    assert_int_equal(perebor_phik(&phik, &table, false, NULL), PEREBOR_OK);
    assert_true(fabs(phik - golden_value("table", "phik_no_noise")) < 1e-8);
    double chi2 = perebor_chi_squared(&table, true);
    assert_true(fabs(chi2 - golden_value("table", "chi2")) < 1e-12);
    assert_true(fabs(perebor_g_statistic(&table, true) - golden_value("table", "g")) < 1e-12);
    double p = perebor_chi_squared_tail(chi2, perebor_contingency_dof(&table));
    assert_true(fabs(p / golden_value("table", "chi2_p") - 1.0) < 1e-12);
    assert_true(fabs(perebor_cramers_v(&table) - golden_value("table", "cramers_v")) < 1e-14);
    assert_true(fabs(perebor_cramers_v_corrected(&table) -
                     golden_value("table", "cramers_v_corrected")) < 1e-14);
    perebor_contingency_release(&table);
}

static void a_two_by_two_table_is_corrected_as_yates_has_it(void **state) {
    (void)state;
    const double counts[] = {12, 5, 6, 14};
    perebor_contingency table = table_of(counts, 2, 2);
    assert_true(fabs(perebor_chi_squared(&table, true) - golden_value("two_by_two", "chi2")) <
                1e-13);
    assert_true(fabs(perebor_g_statistic(&table, true) - golden_value("two_by_two", "g")) < 1e-13);
    assert_true(perebor_chi_squared(&table, false) > perebor_chi_squared(&table, true) + 1.0);
    perebor_contingency_release(&table);
}

static void a_column_of_one_level_has_no_coefficient(void **state) {
    (void)state;
    const double counts[] = {5, 7, 9};
    perebor_contingency table = table_of(counts, 1, 3);
    double phik = 0;
    assert_int_equal(perebor_phik(&phik, &table, true, NULL), PEREBOR_OK);
    assert_true(isnan(phik));
    assert_true(isnan(perebor_cramers_v(&table)));
    assert_true(isnan(perebor_association_z(&table)));
    perebor_contingency_release(&table);
}

static void a_perfect_dependence_is_one_and_independence_is_zero(void **state) {
    (void)state;
    const double same[] = {30, 0, 0, 0, 30, 0, 0, 0, 30};
    const double independent[] = {10, 20, 10, 20, 10, 20};
    double phik;
    perebor_contingency table = table_of(same, 3, 3);
    assert_int_equal(perebor_phik(&phik, &table, true, NULL), PEREBOR_OK);
    assert_true(phik == 1.0);
    assert_true(fabs(perebor_mutual_information(&table) - 1.09861228866810969) < 1e-14);
    perebor_contingency_release(&table);
    table = table_of(independent, 3, 2);
    assert_int_equal(perebor_phik(&phik, &table, true, NULL), PEREBOR_OK);
    assert_true(phik == 0.0);
    perebor_contingency_release(&table);
}

static void significance_stays_finite_where_probabilities_vanish(void **state) {
    (void)state;
    uint32_t *level = calloc(4000, sizeof *level);
    assert_non_null(level);
    double last = 0.0;
    for (size_t n = 500; n <= 4000; n += 500) {
        for (size_t i = 0; i < n; i++) {
            level[i] = (uint32_t)(i % 2);
        }
        perebor_contingency table;
        assert_int_equal(perebor_contingency_count(&table, level, 2, level, 2, n, NULL),
                         PEREBOR_OK);
        double z = perebor_association_z(&table);
        assert_true(isfinite(z) && z > last);
        last = z;
        perebor_contingency_release(&table);
    }
    // One degree of freedom: Z is about the root of G, which is 2 n ln 2 but for Yates' half.
    assert_true(fabs(last - 74.4) < 0.5);
    free(level);
}

static double effective_dof(const golden *golden) {
    perebor_contingency table;
    assert_int_equal(perebor_contingency_count(&table, levels[golden->one], PEREBOR_PHIK_BINS,
                                               levels[golden->other], PEREBOR_PHIK_BINS, row_count,
                                               NULL),
                     PEREBOR_OK);
    double dof = perebor_effective_dof(&table);
    // Of many simulated tables the mean is known to its error alone.
    double error = golden_value("effective_dof_error", golden->what);
    if (!(fabs(dof - golden->value) < 4.0 * error)) {
        fail_msg("%s: %.6f, should be %.6f +- %.6f", golden->what, dof, golden->value, error);
    }
    perebor_contingency_release(&table);
    return golden->value;
}

static double large_dof(const golden *golden) {
    double n = golden->numbers[0];
    double counts[9] = {0};
    double row_sums[] = {n / 10, n / 5, n - n / 10 - n / 5};
    double column_sums[] = {n / 50, n / 4, n - n / 50 - n / 4};
    perebor_contingency table = {.n_rows = 3,
                                 .n_columns = 3,
                                 .counts = counts,
                                 .row_sums = row_sums,
                                 .column_sums = column_sums,
                                 .total = n};
    assert_true(fabs(perebor_effective_dof(&table) - golden->value) <
                4.0 * golden_value("large_dof_error", golden->what));
    return golden->value;
}

static void degrees_of_freedom_are_those_of_simulated_tables(void **state) {
    (void)state;
    check("effective_dof", effective_dof, 0, 0);
    check("large_dof", large_dof, 0, 0);
}

static double point_biserial(const golden *golden) {
    return perebor_pearson(columns[golden->one], columns[target_column], row_count);
}

static double point_biserial_p(const golden *golden) {
    return perebor_correlation_p(point_biserial(golden), row_count);
}

static double pearson(const golden *golden) {
    return perebor_pearson(columns[golden->one], columns[golden->other], row_count);
}

static double spearman(const golden *golden) {
    double value;
    assert_int_equal(
        perebor_spearman(&value, columns[golden->one], columns[golden->other], row_count, NULL),
        PEREBOR_OK);
    return value;
}

static double kendall(const golden *golden) {
    double value;
    assert_int_equal(
        perebor_kendall(&value, columns[golden->one], columns[golden->other], row_count, NULL),
        PEREBOR_OK);
    return value;
}

static void correlations_agree_with_scipy(void **state) {
    (void)state;
    for (size_t row = 0; row < row_count; row++) {
        columns[target_column][row] = labels[row];
    }
    check("point_biserial", point_biserial, 0, 1e-13);
    check("point_biserial_p", point_biserial_p, 1e-10, 0);
    check("pearson", pearson, 0, 1e-13);
    check("spearman", spearman, 0, 1e-13);
    check("kendall", kendall, 0, 1e-13);
}

static void strength_is_named_on_the_chaddock_scale(void **state) {
    (void)state;
    assert_string_equal(perebor_chaddock(0.0999), "none");
    assert_string_equal(perebor_chaddock(-0.1), "weak");
    assert_string_equal(perebor_chaddock(0.3), "moderate");
    assert_string_equal(perebor_chaddock(0.5), "noticeable");
    assert_string_equal(perebor_chaddock(-0.7), "high");
    assert_string_equal(perebor_chaddock(0.9), "very high");
    assert_string_equal(perebor_chaddock(NAN), "undefined");
}

static double inflation(const golden *golden) {
    double matrix[n_numbers * n_numbers];
    double vif[n_numbers];
    for (size_t i = 0; i < n_numbers; i++) {
        for (size_t j = 0; j < n_numbers; j++) {
            matrix[i * n_numbers + j] =
                perebor_pearson(columns[first_number + i], columns[first_number + j], row_count);
        }
    }
    assert_int_equal(perebor_vif(vif, matrix, n_numbers, NULL), PEREBOR_OK);
    return vif[golden->one - first_number];
}

static void variance_inflation_is_the_inverse_diagonal(void **state) {
    (void)state;
    check("vif", inflation, 1e-11, 0);
}

static void a_combination_of_columns_inflates_without_bound(void **state) {
    (void)state;
    // x, y, x + y of independent x and y of one variance; a constant; an unrelated column.
    const double r = 0.70710678118654752440;
    const double matrix[] = {1,   0, r,   NAN, 0,   0,   1,   r, NAN, 0, r,   r, 1,
                             NAN, 0, NAN, NAN, NAN, NAN, NAN, 0, 0,   0, NAN, 1};
    double vif[5];
    assert_int_equal(perebor_vif(vif, matrix, 5, NULL), PEREBOR_OK);
    assert_true(isinf(vif[0]) && isinf(vif[1]) && isinf(vif[2]));
    assert_true(isnan(vif[3]));
    assert_true(vif[4] == 1.0);
}

static void an_indefinite_matrix_has_no_inflation(void **state) {
    (void)state;
    // a goes with b and with c, b against c: no columns have these correlations.
    const double matrix[] = {1, .9, .9, 0, .9, 1, -.9, 0, .9, -.9, 1, 0, 0, 0, 0, 1};
    double vif[4];
    assert_int_equal(perebor_vif(vif, matrix, 4, NULL), PEREBOR_OK);
    for (size_t i = 0; i < 4; i++) {
        assert_true(isnan(vif[i]));
    }
}

static void inflation_does_not_depend_on_the_order_of_columns(void **state) {
    (void)state;
    // Rows of z, x = z + noise, y = x + z exactly, and noise: y, x and z are combinations.
    enum { N = 5 };
    double matrix[N * N];
    double columns_made[N][row_count];
    for (size_t row = 0; row < row_count; row++) {
        for (size_t i = 0; i < 3; i++) {
            columns_made[i][row] = columns[first_number + i][row];
        }
        columns_made[3][row] = columns_made[0][row] + columns_made[1][row];
        columns_made[4][row] = columns[first_number + 4][row] + 0.1 * columns_made[2][row];
    }
    static const size_t orders[][N] = {{0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}, {2, 0, 4, 1, 3}};
    double found[3][N];
    for (size_t o = 0; o < 3; o++) {
        double vif[N];
        for (size_t i = 0; i < N; i++) {
            for (size_t j = 0; j < N; j++) {
                matrix[i * N + j] = perebor_pearson(columns_made[orders[o][i]],
                                                    columns_made[orders[o][j]], row_count);
            }
        }
        assert_int_equal(perebor_vif(vif, matrix, N, NULL), PEREBOR_OK);
        for (size_t i = 0; i < N; i++) {
            found[o][orders[o][i]] = vif[i];
        }
    }
    for (size_t i = 0; i < N; i++) {
        bool combined = i == 0 || i == 1 || i == 3;
        for (size_t o = 0; o < 3; o++) {
            assert_true(combined ? isinf(found[o][i])
                                 : fabs(found[o][i] / found[0][i] - 1.0) < 1e-10);
        }
    }
}

static void phik_by_its_curve_is_phik(void **state) {
    (void)state;
    perebor_phik_curves curves = {0};
    for (size_t i = 0; i < first_number + n_numbers; i++) {
        for (size_t j = 0; j < i; j++) {
            perebor_contingency table;
            double direct;
            double by_curve;
            assert_int_equal(
                perebor_contingency_count(&table, levels[i], 16, levels[j], 16, row_count, NULL),
                PEREBOR_OK);
            assert_int_equal(perebor_phik(&direct, &table, true, NULL), PEREBOR_OK);
            assert_int_equal(perebor_phik_by_curve(&by_curve, &table, &curves, NULL), PEREBOR_OK);
            assert_true(fabs(direct - by_curve) < 2e-9);
            perebor_contingency_release(&table);
        }
    }
    perebor_phik_curves_release(&curves);
}

static double anova_f(const golden *golden) {
    perebor_class_difference difference;
    perebor_class_difference_test(&difference, columns[golden->one], labels, row_count);
    return difference.f;
}

static double anova_p(const golden *golden) {
    perebor_class_difference difference;
    perebor_class_difference_test(&difference, columns[golden->one], labels, row_count);
    return difference.f_p;
}

static double welch_t(const golden *golden) {
    perebor_class_difference difference;
    perebor_class_difference_test(&difference, columns[golden->one], labels, row_count);
    return difference.welch_t;
}

static double welch_p(const golden *golden) {
    perebor_class_difference difference;
    perebor_class_difference_test(&difference, columns[golden->one], labels, row_count);
    return difference.welch_p;
}

static double chi2_of_sums(const golden *golden) {
    perebor_class_difference difference;
    perebor_class_difference_test(&difference, columns[golden->one], labels, row_count);
    return difference.chi2;
}

static double chi2_of_sums_p(const golden *golden) {
    perebor_class_difference difference;
    perebor_class_difference_test(&difference, columns[golden->one], labels, row_count);
    return difference.chi2_p;
}

static void class_sums_are_compared_as_scikit_learn_does(void **state) {
    (void)state;
    check("chi2_of_sums", chi2_of_sums, 1e-11, 0);
    check("chi2_of_sums_p", chi2_of_sums_p, 1e-9, 0);
    perebor_class_difference difference;
    perebor_class_difference_test(&difference, (const double[]){-1.0, 2.0, 3.0},
                                  (const uint8_t[]){0, 1, 1}, 3);
    assert_true(isnan(difference.chi2) && isnan(difference.chi2_p));
}

static void class_means_are_compared_as_scipy_does(void **state) {
    (void)state;
    check("anova_f", anova_f, 1e-11, 0);
    check("anova_p", anova_p, 1e-10, 0);
    check("welch_t", welch_t, 1e-11, 0);
    check("welch_p", welch_p, 1e-10, 0);
}

static perebor_statistical_test mann_whitney(const golden *golden) {
    perebor_statistical_test result;
    assert_int_equal(perebor_mann_whitney(&result, columns[golden->one], labels, row_count, NULL),
                     PEREBOR_OK);
    return result;
}

static double mann_whitney_u(const golden *golden) {
    return mann_whitney(golden).statistic;
}

static double mann_whitney_p(const golden *golden) {
    return mann_whitney(golden).p;
}

static double ks_d(const golden *golden) {
    perebor_statistical_test result;
    assert_int_equal(
        perebor_kolmogorov_smirnov(&result, columns[golden->one], labels, row_count, NULL),
        PEREBOR_OK);
    return result.statistic;
}

static void class_ranks_are_compared_as_scipy_does(void **state) {
    (void)state;
    check("mann_whitney_u", mann_whitney_u, 0, 0);
    check("mann_whitney_p", mann_whitney_p, 1e-11, 0);
    check("ks_d", ks_d, 0, 1e-14);
}

static void rows_sorted_by_class_have_too_few_runs(void **state) {
    (void)state;
    uint8_t blocks[100];
    uint8_t alternating[100];
    for (size_t i = 0; i < 100; i++) {
        blocks[i] = i >= 50;
        alternating[i] = i % 2;
    }
    // 2 runs where 51 are expected with variance 50 * 49 / 99.
    perebor_statistical_test result = perebor_runs_test(blocks, 100);
    assert_true(fabs(result.statistic - -49.0 / sqrt(2450.0 / 99.0)) < 1e-12);
    assert_true(result.p < 1e-20);
    assert_true(perebor_runs_test(alternating, 100).statistic > 9.0);
    assert_true(isnan(perebor_runs_test(blocks, 50).p));
}

static double mutual_discrete(const golden *golden) {
    static double values[row_count];
    static uint32_t level[row_count];
    static uint32_t target[row_count];
    size_t n_distinct = 0;
    for (size_t row = 0; row < row_count; row++) {
        size_t i = 0;
        while (i < n_distinct && values[i] != columns[golden->one][row]) {
            i++;
        }
        n_distinct += i == n_distinct;
        values[i] = columns[golden->one][row];
        level[row] = (uint32_t)i;
        target[row] = labels[row];
    }
    perebor_contingency table;
    assert_int_equal(
        perebor_contingency_count(&table, level, n_distinct, target, 2, row_count, NULL),
        PEREBOR_OK);
    double information = perebor_mutual_information(&table);
    perebor_contingency_release(&table);
    return information;
}

static double mutual_nearest(const golden *golden) {
    double jittered[row_count];
    double information;
    for (size_t row = 0; row < row_count; row++) {
        jittered[row] = columns[golden->one][row] + (double)row * 1e-4;
    }
    assert_int_equal(
        perebor_nearest_information(&information, jittered, labels, row_count, 3, NULL),
        PEREBOR_OK);
    return information;
}

static void mutual_information_agrees_with_scikit_learn(void **state) {
    (void)state;
    check("mutual_discrete", mutual_discrete, 0, 1e-13);
    check("mutual_nearest", mutual_nearest, 0, 1e-12);
}

static perebor_moments moments_of(const golden *golden) {
    perebor_moments moments;
    perebor_moments_compute(&moments, columns[golden->one], row_count);
    return moments;
}

static double mean(const golden *golden) {
    return moments_of(golden).mean;
}

static double sd(const golden *golden) {
    return moments_of(golden).sd;
}

static double skewness(const golden *golden) {
    return moments_of(golden).skewness;
}

static double excess_kurtosis(const golden *golden) {
    return moments_of(golden).excess_kurtosis;
}

static double quantile(const golden *golden) {
    return perebor_quantile(sorted[golden->one], row_count, golden->numbers[0]);
}

static double mad(const golden *golden) {
    return perebor_median_deviation(sorted[golden->one], row_count);
}

static double distinct(const golden *golden) {
    return (double)perebor_distinct_count(sorted[golden->one], row_count);
}

/** How many values Tukey's rule would call outliers. */
static double iqr_outliers(const golden *golden) {
    double low = perebor_quantile(sorted[golden->one], row_count, 0.25);
    double high = perebor_quantile(sorted[golden->one], row_count, 0.75);
    double reach = 1.5 * (high - low);
    size_t n_outside = 0;
    for (size_t row = 0; row < row_count; row++) {
        double value = columns[golden->one][row];
        n_outside += value < low - reach || value > high + reach;
    }
    return (double)n_outside;
}

static double histogram(const golden *golden) {
    uint64_t counts[12];
    perebor_moments moments = moments_of(golden);
    perebor_histogram_count(counts, 12, moments.minimum, moments.maximum, columns[golden->one],
                            row_count);
    return (double)counts[(size_t)golden->numbers[0]];
}

static void distributions_are_described_as_numpy_does(void **state) {
    (void)state;
    check("mean", mean, 1e-14, 0);
    check("sd", sd, 1e-13, 0);
    check("skewness", skewness, 1e-10, 1e-12);
    check("excess_kurtosis", excess_kurtosis, 1e-10, 1e-12);
    check("quantile", quantile, 0, 0);
    check("mad", mad, 1e-13, 0);
    check("distinct", distinct, 0, 0);
    check("iqr_outliers", iqr_outliers, 0, 0);
    check("histogram", histogram, 0, 0);
}

static void a_density_is_the_sum_of_its_kernels(void **state) {
    (void)state;
    enum { POINTS = 41 };
    size_t pages = column_of("pages", 5);
    double density[POINTS];
    double h = perebor_density_bandwidth(sorted[pages], row_count);
    perebor_density_estimate(density, POINTS, -10, 30, h, columns[pages], row_count);
    double mass = 0.0;
    for (size_t i = 0; i < POINTS; i++) {
        double exact = 0.0;
        for (size_t row = 0; row < row_count; row++) {
            double z = (-10.0 + (double)i - columns[pages][row]) / h;
            exact += exp(-0.5 * z * z) / (h * sqrt(2 * 3.14159265358979323846) * row_count);
        }
        assert_true(fabs(density[i] - exact) < 2e-4);
        mass += density[i];
    }
    assert_true(fabs(mass - 1.0) < 1e-3);
}

static double false_discovery(const golden *golden) {
    const double p[] = {0.01, 0.04, 0.03, NAN, 0.005, 0.8, 0.2, 0.03};
    double adjusted[8];
    assert_int_equal(perebor_false_discovery_adjust(adjusted, p, 8, NULL), PEREBOR_OK);
    assert_true(isnan(adjusted[3]));
    size_t place = (size_t)golden->numbers[0];
    return adjusted[place < 3 ? place : place + 1];
}

static void discoveries_are_adjusted_and_missing_values_left_out(void **state) {
    (void)state;
    check("false_discovery", false_discovery, 1e-14, 0);
}

static double bivariate(const golden *golden) {
    return perebor_bivariate_normal(golden->numbers[0], golden->numbers[1], golden->numbers[2]);
}

static double log_gamma(const golden *golden) {
    return perebor_log_gamma(golden->numbers[0]);
}

static double digamma(const golden *golden) {
    return perebor_digamma(golden->numbers[0]);
}

static double gamma_upper(const golden *golden) {
    return perebor_gamma_upper(golden->numbers[0], golden->numbers[1]);
}

static double beta_lower(const golden *golden) {
    return perebor_beta_lower(golden->numbers[0], golden->numbers[1], golden->numbers[2]);
}

static double normal_tail(const golden *golden) {
    return perebor_normal_tail(golden->numbers[0]);
}

static double kolmogorov(const golden *golden) {
    return perebor_kolmogorov_tail(golden->numbers[0]);
}

static void special_functions_agree_with_scipy(void **state) {
    (void)state;
    check("bivariate", bivariate, 0, 1e-13);
    check("log_gamma", log_gamma, 1e-14, 1e-14);
    check("digamma", digamma, 1e-13, 1e-14);
    check("gamma_upper", gamma_upper, 1e-11, 0);
    check("beta_lower", beta_lower, 1e-11, 0);
    check("normal_tail", normal_tail, 1e-12, 0);
    check("kolmogorov", kolmogorov, 1e-12, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(special_functions_agree_with_scipy),
        cmocka_unit_test(phik_agrees_with_its_derivation_to_eight_digits),
        cmocka_unit_test(a_table_of_counts_gives_the_known_figures),
        cmocka_unit_test(a_two_by_two_table_is_corrected_as_yates_has_it),
        cmocka_unit_test(a_column_of_one_level_has_no_coefficient),
        cmocka_unit_test(a_perfect_dependence_is_one_and_independence_is_zero),
        cmocka_unit_test(significance_stays_finite_where_probabilities_vanish),
        cmocka_unit_test(degrees_of_freedom_are_those_of_simulated_tables),
        cmocka_unit_test(correlations_agree_with_scipy),
        cmocka_unit_test(strength_is_named_on_the_chaddock_scale),
        cmocka_unit_test(variance_inflation_is_the_inverse_diagonal),
        cmocka_unit_test(a_combination_of_columns_inflates_without_bound),
        cmocka_unit_test(an_indefinite_matrix_has_no_inflation),
        cmocka_unit_test(inflation_does_not_depend_on_the_order_of_columns),
        cmocka_unit_test(phik_by_its_curve_is_phik),
        cmocka_unit_test(class_means_are_compared_as_scipy_does),
        cmocka_unit_test(class_sums_are_compared_as_scikit_learn_does),
        cmocka_unit_test(class_ranks_are_compared_as_scipy_does),
        cmocka_unit_test(rows_sorted_by_class_have_too_few_runs),
        cmocka_unit_test(mutual_information_agrees_with_scikit_learn),
        cmocka_unit_test(distributions_are_described_as_numpy_does),
        cmocka_unit_test(a_density_is_the_sum_of_its_kernels),
        cmocka_unit_test(discoveries_are_adjusted_and_missing_values_left_out),
    };
    return cmocka_run_group_tests(tests, read_customers, NULL);
}
