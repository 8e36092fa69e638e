// SPDX-License-Identifier: MIT
/*
 * Boosting against its definition (model/boost/boost.h), written down as plainly as can be: every
 * node is searched by adding up its rows for every column, the leaves stand in a list. Nodes are of
 * many rows and of few, so that histograms, their differences and rows one by one are all taken.
 * Histograms against sums; parts of one boosting against boostings of their own; and trees against
 * those of XGBoost.
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

#include "base/arithmetic.h"
#include "base/mix.h"
#include "draw.h"
#include "learning.h"
#include "model/boost/boost.h"
#include "model/boost/boost_grow.h"
#include "model/ensemble/ensemble.h"
#include "perebor/learning_curve.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { most_rows = 6000, n_test = 64, most_columns = 12, most_nodes = 1024, most_cuts = 256 };

/** A table, and rows to score. */
typedef struct table {
    size_t n_rows, n_columns;
    perebor_training training;
    perebor_matrix test;
    uint8_t labels[most_rows];
} table;

/** Columns of many values, of few, of two; skewed ones; ones with gaps; one that is constant. */
static double draw_value(uint64_t *state, size_t column) {
    switch (column % 7) {
    case 0:
        return draw_normal(state);
    case 1:
        return (double)(draw_bits(state) % 7);
    case 2:
        return exp(4.0 * draw_normal(state));
    case 3:
        return (double)(draw_bits(state) % 2) - 0.5;
    case 4:
        return (double)(draw_bits(state) % 400) / 8.0;
    case 5:
        return draw_bits(state) % 3 == 0 ? NAN : (double)(draw_bits(state) % 9);
    default:
        return 1.0;
    }
}

static void draw_table(table *table, uint64_t seed, size_t n_rows, size_t n_columns) {
    uint64_t state = seed * 7919 + 5;
    table->n_rows = n_rows;
    table->n_columns = n_columns;
    table->training = (perebor_training){.rows = learning_matrix(&workspace, n_rows, n_columns),
                                         .labels = table->labels};
    table->test = learning_matrix(&workspace, n_test, n_columns);
    for (size_t column = 0; column < n_columns; column++) {
        for (size_t row = 0; row < n_rows; row++) {
            perebor_matrix_column(&table->training.rows, column)[row] = draw_value(&state, column);
        }
        for (size_t row = 0; row < n_test; row++) {
            perebor_matrix_column(&table->test, column)[row] = draw_value(&state, column);
        }
    }
    for (size_t row = 0; n_columns > 8 && row < n_rows; row++) { // splits of equal gains
        perebor_matrix_column(&table->training.rows, 3)[row] =
            perebor_matrix_column(&table->training.rows, 8)[row] > 3.0 ? 0.5 : -0.5;
    }
    for (size_t row = 0; row < n_rows; row++) {
        double leaning = perebor_matrix_column(&table->training.rows, 0)[row];
        double gap = n_columns > 5 ? perebor_matrix_column(&table->training.rows, 5)[row] : 0.0;
        leaning += isnan(gap) ? 0.7 : 0.0;
        leaning += n_columns > 8 ? perebor_matrix_column(&table->training.rows, 3)[row] : 0.0;
        table->labels[row] = leaning + 1.2 * draw_normal(&state) > 0.4;
    }
    table->labels[0] = 0;
    table->labels[1] = 1;
}

/* The definition. */

/** A node of a tree, or a leaf yet to be split. */
typedef struct book_node {
    int64_t g, h;
    uint32_t *rows;
    size_t n, depth;
    bool open;
    double gain, threshold; /**< Its best split's. */
    size_t column, left;
    int64_t left_g, left_h;
} book_node;

/** A boosting by the book. */
typedef struct book {
    const table *table;
    boost_options options;
    double cuts[most_columns][most_cuts];
    size_t n_cuts[most_columns];
    double scores[most_rows], test_scores[n_test];
    int64_t g[most_rows], h[most_rows];
    bool active[most_columns];
    double alpha, lambda, min_hessian, min_gain;
    book_node nodes[most_nodes];
    size_t n_nodes, n_all_nodes;
} book;

