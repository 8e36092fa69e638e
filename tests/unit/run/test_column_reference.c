// SPDX-License-Identifier: MIT
/** What is kept of columns, and how later ones lie against it, worked out by hand and plainly. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "draw.h"
#include "run/column_reference.h"

enum { max_rows = 2000 };

static const char *const kinds[] = {"a", "b", "c"};

/** A number and a level of each row. */
typedef struct made_columns {
    double numbers[max_rows], levels[max_rows];
    perebor_column columns[2];
    perebor_dataset dataset;
} made_columns;

static void shape(made_columns *made, size_t n) {
    made->columns[0] =
        (perebor_column){.name = "x", .role = PEREBOR_ROLE_NUMERIC, .values = made->numbers};
    made->columns[1] = (perebor_column){.name = "kind",
                                        .role = PEREBOR_ROLE_NOMINAL,
                                        .values = made->levels,
                                        .levels = kinds,
                                        .n_levels = 3};
    made->dataset = (perebor_dataset){.n_rows = n, .n_columns = 2, .columns = made->columns};
}

/** Normal numbers about @p mean; levels in turn. */
static void draw(made_columns *made, size_t n, double mean, uint64_t seed) {
    uint64_t random = seed;
    shape(made, n);
    for (size_t i = 0; i < n; i++) {
        made->numbers[i] = draw_normal(&random) + mean;
        made->levels[i] = (double)(i % 3);
    }
}

static void keep(h5_tree *tree, const made_columns *made) {
    perebor_error error = {0};
    uint32_t rows[max_rows];
    for (size_t i = 0; i < made->dataset.n_rows; i++) {
        rows[i] = (uint32_t)i;
    }
    assert_int_equal(column_reference_to_tree(&made->dataset, rows, made->dataset.n_rows, tree,
                                              tree->root, &error),
                     PEREBOR_OK);
}

/** How @p now lies against @p then. */
static void compare(const made_columns *then, const made_columns *now, column_drift drifts[2]) {
    perebor_error error = {0};
    h5_tree *tree = h5_tree_create();
    keep(tree, then);
    column_counts counts[2];
    size_t half = now->dataset.n_rows / 2;
    for (size_t i = 0; i < 2; i++) { // what is counted apart adds up
        if (column_counts_begin(&counts[i], h5_find(tree->root, "reference"), &then->dataset,
                                &error) != PEREBOR_OK) {
            fail_msg("%s", error.message);
        }
        column_counts_add(&counts[i], &now->dataset, i * half, i == 0 ? half : now->dataset.n_rows);
    }
    for (size_t i = 0; i < counts[0].n; i++) {
        counts[0].counts[i] += counts[1].counts[i];
    }
    column_counts_compare(&counts[0], drifts);
    column_counts_release(&counts[0]);
    column_counts_release(&counts[1]);
    h5_tree_free(tree);
}

static void assert_near(double value, double wanted, double tolerance) {
    if (!(fabs(value - wanted) <= tolerance)) {
        fail_msg("%.17g, should be %.17g", value, wanted);
    }
}

/** What a bin adds to the population stability index. */
static double term(double then, double now) {
    then = fmax(then, 1e-4);
    now = fmax(now, 1e-4);
    return (now - then) * log(now / then);
}

static const double *array(const h5_tree *tree, const char *path) {
    return h5_find(tree->root, path)->array.data;
}

static void quantiles_and_shares_of_the_rows_are_kept(void **state) {
    (void)state;
    static made_columns made;
    shape(&made, 201);
    for (size_t i = 0; i < 201; i++) {
        made.numbers[i] = (double)(200 - i);
        made.levels[i] = i < 50 ? 0.0 : 2.0;
    }
    made.numbers[7] = NAN;
    h5_tree *tree = h5_tree_create();
    uint32_t rows[200];
    for (size_t i = 0; i < 200; i++) {
        rows[i] = (uint32_t)(i < 100 ? i : 200 - (i - 100)); // all but row 100
    }
    assert_int_equal(column_reference_to_tree(&made.dataset, rows, 200, tree, tree->root, NULL),
                     PEREBOR_OK);
    assert_near(array(tree, "reference/share_missing")[0], 1.0 / 200.0, 0.0);
    assert_true(array(tree, "reference/share_missing")[1] == 0.0);
    const double *quantiles = array(tree, "reference/quantile");
    assert_true(quantiles[0] == 0.0 && quantiles[100] == 200.0);
    for (size_t i = 1; i < COLUMN_QUANTILES; i++) {
        assert_true(quantiles[i] > quantiles[i - 1]);
        assert_true(isnan(quantiles[COLUMN_QUANTILES + i])); // levels have none
    }
    const double *levels = array(tree, "reference/level_share");
    assert_near(levels[0], 0.25, 1e-12);
    assert_near(levels[1], 0.0, 0.0);
    assert_near(levels[2], 0.75, 1e-12);
    h5_tree_free(tree);
}

