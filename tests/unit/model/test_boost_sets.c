// SPDX-License-Identifier: MIT
/*
 * Boosting by sets of levels: cuts of the order against all sets that there are; models against the
 * definition (model/boost/boost_sets.h), written down as plainly as can be; the same scores from
 * codes, from columns written out, from a family and from a restored model.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arithmetic.h"
#include "base/mix.h"
#include "draw.h"
#include "learning.h"
#include "model/boost/boost.h"
#include "model/boost/boost_sets.h"
#include "model/ensemble/ensemble.h"

/** Shared by every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

/* Cuts against all sets. */

enum { n_cells = 9 };

static int64_t make_term(int64_t g, int64_t h) {
    return (int64_t)((uint64_t)g << 32) + h;
}

static double gain_of(int64_t left, int64_t right, double lambda) {
    const double l = (double)boost_hessian(left) + lambda;
    const double r = (double)boost_hessian(right) + lambda;
    const double left_g = boost_gradient(left);
    const double right_g = boost_gradient(right);
    return (left_g * left_g * r + right_g * right_g * l) / (l * r);
}

/** The best gain of all ways to put the levels that there are on two sides. */
static double try_all(const int64_t *cells, int64_t total) {
    double best = 0.0;
    for (uint32_t set = 1; set + 1 < 1U << n_cells; set++) {
        int64_t sum = 0;
        for (uint32_t bin = 0; bin < n_cells; bin++) {
            sum += (set >> bin & 1) != 0 ? cells[bin] : 0;
        }
        if (sum != 0 && sum != total) {
            best = fmax(best, gain_of(sum, total - sum, 0.0));
        }
    }
    return best;
}

static void the_best_cut_is_the_best_set(void **state) {
    (void)state;
    uint64_t random = 11;
    boost_feature feature = {.column = 3, .n_bins = n_cells, .levels = true, .sets = true};
    const boost_scheme scheme = {.n_features = 1, .features = &feature};
    const boost_rule rule = {.min_hessian = 1.0, .min_rows = 1, .max_cats = SIZE_MAX};
    for (int round = 0; round < 300; round++) {
        int64_t cells[n_cells];
        uint32_t counts[n_cells];
        int64_t total = 0;
        uint32_t n = 0;
        for (uint32_t bin = 0; bin < n_cells; bin++) {
            const bool empty = draw_bits(&random) % 5 == 0;
            const int64_t g = (int64_t)(draw_bits(&random) % 2001) - 1000;
            counts[bin] = empty ? 0 : 1 + (uint32_t)(draw_bits(&random) % 9);
            cells[bin] = empty ? 0 : make_term(g, 1 + (int64_t)(draw_bits(&random) % 4000));
            total += cells[bin];
            n += counts[bin];
        }
        const boost_levels levels = {.cells = cells, .stride = 1, .counts = counts};
        boost_split best = {0};
        boost_sets_scan(&scheme, 0, &levels, &rule, NULL, total, n, &best);
        const double expected = try_all(cells, total);
        assert_true(fabs(best.gain - expected) <= 1e-12 * expected);
        int64_t right = 0;
        for (uint32_t bin = 0; bin < n_cells; bin++) {
            right += boost_set_has(&best.set, bin) ? cells[bin] : 0;
        }
        assert_false(boost_set_has(&best.set, n_cells - 1));
        assert_int_equal(best.left, total - right);
        assert_true(expected == 0.0 || best.gain == gain_of(best.left, right, 0.0));
    }
}

/* The definition. */

enum {
    most_rows = 900,
    n_test = 70,
    n_dense = 3,
    most_blocks = 3,
    most_levels = 320,
    most_nodes = 128
};

/** Rows with codes, and the same written out. */
typedef struct table {
    size_t n_rows, n_blocks;
    size_t levels[most_blocks];
    uint8_t labels[most_rows];
    perebor_training training;
    perebor_matrix test;
} table;

