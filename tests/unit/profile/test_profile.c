// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "made_columns.h"
#include "metric/roc_auc.h"
#include "profile/profile.h"
#include "profile/profile_document.h"
#include "statistics/correlation.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

static made_columns made;
static perebor_profile *profile;

static int set_up(void **state) {
    (void)state;
    made_fill(&made);
    profile = NULL;
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    perebor_profile_free(profile);
    return 0;
}

static void make(void) {
    perebor_error error = {0};
    if (perebor_profile_make(&profile, &made.dataset, NULL, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
}

static double at(const double *matrix, size_t i, size_t j) {
    return matrix[i * profile->n_matrix + j];
}

static void matrices_are_symmetric_with_one_on_the_diagonal(void **state) {
    (void)state;
    make();
    assert_int_equal(profile->n_matrix, MADE_COLUMNS + 1);
    for (size_t i = 0; i <= MADE_COLUMNS; i++) {
        assert_true(at(profile->phik, i, i) == 1.0);
        assert_true(fabs(at(profile->cramers_v, i, i) - 1.0) < 1e-12);
        for (size_t j = 0; j <= MADE_COLUMNS; j++) {
            assert_true(at(profile->phik, i, j) == at(profile->phik, j, i));
            assert_true(at(profile->phik, i, j) >= 0.0 && at(profile->phik, i, j) <= 1.0);
            bool ordered = i != 3 && j != 3;
            assert_int_equal(!isnan(at(profile->pearson, i, j)), ordered);
            assert_int_equal(!isnan(at(profile->spearman, i, j)), ordered);
        }
    }
}

static void groups_add_up_to_all_rows(void **state) {
    (void)state;
    made.values[1][5] = NAN;
    make();
    for (size_t i = 0; i < MADE_COLUMNS; i++) {
        const perebor_profile_group *groups = profile->columns[i].groups;
        assert_int_equal(profile->columns[i].n_missing, i == 1);
        for (int group = 0; group < PEREBOR_GROUPS; group++) {
            uint64_t n = 0;
            for (size_t bin = 0; i < 3 && bin < PEREBOR_PROFILE_BINS; bin++) {
                n += groups[group].histogram[bin];
            }
            for (size_t level = 0; i == 3 && level < 3; level++) {
                n += groups[group].level_counts[level];
            }
            assert_int_equal(n, groups[group].moments.n);
        }
        assert_int_equal(groups[1].moments.n + groups[2].moments.n, groups[0].moments.n);
        assert_int_equal(groups[0].moments.n, MADE_ROWS - (i == 1));
    }
}

/** Bins of whole numbers have whole edges and as many numbers each; others end with the greatest.
 */
static void whole_numbers_are_counted_in_whole_bins(void **state) {
    (void)state;
    static const struct {
        double low, range, bins_to;
    } cases[] = {{1.0, 19.0, 31.0}, {-3.0, 29.0, 27.0}, {-3.0, 30.0, 57.0}, {0.0, 90.0, 120.0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (size_t row = 0; row < MADE_ROWS; row++) {
            made.values[0][row] = cases[i].low + (double)(row % (size_t)(cases[i].range + 1.0));
            made.values[1][row] = made.values[0][row] + (row == 0 ? 0.5 : 0.0);
        }
        make();
        const perebor_profile_column *whole = &profile->columns[0], *real = &profile->columns[1];
        assert_true(whole->bins_to == cases[i].bins_to);
        assert_true(real->bins_to == real->upper);
        assert_true(perebor_profile_edge(whole, 0) == cases[i].low);
        assert_true(perebor_profile_point(whole, PEREBOR_PROFILE_POINTS - 1) == whole->upper);
        double width = (cases[i].bins_to - cases[i].low) / PEREBOR_PROFILE_BINS;
        for (size_t bin = 0; bin <= PEREBOR_PROFILE_BINS; bin++) {
            assert_true(perebor_profile_edge(whole, bin) == cases[i].low + (double)bin * width);
        }
        uint64_t first = 0;
        for (size_t row = 0; row < MADE_ROWS; row++) {
            first += made.values[0][row] < cases[i].low + width;
        }
        assert_int_equal(whole->groups[PEREBOR_ALL_ROWS].histogram[0], first);
        perebor_profile_free(profile);
        profile = NULL;
    }
}

static void single_feature_figures_agree_with_each_other(void **state) {
    (void)state;
    make();
    const perebor_profile_column *age = &profile->columns[0];
    assert_true(age->auc == perebor_roc_auc(made.labels, made.values[0], MADE_ROWS, &workspace));
    double n_positive = (double)profile->n_positive;
    double pairs = n_positive * (MADE_ROWS - n_positive);
    assert_true(fabs(age->mann_whitney_u / pairs - age->auc) < 1e-12);
    assert_true(age->pearson == at(profile->pearson, 0, MADE_COLUMNS));
    assert_true(age->spearman == at(profile->spearman, 0, MADE_COLUMNS));
    assert_true(isnan(profile->columns[3].auc) && !isnan(profile->columns[3].p_adjusted));
    assert_true(age->vif >= 1.0 && age->vif < 1.1);
    assert_true(isnan(profile->columns[3].vif));
    for (size_t i = 0; i < 3; i++) {
        assert_true(profile->columns[i].p_adjusted >= profile->columns[i].mann_whitney_p);
    }
}

static void a_copied_column_inflates_and_correlates(void **state) {
    (void)state;
    memcpy(made.values[2], made.values[0], sizeof made.values[0]);
    make();
    assert_true(isinf(profile->columns[0].vif) && isinf(profile->columns[2].vif));
    assert_true(at(profile->pearson, 0, 2) > 1.0 - 1e-12);
    assert_true(at(profile->phik, 0, 2) > 1.0 - 1e-6);
}

static void a_constant_column_and_one_of_missing_values_do_no_harm(void **state) {
    (void)state;
    for (size_t row = 0; row < MADE_ROWS; row++) {
        made.values[0][row] = 3.5;
        made.values[1][row] = NAN;
    }
    make();
    assert_true(isnan(profile->columns[0].phik) && isnan(profile->columns[0].vif));
    assert_true(profile->columns[0].auc == 0.5);
    assert_int_equal(profile->columns[1].n_missing, MADE_ROWS);
    assert_true(isnan(profile->columns[1].auc) && isnan(profile->columns[1].p_adjusted));
    assert_true(profile->columns[2].vif >= 1.0);
}

/** VIF of three columns on the rows without missing values, by the determinant: (1 - r_jk^2) / |R|.
 */
static void inflate_by_hand(double vif[3]) {
    static double whole[3][MADE_ROWS];
    size_t n = 0;
    for (size_t row = 0; row < MADE_ROWS; row++) {
        if (!isnan(made.values[0][row] + made.values[1][row] + made.values[2][row])) {
            for (size_t i = 0; i < 3; i++) {
                whole[i][n] = made.values[i][row];
            }
            n++;
        }
    }
    double r01 = perebor_pearson(whole[0], whole[1], n);
    double r02 = perebor_pearson(whole[0], whole[2], n);
    double r12 = perebor_pearson(whole[1], whole[2], n);
    double determinant = 1.0 + 2.0 * r01 * r02 * r12 - r01 * r01 - r02 * r02 - r12 * r12;
    vif[0] = (1.0 - r12 * r12) / determinant;
    vif[1] = (1.0 - r02 * r02) / determinant;
    vif[2] = (1.0 - r01 * r01) / determinant;
}

static void inflation_with_gaps_is_of_complete_rows_in_any_order_of_columns(void **state) {
    (void)state;
    double expected[3];
    for (size_t row = 0; row < MADE_ROWS; row++) {
        made.values[2][row] = 12.0 * made.values[0][row] + 0.1 * made.values[2][row];
        made.values[row % 3][row] = row % 5 < 2 ? (double)NAN : made.values[row % 3][row];
    }
    inflate_by_hand(expected);
    make();
    assert_true(expected[0] > 20.0 && expected[1] < 1.2);
    double found[3] = {profile->columns[0].vif, profile->columns[1].vif, profile->columns[2].vif};
    for (size_t i = 0; i < 3; i++) {
        assert_true(fabs(found[i] / expected[i] - 1.0) < 1e-9);
    }
    perebor_profile_free(profile);
    perebor_column first = made.columns[0];
    made.columns[0] = made.columns[2];
    made.columns[2] = first;
    make();
    assert_true(fabs(profile->columns[0].vif / expected[2] - 1.0) < 1e-9);
    assert_true(fabs(profile->columns[2].vif / expected[0] - 1.0) < 1e-9);
}

static void few_complete_rows_have_no_inflation(void **state) {
    (void)state;
    // Four features, so that of five rows any column is a combination of the others.
    for (size_t n_complete = 5; n_complete <= 6; n_complete++) {
        perebor_profile_free(profile);
        profile = NULL;
        made_fill(&made);
        for (size_t row = n_complete; row < MADE_ROWS; row++) {
            made.values[row % 3][row] = NAN;
        }
        make();
        assert_int_equal(isnan(profile->columns[0].vif), n_complete == 5);
    }
}

static void the_same_data_give_the_same_bytes_of_json(void **state) {
    (void)state;
    char *first = NULL;
    char *second = NULL;
    const perebor_tables_report tables = {0};
    const perebor_quality quality = {.problem = ""};
    const perebor_leaks leaks = {0};
    make();
    perebor_profile_document document = {.name = "made",
                                         .file = "made.yaml",
                                         .tables = &tables,
                                         .quality = &quality,
                                         .leaks = &leaks,
                                         .profile = profile};
    assert_int_equal(perebor_profile_document_json(&document, &first, NULL), PEREBOR_OK);
    perebor_profile_free(profile);
    make();
    document.profile = profile;
    assert_int_equal(perebor_profile_document_json(&document, &second, NULL), PEREBOR_OK);
    assert_string_equal(first, second);
    assert_null(strstr(first, "nan"));
    assert_non_null(strstr(first, "\"matrices\":{\"names\":[\"age\",\"visits\",\"price\","
                                  "\"town\",\"gone\"]"));
    free(first);
    free(second);
}

#define MAKING(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        MAKING(matrices_are_symmetric_with_one_on_the_diagonal),
        MAKING(groups_add_up_to_all_rows),
        MAKING(whole_numbers_are_counted_in_whole_bins),
        MAKING(single_feature_figures_agree_with_each_other),
        MAKING(a_copied_column_inflates_and_correlates),
        MAKING(a_constant_column_and_one_of_missing_values_do_no_harm),
        MAKING(inflation_with_gaps_is_of_complete_rows_in_any_order_of_columns),
        MAKING(few_complete_rows_have_no_inflation),
        MAKING(the_same_data_give_the_same_bytes_of_json),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