static void the_same_rows_have_not_drifted(void **state) {
    (void)state;
    static made_columns made;
    column_drift drifts[2];
    draw(&made, 2000, 0.0, 1);
    compare(&made, &made, drifts);
    assert_near(drifts[0].psi, 0.0, 1e-6);
    assert_near(drifts[0].ks, 0.0, 1.0 / 1000.0);
    assert_near(drifts[1].psi, 0.0, 1e-20);
    assert_true(isnan(drifts[1].ks));
    assert_true(drifts[0].share_missing == 0.0 && drifts[0].share_missing_then == 0.0);
}

/** Numbers are not counted as levels, which there are none below 0 of. */
static void numbers_far_below_0_are_as_any_others(void **state) {
    (void)state;
    static made_columns made, shifted;
    column_drift drifts[2];
    draw(&made, 300, -1e9, 1);
    compare(&made, &made, drifts);
    assert_near(drifts[0].psi, 0.0, 1e-6);
    draw(&shifted, 300, -1e9 - 1.0, 1);
    compare(&made, &shifted, drifts);
    assert_true(drifts[0].ks > 0.2);
}

/** By definition: counts in the bins between tenths, and a pass over all values for each value. */
static void a_shift_is_measured_as_defined(void **state) {
    (void)state;
    static made_columns then, now;
    column_drift drifts[2];
    draw(&then, 1000, 0.0, 2);
    draw(&now, 700, 0.8, 3);
    compare(&then, &now, drifts);
    double psi = 0.0, ks = 0.0;
    double tenths[9];
    h5_tree *tree = h5_tree_create();
    keep(tree, &then);
    for (size_t i = 0; i < 9; i++) {
        tenths[i] = array(tree, "reference/quantile")[10 * (i + 1)];
    }
    h5_tree_free(tree);
    for (size_t bin = 0; bin < 10; bin++) {
        double n = 0.0;
        for (size_t i = 0; i < 700; i++) {
            n += (bin == 0 || now.numbers[i] > tenths[bin - 1]) &&
                 (bin == 9 || now.numbers[i] <= tenths[bin]);
        }
        psi += term(0.1, n / 700.0);
    }
    assert_near(drifts[0].psi, psi, 1e-9);
    assert_true(psi > 0.25);
    for (size_t k = 0; k < 1000; k++) {
        double below = 0.0, below_then = 0.0;
        for (size_t i = 0; i < 1000; i++) {
            below_then += then.numbers[i] <= then.numbers[k];
            below += i < 700 && now.numbers[i] <= then.numbers[k];
        }
        ks = fmax(ks, fabs(below / 700.0 - below_then / 1000.0));
    }
    assert_near(drifts[0].ks, ks, 0.011); // the quantiles are a hundredth apart
}

static void levels_are_compared_as_counted(void **state) {
    (void)state;
    static made_columns then, now;
    column_drift drifts[2];
    draw(&then, 300, 0.0, 4);
    draw(&now, 100, 0.0, 5);
    for (size_t i = 0; i < 100; i++) {
        now.levels[i] = i < 40 ? 0.0 : i < 90 ? 2.0 : 4.0; // ten of a level that was not there
    }
    compare(&then, &now, drifts);
    double third = 1.0 / 3.0;
    assert_near(drifts[1].psi,
                term(third, 0.4) + term(third, 0.0) + term(third, 0.5) + term(0.0, 0.1), 1e-9);
}

/** @return The drift of numbers that are all @p now where they were all @p then. */
static column_drift of_constants(double then, double now) {
    static made_columns before, after;
    column_drift drifts[2];
    draw(&before, 200, 0.0, 6);
    draw(&after, 200, 0.0, 7);
    for (size_t i = 0; i < 200; i++) {
        before.numbers[i] = then;
        after.numbers[i] = now;
    }
    compare(&before, &after, drifts);
    return drifts[0];
}

static void a_constant_that_is_another_now_has_drifted(void **state) {
    (void)state;
    column_drift same = of_constants(5.0, 5.0), up = of_constants(5.0, 6.0),
                 down = of_constants(5.0, 4.0);
    assert_near(same.psi, 0.0, 1e-12);
    assert_near(same.ks, 0.0, 1e-12);
    assert_near(up.psi, term(1.0, 0.0) + term(0.0, 1.0), 1e-9);
    assert_near(down.psi, up.psi, 1e-9);
    assert_near(up.ks, 1.0, 1e-12);
    assert_near(down.ks, 1.0, 1e-12);
}