static perebor_matrix draw_rows(const table *table, uint64_t *random, size_t n) {
    perebor_matrix rows;
    assert_int_equal(
        perebor_matrix_create_coded(&rows, n, n_dense, table->n_blocks, &workspace, NULL),
        PEREBOR_OK);
    for (size_t k = 0; k < table->n_blocks; k++) {
        const size_t levels = table->levels[k];
        perebor_indicators *block = perebor_matrix_add_levels(&rows, levels);
        for (size_t row = 0; row < n; row++) {
            // Some levels are frequent; some rows have none.
            const uint64_t one = draw_bits(random) % levels;
            const uint64_t other = draw_bits(random) % levels;
            const bool none = draw_bits(random) % 9 == 0;
            block->codes[row] = (uint32_t)(none ? levels : one < other ? one : other);
        }
    }
    for (size_t column = 0; column < n_dense; column++) {
        for (size_t row = 0; row < n; row++) {
            perebor_matrix_column(&rows, column)[row] = (double)(draw_bits(random) % 6);
        }
    }
    return rows;
}

static void draw_table(table *table, uint64_t seed, size_t n_rows, const size_t *levels,
                       size_t n_blocks) {
    uint64_t random = seed;
    *table = (struct table){.n_rows = n_rows, .n_blocks = n_blocks};
    memcpy(table->levels, levels, n_blocks * sizeof *levels);
    table->training =
        (perebor_training){.rows = draw_rows(table, &random, n_rows), .labels = table->labels};
    table->test = draw_rows(table, &random, n_test);
    for (size_t row = 0; row < n_rows; row++) {
        double leaning = 0.3 * perebor_matrix_column(&table->training.rows, 0)[row] - 0.8;
        for (size_t k = 0; k < n_blocks; k++) {
            const uint32_t code = table->training.rows.indicators[k].codes[row];
            leaning += code % 3 == 0 ? 0.9 : code % 5 == 1 ? -1.1 : 0.1;
        }
        table->labels[row] = leaning + draw_normal(&random) > 0.2;
    }
    table->labels[0] = 0;
    table->labels[1] = 1;
}

/** Which rows go right: of a dense column those above a threshold, else those of some codes. */
typedef struct book_split {
    size_t column; /**< Dense, or n_dense and a block. */
    double threshold;
    bool codes[most_levels + 1];
} book_split;

typedef struct book_node {
    int64_t g, h;
    bool rows[most_rows];
    size_t n, left;
    bool open;
    double gain;
    book_split split;
} book_node;

typedef struct book {
    const table *table;
    boost_options options;
    int64_t g[most_rows], h[most_rows];
    double scores[most_rows], test_scores[n_test];
    double alpha, lambda, min_hessian, smooth;
    bool active[n_dense + most_blocks * most_levels];
    book_node nodes[most_nodes];
    size_t n_nodes, n_all_nodes, n_by_sets;
} book;

static bool goes_right(const perebor_matrix *rows, const book_split *split, size_t row) {
    return split->column < n_dense
               ? perebor_matrix_column(rows, split->column)[row] > split->threshold
               : split->codes[rows->indicators[split->column - n_dense].codes[row]];
}

static double shrink(const book *book, int64_t g) {
    return fmax(fabs((double)g) - book->alpha, 0.0);
}

static void try_split(const book *book, book_node *node, const book_split *split) {
    int64_t g = 0, h = 0;
    size_t n = 0;
    for (size_t row = 0; row < book->table->n_rows; row++) {
        if (node->rows[row] && !goes_right(&book->table->training.rows, split, row)) {
            g += book->g[row];
            h += book->h[row];
            n++;
        }
    }
    if (n < book->options.min_leaf || node->n - n < book->options.min_leaf ||
        (double)h < book->min_hessian || (double)(node->h - h) < book->min_hessian) {
        return;
    }
    const double left = shrink(book, g), right = shrink(book, node->g - g);
    const double l = (double)h + book->lambda, r = (double)(node->h - h) + book->lambda;
    const double gain = (left * left * r + right * right * l) / (l * r);
    if (gain > node->gain) {
        node->gain = gain;
        node->split = *split;
    }
}

/** What a node has of a level; the levels [first, end) are told apart, "none" is the code end. */
typedef struct book_level {
    int64_t g, h;
    size_t n, code;
} book_level;