static double value_of(const perebor_matrix *rows, size_t column, size_t row) {
    return perebor_matrix_column(rows, column)[row];
}

static int by_value(const void *a, const void *b) {
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static double middle_of(double lower, double higher) {
    double middle = lower / 2.0 + higher / 2.0;
    return middle >= lower && middle < higher ? middle : lower;
}

static void cut_column(book *book, size_t column) {
    static double values[most_rows];
    double *cuts = book->cuts[column];
    size_t n = 0, n_values = 0, n_cuts = 0;
    const size_t bins = book->options.max_bins;
    for (size_t row = 0; row < book->table->n_rows; row++) {
        double value = value_of(&book->table->training.rows, column, row);
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

static double shrink(const book *book, int64_t g) {
    double size = fabs((double)g) - book->alpha;
    return size > 0.0 ? size : 0.0;
}

/** Tries every cut of a column. */
static void try_column(const book *book, book_node *node, size_t column) {
    static int64_t g[most_cuts + 1], h[most_cuts + 1];
    static size_t n[most_cuts + 1];
    const size_t n_cuts = book->n_cuts[column];
    memset(g, 0, sizeof g);
    memset(h, 0, sizeof h);
    memset(n, 0, sizeof n);
    for (size_t i = 0; i < node->n; i++) {
        size_t bin = 0;
        double value = value_of(&book->table->training.rows, column, node->rows[i]);
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

static void search_node(const book *book, book_node *node) {
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

static void split_node(book *book, size_t number) {
    book_node *node = &book->nodes[number];
    book_node *children[2] = {&book->nodes[book->n_nodes], &book->nodes[book->n_nodes + 1]};
    assert_true(book->n_nodes + 2 <= most_nodes);
    node->open = false;
    node->left = book->n_nodes;
    for (int side = 0; side < 2; side++) {
        book_node *child = children[side];
        *child = (book_node){.g = side == 0 ? node->left_g : node->g - node->left_g,
                             .h = side == 0 ? node->left_h : node->h - node->left_h,
                             .rows = perebor_workspace_take(&workspace, node->n, sizeof(uint32_t)),
                             .depth = node->depth + 1};
        assert_non_null(child->rows);
        for (size_t i = 0; i < node->n; i++) {
            bool left = value_of(&book->table->training.rows, node->column, node->rows[i]) <=
                        node->threshold;
            child->rows[child->n] = node->rows[i];
            child->n += left == (side == 0);
        }
        search_node(book, child);
    }
    book->n_nodes += 2;
}

static double leaf_value(const book *book, const book_node *node) {
    double step = book->options.learning_rate * (4.0 * shrink(book, node->g)) /
                  ((double)node->h + book->lambda);
    return node->g > 0 ? -step : step;
}

static void add_leaves(const book *book, const perebor_matrix *rows, size_t n, double *scores) {
    for (size_t row = 0; row < n; row++) {
        const book_node *node = &book->nodes[0];
        while (node->left != 0) {
            bool left = value_of(rows, node->column, row) <= node->threshold;
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

static void draw_columns(book *book, size_t tree) {
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

static void draw_rows(const book *book, size_t tree, book_node *root) {
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

static void grow_by_the_book(book *book, size_t tree) {
    perebor_workspace_mark begin = perebor_workspace_here(&workspace);
    book_node *root = &book->nodes[0];
    *root = (book_node){
        .rows = perebor_workspace_take(&workspace, book->table->n_rows, sizeof(uint32_t))};
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
    add_leaves(book, &book->table->test, n_test, book->test_scores);
    perebor_workspace_return(&workspace, begin);
}

static void boost_by_the_book(book *book) {
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
        cut_column(book, column);
    }
    for (size_t row = 0; row < n; row++) {
        book->scores[row] = start;
    }
    for (size_t row = 0; row < n_test; row++) {
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

static void check_settings(const table *table, const char *settings) {
    static book book;
    const perebor_learner *learner = learning_find("boost");
    perebor_value values[PEREBOR_MAX_SETTINGS];
    double scores[n_test];
    static double training_scores[most_rows];
    perebor_model *model = NULL;
    perebor_fit_report report;
    perebor_error error = {0};
    learning_defaults(learner, values);
    learning_set_all(learner, values, settings);
    memset(&book, 0, sizeof book);
    book.table = table;
    if (boost_options_read(&book.options, values, table->n_rows, &error) != PEREBOR_OK) {
        fail_msg("%s: %s", settings, error.message);
    }
    boost_by_the_book(&book);
    assert_int_equal(learner->fit(&model, &table->training, values, &workspace, &report, &error),
                     PEREBOR_OK);
    if (model->n_nodes != book.n_all_nodes + 1) {
        fail_msg("%zu rows, %s: %zu nodes, by the book %zu", table->n_rows, settings,
                 model->n_nodes, book.n_all_nodes + 1);
    }
    learning_score(learner, model, &table->test, &workspace, scores);
    learning_score(learner, model, &table->training.rows, &workspace, training_scores);
    for (size_t row = 0; row < n_test; row++) {
        if (scores[row] != book.test_scores[row]) {
            fail_msg("%zu rows, %s, row %zu: %.17g, by the book %.17g", table->n_rows, settings,
                     row, scores[row], book.test_scores[row]);
        }
    }
    assert_memory_equal(training_scores, book.scores, table->n_rows * sizeof *training_scores);
}

static const char *const settings_by_the_book[] = {
    "n_estimators=3",
    "n_estimators=3 max_leaf_nodes=4 learning_rate=0.9",
    "n_estimators=2 max_depth=3 min_samples_leaf=1",
    "n_estimators=2 max_depth=20 min_samples_leaf=9 min_child_weight=0.5",
    "n_estimators=3 max_depth=5 max_leaf_nodes=12 min_samples_leaf=1 min_child_weight=0",
    "n_estimators=3 reg_lambda=3.0 reg_alpha=0.7",
    "n_estimators=2 reg_lambda=2000000.0 min_child_weight=0",
    "n_estimators=2 min_samples_leaf=70 max_leaf_nodes=9",
    "n_estimators=3 gamma=0.8 reg_alpha=2.0 min_samples_leaf=0.02",
    "n_estimators=4 subsample=0.5 colsample_bytree=0.4 random_state=7",
    "n_estimators=3 max_bins=2 min_samples_leaf=5",
    "n_estimators=3 max_bins=16 class_weight=balanced",
    "n_estimators=4 subsample=0.2 max_leaf_nodes=100 min_samples_leaf=2 max_bins=100",
};

static void models_are_those_of_the_definition(void **state) {
    (void)state;
    static table table;
    static const size_t shapes[][2] = {{40, 3}, {150, 7}, {333, 12}, {1500, 9}};
    for (size_t shape = 0; shape < sizeof shapes / sizeof *shapes; shape++) {
        draw_table(&table, shape, shapes[shape][0], shapes[shape][1]);
        for (size_t i = 0; i < sizeof settings_by_the_book / sizeof *settings_by_the_book; i++) {
            check_settings(&table, settings_by_the_book[i]);
        }
        perebor_workspace_release(&workspace);
    }
}

/** Columns of so many rows, if their values are spread out, are sorted near cuts only. */
static void cuts_of_many_rows_are_those_of_all_values(void **state) {
    (void)state;
    static table table;
    static book book;
    boost_scheme scheme;
    boost_rows binned;
    const size_t max_bins[] = {255, 100, 3};
    draw_table(&table, 77, most_rows, 9);
    perebor_matrix_column(&table.training.rows, 7)[5] = -1e308; // a range that is infinite
    perebor_matrix_column(&table.training.rows, 7)[6] = 1e308;
    perebor_matrix_column(&table.training.rows, 8)[7] = -INFINITY;
    perebor_matrix_column(&table.training.rows, 0)[9] = NAN;
    for (size_t k = 0; k < 3; k++) {
        memset(&book, 0, sizeof book);
        book.table = &table;
        book.options.max_bins = max_bins[k];
        assert_int_equal(
            boost_scheme_create(&scheme, &table.training.rows, max_bins[k], &workspace, NULL),
            PEREBOR_OK);
        assert_int_equal(
            boost_rows_create(&binned, &scheme, &table.training.rows, &workspace, NULL),
            PEREBOR_OK);
        assert_int_equal(scheme.n_features, 8); // column 6 has one value
        for (size_t f = 0; f < scheme.n_features; f++) {
            const boost_feature *feature = &scheme.features[f];
            const double *values = perebor_matrix_column(&table.training.rows, feature->column);
            const double *cuts = book.cuts[feature->column];
            cut_column(&book, feature->column);
            assert_int_equal(feature->n_bins - 1, book.n_cuts[feature->column]);
            assert_memory_equal(feature->cuts, cuts, (feature->n_bins - 1) * sizeof *cuts);
            for (size_t row = 0; row < most_rows; row++) {
                size_t bin = 0;
                while (bin + 1 < feature->n_bins && !(values[row] <= cuts[bin])) {
                    bin++;
                }
                assert_int_equal(boost_bin(&binned, f, row), bin);
            }
        }
    }
}

static void histograms_are_sums_and_their_differences(void **state) {
    (void)state;
    static table table;
    uint64_t random = 11;
    boost_scheme scheme;
    boost_rows binned;
    const boost_kernels *kernels = PEREBOR_KERNEL_PICK(boost_kernels);
    static uint32_t all[most_rows], part[most_rows], rest[most_rows];
    static int64_t terms[most_rows], part_terms[most_rows], rest_terms[most_rows];
    draw_table(&table, 3, 900, 11);
    assert_int_equal(boost_scheme_create(&scheme, &table.training.rows, 255, &workspace, NULL),
                     PEREBOR_OK);
    assert_int_equal(boost_rows_create(&binned, &scheme, &table.training.rows, &workspace, NULL),
                     PEREBOR_OK);
    assert_int_equal(scheme.n_features, 10); // column 6 has one value
    uint8_t wanted[most_columns] = {1, 1, 1, 0, 1, 1, 1, 1, 1, 1};
    size_t n_part = 0, n_rest = 0;
    for (uint32_t row = 0; row < 900; row++) {
        int64_t g = (int64_t)(draw_bits(&random) % 2097153) - 1048576;
        terms[row] = g * 4294967296 + (int64_t)(draw_bits(&random) % 1048576) + 1;
        all[row] = row;
        bool in_part = draw_bits(&random) % 5 == 0;
        part[n_part] = rest[n_rest] = row;
        part_terms[n_part] = rest_terms[n_rest] = terms[row];
        n_part += in_part;
        n_rest += !in_part;
    }
    int64_t *cells[3];
    for (size_t k = 0; k < 3; k++) {
        cells[k] = perebor_workspace_take_zeroed(&workspace, scheme.n_cells, sizeof(int64_t));
        assert_non_null(cells[k]);
    }
    for (size_t word = 0; word < binned.n_words; word++) {
        kernels->accumulate(&scheme, &binned, word, wanted, all, terms, 900, cells[0]);
        kernels->accumulate(&scheme, &binned, word, wanted, part, part_terms, n_part, cells[1]);
        kernels->accumulate(&scheme, &binned, word, wanted, rest, rest_terms, n_rest, cells[2]);
    }
    for (size_t f = 0; f < scheme.n_features; f++) {
        const boost_feature *feature = &scheme.features[f];
        for (uint32_t bin = 0; bin < feature->n_bins; bin++) {
            int64_t g = 0, h = 0;
            for (uint32_t row = 0; row < 900; row++) {
                bool here = wanted[f] != 0 && boost_bin(&binned, f, row) == bin;
                g += here ? boost_gradient(terms[row]) : 0;
                h += here ? boost_hessian(terms[row]) : 0;
            }
            assert_int_equal(boost_gradient(cells[0][feature->first_cell + BOOST_WORD * bin]), g);
            assert_int_equal(boost_hessian(cells[0][feature->first_cell + BOOST_WORD * bin]), h);
        }
    }
    kernels->subtract(cells[0], cells[1], scheme.n_cells);
    assert_memory_equal(cells[0], cells[2], scheme.n_cells * sizeof(int64_t));
}

enum { most_points = 16 };

/** What a family delivers. */
typedef struct delivered {
    double test[8][n_test], training[8][most_rows];
    double first_test[8][most_points][n_test]; /**< By points of learning curves. */
    double first_training[8][most_points][most_rows];
    size_t n_points[8];
    size_t n;
} delivered;

/** Points come in their order. */
static void receive_part(void *context, const size_t *members, size_t n_members,
                         size_t n_estimators, const double *validation_scores,
                         const double *training_scores) {
    delivered *to = context;
    for (size_t i = 0; i < n_members; i++) {
        size_t point = to->n_points[members[i]]++;
        assert_true(point < most_points);
        assert_int_equal(n_estimators, perebor_curve_n_estimators(point));
        memcpy(to->first_test[members[i]][point], validation_scores, n_test * sizeof(double));
        memcpy(to->first_training[members[i]][point], training_scores, 500 * sizeof **to->training);
    }
}

static void receive(void *context, size_t member, perebor_status status, const char *message,
                    const double *validation_scores, const double *training_scores,
                    const perebor_fit_report *report) {
    delivered *to = context;
    (void)report;
    if (status != PEREBOR_OK) {
        fail_msg("%s", message);
    }
    memcpy(to->test[member], validation_scores, sizeof to->test[member]);
    memcpy(to->training[member], training_scores, 500 * sizeof **to->training);
    to->n++;
}

static void every_number_of_trees_is_a_part_of_one_boosting(void **state) {
    (void)state;
    static table table;
    static delivered shared, alone;
    static const char *const members[] = {"7", "1", "30", "12", "30", "2"};
    enum { n_members = sizeof members / sizeof *members };
    static const char *const others[] = {"max_leaf_nodes=9", "subsample=0.6 max_depth=4"};
    const perebor_learner *learner = learning_find("boost");
    draw_table(&table, 8, 500, 8);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        perebor_value values[n_members][PEREBOR_MAX_SETTINGS];
        const perebor_value *settings[n_members];
        for (size_t member = 0; member < n_members; member++) {
            learning_defaults(learner, values[member]);
            learning_set_all(learner, values[member], others[i]);
            learning_set(learner, values[member], "n_estimators",
                         learning_whole(strtol(members[member], NULL, 10)));
            settings[member] = values[member];
            assert_true(learner->share_key(values[member]) == learner->share_key(values[0]));
        }
        perebor_family family = {.training = &table.training,
                                 .validation = &table.test,
                                 .score_training = true,
                                 .settings = settings,
                                 .n_members = n_members,
                                 .deliver_part = receive_part,
                                 .workspace = &workspace};
        memset(&shared, 0, sizeof shared);
        memset(&alone, 0, sizeof alone);
        assert_int_equal(
            perebor_learner_score_family(learner, &family, true, receive, &shared, NULL),
            PEREBOR_OK);
        assert_int_equal(
            perebor_learner_score_family(learner, &family, false, receive, &alone, NULL),
            PEREBOR_OK);
        assert_int_equal(shared.n, n_members);
        assert_memory_equal(&shared, &alone, sizeof shared);
        // 30 trees are member 2, 12 are member 3 and the ninth point of the curve of 30.
        assert_int_equal(perebor_curve_n_estimators(8), 12);
        assert_int_equal(shared.n_points[2], 12); // below 30: up to 25
        assert_memory_equal(shared.first_test[2][8], shared.test[3], sizeof shared.test[3]);
        assert_memory_equal(shared.first_training[2][8], shared.training[3],
                            500 * sizeof **shared.training);
    }
}

static void whatever_else_is_set_keeps_models_apart(void **state) {
    (void)state;
    static const char *const others[] = {
        "learning_rate=0.2",    "max_leaf_nodes=30", "max_depth=6",          "min_samples_leaf=19",
        "min_child_weight=0.1", "reg_alpha=0.5",     "reg_lambda=0.5",       "gamma=0.5",
        "subsample=0.5",        "max_bins=200",      "colsample_bytree=0.5", "random_state=1",
        "class_weight=balanced"};
    const perebor_learner *learner = learning_find("boost");
    perebor_value usual[PEREBOR_MAX_SETTINGS], values[PEREBOR_MAX_SETTINGS];
    learning_defaults(learner, usual);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        learning_defaults(learner, values);
        learning_set_all(learner, values, others[i]);
        assert_true(learner->share_key(values) != learner->share_key(usual));
    }
}

/** Numbers of a file, one after the other. */
static double read_number(FILE *file) {
    double number = 0.0;
    assert_int_equal(fscanf(file, "%lf", &number), 1);
    return number;
}

/** tests/golden/model/make_boost.py says what is in the file. */
static void trees_are_those_of_xgboost(void **state) {
    (void)state;
    enum { most_trees = 8 };
    static table table;
    FILE *file = fopen(PEREBOR_TESTS_DIR "/golden/model/boost.txt", "r");
    assert_non_null(file);
    const perebor_learner *learner = learning_find("boost");
    const size_t n = (size_t)read_number(file), n_columns = (size_t)read_number(file);
    assert_in_range(n, 2, most_rows);
    draw_table(&table, 0, n, n_columns);
    for (size_t row = 0; row < n; row++) {
        table.labels[row] = (uint8_t)read_number(file);
        for (size_t column = 0; column < n_columns; column++) {
            perebor_matrix_column(&table.training.rows, column)[row] = read_number(file);
        }
    }
    char settings[256];
    size_t n_cases = 0;
    for (; fscanf(file, " settings %255[^\n]", settings) == 1; n_cases++) {
        perebor_value values[PEREBOR_MAX_SETTINGS];
        static double scores[most_rows];
        learning_defaults(learner, values);
        learning_set_all(learner, values, settings);
        char word[16];
        int8_t monotonic[most_columns];
        assert_int_equal(fscanf(file, "%15s", word), 1);
        assert_string_equal(word, "monotonic");
        bool any = false;
        for (size_t column = 0; column < n_columns; column++) {
            monotonic[column] = (int8_t)read_number(file);
            any |= monotonic[column] != 0;
        }
        table.training.rows.monotonic = any ? monotonic : NULL;
        const size_t n_trees = (size_t)read_number(file);
        assert_in_range(n_trees, 1, most_trees);
        for (size_t tree = 1; tree <= n_trees; tree++) {
            perebor_model *model = NULL;
            perebor_fit_report report;
            learning_set(learner, values, "n_estimators", learning_whole((int64_t)tree));
            assert_int_equal(
                learner->fit(&model, &table.training, values, &workspace, &report, NULL),
                PEREBOR_OK);
            learning_score(learner, model, &table.training.rows, &workspace, scores);
            // The first tree is exact but for XGBoost's floats; later gradients are rounded.
            const double tolerance = tree == 1 ? 1e-6 : 2e-5;
            for (size_t row = 0; row < n; row++) {
                double expected = read_number(file);
                if (!(fabs(scores[row] - expected) <= tolerance * (1.0 + fabs(expected)))) {
                    fail_msg("%s, %zu trees, row %zu: %.9g, XGBoost %.9g", settings, tree, row,
                             scores[row], expected);
                }
            }
        }
    }
    assert_int_equal(n_cases, 10);
    (void)fclose(file);
}

/** How often scores fall along a grid of a column, and how often they rise. */
static void count_steps(const perebor_learner *learner, const perebor_model *model,
                        const table *table, size_t column, size_t steps[2]) {
    enum { n_places = 200 };
    double scores[n_places];
    steps[0] = steps[1] = 0;
    for (size_t row = 0; row < 40; row++) {
        perebor_matrix grid = learning_matrix(&workspace, n_places, table->n_columns);
        for (size_t c = 0; c < table->n_columns; c++) {
            for (size_t i = 0; i < n_places; i++) {
                perebor_matrix_column(&grid, c)[i] =
                    c == column ? -3.0 + 0.05 * (double)i : value_of(&table->test, c, row);
            }
        }
        learning_score(learner, model, &grid, &workspace, scores);
        for (size_t i = 1; i < n_places; i++) {
            steps[0] += scores[i] < scores[i - 1];
            steps[1] += scores[i] > scores[i - 1];
        }
    }
}

static void scores_keep_to_monotonic_columns(void **state) {
    (void)state;
    static table table;
    static const int8_t monotonic[most_columns] = {[0] = 1, [1] = -1, [8] = 1};
    static const char *const settings[] = {
        "n_estimators=40 learning_rate=0.3 min_samples_leaf=5",
        "n_estimators=30 max_depth=6 min_samples_leaf=1 reg_lambda=0.5 reg_alpha=0.3",
        "n_estimators=30 subsample=0.6 colsample_bytree=0.5 max_leaf_nodes=50 "
        "class_weight=balanced",
    };
    const perebor_learner *learner = learning_find("boost");
    assert_true(learner->keeps_monotonic);
    draw_table(&table, 21, 1200, 9);
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        perebor_value values[PEREBOR_MAX_SETTINGS];
        perebor_model *model = NULL;
        perebor_fit_report report;
        size_t free_steps[2], steps[2];
        learning_defaults(learner, values);
        learning_set_all(learner, values, settings[i]);
        for (size_t column = 0; column < 9; column++) {
            if (monotonic[column] == 0) {
                continue;
            }
            table.training.rows.monotonic = NULL;
            assert_int_equal(
                learner->fit(&model, &table.training, values, &workspace, &report, NULL),
                PEREBOR_OK);
            count_steps(learner, model, &table, column, free_steps);
            assert_true(free_steps[0] > 0 && free_steps[1] > 0);
            table.training.rows.monotonic = monotonic;
            assert_int_equal(
                learner->fit(&model, &table.training, values, &workspace, &report, NULL),
                PEREBOR_OK);
            count_steps(learner, model, &table, column, steps);
            assert_int_equal(steps[monotonic[column] > 0 ? 0 : 1], 0);
            // A column may be found to be of no use at all against what the data say.
            assert_true(column != 0 || steps[1] > 0);
        }
        perebor_workspace_release(&workspace);
        draw_table(&table, 21, 1200, 9);
    }
}

/** A tree that no row was drawn for adds nothing, also where nothing keeps its leaf from 0 / 0. */
static void trees_of_no_rows_add_nothing(void **state) {
    (void)state;
    static table table;
    static const int8_t monotonic[most_columns] = {1};
    const perebor_learner *learner = learning_find("boost");
    draw_table(&table, 22, 60, 3);
    for (size_t bounded = 0; bounded < 2; bounded++) {
        perebor_value values[PEREBOR_MAX_SETTINGS];
        perebor_model *model = NULL;
        perebor_fit_report report;
        double scores[most_rows];
        learning_defaults(learner, values);
        learning_set_all(learner, values, "n_estimators=3 subsample=0.000001 reg_lambda=0");
        table.training.rows.monotonic = bounded == 1 ? monotonic : NULL;
        assert_int_equal(learner->fit(&model, &table.training, values, &workspace, &report, NULL),
                         PEREBOR_OK);
        learning_score(learner, model, &table.training.rows, &workspace, scores);
        for (size_t row = 1; row < table.training.rows.n_rows; row++) {
            assert_true(isfinite(scores[row]));
            assert_true(scores[row] == scores[0]);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(models_are_those_of_the_definition, give_back),
        cmocka_unit_test_teardown(cuts_of_many_rows_are_those_of_all_values, give_back),
        cmocka_unit_test_teardown(histograms_are_sums_and_their_differences, give_back),
        cmocka_unit_test_teardown(every_number_of_trees_is_a_part_of_one_boosting, give_back),
        cmocka_unit_test(whatever_else_is_set_keeps_models_apart),
        cmocka_unit_test_teardown(trees_are_those_of_xgboost, give_back),
        cmocka_unit_test_teardown(scores_keep_to_monotonic_columns, give_back),
        cmocka_unit_test_teardown(trees_of_no_rows_add_nothing, give_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