static void what_falls_below_a_common_least_value_is_seen(void **state) {
    (void)state;
    static made_columns then, now;
    column_drift drifts[2];
    draw(&then, 1000, 0.0, 8);
    for (size_t i = 0; i < 1000; i++) {
        then.numbers[i] = i < 600 ? 0.0 : (double)i; // most buy nothing
    }
    now = then;
    shape(&now, 1000);
    for (size_t i = 0; i < 300; i++) {
        now.numbers[i] = -1.0;
    }
    compare(&then, &now, drifts);
    assert_near(drifts[0].psi, term(0.0, 0.3) + term(0.6, 0.3), 0.05);
    assert_near(drifts[0].ks, 0.3, 0.011);
}

static void gaps_are_counted_and_not_compared(void **state) {
    (void)state;
    static made_columns then, now;
    column_drift drifts[2];
    draw(&then, 400, 0.0, 9);
    now = then;
    shape(&now, 400);
    for (size_t i = 0; i < 400; i++) {
        now.numbers[i] = i % 4 == 0 ? NAN : now.numbers[i];
        now.levels[i] = NAN;
    }
    compare(&then, &now, drifts);
    assert_near(drifts[0].share_missing, 0.25, 0.0);
    assert_near(drifts[0].share_missing_then, 0.0, 0.0);
    assert_true(drifts[0].psi < 0.05);
    assert_near(drifts[1].share_missing, 1.0, 0.0);
    assert_true(isnan(drifts[1].psi)); // nothing is there to be compared
    compare(&now, &then, drifts);
    assert_near(drifts[1].share_missing_then, 1.0, 0.0);
}

static void nothing_is_compared_where_there_were_no_numbers_or_are_no_rows(void **state) {
    (void)state;
    static made_columns then, now;
    column_drift drifts[2];
    draw(&then, 50, 0.0, 10);
    draw(&now, 50, 0.0, 11);
    shape(&now, 0);
    compare(&then, &now, drifts);
    assert_true(isnan(drifts[0].psi) && isnan(drifts[0].ks) && isnan(drifts[1].psi));
    assert_true(drifts[0].share_missing == 0.0);
    shape(&now, 50);
    for (size_t i = 0; i < 50; i++) {
        then.numbers[i] = NAN;
    }
    compare(&then, &now, drifts);
    assert_true(isnan(drifts[0].psi) && isnan(drifts[0].ks));
}

static void assert_refused(const h5_node *reference, const made_columns *made) {
    column_counts counts;
    perebor_error error = {0};
    assert_int_equal(column_counts_begin(&counts, reference, &made->dataset, &error),
                     PEREBOR_ERR_FORMAT);
    column_counts_release(&counts);
    assert_non_null(strstr(error.message, "/model/reference is not of the columns"));
}

static void a_reference_of_another_shape_is_refused(void **state) {
    (void)state;
    static made_columns made;
    draw(&made, 30, 0.0, 12);
    assert_refused(NULL, &made);
    static const char *const parts[] = {"share_missing", "quantile", "level_share"};
    for (size_t i = 0; i < 3; i++) {
        for (int fault = 0; fault < 3; fault++) {
            h5_tree *tree = h5_tree_create();
            keep(tree, &made);
            h5_node *node =
                (h5_node *)(uintptr_t)h5_find(h5_find(tree->root, "reference"), parts[i]);
            if (fault == 0) {
                node->name = "absent";
            } else if (fault == 1) {
                node->array.dimensions[0]--;
            } else {
                node->array.kind = H5_INT64;
            }
            assert_refused(h5_find(tree->root, "reference"), &made);
            h5_tree_free(tree);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_and_shares_of_the_rows_are_kept),
        cmocka_unit_test(the_same_rows_have_not_drifted),
        cmocka_unit_test(numbers_far_below_0_are_as_any_others),
        cmocka_unit_test(a_shift_is_measured_as_defined),
        cmocka_unit_test(levels_are_compared_as_counted),
        cmocka_unit_test(a_constant_that_is_another_now_has_drifted),
        cmocka_unit_test(what_falls_below_a_common_least_value_is_seen),
        cmocka_unit_test(gaps_are_counted_and_not_compared),
        cmocka_unit_test(nothing_is_compared_where_there_were_no_numbers_or_are_no_rows),
        cmocka_unit_test(a_reference_of_another_shape_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