static double smooth_mean(const book *book, const book_level *level) {
    return (double)level->g / ((double)level->h + book->smooth);
}

static void try_sets(const book *book, book_node *node, size_t block, size_t first, size_t end) {
    static book_level levels[most_levels + 1], ordered[most_levels + 1];
    memset(levels, 0, sizeof levels);
    for (size_t row = 0; row < book->table->n_rows; row++) {
        const size_t code = book->table->training.rows.indicators[block].codes[row];
        book_level *level = &levels[code >= first && code < end ? code : end];
        if (node->rows[row]) {
            level->g += book->g[row];
            level->h += book->h[row];
            level->n++;
        }
    }
    size_t n = 0;
    for (size_t code = first; code <= end; code++) { // sorted by inserting
        if (levels[code].n == 0 || (double)levels[code].n < book->options.cat_smooth) {
            continue;
        }
        size_t place = n++;
        levels[code].code = code;
        for (;
             place > 0 && smooth_mean(book, &ordered[place - 1]) > smooth_mean(book, &levels[code]);
             place--) {
            ordered[place] = ordered[place - 1];
        }
        ordered[place] = levels[code];
    }
    for (int direction = 0; direction < 2; direction++) {
        const size_t middle = (n + 1) / 2 - (direction == 0 ? 0 : 1);
        for (size_t k = 1; n > 1 && k <= middle && k <= book->options.max_cats; k++) {
            bool taken[most_levels + 1] = {false};
            for (size_t i = 0; i < k; i++) {
                taken[ordered[direction == 0 ? i : n - 1 - i].code] = true;
            }
            book_split split = {.column = n_dense + block};
            for (size_t code = first; code < end; code++) {
                split.codes[code] = taken[code] != taken[end];
            }
            try_split(book, node, &split);
        }
    }
}

static void try_block(const book *book, book_node *node, size_t block, size_t column) {
    const size_t n = book->table->levels[block];
    for (size_t first = 0; n > book->options.max_onehot && first < n; first += 255) {
        if (book->active[column + first]) {
            try_sets(book, node, block, first, first + 255 < n ? first + 255 : n);
        }
    }
    for (size_t code = 0; n <= book->options.max_onehot && code < n; code++) {
        book_split split = {.column = n_dense + block};
        split.codes[code] = true;
        if (book->active[column + code]) {
            try_split(book, node, &split);
        }
    }
}

static void search_node(const book *book, book_node *node) {
    node->gain = 0.0;
    for (size_t column = 0; column < n_dense; column++) {
        for (int value = 0; value < 5 && book->active[column]; value++) {
            const book_split split = {.column = column, .threshold = value + 0.5};
            try_split(book, node, &split);
        }
    }
    size_t column = n_dense;
    for (size_t block = 0; block < book->table->n_blocks; block++) {
        try_block(book, node, block, column);
        column += book->table->levels[block];
    }
    const double size = shrink(book, node->g);
    const double own = size * size / ((double)node->h + book->lambda);
    node->open = node->gain > 0.0 && node->gain - own > 0x1p-40 * own;
    node->gain -= own;
}

static void split_node(book *book, size_t number) {
    book_node *node = &book->nodes[number];
    assert_true(book->n_nodes + 2 <= most_nodes);
    node->open = false;
    node->left = book->n_nodes;
    if (node->split.column >= n_dense &&
        book->table->levels[node->split.column - n_dense] > book->options.max_onehot) {
        book->n_by_sets++;
    }
    for (size_t side = 0; side < 2; side++) {
        book_node *child = &book->nodes[book->n_nodes + side];
        *child = (book_node){0};
        for (size_t row = 0; row < book->table->n_rows; row++) {
            child->rows[row] = node->rows[row] && goes_right(&book->table->training.rows,
                                                             &node->split, row) == (side == 1);
            child->g += child->rows[row] ? book->g[row] : 0;
            child->h += child->rows[row] ? book->h[row] : 0;
            child->n += child->rows[row];
        }
        search_node(book, child);
    }
    book->n_nodes += 2;
}

