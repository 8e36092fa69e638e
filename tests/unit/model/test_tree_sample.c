// SPDX-License-Identifier: MIT
/* Trees of rows that count several times, weigh, or are absent: what a sample means. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tree_growing.h"

static void rows_that_count_grow_as_rows_repeated_bit_for_bit(void **state) {
    (void)state;
    static growing_table table, repeated;
    static grown counted, plain;
    size_t n_nodes = 0;
    for (uint64_t seed = 0; seed < 2 * GROWING_CASES; seed++) {
        growing_create_table(&table, seed);
        growing_repeat_rows(&table, table.counts, seed % 3 == 0, &repeated);
        tree_criterion criterion = seed % 2 == 0 ? TREE_GINI : TREE_ENTROPY;
        tree_search_options search =
            growing_draw_search(seed, criterion, table.training.rows.n_columns);
        tree_member member = growing_draw_member(seed, &counted);
        tree_sample sample;
        growing_sample_counts(&table, table.counts, &sample);
        growing_grow(&table, &sample, &search, member, &counted);
        tree_sample_of_labels(&sample, &repeated.columns);
        growing_grow(&repeated, &sample, &search, member, &plain);
        growing_same_tree(&counted, &plain);
        n_nodes += plain.tree.n;
    }
    assert_true(n_nodes > 10 * GROWING_CASES);
}

static void weights_of_one_change_no_bit(void **state) {
    (void)state;
    static growing_table table;
    static grown plain, other;
    static uint32_t ones[GROWING_MOST_ROWS];
    static double weights[GROWING_MOST_ROWS];
    growing_set_ones(ones);
    for (size_t row = 0; row < GROWING_MOST_ROWS; row++) {
        weights[row] = 1.0;
    }
    for (uint64_t seed = 0; seed < GROWING_CASES; seed++) {
        growing_create_table(&table, seed);
        tree_search_options search = growing_draw_search(
            seed, seed % 2 == 0 ? TREE_GINI : TREE_ENTROPY, table.training.rows.n_columns);
        tree_member member = growing_draw_member(seed, &plain);
        tree_sample sample;
        tree_sample_of_labels(&sample, &table.columns);
        growing_grow(&table, &sample, &search, member, &plain);
        growing_sample_counts(&table, ones, &sample);
        growing_grow(&table, &sample, &search, member, &other);
        growing_same_tree(&plain, &other);
        growing_sample_weights(&table, weights, &sample);
        assert_true(sample.exact);
        growing_grow(&table, &sample, &search, member, &other);
        growing_same_tree(&plain, &other);
        sample.exact = false; // the way of sums that depend on their order, for sums that do not
        growing_grow(&table, &sample, &search, member, &other);
        growing_same_tree(&plain, &other);
    }
}

static void balanced_classes_are_weights_of_the_other_ones_count(void **state) {
    (void)state;
    static growing_table table;
    static grown balanced, weighted;
    for (uint64_t seed = 0; seed < GROWING_CASES; seed++) {
        growing_create_table(&table, seed);
        size_t n = table.training.rows.n_rows;
        double n_ones = (double)table.columns.n_ones;
        tree_search_options search = {.criterion = TREE_GINI,
                                      .balanced = true,
                                      .max_features = table.training.rows.n_columns};
        tree_member member = growing_draw_member(seed, &balanced);
        tree_sample sample;
        tree_sample_of_labels(&sample, &table.columns);
        growing_grow(&table, &sample, &search, member, &balanced);
        for (size_t row = 0; row < n; row++) {
            table.weights[row] = table.labels[row] == 0 ? n_ones : (double)n - n_ones;
        }
        growing_sample_weights(&table, table.weights, &sample);
        search.balanced = false;
        growing_grow(&table, &sample, &search, member, &weighted);
        growing_same_tree(&balanced, &weighted);
    }
}

static void a_row_without_weight_is_absent(void **state) {
    (void)state;
    static growing_table table, without;
    static grown with_it, without_it;
    static uint32_t present[GROWING_MOST_ROWS];
    for (uint64_t seed = 0; seed < GROWING_CASES; seed++) {
        growing_create_table(&table, seed);
        table.weights[0] = 1.5;
        bool targets = seed % 2 == 0;
        for (size_t row = 0; row < table.training.rows.n_rows; row++) {
            present[row] = table.weights[row] > 0.0;
            if (present[row] == 0) { // what it holds does not matter
                table.targets[row] = NAN;
                perebor_matrix_column(&table.training.rows, 0)[row] = 1e300;
            }
        }
        growing_sort_columns(&table);
        growing_repeat_rows(&table, present, false, &without);
        tree_search_options search = growing_draw_search(
            seed, targets ? TREE_SQUARED : TREE_ENTROPY, table.training.rows.n_columns);
        tree_member member = growing_draw_member(seed, &with_it);
        tree_sample sample;
        if (targets) {
            growing_sample_targets(&table, table.weights, &sample);
        } else {
            growing_sample_weights(&table, table.weights, &sample);
        }
        growing_grow(&table, &sample, &search, member, &with_it);
        if (targets) {
            growing_sample_targets(&without, without.weights, &sample);
        } else {
            growing_sample_weights(&without, without.weights, &sample);
        }
        growing_grow(&without, &sample, &search, member, &without_it);
        growing_same_tree(&with_it, &without_it);
    }
}

/** Whole weights and dyadic targets add up exactly, so no order shows. */
static void the_order_of_rows_does_not_matter(void **state) {
    (void)state;
    static growing_table output, reversed;
    static grown forwards, backwards;
    static uint32_t ones[GROWING_MOST_ROWS];
    growing_set_ones(ones);
    for (uint64_t seed = 0; seed < GROWING_CASES; seed++) {
        growing_create_table(&output, seed);
        for (size_t row = 0; row < output.training.rows.n_rows; row++) {
            output.weights[row] = (double)output.counts[row];
        }
        growing_repeat_rows(&output, ones, true, &reversed);
        tree_sample sample;
        for (int kind = 0; kind < 3; kind++) {
            tree_search_options search = growing_draw_search(
                seed, kind == 0 ? TREE_GINI : TREE_SQUARED, output.training.rows.n_columns);
            tree_member member = growing_draw_member(seed, &forwards);
            for (int way = 0; way < 2; way++) {
                growing_table *rows = way == 0 ? &output : &reversed;
                if (kind == 0) {
                    growing_sample_counts(rows, rows->counts, &sample);
                } else {
                    growing_sample_targets(rows, kind == 1 ? NULL : rows->weights, &sample);
                }
                growing_grow(rows, &sample, &search, member, way == 0 ? &forwards : &backwards);
            }
            growing_same_tree(&forwards, &backwards);
        }
    }
}

