// SPDX-License-Identifier: MIT
/*
 * Forests against their definition (model/forest/forest.h), written down as plainly as can be:
 * every node is searched by trying all thresholds of all its columns. Nodes are of all sizes, so
 * that every way of listing candidates is taken. And families against members one by one.
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
#include "draw.h"
#include "learning.h"
#include "model/ensemble/ensemble.h"
#include "model/forest/forest.h"
#include "model/forest/forest_sample.h"
#include "perebor/learning_curve.h"

/** Of every test here. */
static perebor_workspace workspace;

static int give_back(void **state) {
    (void)state;
    perebor_workspace_release(&workspace);
    return 0;
}

enum { most_rows = 1500, n_test = 64, most_columns = 12, most_nodes = 4096 };

/** A table, and rows to score. */
typedef struct table {
    size_t n_rows, n_columns;
    perebor_training training;
    perebor_matrix test;
    uint8_t labels[most_rows];
} table;

/** Columns of many values, of few, of two; skewed ones; one that is constant. */
static double draw_value(uint64_t *state, size_t column) {
    switch (column % 6) {
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
    for (size_t row = 0; row < n_rows; row++) {
        double leaning = perebor_matrix_column(&table->training.rows, 0)[row];
        table->labels[row] = leaning + 1.2 * draw_normal(&state) > 0.4;
    }
    table->labels[0] = 0;
    table->labels[1] = 1;
}

/* The definition. */

/** A tree that is grown by the book. */
typedef struct book {
    const table *table;
    forest_options options;
    uint32_t counts[most_rows];
    double class_weights[2];
    double
        test_sums[n_test + most_rows]; /**< Of the test rows, then of training rows out of bag, */
    uint32_t n_lacking[most_rows];     /**< and how many trees these are of. */
    size_t n_nodes;
} book;

/** Of a test row, or of the training row @p row - n_test. */
static double tested_value(const book *book, size_t column, uint32_t row) {
    return row < n_test ? perebor_matrix_column(&book->table->test, column)[row]
                        : perebor_matrix_column(&book->table->training.rows, column)[row - n_test];
}

static double value_of(const book *book, size_t column, uint32_t row) {
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

static double cost_of_sides(const book *book, const double left[2], const double right[2]) {
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

static void try_threshold(const book *book, const uint32_t *rows, size_t n, size_t column,
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
static bool try_column(const book *book, const uint32_t *rows, size_t n, size_t column,
                       uint64_t path, book_split *best) {
    static double values[most_rows];
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

static book_split find_split(const book *book, const uint32_t *rows, size_t n, uint64_t path) {
    book_split best = {.cost = INFINITY};
    size_t order[most_columns];
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
static void grow(book *book, const uint32_t *rows, size_t n, const uint32_t *test, size_t n_tested,
                 size_t depth, uint64_t path) {
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

static void draw_counts(book *book, size_t tree) {
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

static void weigh_classes(book *book) {
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

static void grow_by_the_book(book *book) {
    static uint32_t rows[most_rows], test[n_test + most_rows];
    for (size_t tree = 0; tree < book->options.n_trees; tree++) {
        size_t n = 0;
        size_t n_tested = n_test;
        draw_counts(book, tree);
        weigh_classes(book);
        for (uint32_t row = 0; row < n_test; row++) {
            test[row] = row;
        }
        for (uint32_t row = 0; row < book->table->n_rows; row++) {
            if (book->counts[row] > 0) {
                rows[n++] = row;
            } else {
                test[n_tested++] = n_test + row;
                book->n_lacking[row]++;
            }
        }
        grow(book, rows, n, test, n_tested, 0, book_hash(book->options.seed, tree));
    }
    for (size_t row = 0; row < n_test; row++) {
        book->test_sums[row] /= (double)book->options.n_trees;
    }
}

/** What a member scored out of bag must be what the book says. */
static void check_out_of_bag(void *context, size_t member, perebor_status status,
                             const char *message, const double *validation_scores,
                             const double *training_scores, const perebor_fit_report *report) {
    const book *book = context;
    assert_int_equal(member, 0);
    if (status != PEREBOR_OK) {
        fail_msg("%s", message);
    }
    assert_null(training_scores);
    assert_memory_equal(validation_scores, book->test_sums, n_test * sizeof *validation_scores);
    if (!book->options.bootstrap) {
        assert_null(report->out_of_bag);
        return;
    }
    assert_non_null(report->out_of_bag);
    assert_memory_equal(report->out_of_bag->n_trees, book->n_lacking,
                        book->table->n_rows * sizeof *book->n_lacking);
    assert_memory_equal(report->out_of_bag->sums, book->test_sums + n_test,
                        book->table->n_rows * sizeof *book->test_sums);
}

static void check_settings(const table *table, const char *settings) {
    static book book;
    const perebor_learner *learner = learning_find("forest");
    perebor_value values[PEREBOR_MAX_SETTINGS];
    double scores[n_test];
    perebor_model *model = NULL;
    perebor_fit_report report;
    perebor_error error = {0};
    learning_defaults(learner, values);
    learning_set_all(learner, values, settings);
    learning_set_all(learner, values, "oob_score=true");
    memset(&book, 0, sizeof book);
    book.table = table;
    if (forest_options_read(&book.options, values, table->n_rows, table->n_columns, &error) !=
        PEREBOR_OK) {
        fail_msg("%s: %s", settings, error.message);
    }
    grow_by_the_book(&book);
    assert_int_equal(learner->fit(&model, &table->training, values, &workspace, &report, &error),
                     PEREBOR_OK);
    learning_score(learner, model, &table->test, &workspace, scores);
    if (model->n_nodes != book.n_nodes) {
        fail_msg("%zu rows, %s: %zu nodes, by the book %zu", table->n_rows, settings,
                 model->n_nodes, book.n_nodes);
    }
    for (size_t row = 0; row < n_test; row++) {
        if (scores[row] != book.test_sums[row]) {
            fail_msg("%zu rows, %s, row %zu: %.17g, by the book %.17g", table->n_rows, settings,
                     row, scores[row], book.test_sums[row]);
        }
    }
    const perebor_value *member = values;
    const perebor_family family = {.training = &table->training,
                                   .validation = &table->test,
                                   .score_out_of_bag = true,
                                   .settings = &member,
                                   .n_members = 1,
                                   .workspace = &workspace};
    for (int share = 0; share < 2; share++) {
        assert_int_equal(perebor_learner_score_family(learner, &family, share == 1,
                                                      check_out_of_bag, &book, NULL),
                         PEREBOR_OK);
    }
}

static const char *const settings_by_the_book[] = {
    "n_estimators=3",
    "n_estimators=2 max_features=all bootstrap=false",
    "n_estimators=2 max_features=1 class_weight=balanced random_state=7",
    "n_estimators=3 class_weight=balanced_subsample max_samples=0.4 min_samples_leaf=3",
    "n_estimators=2 criterion=entropy max_features=0.7 min_samples_split=9",
    "n_estimators=2 criterion=entropy class_weight=balanced max_depth=4",
    "n_estimators=3 splitter=random bootstrap=false",
    "n_estimators=2 splitter=random max_features=all class_weight=balanced_subsample",
    "n_estimators=2 splitter=random criterion=entropy min_samples_leaf=5 max_depth=6",
    "n_estimators=2 max_samples=40 max_features=3",
};
enum { n_by_the_book = sizeof settings_by_the_book / sizeof *settings_by_the_book };

static void forests_are_what_their_definition_says(void **state) {
    (void)state;
    static const size_t sizes[] = {5, 40, 150, 700};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        static table table;
        draw_table(&table, i, sizes[i], i % 2 == 0 ? 7 : 12);
        for (size_t k = 0; k < n_by_the_book; k++) {
            check_settings(&table, settings_by_the_book[k]);
        }
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

/** Values that lie so close that many have one code, and so far apart that all others do. */
static void skewed_columns_lose_no_threshold(void **state) {
    (void)state;
    static table table;
    draw_table(&table, 77, 400, 4);
    for (size_t row = 0; row < 400; row++) {
        double *first = perebor_matrix_column(&table.training.rows, 0);
        double *third = perebor_matrix_column(&table.training.rows, 2);
        third[row] = row == 3 ? 1e300 : first[row];
        first[row] = row == 5 ? -1.7e308 : row == 6 ? 1.7e308 : first[row] * 1e-3;
    }
    for (size_t k = 0; k < n_by_the_book; k++) {
        check_settings(&table, settings_by_the_book[k]);
    }
}

/** Without draws and ties it is the decision tree, also where columns have more values than codes
 * of 16 bits. */
static void one_tree_on_all_rows_and_columns_is_the_decision_tree(void **state) {
    (void)state;
    static const struct {
        size_t n_rows, n_columns;
        const char *forest, *tree;
    } cases[] = {
        {70000, 2, "max_depth=3", "max_depth=3"},
        {3000, 5, "max_depth=3", "max_depth=3"},
        {3000, 5, "max_depth=3 criterion=entropy", "max_depth=3 criterion=entropy"},
        {900, 4, "max_depth=3 class_weight=balanced ccp_alpha=0.002",
         "max_depth=3 class_weight=balanced ccp_alpha=0.002"},
    };
    const perebor_learner *learners[2] = {learning_find("forest"), learning_find("tree")};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t draws = i + 99;
        const size_t n = cases[i].n_rows;
        perebor_training training = {.rows = learning_matrix(&workspace, n, cases[i].n_columns),
                                     .labels = NULL};
        uint8_t *labels = perebor_workspace_take(&workspace, n, 1);
        double *scores[2];
        assert_non_null(labels);
        training.labels = labels;
        for (size_t row = 0; row < n; row++) {
            for (size_t column = 0; column < cases[i].n_columns; column++) {
                perebor_matrix_column(&training.rows, column)[row] = draw_normal(&draws);
            }
            double leaning = perebor_matrix_column(&training.rows, 0)[row];
            labels[row] = leaning * leaning + draw_normal(&draws) > 0.5;
        }
        for (size_t which = 0; which < 2; which++) {
            perebor_value values[PEREBOR_MAX_SETTINGS];
            perebor_model *model = NULL;
            perebor_fit_report report;
            learning_defaults(learners[which], values);
            if (which == 0) {
                learning_set_all(learners[0], values,
                                 "n_estimators=1 bootstrap=false max_features=all");
            }
            learning_set_all(learners[which], values, which == 0 ? cases[i].forest : cases[i].tree);
            assert_int_equal(
                learners[which]->fit(&model, &training, values, &workspace, &report, NULL),
                PEREBOR_OK);
            scores[which] = perebor_workspace_take(&workspace, n, sizeof(double));
            assert_non_null(scores[which]);
            learning_score(learners[which], model, &training.rows, &workspace, scores[which]);
        }
        for (size_t row = 0; row < n; row++) {
            if (!(fabs(scores[0][row] - scores[1][row]) <= 0x1p-32)) {
                fail_msg("case %zu, row %zu: %.17g, the tree %.17g", i, row, scores[0][row],
                         scores[1][row]);
            }
        }
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

/* Scoring. */

/** A forest of stumps: a row scores the share of the thresholds that lie below it. */
static perebor_model *restore_stumps(const double *thresholds, size_t n) {
    perebor_trees_form trees = {.n_trees = n, .n_nodes = 3 * n};
    uint64_t *first = perebor_workspace_take(&workspace, n + 1, sizeof *first);
    double *at = perebor_workspace_take_zeroed(&workspace, 3 * n, sizeof *at);
    double *values = perebor_workspace_take_zeroed(&workspace, 3 * n, sizeof *values);
    double *covers = perebor_workspace_take_zeroed(&workspace, 3 * n, sizeof *covers);
    uint32_t *columns = perebor_workspace_take_zeroed(&workspace, 3 * n, sizeof *columns);
    uint32_t *left = perebor_workspace_take_zeroed(&workspace, 3 * n, sizeof *left);
    assert_true(first != NULL && at != NULL && values != NULL && covers != NULL &&
                columns != NULL && left != NULL);
    for (size_t tree = 0; tree < n; tree++) {
        first[tree + 1] = 3 * (tree + 1);
        at[3 * tree] = thresholds[tree];
        left[3 * tree] = 1;
        values[3 * tree + 2] = 1.0;
    }
    first[0] = 0;
    trees.first_node = first;
    trees.thresholds = at;
    trees.values = values;
    trees.covers = covers;
    trees.columns = columns;
    trees.left = left;
    const perebor_model_form form = {.kind = PEREBOR_FORM_TREES, .n_columns = 1, .as.trees = trees};
    perebor_model *model = NULL;
    assert_int_equal(ensemble_restore(&model, &form, false, &workspace, NULL), PEREBOR_OK);
    return model;
}

/** By ranks, and where there are too many thresholds for them by values: at, below and above
 * thresholds that lie close together, far apart, and next to the ends of what doubles are. */
static void rows_score_the_share_of_thresholds_below_them(void **state) {
    (void)state;
    enum { n_most = 66000, n_rows = 100 };
    static const size_t sizes[] = {1, 2, 700, n_most};
    static double thresholds[n_most];
    for (size_t k = 0; k < 3 * sizeof sizes / sizeof *sizes; k++) {
        const size_t n = sizes[k / 3];
        for (size_t i = 0; i < n; i++) {
            double x = (double)i - 0.3 * (double)n;
            thresholds[i] = k % 3 == 0 ? x : k % 3 == 1 ? x * x * x * 1e-9 : x * 2e303;
        }
        const perebor_model *model = restore_stumps(thresholds, n);
        assert_true((model->ranks == NULL) == (n == n_most));
        perebor_matrix rows = learning_matrix(&workspace, n_rows, 1);
        double *values = perebor_matrix_column(&rows, 0);
        double scores[n_rows];
        for (size_t row = 0; row < n_rows; row++) {
            double near = thresholds[row * 37 % n];
            values[row] = row % 4 == 0   ? near
                          : row % 4 == 1 ? nextafter(near, -INFINITY)
                          : row % 4 == 2 ? nextafter(near, INFINITY)
                                         : (row % 8 == 3 ? -1.7e308 : 1.7e308);
        }
        assert_int_equal(ensemble_score(model, &rows, &workspace, scores, NULL), PEREBOR_OK);
        for (size_t row = 0; row < n_rows; row++) {
            size_t below = 0;
            for (size_t i = 0; i < n; i++) {
                below += thresholds[i] < values[row];
            }
            assert_true(scores[row] == (double)below / (double)n);
        }
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

/* Families. */

enum { most_members = 24, most_points = 9 };

/** What was delivered, by member. */
typedef struct delivered {
    double test[most_members][n_test], training[most_members][most_rows];
    double first_test[most_members][most_points][n_test]; /**< By points of learning curves. */
    double first_training[most_members][most_points][most_rows];
    double oob_sums[most_members][1 + most_points]
                   [most_rows]; /**< Of the member, then of points. */
    uint32_t oob_trees[most_members][1 + most_points][most_rows];
    size_t n_points[most_members];
    size_t n, n_rows;
    bool wants_oob[most_members];
} delivered;

/** @param[in] place  0 of a member, 1 and up of a point. */
static void keep_out_of_bag(delivered *to, size_t member, size_t place,
                            const perebor_out_of_bag *out_of_bag) {
    if (out_of_bag != NULL) {
        memcpy(to->oob_sums[member][place], out_of_bag->sums, to->n_rows * sizeof(double));
        memcpy(to->oob_trees[member][place], out_of_bag->n_trees, to->n_rows * sizeof(uint32_t));
    }
}

/** Points come in their order, and before the member. */
static void receive_part(void *context, const size_t *members, size_t n_members,
                         size_t n_estimators, const double *validation_scores,
                         const double *training_scores, const perebor_out_of_bag *out_of_bag) {
    delivered *to = context;
    for (size_t i = 0; i < n_members; i++) {
        size_t point = to->n_points[members[i]]++;
        assert_true(point < most_points && isnan(to->test[members[i]][0]));
        assert_int_equal(n_estimators, perebor_curve_n_estimators(point));
        memcpy(to->first_test[members[i]][point], validation_scores, n_test * sizeof(double));
        memcpy(to->first_training[members[i]][point], training_scores, to->n_rows * sizeof(double));
        if (to->wants_oob[members[i]]) { // some member of the group does
            assert_non_null(out_of_bag);
            keep_out_of_bag(to, members[i], 1 + point, out_of_bag);
        }
    }
}

static void clear(delivered *to, size_t n_rows) {
    memset(to, 0, sizeof *to);
    to->n_rows = n_rows;
    for (size_t member = 0; member < most_members; member++) {
        to->test[member][0] = NAN;
    }
}

static void receive(void *context, size_t member, perebor_status status, const char *message,
                    const double *validation_scores, const double *training_scores,
                    const perebor_fit_report *report) {
    delivered *to = context;
    if (status != PEREBOR_OK) {
        fail_msg("%s", message);
    }
    memcpy(to->test[member], validation_scores, sizeof to->test[member]);
    memcpy(to->training[member], training_scores, to->n_rows * sizeof(double));
    assert_true(to->wants_oob[member] == (report->out_of_bag != NULL));
    keep_out_of_bag(to, member, 0, report->out_of_bag);
    to->n++;
}

/** Draws what members of a family may differ in. */
static void draw_member(uint64_t *state, perebor_value *values) {
    const perebor_learner *learner = learning_find("forest");
    static const char *const depths[] = {"max_depth=null", "max_depth=1", "max_depth=5"};
    static const char *const alphas[] = {"ccp_alpha=0.0", "ccp_alpha=0.0", "ccp_alpha=0.004"};
    learning_set(learner, values, "n_estimators",
                 learning_whole(1 + (int64_t)(draw_bits(state) % 9)));
    learning_set(learner, values, "min_samples_leaf",
                 learning_whole(1 + (int64_t)(draw_bits(state) % 6)));
    learning_set(learner, values, "min_samples_split",
                 learning_whole(2 + (int64_t)(draw_bits(state) % 20)));
    learning_set_all(learner, values, depths[draw_bits(state) % 3]);
    learning_set_all(learner, values, alphas[draw_bits(state) % 3]);
    learning_set_all(learner, values,
                     draw_bits(state) % 3 > 0 ? "oob_score=true" : "oob_score=false");
}

static void members_share_work_and_no_bit_tells(void **state) {
    (void)state;
    static delivered together, alone;
    static const char *const common[] = {
        "", "splitter=random bootstrap=false", "criterion=entropy max_features=all",
        "class_weight=balanced_subsample max_samples=0.5", "splitter=random class_weight=balanced"};
    const perebor_learner *learner = learning_find("forest");
    for (uint64_t seed = 0; seed < 20; seed++) {
        static table table;
        uint64_t draws = seed + 11;
        perebor_value values[most_members][PEREBOR_MAX_SETTINGS];
        const perebor_value *members[most_members];
        draw_table(&table, seed, 60 + 40 * seed % 300, 8);
        for (size_t member = 0; member < most_members; member++) {
            learning_defaults(learner, values[member]);
            learning_set_all(learner, values[member], common[seed % 5]);
            draw_member(&draws, values[member]);
            members[member] = values[member];
            assert_true(learner->share_key(values[member]) == learner->share_key(values[0]));
        }
        perebor_family family = {.training = &table.training,
                                 .validation = &table.test,
                                 .score_training = true,
                                 .score_out_of_bag = true,
                                 .settings = members,
                                 .n_members = most_members,
                                 .deliver_part = receive_part,
                                 .workspace = &workspace};
        clear(&together, table.n_rows);
        clear(&alone, table.n_rows);
        for (size_t member = 0; member < most_members; member++) {
            together.wants_oob[member] = alone.wants_oob[member] =
                perebor_learner_wants_out_of_bag(learner, values[member]);
        }
        assert_int_equal(
            perebor_learner_score_family(learner, &family, true, receive, &together, NULL),
            PEREBOR_OK);
        assert_int_equal(
            perebor_learner_score_family(learner, &family, false, receive, &alone, NULL),
            PEREBOR_OK);
        assert_int_equal(together.n, most_members);
        assert_memory_equal(&together, &alone, sizeof alone);
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

/** Nodes of the trees of a forest. */
static const perebor_model *fit(const table *table, const char *settings) {
    const perebor_learner *learner = learning_find("forest");
    perebor_value values[PEREBOR_MAX_SETTINGS];
    perebor_model *model = NULL;
    perebor_fit_report report;
    learning_defaults(learner, values);
    learning_set_all(learner, values, settings);
    assert_int_equal(learner->fit(&model, &table->training, values, &workspace, &report, NULL),
                     PEREBOR_OK);
    return model;
}

/** What a forest scores at a point of its curve is what a forest of so many trees scores. */
static void points_of_a_curve_are_scores_of_smaller_forests(void **state) {
    (void)state;
    static const char *const others[] = {"max_depth=4", "splitter=random bootstrap=false",
                                         "ccp_alpha=0.004"};
    enum { all = 13 };
    static table table;
    static delivered whole;
    const perebor_learner *learner = learning_find("forest");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        perebor_value values[PEREBOR_MAX_SETTINGS];
        const perebor_value *settings = values;
        double test[n_test];
        draw_table(&table, 4, 200, 8);
        learning_defaults(learner, values);
        learning_set_all(learner, values, others[i]);
        learning_set(learner, values, "n_estimators", learning_whole(all));
        perebor_family family = {.training = &table.training,
                                 .validation = &table.test,
                                 .score_training = true,
                                 .settings = &settings,
                                 .n_members = 1,
                                 .deliver_part = receive_part,
                                 .workspace = &workspace};
        clear(&whole, table.n_rows);
        assert_int_equal(
            perebor_learner_score_family(learner, &family, true, receive, &whole, NULL),
            PEREBOR_OK);
        size_t n_points = whole.n_points[0];
        assert_int_equal(perebor_curve_n_estimators(n_points - 1), 12);
        for (size_t point = 0; point < n_points; point++) {
            perebor_model *model = NULL;
            perebor_fit_report report;
            learning_set(learner, values, "n_estimators",
                         learning_whole((int64_t)perebor_curve_n_estimators(point)));
            assert_int_equal(
                learner->fit(&model, &table.training, values, &workspace, &report, NULL),
                PEREBOR_OK);
            assert_int_equal(learner->score(model, &table.test, &workspace, test, NULL),
                             PEREBOR_OK);
            assert_memory_equal(test, whole.first_test[0][point], sizeof test);
        }
        perebor_workspace_return(&workspace, (perebor_workspace_mark){0});
    }
}

static void a_forest_is_the_first_part_of_a_larger_one(void **state) {
    (void)state;
    static table table;
    draw_table(&table, 3, 300, 9);
    const perebor_model *few = fit(&table, "n_estimators=4");
    const perebor_model *many = fit(&table, "n_estimators=11");
    assert_memory_equal(few->first_node, many->first_node, 5 * sizeof *few->first_node);
    assert_memory_equal(few->thresholds, many->thresholds, few->n_nodes * sizeof *few->thresholds);
    assert_memory_equal(few->values, many->values, few->n_nodes * sizeof *few->values);
    assert_memory_equal(few->columns, many->columns, few->n_nodes * sizeof *few->columns);
}

/** Of the thresholds at the roots of trees on one column, each is as likely as any. */
static void drawn_thresholds_are_uniform_and_bootstraps_leave_a_third_out(void **state) {
    (void)state;
    enum { n_trees = 4000, n_parts = 20 };
    static table table;
    uint32_t parts[n_parts] = {0};
    double left_out = 0.0;
    draw_table(&table, 4, 100, 1);
    for (size_t row = 0; row < 100; row++) {
        perebor_matrix_column(&table.training.rows, 0)[row] = (double)row / 99.0;
        table.labels[row] = row % 2;
    }
    const perebor_model *model =
        fit(&table, "n_estimators=4000 splitter=random bootstrap=false max_depth=1");
    assert_int_equal(model->n_trees, n_trees);
    for (size_t tree = 0; tree < n_trees; tree++) {
        parts[(size_t)(model->thresholds[model->first_node[tree]] * n_parts)]++;
    }
    double chi_squared = 0.0;
    for (size_t part = 0; part < n_parts; part++) {
        double expected = (double)n_trees / n_parts;
        chi_squared += (parts[part] - expected) * (parts[part] - expected) / expected;
    }
    assert_true(chi_squared < 43.8); // of 19 degrees of freedom, one in a thousand
    for (size_t tree = 0; tree < 1000; tree++) {
        static book book;
        book.table = &table;
        book.options = (forest_options){.bootstrap = true, .n_draws = 100};
        draw_counts(&book, tree);
        for (size_t row = 0; row < 100; row++) {
            left_out += book.counts[row] == 0 ? 1e-5 : 0.0;
        }
    }
    assert_true(fabs(left_out - 0.36603) < 0.005); // (1 - 1/100)^100
}

static void contradicting_settings_are_refused(void **state) {
    (void)state;
    const perebor_learner *learner = learning_find("forest");
    perebor_value values[PEREBOR_MAX_SETTINGS];
    forest_options options;
    perebor_error error = {0};
    learning_defaults(learner, values);
    learning_set_all(learner, values, "bootstrap=false max_samples=0.5");
    assert_int_equal(forest_options_read(&options, values, 100, 5, &error), PEREBOR_ERR_ARGUMENT);
    assert_string_equal(error.message, "max_samples is how many rows are drawn for a tree, and "
                                       "without bootstrap none are: leave one of the two away");
    learning_defaults(learner, values);
    assert_int_equal(forest_options_read(&options, values, 100, 17, &error), PEREBOR_OK);
    assert_int_equal(options.max_features, 4);
    assert_int_equal(options.n_draws, 100);
    learning_set_all(learner, values, "max_samples=0.004");
    assert_int_equal(forest_options_read(&options, values, 100, 17, &error), PEREBOR_OK);
    assert_int_equal(options.n_draws, 1);
    learning_set_all(learner, values, "max_samples=1000");
    assert_int_equal(forest_options_read(&options, values, 100, 17, &error), PEREBOR_OK);
    assert_int_equal(options.n_draws, 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forests_are_what_their_definition_says),
        cmocka_unit_test(skewed_columns_lose_no_threshold),
        cmocka_unit_test(one_tree_on_all_rows_and_columns_is_the_decision_tree),
        cmocka_unit_test(members_share_work_and_no_bit_tells),
        cmocka_unit_test(points_of_a_curve_are_scores_of_smaller_forests),
        cmocka_unit_test(a_forest_is_the_first_part_of_a_larger_one),
        cmocka_unit_test(rows_score_the_share_of_thresholds_below_them),
        cmocka_unit_test(drawn_thresholds_are_uniform_and_bootstraps_leave_a_third_out),
        cmocka_unit_test(contradicting_settings_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, give_back);
}