static void add_leaves(const book *book, const perebor_matrix *rows, size_t n, double *scores) {
    for (size_t row = 0; row < n; row++) {
        const book_node *node = &book->nodes[0];
        while (node->left != 0) {
            node = &book->nodes[node->left + (goes_right(rows, &node->split, row) ? 1 : 0)];
        }
        const double step = book->options.learning_rate * (4.0 * shrink(book, node->g)) /
                            ((double)node->h + book->lambda);
        scores[row] += step == 0.0 ? 0.0 : node->g > 0 ? -step : step;
    }
}

/** The mixing of two numbers. */
static uint64_t book_hash(uint64_t a, uint64_t b) {
    return perebor_mix(perebor_mix(a + UINT64_C(0x9e3779b97f4a7c15)) ^
                       (b * UINT64_C(0xd6e8feb86659fd93)));
}

static void draw_columns(book *book, size_t tree) {
    const size_t n = book->table->training.rows.n_columns;
    const uint64_t key = book_hash(book_hash(book->options.seed, tree), UINT64_C(0x636f6c73));
    const size_t wanted = (size_t)(book->options.colsample * (double)n);
    for (size_t column = 0; column < n; column++) {
        size_t before = 0;
        for (size_t other = 0; other < n; other++) {
            before += perebor_mix(key + (other + 1) * UINT64_C(0x9e3779b97f4a7c15)) <
                      perebor_mix(key + (column + 1) * UINT64_C(0x9e3779b97f4a7c15));
        }
        book->active[column] = before < (wanted == 0 ? 1 : wanted);
    }
}

static void grow_by_the_book(book *book) {
    book_node *root = &book->nodes[0];
    *root = (book_node){.n = book->table->n_rows};
    for (size_t row = 0; row < book->table->n_rows; row++) {
        root->rows[row] = true;
        root->g += book->g[row];
        root->h += book->h[row];
    }
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
}

static void boost_by_the_book(book *book) {
    const size_t n = book->table->n_rows;
    const double unit = pow(2.0, 30 - (int)ceil(log2((double)n)));
    double n_ones = 0.0;
    for (size_t row = 0; row < n; row++) {
        n_ones += book->table->labels[row];
    }
    book->alpha = book->options.alpha * unit;
    book->lambda = book->options.lambda * unit * 4.0;
    book->smooth = book->options.cat_smooth * unit * 4.0;
    book->min_hessian = fmax(book->options.min_child_weight * unit * 4.0, 1.0);
    for (size_t row = 0; row < n; row++) {
        book->scores[row] = perebor_log(n_ones / ((double)n - n_ones));
    }
    for (size_t row = 0; row < n_test; row++) {
        book->test_scores[row] = book->scores[0];
    }
    for (size_t tree = 0; tree < book->options.n_trees; tree++) {
        for (size_t row = 0; row < n; row++) {
            const double p = 1.0 / (1.0 + perebor_exp(-book->scores[row]));
            book->g[row] = (int64_t)nearbyint(unit * (p - book->table->labels[row]));
            book->h[row] = (int64_t)fmax(nearbyint(4.0 * unit * (p * (1.0 - p))), 1.0);
        }
        draw_columns(book, tree);
        grow_by_the_book(book);
    }
}

