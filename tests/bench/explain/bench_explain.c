// SPDX-License-Identifier: MIT
/*
 * CPU seconds of Shapley values, one thread:
 *
 *     bench_explain neighbors [PLAYERS [ROWS [POINTS [BACKGROUND]]]]   by default 11 8 972 100
 *     bench_explain gaussian [PLAYERS [ROWS [POINTS [BACKGROUND]]]]    by default 16 64 500 100
 *     bench_explain forest FILE      path-dependent, of trees and rows that compare_xgboost.py
 * wrote
 *
 * The first two are of made-up points; they say seconds a row. The last says microseconds a row and
 * tree, and how far the values are from those in the file.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu_time.h"
#include "base/mix.h"
#include "explain/shapley.h"
#include "gray_code.h"

static perebor_workspace workspace;

static void die(const char *what) {
    fprintf(stderr, "bench_explain: %s\n", what);
    exit(1);
}

static void must(perebor_status status, const perebor_error *error) {
    if (status != PEREBOR_OK) {
        die(error->message);
    }
}

static void *take(size_t n, size_t size) {
    void *taken = perebor_workspace_take_zeroed(&workspace, n, size);
    if (taken == NULL) {
        die("no memory");
    }
    return taken;
}

static double draw(uint64_t *state) {
    *state += PEREBOR_MIX_STEP;
    return (double)(perebor_mix(*state) >> 11) * 0x1p-53;
}

static perebor_matrix draw_matrix(size_t n_rows, size_t n_columns, uint64_t *state) {
    perebor_matrix matrix;
    perebor_error error = {0};
    must(perebor_matrix_create(&matrix, n_rows, n_columns, &workspace, &error), &error);
    for (size_t column = 0; column < n_columns; column++) {
        for (size_t row = 0; row < n_rows; row++) {
            double sum = -6.0;
            for (int i = 0; i < 12; i++) {
                sum += draw(state);
            }
            // Every third column has tenths, as counts and shares do: distances tie.
            perebor_matrix_column(&matrix, column)[row] =
                column % 3 == 0 ? round(10.0 * sum) / 10.0 : sum;
        }
    }
    return matrix;
}

/** Baselines are not what is measured. */
static perebor_status score_nothing(const void *context, const perebor_matrix *rows,
                                    perebor_workspace *own, double *scores, perebor_error *error) {
    (void)context;
    (void)own;
    (void)error;
    memset(scores, 0, rows->n_rows * sizeof *scores);
    return PEREBOR_OK;
}

/** Explains all rows. @param[out] values  [n_rows][n_players]. @return CPU seconds. */
static double explain(const perebor_model_form *form, const perebor_matrix *rows,
                      const perebor_matrix *background, explain_game game, double *values) {
    perebor_error error = {0};
    explain_players players;
    explain_shapley *shapley = NULL;
    size_t n = form->n_columns;
    uint32_t *groups = take(n, sizeof *groups);
    double *errors = take(n, sizeof *errors);
    const explain_model model = {.form = form, .score = score_nothing, .scores_form = true};
    const explain_shapley_options options = {.game = game};
    for (size_t i = 0; i < n; i++) {
        groups[i] = (uint32_t)i;
    }
    must(explain_players_group(&players, groups, n, &workspace, &error), &error);
    must(explain_shapley_create(&shapley, &model, &players, background, &options, &error), &error);
    double begin = perebor_cpu_seconds();
    for (size_t first = 0; first < rows->n_rows; first += EXPLAIN_BLOCK) {
        size_t left = rows->n_rows - first;
        perebor_matrix block = *rows;
        uint64_t keys[EXPLAIN_BLOCK] = {0};
        explain_shapley_row explained[EXPLAIN_BLOCK];
        block.values += first;
        block.n_rows = left < EXPLAIN_BLOCK ? left : EXPLAIN_BLOCK;
        for (size_t i = 0; i < block.n_rows; i++) {
            explained[i] =
                (explain_shapley_row){.values = values + (first + i) * n, .standard_error = errors};
        }
        must(explain_shapley_rows(shapley, &block, keys, &workspace, explained, &error), &error);
    }
    double seconds = perebor_cpu_seconds() - begin;
    explain_shapley_free(shapley);
    return seconds;
}

static size_t number(int argc, char **argv, int at, size_t otherwise) {
    return argc > at ? strtoull(argv[at], NULL, 10) : otherwise;
}

static void bench_neighbors(int argc, char **argv) {
    size_t n_columns = number(argc, argv, 2, 11), n_rows = number(argc, argv, 3, 8);
    size_t n_points = number(argc, argv, 4, 972), n_background = number(argc, argv, 5, 100);
    uint64_t state = 1;
    perebor_matrix points = draw_matrix(n_points, n_columns, &state);
    perebor_matrix rows = draw_matrix(n_rows, n_columns, &state);
    perebor_matrix background = draw_matrix(n_background, n_columns, &state);
    uint8_t *labels = take(n_points, 1);
    for (size_t i = 0; i < n_points; i++) {
        labels[i] = draw(&state) < 0.4;
    }
    const perebor_model_form form = {
        .kind = PEREBOR_FORM_NEIGHBORS,
        .n_columns = n_columns,
        .as.neighbors = {.points = points,
                         .labels = labels,
                         .k = 20,
                         .by_distance = true,
                         .distance = PEREBOR_DISTANCE_MANHATTAN,
                         .p = 1.0},
    };
    double *values = take(n_rows * n_columns, sizeof *values);
    double *others = take(n_rows * n_columns, sizeof *others), largest = 0.0;
    double seconds = explain(&form, &rows, &background, EXPLAIN_INTERVENTIONAL, values);
    double gray = explain_by_gray_code(&form, &rows, &background, others);
    for (size_t i = 0; i < n_rows * n_columns; i++) {
        largest = fmax(largest, fabs(values[i] - others[i]));
    }
    printf("neighbors, %zu columns, %zu points, %zu background rows: %.4f s a row; in Gray-code "
           "order %.4f s, ratio %.2f, at most %.2g apart\n",
           n_columns, n_points, n_background, seconds / (double)n_rows, gray / (double)n_rows,
           gray / seconds, largest);
}