static void assert_refused(perebor_status status, const perebor_error *error, const char *why) {
    assert_int_equal(status, PEREBOR_ERR_ARGUMENT);
    if (strstr(error->message, why) == NULL) {
        fail_msg("\"%s\" is not in \"%s\"", why, error->message);
    }
}

static void what_cannot_be_weighed_is_refused_by_row(void **state) {
    (void)state;
    static growing_table table;
    growing_create_table(&table, 8);
    const tree_columns *columns = &table.columns;
    tree_sample sample = {.n_present = 12345};
    perebor_error error = {0};
    double *weights = table.weights;
    const double wrong[] = {-0.5, NAN, INFINITY};
    const char *const shown[] = {"-0.5", "nan", "inf"};
    for (size_t i = 0; i < 3; i++) {
        weights[3] = table.hessians[3] = wrong[i];
        assert_refused(
            tree_sample_of_weights(&sample, columns, weights, &growing_workspace, &error), &error,
            "weight of row 3");
        assert_non_null(strstr(error.message, shown[i]));
        assert_refused(tree_sample_of_targets(&sample, columns, table.targets, weights,
                                              &growing_workspace, &error),
                       &error, "weight of row 3");
        assert_refused(tree_sample_of_gradients(&sample, columns, table.gradients, table.hessians,
                                                &growing_workspace, &error),
                       &error, "hessian of row 3");
    }
    weights[3] = DBL_MAX;
    table.hessians[3] = 1.0;
    assert_refused(tree_sample_of_weights(&sample, columns, weights, &growing_workspace, &error),
                   &error, "scale them");
    table.targets[3] = NAN;
    assert_refused(
        tree_sample_of_targets(&sample, columns, table.targets, NULL, &growing_workspace, &error),
        &error, "scale them");
    memset(table.weights, 0, sizeof table.weights);
    assert_refused(tree_sample_of_weights(&sample, columns, weights, &growing_workspace, &error),
                   &error, "weigh nothing");
    table.counts[0] = UINT32_MAX;
    assert_refused(
        tree_sample_of_counts(&sample, columns, table.counts, &growing_workspace, &error), &error,
        "2^31");
    assert_int_equal(sample.n_present, 12345); // outputs are left alone
}

static void weights_may_lie_far_apart(void **state) {
    (void)state;
    static growing_table table;
    static grown grown;
    for (uint64_t seed = 0; seed < GROWING_CASES; seed++) {
        growing_create_table(&table, seed);
        for (size_t row = 0; row < table.training.rows.n_rows; row++) {
            table.weights[row] = growing_dice(2) == 0 ? 1e-300 : 1e60;
            table.hessians[row] = growing_dice(2) == 0 ? 0.0 : 1e-40;
        }
        tree_sample sample;
        for (int kind = 0; kind < 3; kind++) {
            tree_search_options search = growing_draw_search(seed,
                                                             kind == 0   ? TREE_SQUARED
                                                             : kind == 1 ? TREE_GINI
                                                                         : TREE_ENTROPY,
                                                             table.training.rows.n_columns);
            if (kind == 0) {
                growing_sample_gradients(&table, &sample);
            } else {
                growing_sample_weights(&table, table.weights, &sample);
            }
            growing_grow(&table, &sample, &search, growing_draw_member(seed, &grown), &grown);
            for (size_t node = 0; node < grown.tree.n; node++) {
                assert_true(isfinite(grown.tree.nodes[node].value));
                assert_true(node == 0 || grown.tree.nodes[node].weight > 0.0);
            }
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_that_count_grow_as_rows_repeated_bit_for_bit),
        cmocka_unit_test(weights_of_one_change_no_bit),
        cmocka_unit_test(balanced_classes_are_weights_of_the_other_ones_count),
        cmocka_unit_test(a_row_without_weight_is_absent),
        cmocka_unit_test(the_order_of_rows_does_not_matter),
        cmocka_unit_test(what_cannot_be_weighed_is_refused_by_row),
        cmocka_unit_test(weights_may_lie_far_apart),
    };
    return cmocka_run_group_tests(tests, NULL, growing_give_back);
}