/** The model written as its form, and read again. */
static void check_restored(const perebor_learner *learner, const perebor_model *model,
                           const table *table, const double *expected) {
    perebor_model_form form;
    perebor_model *restored = NULL;
    perebor_matrix dense;
    double scores[n_test];
    perebor_error error = {0};
    assert_int_equal(learner->describe(model, &workspace, &form, &error), PEREBOR_OK);
    if (perebor_model_form_check(&form, &error) != PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    assert_int_equal(learner->restore(&restored, &form, &workspace, &error), PEREBOR_OK);
    learning_score(learner, restored, &table->test, &workspace, scores);
    assert_memory_equal(scores, expected, sizeof scores);
    assert_int_equal(perebor_matrix_expand(&dense, &table->test, &workspace, NULL), PEREBOR_OK);
    learning_score(learner, restored, &dense, &workspace, scores);
    assert_memory_equal(scores, expected, sizeof scores);
}

/** Scores of a family, as they were delivered. */
typedef struct delivered {
    double test[n_test], training[most_rows];
    size_t n_rows, n;
} delivered;

static void receive(void *context, size_t member, perebor_status status, const char *message,
                    const double *validation_scores, const double *training_scores,
                    const perebor_fit_report *report) {
    delivered *to = context;
    (void)report;
    (void)member;
    if (status != PEREBOR_OK) {
        fail_msg("%s", message);
    }
    memcpy(to->test, validation_scores, sizeof to->test);
    memcpy(to->training, training_scores, to->n_rows * sizeof *to->training);
    to->n++;
}

static void check_family(const perebor_learner *learner, const perebor_value *values,
                         const book *book) {
    static delivered delivered;
    perebor_family family = {.training = &book->table->training,
                             .validation = &book->table->test,
                             .score_training = true,
                             .settings = &values,
                             .n_members = 1,
                             .workspace = &workspace};
    perebor_error error = {0};
    delivered.n_rows = book->table->n_rows;
    delivered.n = 0;
    if (perebor_learner_score_family(learner, &family, true, receive, &delivered, &error) !=
        PEREBOR_OK) {
        fail_msg("%s", error.message);
    }
    assert_int_equal(delivered.n, 1);
    assert_memory_equal(delivered.test, book->test_scores, sizeof delivered.test);
    assert_memory_equal(delivered.training, book->scores,
                        book->table->n_rows * sizeof *delivered.training);
}

/** @return How many nodes were split by sets. */
static size_t check_settings(const table *table, const char *settings) {
    static book book;
    const perebor_learner *learner = learning_find("boost");
    perebor_value values[PEREBOR_MAX_SETTINGS];
    double scores[n_test];
    perebor_model *model = NULL;
    perebor_fit_report report;
    perebor_error error = {0};
    learning_defaults(learner, values);
    learning_set_all(learner, values, settings);
    memset(&book, 0, sizeof book);
    book.table = table;
    assert_int_equal(boost_options_read(&book.options, values, table->n_rows, &error), PEREBOR_OK);
    boost_by_the_book(&book);
    assert_int_equal(learner->fit(&model, &table->training, values, &workspace, &report, &error),
                     PEREBOR_OK);
    if (model->n_nodes != book.n_all_nodes + 1 || model->n_sets != book.n_by_sets) {
        fail_msg("%zu rows, %s: %zu nodes and %zu sets, by the book %zu and %zu", table->n_rows,
                 settings, model->n_nodes, model->n_sets, book.n_all_nodes + 1, book.n_by_sets);
    }
    learning_score(learner, model, &table->test, &workspace, scores);
    for (size_t row = 0; row < n_test; row++) {
        if (scores[row] != book.test_scores[row]) {
            fail_msg("%zu rows, %s, row %zu: %.17g, by the book %.17g", table->n_rows, settings,
                     row, scores[row], book.test_scores[row]);
        }
    }
    check_family(learner, values, &book);
    check_restored(learner, model, table, scores);
    return book.n_by_sets;
}

static void models_are_those_of_the_definition(void **state) {
    (void)state;
    static table table;
    static const char *const settings[] = {
        "n_estimators=3 max_cat_to_onehot=1",
        "n_estimators=3 max_cat_to_onehot=4 cat_smooth=0.0 min_samples_leaf=1",
        "n_estimators=2 max_cat_to_onehot=1 cat_smooth=2.5 max_cat_threshold=2 max_leaf_nodes=40 "
        "min_samples_leaf=3",
        "n_estimators=3 max_cat_to_onehot=1 reg_lambda=2.0 reg_alpha=0.6 min_samples_leaf=4",
        "n_estimators=2 max_cat_to_onehot=12 cat_smooth=1.0 min_child_weight=2.0 reg_lambda=1.0",
        "n_estimators=4 max_cat_to_onehot=1 colsample_bytree=0.5 random_state=3 cat_smooth=1.0",
        "n_estimators=2 max_cat_to_onehot=1 min_samples_leaf=60 cat_smooth=1.0",
    };
    static const size_t shapes[][most_blocks] = {{5, 12, 2}, {30, 3, 7}, {300, 20, 4}};
    size_t n_by_sets = 0;
    for (size_t shape = 0; shape < sizeof shapes / sizeof *shapes; shape++) {
        draw_table(&table, 5 + shape, 260 + 300 * shape, shapes[shape], most_blocks);
        for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
            n_by_sets += check_settings(&table, settings[i]);
        }
        perebor_workspace_release(&workspace);
    }
    assert_true(n_by_sets > 100);
}