static void bench_gaussian(int argc, char **argv) {
    size_t n_columns = number(argc, argv, 2, 16), n_rows = number(argc, argv, 3, 64);
    size_t n_points = number(argc, argv, 4, 500), n_background = number(argc, argv, 5, 100);
    uint64_t state = 1;
    perebor_matrix support = draw_matrix(n_points, n_columns, &state);
    perebor_matrix rows = draw_matrix(n_rows, n_columns, &state);
    perebor_matrix background = draw_matrix(n_background, n_columns, &state);
    double *coefficients = take(n_points, sizeof *coefficients);
    for (size_t i = 0; i < n_points; i++) {
        coefficients[i] = draw(&state) - 0.5;
    }
    const perebor_model_form form = {
        .kind = PEREBOR_FORM_KERNEL,
        .n_columns = n_columns,
        .as.kernel = {.kernel = {.kind = PEREBOR_KERNEL_RBF, .gamma = 1.0 / (double)n_columns},
                      .support = support,
                      .coefficients = coefficients},
    };
    double *values = take(n_rows * n_columns, sizeof *values);
    double seconds = explain(&form, &rows, &background, EXPLAIN_INTERVENTIONAL, values);
    printf("gaussian, %zu columns, %zu support vectors, %zu background rows: %.6f s a row\n",
           n_columns, n_points, n_background, seconds / (double)n_rows);
}

/** Doubles of a file that numpy wrote, one after the other. */
static double *read_doubles(FILE *file, size_t n) {
    double *values = take(n, sizeof *values);
    if (fread(values, sizeof *values, n, file) != n) {
        die("the file is too short");
    }
    return values;
}

static uint32_t *to_numbers(const double *values, size_t n) {
    uint32_t *numbers = take(n, sizeof *numbers);
    for (size_t i = 0; i < n; i++) {
        numbers[i] = (uint32_t)values[i];
    }
    return numbers;
}

static perebor_trees_form read_trees(FILE *file, size_t n_trees, size_t n_nodes) {
    const double *first = read_doubles(file, n_trees + 1);
    uint64_t *first_node = take(n_trees + 1, sizeof *first_node);
    for (size_t i = 0; i <= n_trees; i++) {
        first_node[i] = (uint64_t)first[i];
    }
    perebor_trees_form trees = {
        .n_trees = n_trees, .n_nodes = n_nodes, .first_node = first_node, .single_precision = true};
    trees.columns = to_numbers(read_doubles(file, n_nodes), n_nodes);
    trees.thresholds = read_doubles(file, n_nodes);
    trees.values = read_doubles(file, n_nodes);
    trees.covers = read_doubles(file, n_nodes);
    trees.left = to_numbers(read_doubles(file, n_nodes), n_nodes);
    return trees;
}

static void bench_forest(const char *path) {
    perebor_error error = {0};
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        die("the file cannot be opened");
    }
    const double *sizes = read_doubles(file, 4);
    size_t n_trees = (size_t)sizes[0], n_rows = (size_t)sizes[2], n = (size_t)sizes[3];
    perebor_model_form form = {.kind = PEREBOR_FORM_TREES, .n_columns = n};
    form.as.trees = read_trees(file, n_trees, (size_t)sizes[1]);
    must(perebor_model_form_check(&form, &error), &error);
    perebor_matrix rows;
    must(perebor_matrix_create(&rows, n_rows, n, &workspace, &error), &error);
    const double *from = read_doubles(file, n_rows * n);
    for (size_t i = 0; i < n_rows * n; i++) {
        perebor_matrix_column(&rows, i % n)[i / n] = from[i];
    }
    const double *expected = read_doubles(file, n_rows * n);
    double *values = take(n_rows * n, sizeof *values), largest = 0.0;
    double seconds = explain(&form, &rows, &rows, EXPLAIN_PATH_DEPENDENT, values);
    for (size_t i = 0; i < n_rows * n; i++) {
        largest = fmax(largest, fabs(values[i] * (double)n_trees - expected[i]));
    }
    printf("forest: %.6f us a row and tree, largest difference %.3g\n",
           1e6 * seconds / (double)n_rows / (double)n_trees, largest);
    (void)fclose(file);
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "neighbors") == 0) {
        bench_neighbors(argc, argv);
    } else if (argc > 1 && strcmp(argv[1], "gaussian") == 0) {
        bench_gaussian(argc, argv);
    } else if (argc > 2 && strcmp(argv[1], "forest") == 0) {
        bench_forest(argv[2]);
    } else {
        die("see the head of bench_explain.c");
    }
    perebor_workspace_release(&workspace);
    return 0;
}
