// SPDX-License-Identifier: MIT
#include "forest_book.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/arithmetic.h"
#include "base/mix.h"

/** The value of a test row, or of the training row @p row - FOREST_TEST. */
static double tested_value(const forest_book *book, size_t column, uint32_t row) {
    return row < FOREST_TEST
               ? perebor_matrix_column(&book->table->test, column)[row]
               : perebor_matrix_column(&book->table->training.rows, column)[row - FOREST_TEST];
}

static double value_of(const forest_book *book, size_t column, uint32_t row) {
    return perebor_matrix_column(&book->table->training.rows, column)[row];
}

/** The mixing of two numbers, as forest_sample.h says. */
static uint64_t book_hash(uint64_t a, uint64_t b) {
    return perebor_mix(perebor_mix(a + UINT64_C(0x9e3779b97f4a7c15)) ^
                       (b * UINT64_C(0xd6e8feb86659fd93)));
}

static double x_log_x(double x) {
    return x > 0.0 ? x * perebor_log(x) : 0.0;
}

static double cost_of_sides(const forest_book *book, const double left[2], const double right[2]) {
    const double *weights = book->class_weights;
    if (book->options.criterion == FOREST_ENTROPY) {
        double cost = 0.0;
        for (int side = 0; side < 2; side++) {
            const double *counts = side == 0 ? left : right;
            double zeros = weights[0] * counts[0], ones = weights[1] * counts[1];
            double own = x_log_x(zeros + ones) - (x_log_x(zeros) + x_log_x(ones));
            cost = side == 0 ? own : cost + own;
        }
        return cost;
    }
    double l = weights[0] * left[0] + weights[1] * left[1];
    double r = weights[0] * right[0] + weights[1] * right[1];
    return (left[0] * left[1] * r + right[0] * right[1] * l) / (l * r);
}

/** A split as the book finds it. */
typedef struct book_split {
    double cost, threshold;
    size_t column;
} book_split;

static void try_threshold(const forest_book *book, const uint32_t *rows, size_t n, size_t column,
                          double threshold, book_split *best) {
    double left[2] = {0.0, 0.0}, right[2] = {0.0, 0.0};
    size_t n_left = 0;
    for (size_t i = 0; i < n; i++) {
        bool is_left = value_of(book, column, rows[i]) <= threshold;
        uint8_t label = book->table->labels[rows[i]];
        (is_left ? left : right)[label] += book->counts[rows[i]];
        n_left += is_left;
    }
    size_t smaller = n_left < n - n_left ? n_left : n - n_left;
    if (smaller < book->options.min_leaf) {
        return;
    }
    double cost = cost_of_sides(book, left, right);
    if (cost < best->cost) {
        *best = (book_split){cost, threshold, column};
    }
}

