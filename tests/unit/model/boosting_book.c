// SPDX-License-Identifier: MIT
#include "boosting_book.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arithmetic.h"
#include "base/mix.h"

static int by_value(const void *a, const void *b) {
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double middle_of(double lower, double higher) {
    double middle = lower / 2.0 + higher / 2.0;
    return middle >= lower && middle < higher ? middle : lower;
}

void boosting_cut(boosting_book *book, size_t column) {
    static double values[BOOSTING_MOST_ROWS];
    double *cuts = book->cuts[column];
    size_t n = 0, n_values = 0, n_cuts = 0;
    const size_t bins = book->options.max_bins;
    for (size_t row = 0; row < book->table->n_rows; row++) {
        double value = boosting_value(&book->table->training.rows, column, row);
        values[n] = value;
        n += isnan(value) ? 0 : 1;
    }
    qsort(values, n, sizeof *values, by_value);
    for (size_t i = 0; i < n; i++) {
        n_values += i == 0 || values[i] != values[i - 1];
    }
    for (size_t i = 1; i < n && n_values <= bins; i++) {
        if (values[i] != values[i - 1]) {
            cuts[n_cuts++] = middle_of(values[i - 1], values[i]);
        }
    }
    for (size_t k = 1; k < bins && n_values > bins; k++) {
        size_t below = k * (n - 1) / bins, above = (k * (n - 1) + bins - 1) / bins;
        double cut = middle_of(values[below], values[above]);
        if ((n_cuts == 0 || cut != cuts[n_cuts - 1]) && cut < values[n - 1]) {
            cuts[n_cuts++] = cut;
        }
    }
    if (n < book->table->n_rows) {
        cuts[n_cuts++] = INFINITY;
    }
    book->n_cuts[column] = n_cuts;
}

static double shrink(const boosting_book *book, int64_t g) {
    double size = fabs((double)g) - book->alpha;
    return size > 0.0 ? size : 0.0;
}

/** Tries every cut of a column. */
static void try_column(const boosting_book *book, boosting_node *node, size_t column) {
    static int64_t g[BOOSTING_MOST_CUTS + 1], h[BOOSTING_MOST_CUTS + 1];
    static size_t n[BOOSTING_MOST_CUTS + 1];
    const size_t n_cuts = book->n_cuts[column];
    memset(g, 0, sizeof g);
    memset(h, 0, sizeof h);
    memset(n, 0, sizeof n);
    for (size_t i = 0; i < node->n; i++) {
        size_t bin = 0;
        double value = boosting_value(&book->table->training.rows, column, node->rows[i]);
        while (bin < n_cuts && !(value <= book->cuts[column][bin])) {
            bin++;
        }
        g[bin] += book->g[node->rows[i]];
        h[bin] += book->h[node->rows[i]];
        n[bin]++;
    }
    int64_t left_g = 0, left_h = 0;
    size_t n_left = 0;
    for (size_t bin = 0; bin < n_cuts; bin++) {
        left_g += g[bin];
        left_h += h[bin];
        n_left += n[bin];
        int64_t right_h = node->h - left_h;
        if (n[bin] == 0 || n_left < book->options.min_leaf ||
            node->n - n_left < book->options.min_leaf || n_left == node->n ||
            (double)left_h < book->min_hessian || (double)right_h < book->min_hessian) {
            continue;
        }
        double left = shrink(book, left_g), right = shrink(book, node->g - left_g);
        double l = (double)left_h + book->lambda, r = (double)right_h + book->lambda;
        double gain = (left * left * r + right * right * l) / (l * r);
        if (gain > node->gain) {
            node->gain = gain;
            node->threshold = book->cuts[column][bin];
            node->column = column;
            node->left_g = left_g;
            node->left_h = left_h;
        }
    }
}

static void search_node(const boosting_book *book, boosting_node *node) {
    node->gain = 0.0;
    node->open = false;
    if (node->depth >= book->options.max_depth) {
        return;
    }
    for (size_t column = 0; column < book->table->n_columns; column++) {
        if (book->active[column]) {
            try_column(book, node, column);
        }
    }
    double size = shrink(book, node->g);
    double own = size * size / ((double)node->h + book->lambda);
    node->open =
        node->gain > 0.0 && node->gain - own > 0x1p-40 * own && node->gain - own >= book->min_gain;
    node->gain -= own;
}

static void split_node(boosting_book *book, size_t number) {
    boosting_node *node = &book->nodes[number];
    boosting_node *children[2] = {&book->nodes[book->n_nodes], &book->nodes[book->n_nodes + 1]};
    assert_true(book->n_nodes + 2 <= BOOSTING_MOST_NODES);
    node->open = false;
    node->left = book->n_nodes;
    for (int side = 0; side < 2; side++) {
        boosting_node *child = children[side];
        *child = (boosting_node){
            .g = side == 0 ? node->left_g : node->g - node->left_g,
            .h = side == 0 ? node->left_h : node->h - node->left_h,
            .rows = perebor_workspace_take(&boosting_workspace, node->n, sizeof(uint32_t)),
            .depth = node->depth + 1};
        assert_non_null(child->rows);
        for (size_t i = 0; i < node->n; i++) {
            bool left = boosting_value(&book->table->training.rows, node->column, node->rows[i]) <=
                        node->threshold;
            child->rows[child->n] = node->rows[i];
            child->n += left == (side == 0);
        }
        search_node(book, child);
    }
    book->n_nodes += 2;
}

static double leaf_value(const boosting_book *book, const boosting_node *node) {
    double step = book->options.learning_rate * (4.0 * shrink(book, node->g)) /
                  ((double)node->h + book->lambda);
    return node->g > 0 ? -step : step;
}

static void add_leaves(const boosting_book *book, const perebor_matrix *rows, size_t n,
                       double *scores) {
    for (size_t row = 0; row < n; row++) {
        const boosting_node *node = &book->nodes[0];
        while (node->left != 0) {
            bool left = boosting_value(rows, node->column, row) <= node->threshold;
            node = &book->nodes[node->left + (left ? 0 : 1)];
        }
        double value = leaf_value(book, node);
        scores[row] += value == 0.0 ? 0.0 : value;
    }
}

/** The mixing of two numbers. */
static uint64_t book_hash(uint64_t a, uint64_t b) {
    return perebor_mix(perebor_mix(a + UINT64_C(0x9e3779b97f4a7c15)) ^
                       (b * UINT64_C(0xd6e8feb86659fd93)));
}

static void draw_columns(boosting_book *book, size_t tree) {
    const size_t n = book->table->n_columns;
    const uint64_t key = book_hash(book_hash(book->options.seed, tree), UINT64_C(0x636f6c73));
    size_t wanted = (size_t)(book->options.colsample * (double)n);
    for (size_t column = 0; column < n; column++) {
        size_t before = 0;
        for (size_t other = 0; other < n; other++) {
            before += perebor_mix(key + (other + 1) * UINT64_C(0x9e3779b97f4a7c15)) <
                      perebor_mix(key + (column + 1) * UINT64_C(0x9e3779b97f4a7c15));
        }
        book->active[column] = before < (wanted == 0 ? 1 : wanted);
    }
}

static void draw_rows(const boosting_book *book, size_t tree, boosting_node *root) {
    const uint64_t key = book_hash(book->options.seed, tree);
    for (uint32_t row = 0; row < book->table->n_rows; row++) {
        uint64_t hash = perebor_mix(key + (row + 1) * UINT64_C(0x9e3779b97f4a7c15));
        bool drawn = book->options.subsample == 1.0 ||
                     (double)hash < book->options.subsample * 18446744073709551616.0;
        root->rows[root->n] = row;
        root->n += drawn;
        root->g += drawn ? book->g[row] : 0;
        root->h += drawn ? book->h[row] : 0;
    }
}

static void grow_by_the_book(boosting_book *book, size_t tree) {
    perebor_workspace_mark begin = perebor_workspace_here(&boosting_workspace);
    boosting_node *root = &book->nodes[0];
    *root = (boosting_node){
        .rows = perebor_workspace_take(&boosting_workspace, book->table->n_rows, sizeof(uint32_t))};
    assert_non_null(root->rows);
    draw_columns(book, tree);
    draw_rows(book, tree, root);
    search_node(book, root);
    book->n_nodes = 1;
    for (bool any = true; any && (book->n_nodes + 1) / 2 < book->options.max_leaves;) {
        size_t best = 0;
        any = false;
        for (size_t i = 0; i < book->n_nodes; i++) {
            if (book->nodes[i].open && (!any || book->nodes[i].gain > book->nodes[best].gain)) {
                best = i;
                any = true;
            }
        }
        if (any) {
            split_node(book, best);
        }
    }
    book->n_all_nodes += book->n_nodes;
    add_leaves(book, &book->table->training.rows, book->table->n_rows, book->scores);
    add_leaves(book, &book->table->test, BOOSTING_TEST, book->test_scores);
    perebor_workspace_return(&boosting_workspace, begin);
}

void boosting_run(boosting_book *book) {
    const size_t n = book->table->n_rows;
    double n_ones = 0.0, weights[2] = {1.0, 1.0};
    int exponent = 30 - (int)ceil(log2((double)n));
    for (size_t row = 0; row < n; row++) {
        n_ones += book->table->labels[row];
    }
    double start = perebor_log(n_ones / ((double)n - n_ones));
    if (book->options.balanced) {
        weights[0] = (double)n / (2.0 * ((double)n - n_ones));
        weights[1] = (double)n / (2.0 * n_ones);
        start = 0.0;
    }
    const double unit = pow(2.0, exponent);
    book->alpha = book->options.alpha * unit;
    book->lambda = book->options.lambda * unit * 4.0;
    book->min_hessian = fmax(book->options.min_child_weight * unit * 4.0, 1.0);
    book->min_gain = book->options.gamma * unit / 4.0;
    for (size_t column = 0; column < book->table->n_columns; column++) {
        boosting_cut(book, column);
    }
    for (size_t row = 0; row < n; row++) {
        book->scores[row] = start;
    }
    for (size_t row = 0; row < BOOSTING_TEST; row++) {
        book->test_scores[row] = start;
    }
    for (size_t tree = 0; tree < book->options.n_trees; tree++) {
        for (size_t row = 0; row < n; row++) {
            uint8_t label = book->table->labels[row];
            double weight = weights[label] * unit;
            double p = 1.0 / (1.0 + perebor_exp(-book->scores[row]));
            book->g[row] = (int64_t)nearbyint(weight * (p - label));
            book->h[row] = (int64_t)nearbyint(4.0 * weight * (p * (1.0 - p)));
            book->h[row] = book->h[row] < 1 ? 1 : book->h[row];
        }
        grow_by_the_book(book, tree);
    }
}
