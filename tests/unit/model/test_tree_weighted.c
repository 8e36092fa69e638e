// SPDX-License-Identifier: MIT
/* Weighted trees and trees of real targets beside scikit-learn's. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tree_growing.h"

static uint32_t golden_state;

/** As in make_tree_weighted.py. */
static uint32_t golden_dice(uint32_t n) {
    golden_state = 1664525u * golden_state + 1013904223u;
    return (golden_state >> 16) % n;
}

static void draw_golden_table(growing_table *table, uint32_t seed, size_t n_rows,
                              size_t n_columns) {
    static const uint32_t levels[] = {1000, 2, 30000, 40};
    golden_state = seed;
    growing_create_matrix(&table->training.rows, n_rows, n_columns);
    growing_create_matrix(&table->validation, GROWING_VALIDATION, n_columns);
    for (size_t column = 0; column < n_columns; column++) {
        for (size_t row = 0; row < n_rows; row++) {
            perebor_matrix_column(&table->training.rows, column)[row] =
                ((double)golden_dice(levels[column % 4]) - 3.0) / 8.0;
        }
    }
    const double *first = perebor_matrix_column(&table->training.rows, 0);
    for (size_t row = 0; row < n_rows; row++) {
        table->labels[row] = (golden_dice(4) == 0) != (first[row] > 60.0);
        table->targets[row] = (double)golden_dice(1000) / 16.0 + (first[row] > 60.0 ? 20.0 : 0.0);
        table->counts[row] = golden_dice(5);
        table->weights[row] = (double)golden_dice(40) / 7.0;
    }
    table->training.labels = table->labels;
    growing_sort_columns(table);
}

/** Compares nodes in preorder with the file's. */
static void compare_nodes(FILE *file, const tree_nodes *tree, size_t at, size_t *n_splits) {
    long column;
    double number;
    const tree_node *node = &tree->nodes[at];
    assert_int_equal(fscanf(file, "%ld %lf", &column, &number), 2);
    if (node->left == 0) {
        assert_int_equal(column, -1);
        assert_true(fabs(node->value - number) <= 1e-10 * (1.0 + fabs(number)));
        return;
    }
    assert_int_equal(column, node->column);
    assert_true(number == node->threshold);
    ++*n_splits;
    compare_nodes(file, tree, node->left, n_splits);
    compare_nodes(file, tree, node->left + 1, n_splits);
}

/** What a case of the file is grown by. */
typedef struct golden {
    unsigned seed;
    size_t n_rows, n_columns;
    char criterion[16], weights[8];
    size_t max_depth, min_leaf;
    double min_fraction, min_decrease, ccp_alpha;
} golden;

static void sample_golden(growing_table *table, const golden *golden, tree_sample *sample) {
    for (size_t row = 0; row < golden->n_rows && strcmp(golden->weights, "real") != 0; row++) {
        bool whole = strcmp(golden->weights, "whole") == 0;
        table->weights[row] = whole ? (double)table->counts[row] : 1.0;
    }
    if (strcmp(golden->criterion, "squared_error") == 0) {
        growing_sample_targets(table, table->weights, sample);
    } else {
        growing_sample_weights(table, table->weights, sample);
    }
}

static void trees_are_scikit_learns_but_for_ties(void **state) {
    (void)state;
    static growing_table table;
    static grown grown;
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/model/tree_weighted.txt", "r");
    assert_non_null(file);
    size_t n_cases = 0;
    size_t n_splits = 0;
    golden golden;
    while (fscanf(file, "%u %zu %zu %15s %7s %zu %zu %lf %lf %lf", &golden.seed, &golden.n_rows,
                  &golden.n_columns, golden.criterion, golden.weights, &golden.max_depth,
                  &golden.min_leaf, &golden.min_fraction, &golden.min_decrease,
                  &golden.ccp_alpha) == 10) {
        assert_true(golden.n_rows <= GROWING_MOST_ROWS);
        draw_golden_table(&table, golden.seed, golden.n_rows, golden.n_columns);
        tree_sample sample;
        sample_golden(&table, &golden, &sample);
        bool squared = strcmp(golden.criterion, "squared_error") == 0;
        double weight = sample.total.of[0] + (squared ? 0.0 : sample.total.of[1]);
        tree_search_options search = {.criterion = squared ? TREE_SQUARED
                                                   : strcmp(golden.criterion, "gini") == 0
                                                       ? TREE_GINI
                                                       : TREE_ENTROPY,
                                      .max_features = golden.n_columns,
                                      .min_weight = golden.min_fraction * weight,
                                      .min_gain = golden.min_decrease * weight};
        tree_member member = {.max_depth = golden.max_depth,
                              .min_leaf = golden.min_leaf,
                              .min_split = 2 * golden.min_leaf};
        growing_grow(&table, &sample, &search, member, &grown);
        perebor_error error;
        assert_int_equal(tree_nodes_prune(&grown.tree, golden.ccp_alpha, &error), PEREBOR_OK);
        compare_nodes(file, &grown.tree, 0, &n_splits);
        n_cases++;
    }
    (void)fclose(file);
    assert_int_equal(n_cases, 60);
    assert_true(n_splits > 120);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees_are_scikit_learns_but_for_ties),
    };
    return cmocka_run_group_tests(tests, NULL, growing_give_back);
}