static int by_value(const void *a, const void *b) {
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/** @return Whether the column has more than one value here. */
static bool try_column(const forest_book *book, const uint32_t *rows, size_t n, size_t column,
                       uint64_t path, book_split *best) {
    static double values[FOREST_MOST_ROWS];
    for (size_t i = 0; i < n; i++) {
        values[i] = value_of(book, column, rows[i]);
    }
    qsort(values, n, sizeof *values, by_value);
    if (values[0] == values[n - 1]) {
        return false;
    }
    if (book->options.random) {
        double share = (double)(book_hash(path, column + 1) >> 11) / 9007199254740992.0;
        double threshold = values[0] + share * (values[n - 1] - values[0]);
        try_threshold(book, rows, n, column, threshold < values[n - 1] ? threshold : values[0],
                      best);
        return true;
    }
    for (size_t i = 0; i + 1 < n; i++) {
        if (values[i] < values[i + 1]) {
            double middle = values[i] / 2.0 + values[i + 1] / 2.0;
            bool between = middle >= values[i] && middle < values[i + 1];
            try_threshold(book, rows, n, column, between ? middle : values[i], best);
        }
    }
    return true;
}

static book_split find_split(const forest_book *book, const uint32_t *rows, size_t n,
                             uint64_t path) {
    book_split best = {.cost = INFINITY};
    size_t order[FOREST_MOST_COLUMNS];
    size_t n_columns = book->table->n_columns;
    bool useful = false;
    for (size_t column = 0; column < n_columns; column++) {
        order[column] = column;
    }
    for (size_t visit = 0; visit < n_columns && (visit < book->options.max_features || !useful);
         visit++) {
        uint64_t hash = perebor_mix(path + (visit + 1) * UINT64_C(0x9e3779b97f4a7c15));
        size_t other = visit + (size_t)((hash >> 32) * (n_columns - visit) >> 32);
        size_t column = order[other];
        order[other] = order[visit];
        order[visit] = column;
        useful = try_column(book, rows, n, column, path, &best) || useful;
    }
    return best;
}

/** Grows a node with what falls into it, depth first. */
static void grow(forest_book *book, const uint32_t *rows, size_t n, const uint32_t *test,
                 size_t n_tested, size_t depth, uint64_t path) {
    double counts[2] = {0.0, 0.0};
    book_split split = {.cost = INFINITY};
    book->n_nodes++;
    for (size_t i = 0; i < n; i++) {
        counts[book->table->labels[rows[i]]] += book->counts[rows[i]];
    }
    if (depth < book->options.max_depth && n >= book->options.min_split && counts[0] > 0.0 &&
        counts[1] > 0.0) {
        split = find_split(book, rows, n, path);
    }
    if (!(split.cost < INFINITY)) {
        double zeros = book->class_weights[0] * counts[0];
        double ones = book->class_weights[1] * counts[1];
        double value = nearbyint(ones / (zeros + ones) * 4294967296.0) / 4294967296.0;
        for (size_t i = 0; i < n_tested; i++) {
            book->test_sums[test[i]] += value;
        }
        return;
    }
    for (uint32_t side = 0; side < 2; side++) {
        uint32_t *own = malloc((n + n_tested + 1) * sizeof *own);
        assert_non_null(own);
        size_t n_own = 0, n_own_tested = 0;
        for (size_t i = 0; i < n; i++) {
            bool right = value_of(book, split.column, rows[i]) > split.threshold;
            if (right == (side == 1)) {
                own[n_own++] = rows[i];
            }
        }
        uint32_t *own_tested = own + n_own;
        for (size_t i = 0; i < n_tested; i++) {
            bool right = tested_value(book, split.column, test[i]) > split.threshold;
            if (right == (side == 1)) {
                own_tested[n_own_tested++] = test[i];
            }
        }
        uint64_t turn = side == 0 ? UINT64_C(0xa0761d6478bd642f) : UINT64_C(0xe7037ed1a0b428db);
        grow(book, own, n_own, own_tested, n_own_tested, depth + 1, perebor_mix(path ^ turn));
        free(own);
    }
}

void forest_book_draw(forest_book *book, size_t tree) {
    size_t n = book->table->n_rows;
    uint64_t key = book_hash(book_hash(book->options.seed, tree), UINT64_C(0x626f6f74));
    for (size_t row = 0; row < n; row++) {
        book->counts[row] = book->options.bootstrap ? 0 : 1;
    }
    for (size_t draw = 0; book->options.bootstrap && draw < book->options.n_draws; draw++) {
        uint64_t hash = perebor_mix(key + (draw + 1) * UINT64_C(0x9e3779b97f4a7c15));
        book->counts[(hash >> 32) * n >> 32]++;
    }
}

static void weigh_classes(forest_book *book) {
    double all[2] = {0.0, 0.0}, drawn[2] = {0.0, 0.0};
    for (size_t row = 0; row < book->table->n_rows; row++) {
        all[book->table->labels[row]] += 1.0;
        drawn[book->table->labels[row]] += book->counts[row];
    }
    const double *counts = book->options.class_weight == FOREST_BALANCED ? all : drawn;
    bool weigh = book->options.class_weight != FOREST_CLASSES_AS_THEY_ARE && counts[0] > 0.0 &&
                 counts[1] > 0.0;
    book->class_weights[0] = weigh ? counts[1] : 1.0;
    book->class_weights[1] = weigh ? counts[0] : 1.0;
}

void forest_book_grow(forest_book *book) {
    static uint32_t rows[FOREST_MOST_ROWS], test[FOREST_TEST + FOREST_MOST_ROWS];
    for (size_t tree = 0; tree < book->options.n_trees; tree++) {
        size_t n = 0;
        size_t n_tested = FOREST_TEST;
        forest_book_draw(book, tree);
        weigh_classes(book);
        for (uint32_t row = 0; row < FOREST_TEST; row++) {
            test[row] = row;
        }
        for (uint32_t row = 0; row < book->table->n_rows; row++) {
            if (book->counts[row] > 0) {
                rows[n++] = row;
            } else {
                test[n_tested++] = FOREST_TEST + row;
                book->n_lacking[row]++;
            }
        }
        grow(book, rows, n, test, n_tested, 0, book_hash(book->options.seed, tree));
    }
    for (size_t row = 0; row < FOREST_TEST; row++) {
        book->test_sums[row] /= (double)book->options.n_trees;
    }
}
