// SPDX-License-Identifier: MIT
#include "tree_growing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

perebor_workspace growing_workspace;

int growing_give_back(void **state) {
    (void)state;
    perebor_workspace_release(&growing_workspace);
    return 0;
}

enum { most_columns = 12 };

static uint64_t dice_state;

uint32_t growing_dice(uint32_t n) {
    dice_state ^= dice_state >> 12;
    dice_state ^= dice_state << 25;
    dice_state ^= dice_state >> 27;
    return (uint32_t)((dice_state * 0x2545f4914f6cdd1du) >> 33) % n;
}

void growing_create_matrix(perebor_matrix *matrix, size_t n_rows, size_t n_columns) {
    perebor_error error;
    assert_int_equal(perebor_matrix_create(matrix, n_rows, n_columns, &growing_workspace, &error),
                     PEREBOR_OK);
}

void growing_sort_columns(growing_table *table) {
    perebor_error error;
    assert_int_equal(
        tree_columns_create(&table->columns, &table->training, &growing_workspace, &error),
        PEREBOR_OK);
}

static double draw_value(size_t column) {
    uint32_t levels = column % 3 == 0 ? 2 : column % 3 == 1 ? 9 : 100000;
    return (double)growing_dice(levels) - 3.0;
}

void growing_create_table(growing_table *table, uint64_t seed) {
    dice_state = seed * 0x9e3779b97f4a7c15u + 1;
    size_t n_rows = 5 + growing_dice(150);
    size_t n_columns = 1 + growing_dice(most_columns);
    growing_create_matrix(&table->training.rows, n_rows, n_columns);
    growing_create_matrix(&table->validation, GROWING_VALIDATION, n_columns);
    for (size_t column = 0; column < n_columns; column++) {
        for (size_t row = 0; row < n_rows; row++) {
            perebor_matrix_column(&table->training.rows, column)[row] = draw_value(column);
        }
        for (size_t row = 0; row < GROWING_VALIDATION; row++) {
            perebor_matrix_column(&table->validation, column)[row] = draw_value(column);
        }
    }
    const double *last = perebor_matrix_column(&table->training.rows, n_columns - 1);
    for (size_t row = 0; row < n_rows; row++) {
        table->labels[row] = (uint8_t)(growing_dice(3) == 0 ? growing_dice(2) : last[row] > 1.0);
        table->counts[row] = growing_dice(4);
        table->weights[row] = (double)growing_dice(30) / 7.0;
        table->targets[row] = (double)growing_dice(64) / 4.0 + last[row] / 8.0;
        table->gradients[row] =
            (double)growing_dice(1000) / 300.0 - 1.3 - (double)table->labels[row];
        table->hessians[row] = (double)(1 + growing_dice(1000)) / 4000.0;
    }
    table->labels[0] = table->labels[2] = 1;
    table->labels[1] = 0;
    table->counts[0] = table->counts[1] = 2;
    table->training.labels = table->labels;
    growing_sort_columns(table);
}

tree_search_options growing_draw_search(uint64_t seed, tree_criterion criterion, size_t n_columns) {
    dice_state = seed + 77;
    return (tree_search_options){
        .criterion = criterion,
        .balanced = criterion != TREE_SQUARED && growing_dice(2) == 0,
        .max_features = growing_dice(2) == 0 ? n_columns : 1 + growing_dice((uint32_t)n_columns)};
}

tree_member growing_draw_member(uint64_t seed, grown *grown) {
    dice_state = seed + 99;
    size_t min_leaf = 1 + growing_dice(6);
    size_t min_split = 2 + growing_dice(9);
    return (tree_member){.max_depth = growing_dice(2) == 0 ? SIZE_MAX : 1 + growing_dice(6),
                         .min_leaf = min_leaf,
                         .min_split = min_split < 2 * min_leaf ? 2 * min_leaf : min_split,
                         .nodes = &grown->tree,
                         .scores = {grown->scores[0], grown->scores[1]}};
}

void growing_grow(const growing_table *table, const tree_sample *sample,
                  const tree_search_options *search, tree_member member, grown *own_grown) {
    *own_grown = (grown){.tree = {.workspace = &growing_workspace}};
    member.nodes = &own_grown->tree;
    member.scores[0] = own_grown->scores[0];
    member.scores[1] = own_grown->scores[1];
    tree_growth_job job = {.columns = &table->columns,
                           .sample = sample,
                           .search = *search,
                           .parts = {&table->validation, &table->training.rows}};
    perebor_error error = {0};
    assert_int_equal(tree_grow(&job, &member, 1, &growing_workspace, &error), PEREBOR_OK);
}

void growing_same_tree(const grown *a, const grown *b) {
    assert_int_equal(a->tree.n, b->tree.n);
    assert_memory_equal(a->tree.nodes, b->tree.nodes, a->tree.n * sizeof *a->tree.nodes);
    assert_memory_equal(a->scores[0], b->scores[0], GROWING_VALIDATION * sizeof(double));
}

void growing_repeat_rows(const growing_table *output, const uint32_t *counts, bool backwards,
                         growing_table *repeated) {
    size_t n_columns = output->training.rows.n_columns;
    size_t n_rows = output->training.rows.n_rows;
    size_t n = 0;
    for (size_t row = 0; row < n_rows; row++) {
        n += counts[row];
    }
    assert_true(n > 0 && n <= GROWING_MOST_ROWS);
    repeated->validation = output->validation;
    growing_create_matrix(&repeated->training.rows, n, n_columns);
    n = 0;
    for (size_t i = 0; i < n_rows; i++) {
        size_t row = backwards ? n_rows - 1 - i : i;
        for (uint32_t time = 0; time < counts[row]; time++, n++) {
            for (size_t column = 0; column < n_columns; column++) {
                perebor_matrix_column(&repeated->training.rows, column)[n] =
                    perebor_matrix_column(&output->training.rows, column)[row];
            }
            repeated->labels[n] = output->labels[row];
            repeated->counts[n] = output->counts[row];
            repeated->weights[n] = output->weights[row];
            repeated->targets[n] = output->targets[row];
            repeated->gradients[n] = output->gradients[row];
            repeated->hessians[n] = output->hessians[row];
        }
    }
    repeated->training.labels = repeated->labels;
    growing_sort_columns(repeated);
}

void growing_set_ones(uint32_t counts[GROWING_MOST_ROWS]) {
    for (size_t row = 0; row < GROWING_MOST_ROWS; row++) {
        counts[row] = 1;
    }
}

void growing_sample_counts(const growing_table *table, const uint32_t *counts,
                           tree_sample *sample) {
    perebor_error error = {0};
    assert_int_equal(
        tree_sample_of_counts(sample, &table->columns, counts, &growing_workspace, &error),
        PEREBOR_OK);
}

void growing_sample_weights(const growing_table *table, const double *weights,
                            tree_sample *sample) {
    perebor_error error = {0};
    assert_int_equal(
        tree_sample_of_weights(sample, &table->columns, weights, &growing_workspace, &error),
        PEREBOR_OK);
}

void growing_sample_targets(const growing_table *table, const double *weights,
                            tree_sample *sample) {
    perebor_error error = {0};
    assert_int_equal(tree_sample_of_targets(sample, &table->columns, table->targets, weights,
                                            &growing_workspace, &error),
                     PEREBOR_OK);
}

void growing_sample_gradients(const growing_table *table, tree_sample *sample) {
    perebor_error error = {0};
    assert_int_equal(tree_sample_of_gradients(sample, &table->columns, table->gradients,
                                              table->hessians, &growing_workspace, &error),
                     PEREBOR_OK);
}