/** Where scores may not fall with a column they do not, whatever sets are split off. */
static void sets_leave_monotonic_columns_alone(void **state) {
    (void)state;
    static table table;
    static const size_t levels[] = {25, 6};
    static const int8_t monotonic[n_dense] = {1, 0, -1};
    const perebor_learner *learner = learning_find("boost");
    perebor_value values[PEREBOR_MAX_SETTINGS];
    perebor_model *model = NULL;
    perebor_fit_report report;
    perebor_error error = {0};
    double scores[2][n_test];
    draw_table(&table, 31, most_rows, levels, 2);
    table.training.rows.monotonic = monotonic;
    learning_defaults(learner, values);
    learning_set_all(learner, values, "n_estimators=30 max_cat_to_onehot=1 min_samples_leaf=3");
    assert_int_equal(learner->fit(&model, &table.training, values, &workspace, &report, &error),
                     PEREBOR_OK);
    assert_true(model->n_sets > 20);
    for (size_t column = 0; column < n_dense; column++) {
        for (int value = 0; value < 6; value++) {
            for (size_t row = 0; row < n_test; row++) {
                perebor_matrix_column(&table.test, column)[row] = value;
            }
            learning_score(learner, model, &table.test, &workspace, scores[value % 2]);
            for (size_t row = 0; value > 0 && row < n_test; row++) {
                const double rises = scores[value % 2][row] - scores[1 - value % 2][row];
                assert_true(rises * monotonic[column] >= 0.0);
            }
        }
    }
}

/** What a file may say of sets that is wrong. */
static void wrong_sets_are_told(void **state) {
    (void)state;
    const uint64_t first_node[] = {0, 3};
    const double zeros[3] = {0.0};
    const uint32_t left[] = {1, 0, 0};
    uint32_t columns[] = {4, 0, 0};
    uint64_t first_member[] = {0, 2};
    uint32_t members[] = {1, 3};
    perebor_error error = {0};
    perebor_model_form form = {.kind = PEREBOR_FORM_TREES,
                               .n_columns = 4,
                               .as.trees = {.n_trees = 1,
                                            .n_nodes = 3,
                                            .first_node = first_node,
                                            .thresholds = zeros,
                                            .values = zeros,
                                            .covers = zeros,
                                            .columns = columns,
                                            .left = left,
                                            .n_sets = 1,
                                            .first_member = first_member,
                                            .members = members}};
    assert_int_equal(perebor_model_form_check(&form, &error), PEREBOR_OK);
    columns[0] = 5;
    assert_int_equal(perebor_model_form_check(&form, &error), PEREBOR_ERR_FORMAT);
    columns[0] = 4;
    members[1] = 4;
    assert_int_equal(perebor_model_form_check(&form, &error), PEREBOR_ERR_FORMAT);
    assert_non_null(strstr(error.message, "set 0"));
    members[1] = 1;
    assert_int_equal(perebor_model_form_check(&form, &error), PEREBOR_ERR_FORMAT);
    members[1] = 3;
    first_member[1] = 0;
    assert_int_equal(perebor_model_form_check(&form, &error), PEREBOR_ERR_FORMAT);
    form.as.trees.n_sets = 0; // what an older program reads
    assert_int_equal(perebor_model_form_check(&form, &error), PEREBOR_ERR_FORMAT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_cut_is_the_best_set),
        cmocka_unit_test_teardown(models_are_those_of_the_definition, give_back),
        cmocka_unit_test_teardown(sets_leave_monotonic_columns_alone, give_back),
        cmocka_unit_test(wrong_sets_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
